// The client against receivers that misbehave, and against requests that must never leave: bounded memory, bounded time.
// Every case ends by a limit of the client, never by the receiver's mercy.
import assert from 'node:assert/strict';
import { connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '../support/fake-clock.ts';
import { asFault, asResponse, openClient, post, receive, receiveRaw, text, until } from './local-receiver.ts';

const okHead = 'HTTP/1.1 200 OK\r\n';

/** Answers the first bytes of a request with fixed bytes. */
function answering(bytes: string | Buffer, after: (socket: Socket) => void = () => {}): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.write(bytes);
      after(socket);
    });
  };
}

/** Writes as fast as the other side reads, for as long as it reads; says how many bytes the socket took. */
function flood(socket: Socket, chunk: Buffer, count: { bytes: number }): void {
  const more = (): void => {
    while (!socket.destroyed) {
      count.bytes += chunk.length;
      if (!socket.write(chunk)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}

for (const [name, head, chunk] of [
  ['of 1 GB', `${okHead}content-length: 1073741824\r\n\r\n`, Buffer.alloc(65_536, 'x')],
  [
    'without end, chunked',
    `${okHead}transfer-encoding: chunked\r\n\r\n`,
    Buffer.from(`1000\r\n${'x'.repeat(4096)}\r\n`),
  ],
  ['without end and length', `${okHead}connection: close\r\n\r\n`, Buffer.alloc(65_536, 'x')],
] as const) {
  test(`an answer ${name}: the first bytes are kept, the connection is closed`, async (t) => {
    const count = { bytes: 0 };
    let closed: Promise<unknown> = Promise.resolve();
    const receiver = await receiveRaw(
      t,
      answering(head, (socket) => {
        closed = new Promise((resolve) => socket.once('close', resolve));
        flood(socket, chunk, count);
      }),
    );
    const result = asResponse(await openClient(t).send(post(receiver.url, { maxResponseBytes: 20_000 })));
    assert.equal(result.status, 200);
    assert.equal(result.truncated, true);
    assert.equal(text(result.body), 'x'.repeat(20_000));
    await closed;
    assert.ok(count.bytes < 64 * 1024 * 1024, `the receiver got rid of ${count.bytes} bytes`);
  });
}

test('an answer that fits exactly is not truncated, one byte more is', async (t) => {
  const receiver = await receive(t, (_request, _incoming, outgoing) => outgoing.end('x'.repeat(100)));
  const client = openClient(t);
  const whole = asResponse(await client.send(post(receiver.url, { maxResponseBytes: 100 })));
  assert.deepEqual([whole.body.length, whole.truncated], [100, false]);
  const cut = asResponse(await client.send(post(receiver.url, { maxResponseBytes: 99 })));
  assert.deepEqual([cut.body.length, cut.truncated], [99, true]);
  const none = asResponse(await client.send(post(receiver.url, { maxResponseBytes: 0 })));
  assert.deepEqual([none.body.length, none.truncated, none.status], [0, true, 200]);
});

/** A client on a clock that stands still, and a look at how much its socket has read. */
function watchedClient(t: TestContext) {
  const clock = new FakeClock();
  const sockets: Socket[] = [];
  const dial = (options: TcpNetConnectOpts): Socket => {
    const socket = netConnect(options);
    sockets.push(socket);
    return socket;
  };
  return { clock, client: openClient(t, { clock, dial }), bytesRead: () => sockets[0]?.bytesRead ?? 0 };
}

/** Writes one byte at each turn of the event loop. */
function drip(socket: Socket): void {
  if (socket.destroyed) return;
  socket.write('d');
  setImmediate(drip, socket);
}

test('a slow drip ends by the deadline, and what came is shown', async (t) => {
  const { clock, client, bytesRead } = watchedClient(t);
  const receiver = await receiveRaw(t, answering(`${okHead}x-drip: 1\r\ncontent-length: 10000000\r\n\r\n`, drip));
  const sent = client.send(post(receiver.url, { timeoutMs: 30_000, maxResponseBytes: 10_000_000 }));
  await until(() => bytesRead() > 200);
  await clock.advance(30_000);
  const result = asFault(await sent);
  assert.equal(result.fault, 'timeout');
  assert.match(result.reason, /reading the answer/);
  assert.equal(result.partial?.status, 200);
  assert.deepEqual(result.partial?.headers['x-drip'], ['1']);
  assert.match(text(result.partial?.body ?? Buffer.alloc(0)), /^d+$/);
  assert.equal(clock.waiting, 0, 'no timer is left behind');
});

test('headers that drip end by the deadline', async (t) => {
  const { clock, client, bytesRead } = watchedClient(t);
  const receiver = await receiveRaw(t, answering(okHead, drip));
  const sent = client.send(post(receiver.url, { timeoutMs: 30_000 }));
  await until(() => bytesRead() > 100);
  await clock.advance(30_000);
  const result = asFault(await sent);
  assert.equal(result.fault, 'timeout');
  assert.match(result.reason, /waiting for the answer/);
});

test('a receiver that takes the request and says nothing ends by the deadline', async (t) => {
  const { clock, client } = watchedClient(t);
  const receiver = await receive(t, () => {});
  const sent = client.send(post(receiver.url, { timeoutMs: 30_000 }));
  await until(() => receiver.requests.length > 0);
  await clock.advance(30_000);
  const result = asFault(await sent);
  assert.equal(result.fault, 'timeout');
  assert.equal(result.timing.totalMs, 30_000);
  assert.equal(result.partial, undefined);
});

test('a receiver that does not read a large request ends by the deadline', async (t) => {
  const { clock, client } = watchedClient(t);
  const receiver = await receiveRaw(t, (socket) => socket.pause());
  const sent = client.send(post(receiver.url, { timeoutMs: 30_000, body: 'x'.repeat(15 * 1024 * 1024) }));
  await until(() => receiver.connections() > 0);
  await clock.advance(30_000);
  assert.equal(asFault(await sent).fault, 'timeout');
});

for (const [name, bytes] of [
  ['one header of 1 MB', `${okHead}x-big: ${'y'.repeat(1024 * 1024)}\r\n\r\n`],
  ['100,000 headers', `${okHead}${'x-many: 1\r\n'.repeat(100_000)}\r\n`],
  ['trailers of 1 MB', `${okHead}transfer-encoding: chunked\r\n\r\n0\r\nx-big: ${'y'.repeat(1024 * 1024)}\r\n\r\n`],
] as const) {
  test(`a flood of headers is refused: ${name}`, async (t) => {
    const receiver = await receiveRaw(t, answering(bytes));
    const result = asFault(await openClient(t).send(post(receiver.url)));
    assert.equal(result.fault, 'refused');
    assert.equal(result.reason, 'the headers of the answer are too large');
  });
}

for (const [name, bytes] of [
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['HTTP/0.9 text', '<html>hello</html>'],
  ['both lengths', `${okHead}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two different lengths', `${okHead}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
  ['a negative length', `${okHead}content-length: -5\r\n\r\n`],
  ['a wrong chunk size', `${okHead}transfer-encoding: chunked\r\n\r\nzz\r\n`],
  ['a NUL in a header', `${okHead}x-nul: a\0b\r\n\r\n`],
  ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
] as const) {
  test(`an answer that is not valid is a fault: ${name}`, async (t) => {
    const receiver = await receiveRaw(
      t,
      answering(bytes, (socket) => socket.end()),
    );
    const result = asFault(await openClient(t).send(post(receiver.url)));
    assert.equal(result.fault, 'refused');
    assert.equal(result.retryable, true);
  });
}

test('an answer that breaks off is a fault that shows what came', async (t) => {
  const receiver = await receiveRaw(
    t,
    answering(`${okHead}content-length: 100\r\n\r\nhalf`, (socket) => socket.end()),
  );
  const result = asFault(await openClient(t).send(post(receiver.url)));
  assert.equal(result.fault, 'refused');
  assert.equal(result.stale, false);
  assert.equal(text(result.partial?.body ?? Buffer.alloc(0)), 'half');
});

test('interim answers are passed over', async (t) => {
  const receiver = await receiveRaw(
    t,
    answering(`${'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(500)}${okHead}content-length: 2\r\n\r\nhi`),
  );
  const result = asResponse(await openClient(t).send(post(receiver.url)));
  assert.equal(result.status, 200);
  assert.equal(text(result.body), 'hi');
});

test('an interim answer alone is no answer', async (t) => {
  const receiver = await receiveRaw(
    t,
    answering('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', (socket) => socket.end()),
  );
  const result = asFault(await openClient(t).send(post(receiver.url)));
  assert.equal(result.fault, 'refused');
  assert.equal(result.partial, undefined);
});

test('a second answer that nobody asked for does not reach the next request', async (t) => {
  const receiver = await receiveRaw(
    t,
    answering(`${okHead}content-length: 2\r\n\r\nhi${okHead}content-length: 4\r\n\r\nevil`),
  );
  const client = openClient(t);
  assert.equal(text(asResponse(await client.send(post(receiver.url))).body), 'hi');
  assert.equal(text(asResponse(await client.send(post(receiver.url))).body), 'hi');
});

test('bytes are kept as they come, whatever the encoding says', async (t) => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]);
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=utf-42' });
    outgoing.end(bytes);
  });
  const result = asResponse(await openClient(t).send(post(receiver.url)));
  assert.deepEqual(Buffer.from(result.body), bytes);
  assert.deepEqual(result.headers['content-encoding'], ['gzip']);
});

