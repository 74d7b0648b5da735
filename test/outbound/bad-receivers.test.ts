// Receivers that misbehave, through the whole server: each ends as an attempt with its class, in bounded memory, and
// nothing stays stuck behind it.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { at, define, openServer, start, task } from '../http/test-server.ts';
import { receive, receiveRaw } from './local-receiver.ts';

const okHead = 'HTTP/1.1 200 OK\r\n';
const KEPT_BYTES = 20 * 1024;
const MAX_GROWTH_BYTES = 256 * 1024 * 1024;

const answering =
  (bytes: string | Buffer, after: (socket: Socket) => void = (socket) => socket.end()) =>
  (socket: Socket) => {
    socket.once('data', () => {
      socket.write(bytes);
      after(socket);
    });
  };

function flood(socket: Socket): void {
  const chunk = Buffer.alloc(65_536, 'x');
  const more = (): void => {
    while (!socket.destroyed) if (!socket.write(chunk)) return void socket.once('drain', more);
  };
  more();
}

/** Runs one execution whose end is told to this receiver, and one told to a good one; answers what was noted. */
async function deliver(t: TestContext, url: string): Promise<{ whole: unknown; status: unknown }> {
  const good = await receive(t);
  const server = await openServer(t, { settings: { deliveryTimeoutMs: 400 } });
  const place = [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })];
  for (const [flow, to] of [
    ['bad', url],
    ['good', good.url],
  ] as const) {
    await define(server, flow, place);
    const webhook = { name: flow, url: to, retryOnFailure: false, body: '{}' };
    assert.equal((await server.call('POST', `/api/flows/${flow}/webhooks`, webhook)).status, 200);
  }
  await start(server, 'bad');
  await start(server, 'good');
  await server.settle();
  assert.equal(good.requests.length, 1);
  const page = await server.call('GET', '/api/flows/bad/deliveries');
  const whole = await server.call('GET', `/api/deliveries/${at(page.json, 'results.0.id')}`);
  return { whole: whole.json, status: at(page.json, 'results.0.status') };
}

const endless: readonly (readonly [string, string])[] = [
  ['of 1 GB', `${okHead}content-length: 1073741824\r\n\r\n`],
  ['of no end', `${okHead}connection: close\r\n\r\n`],
];

for (const [name, head] of endless)
  test(`an answer ${name} is kept up to 20 KB`, async (t) => {
    const before = process.memoryUsage().rss;
    const receiver = await receiveRaw(t, answering(head, flood));
    const { whole, status } = await deliver(t, receiver.url);
    assert.equal(status, 'DELIVERED');
    const { body, truncated } = at(whole, 'attemptList.0.response') as { body: string; truncated: boolean };
    assert.deepEqual([body.length, truncated], [KEPT_BYTES, true]);
    assert.ok(process.memoryUsage().rss - before < MAX_GROWTH_BYTES);
  });

const cases: readonly (readonly [
  name: string,
  bytes: string | Buffer,
  result: string,
  after?: (socket: Socket) => void,
])[] = [
  ['that never comes', '', 'timeout', () => {}],
  ['that stops after its head', `${okHead}content-length: 10\r\n\r\nabc`, 'timeout', () => {}],
  ['that breaks off', `${okHead}content-length: 10\r\n\r\nabc`, 'refused'],
  ['that is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'refused'],
  [
    'that leads elsewhere',
    'HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n',
    '3xx',
  ],
];

for (const [name, bytes, result, after] of cases)
  test(`an answer ${name} is a failed attempt: ${result}`, async (t) => {
    const receiver = await receiveRaw(t, answering(bytes, after));
    const { whole, status } = await deliver(t, receiver.url);
    assert.deepEqual([status, at(whole, 'attemptList.0.result')], ['FAILED', result]);
  });

test('an answer in another encoding is kept as its bytes read, compressed or broken', async (t) => {
  const packed = gzipSync('x'.repeat(5_000));
  const receiver = await receiveRaw(
    t,
    answering(
      Buffer.concat([
        Buffer.from(`${okHead}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`),
        packed,
      ]),
    ),
  );
  const { whole, status } = await deliver(t, receiver.url);
  assert.equal(status, 'DELIVERED');
  assert.ok(String(at(whole, 'attemptList.0.response.body')).length <= packed.length);
});

test('an address inside of the network is refused when it is saved, and counts as a fault of the guard when it is sent', async (t) => {
  const server = await openServer(t);
  await define(server, 'w', [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })]);
  for (const url of [
    'http://192.168.0.1/',
    'http://3232235521/',
    'http://0300.0250.1/',
    'http://[::ffff:10.0.0.1]/',
    'http://metadata.google.internal/',
  ]) {
    const reply = await server.call('POST', '/api/flows/w/webhooks', { name: 'x', url });
    assert.equal(reply.status, 400, url);
    assert.match(reply.text, /url: /);
  }
});
