// PostgreSQL for tests: each caller alone in a database of its own, and commits as durable as asked for.
// The kill tests stand on the second: with fsync off they would prove nothing.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { freshDatabase, startPostgres } from './postgres.ts';

const clients: pg.Client[] = [];

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // Dropping a database ends its connections, which is what one of these tests is about.
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

const setting = async (url: string, name: string) => (await (await connect(url)).query(`show ${name}`)).rows[0]?.[name];

after(() => Promise.all(clients.map((client) => client.end().catch(() => undefined))));

test('two callers at once get two empty databases', async () => {
  const [a, b] = await Promise.all([freshDatabase(), freshDatabase()]);
  await (await connect(a.url)).query('create table only_in_a (n int)');
  const { rows } = await (await connect(b.url)).query("select to_regclass('only_in_a') as found");
  assert.deepEqual(rows, [{ found: null }]);
  await Promise.all([a.drop(), b.drop()]);
});

test('a database goes away with its connections still open, and a second drop does no harm', async () => {
  const { url, drop } = await freshDatabase();
  await connect(url);
  await drop();
  await assert.rejects(connect(url), /does not exist/);
  await drop();
});

test('durable means that each commit waits for the disk; otherwise speed comes first', async () => {
  const [fast, durable] = await Promise.all([freshDatabase(), startPostgres({ durable: true })]);
  assert.deepEqual([await setting(fast.url, 'fsync'), await setting(durable.url, 'fsync')], ['off', 'on']);
  assert.equal(await setting(durable.url, 'synchronous_commit'), 'on');
  await Promise.all([fast.drop(), durable.stop()]);
  await assert.rejects(connect(durable.url), /ECONNREFUSED/);
});
