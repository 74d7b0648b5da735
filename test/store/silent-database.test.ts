// A PostgreSQL that goes silent: frozen, or behind a network that drops every packet. No connection closes, no answer comes,
// and still every call ends, the store closes, and all goes on once the database is back.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Driver } from '../../src/store/drivers/driver.ts';
import { openPostgres } from '../../src/store/drivers/postgres.ts';
import { BrokenError } from '../../src/store/drivers/postgres-connection.ts';
import { FakeClock, settle } from '../support/fake-clock.ts';
import { freshDatabase } from '../support/postgres.ts';

/** Far beyond every limit, so that each of them has passed. */
const LONG_MS = 120_000;

interface Line {
  readonly driver: Driver;
  readonly clock: FakeClock;
  /** Nothing that is sent arrives any more, on connections that are open; new ones are heard. */
  cut(): void;
}

async function open(t: TestContext): Promise<Line> {
  const { url, drop } = await freshDatabase();
  const target = new URL(url);
  const { hostname, port } = new URL(url);
  const clock = new FakeClock();
  const sockets = new Set<Socket>();
  const silent = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('error', () => {});
    from.on('data', (chunk) => silent.has(from) || to.write(chunk));
    from.on('close', () => silent.has(from) || to.destroy());
  };
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    pass(client, server);
    pass(server, client);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  target.port = String((proxy.address() as AddressInfo).port);
  const driver = openPostgres(target.href, clock);
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await drop();
  });
  return { driver, clock, cut: () => [...sockets].forEach((socket) => void silent.add(socket)) };
}

/** Both readers and one connection for commits. */
async function warm(driver: Driver): Promise<void> {
  await driver.migrate(1, 'create table t (a int8)');
  for (let i = 0; i < 2; i += 1) await driver.query('select 1', []);
  await (await driver.begin()).end();
}

test('a question without an answer ends as a broken connection, and the next one is answered on another', async (t) => {
  const { driver, clock, cut } = await open(t);
  await warm(driver);
  cut();
  const asked = Promise.allSettled([driver.query('select 2', []), driver.query('select 3', [])]);
  const session = await driver.begin();
  const key = Promise.allSettled([session.newKeys(1)]);
  await clock.advance(LONG_MS);
  for (const result of [...(await asked), ...(await key)])
    assert.ok(result.status === 'rejected' && result.reason instanceof BrokenError, String(result));
  await session.end();
  assert.deepEqual(await driver.query('select 4', []), [[4]]);
  const next = await driver.begin();
  await assert.rejects(next.newKeys(1), /key_block/, 'this database has no table of ours, but it answers');
  await next.end();
  await driver.close();
});

test('health is refused soon, and given again', async (t) => {
  const { driver, clock, cut } = await open(t);
  await warm(driver);
  assert.equal(await driver.alive(), true);
  cut();
  const alive = driver.alive();
  await clock.advance(3_000);
  assert.equal(await alive, false);
  const asked = driver.alive();
  await clock.advance(LONG_MS);
  assert.equal(await asked, false);
  await settle();
  assert.equal(await driver.alive(), true);
  await driver.close();
});

test('it can be closed while the database is silent', async (t) => {
  const { driver, clock, cut } = await open(t);
  await warm(driver);
  cut();
  const closed = driver.close();
  await clock.advance(LONG_MS);
  await closed;
  assert.equal(clock.waiting, 0);
});