test('header names that mean something to JavaScript are ordinary names', async (t) => {
  const receiver = await receiveRaw(
    t,
    answering(`${okHead}__proto__: a\r\n__proto__: b\r\nconstructor: c\r\ncontent-length: 0\r\n\r\n`),
  );
  const { headers } = asResponse(await openClient(t).send(post(receiver.url)));
  assert.deepEqual(Object.getOwnPropertyDescriptor(headers, '__proto__')?.value, ['a', 'b']);
  assert.deepEqual(headers.constructor, ['c']);
  assert.equal(Object.getPrototypeOf(headers), null);
});

const tooLarge = 'x'.repeat(16 * 1024 * 1024 + 1);
for (const [name, changes, words] of [
  ['CR LF in a value', { headers: { 'X-A': 'a\r\nX-Injected: 1' } }, /"X-A"/],
  ['LF alone', { headers: { 'X-A': 'a\nX-Injected: 1' } }, /"X-A"/],
  ['CR alone', { headers: { 'X-A': 'a\rb' } }, /"X-A"/],
  ['NUL', { headers: { 'X-A': 'a\0b' } }, /"X-A"/],
  ['a character that would be cut to CR', { headers: { 'X-A': 'a\u010d\u010aX-Injected: 1' } }, /"X-A"/],
  ['a bad value in a list', { headers: { 'X-A': ['fine', 'a\r\nb'] } }, /"X-A"/],
  ['CR LF in a name', { headers: { 'X-A\r\nX-B': 'a' } }, /name/],
  ['an empty name', { headers: { '': 'a' } }, /name/],
  ['a space before the colon', { headers: { 'X-A ': 'a' } }, /name/],
  ['a second length', { headers: { 'Content-Length': '1' } }, /Fermata itself/],
  ['another framing', { headers: { 'transfer-encoding': 'chunked' } }, /Fermata itself/],
  ['another host', { headers: { Host: 'inside.example' } }, /Fermata itself/],
  ['connection options', { headers: { connection: 'close' } }, /Fermata itself/],
  ['an upgrade', { headers: { upgrade: 'h2c' } }, /Fermata itself/],
  ['too many headers', { headers: { 'x-a': Array.from({ length: 101 }, () => 'a') } }, /more than/],
  ['too large headers', { headers: { 'x-a': 'a'.repeat(40_000) } }, /more than/],
  ['CONNECT', { method: 'CONNECT' }, /method/],
  ['a method with a line end', { method: 'GET / HTTP/1.1\r\n' }, /method/],
  ['a body beyond the limit', { body: tooLarge }, /larger than/],
  ['a time limit of nothing', { timeoutMs: 0 }, /time limit/],
  ['a time limit that is no number', { timeoutMs: Number.NaN }, /time limit/],
  ['a time limit no timer can hold', { timeoutMs: 2 ** 31 }, /time limit/],
  ['a wrong connect time limit', { connectTimeoutMs: -1 }, /connect time limit/],
  ['a wrong read time limit', { readTimeoutMs: 0 }, /read time limit/],
  ['a negative limit of the answer', { maxResponseBytes: -1 }, /whole number/],
] as const) {
  test(`never leaves: ${name}`, async (t) => {
    const receiver = await receiveRaw(t, () => {});
    const result = asFault(await openClient(t).send(post(receiver.url, changes)));
    assert.equal(result.fault, 'ours');
    assert.equal(result.retryable, false);
    assert.match(result.reason, words);
    assert.equal(receiver.connections(), 0);
  });
}
