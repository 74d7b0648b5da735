// The client against well-behaved receivers: what is sent, what comes back, keep-alive, limits, cancelling.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { createGuard } from '../../src/outbound/guard.ts';
import { classify } from '../../src/outbound/result.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { asFault, asResponse, deadPort, openClient, post, receive, receiveRaw, text, until } from './local-receiver.ts';

test('sends method, path, headers and body as given, and brings back status, headers and body', async (t) => {
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    outgoing.writeHead(
      202,
      [
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['X-Kind', 'echo'],
      ].flat(),
    );
    outgoing.end('thanks');
  });
  const client = openClient(t);
  const result = asResponse(
    await client.send(
      post(`${receiver.url}/hook/ü?x=1&y=%20#part`, {
        method: 'put',
        headers: { 'Content-Type': 'text/plain', 'X-List': ['one', 'two'], 'X-Latin': 'caf\u00e9' },
        body: 'grüße',
      }),
    ),
  );
  assert.equal(result.status, 202);
  assert.equal(text(result.body), 'thanks');
  assert.equal(result.truncated, false);
  assert.equal(result.remoteAddress, '127.0.0.1');
  assert.deepEqual(result.headers['set-cookie'], ['a=1', 'b=2']);
  assert.deepEqual(result.headers['x-kind'], ['echo']);
  assert.equal(classify(result), 'ok');

  const [request] = receiver.requests;
  assert.equal(request?.method, 'PUT');
  assert.equal(request?.path, '/hook/%C3%BC?x=1&y=%20');
  assert.equal(text(request?.body ?? Buffer.alloc(0)), 'grüße');
  assert.equal(request?.headers['content-length'], '7');
  assert.equal(request?.headers['accept-encoding'], 'identity');
  assert.equal(request?.headers['user-agent'], 'Fermata');
  assert.equal(request?.headers['x-list'], 'one, two');
  assert.equal(request?.headers['x-latin'], 'caf\u00e9');
});

test('a body of bytes is sent byte by byte, a GET has none', async (t) => {
  const receiver = await receive(t);
  const client = openClient(t);
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  asResponse(await client.send(post(receiver.url, { body: bytes.subarray(10, 250) })));
  asResponse(await client.send(post(receiver.url, { method: 'GET', body: undefined })));
  assert.deepEqual(receiver.requests[0]?.body, Buffer.from(bytes.subarray(10, 250)));
  assert.equal(receiver.requests[1]?.method, 'GET');
  assert.equal(receiver.requests[1]?.headers['content-length'], undefined);
});

test('a redirect is an answer of class 3xx and its target is never called', async (t) => {
  const target = await receive(t);
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    outgoing.writeHead(307, { location: target.url }).end();
  });
  const result = asResponse(await openClient(t).send(post(receiver.url)));
  assert.equal(classify(result), '3xx');
  assert.deepEqual(result.headers.location, [target.url]);
  assert.equal(target.connections(), 0);
});

for (const [status, expected] of [
  [200, 'ok'],
  [299, 'ok'],
  [304, '3xx'],
  [404, '4xx'],
  [410, '4xx'],
  [500, '5xx'],
  [599, '5xx'],
] as const) {
  test(`status ${status} is of class ${expected}`, async (t) => {
    const receiver = await receive(t, (_request, _incoming, outgoing) => outgoing.writeHead(status).end());
    assert.equal(classify(asResponse(await openClient(t).send(post(receiver.url)))), expected);
  });
}

test('timing: a new connection has connect time, a kept one has none', async (t) => {
  let nowMs = 0;
  const receiver = await receive(t);
  const client = openClient(t, { clock: { ...systemClock, elapsed: () => ++nowMs } });
  const first = asResponse(await client.send(post(receiver.url)));
  const second = asResponse(await client.send(post(receiver.url)));
  assert.ok(first.timing.connectMs > 0);
  assert.ok(first.timing.firstByteMs > 0);
  assert.equal(first.timing.dnsMs, 0, 'a literal address asks no resolver');
  assert.equal(first.timing.tlsMs, 0);
  const parts = first.timing.dnsMs + first.timing.connectMs + first.timing.tlsMs + first.timing.firstByteMs;
  assert.ok(first.timing.totalMs >= parts);
  assert.equal(second.timing.connectMs, 0);
  assert.equal(receiver.connections(), 1);
});

test('requests with other TLS settings do not share a connection', async (t) => {
  const receiver = await receive(t, undefined, { name: 'self-signed' });
  const client = openClient(t);
  asResponse(await client.send(post(receiver.url, { tls: { validate: false } })));
  assert.equal(asFault(await client.send(post(receiver.url, { tls: { validate: true } }))).fault, 'tls');
});

test('no more connections than allowed to one destination; the rest waits its turn', async (t) => {
  const held: ServerResponse[] = [];
  let most = 0;
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    held.push(outgoing);
    most = Math.max(most, held.length);
    if (held.length === 2) for (const answer of held.splice(0)) answer.end();
  });
  const client = openClient(t, { limits: { maxPerDestination: 2 } });
  const results = await Promise.all(Array.from({ length: 20 }, () => client.send(post(receiver.url))));
  assert.ok(results.every((result) => result.type === 'response'));
  assert.equal(most, 2);
  assert.equal(receiver.connections(), 2);
});

test('a failed request frees its place for those who wait', async (t) => {
  let calls = 0;
  const receiver = await receive(t, (_request, incoming, outgoing) => {
    calls += 1;
    if (calls === 1) incoming.socket.destroy();
    else outgoing.end();
  });
  const client = openClient(t, { limits: { maxPerDestination: 1 } });
  const [first, second] = await Promise.all([client.send(post(receiver.url)), client.send(post(receiver.url))]);
  assert.equal(asFault(first).fault, 'refused');
  assert.equal(asResponse(second).status, 200);
});

test('waiting for a free connection counts against the deadline', async (t) => {
  const receiver = await receive(t, () => {});
  const clock = new FakeClock();
  const client = openClient(t, { clock, limits: { maxPerDestination: 1 } });
  const first = client.send(post(receiver.url, { timeoutMs: 60_000 }));
  await until(() => receiver.requests.length > 0);
  const second = client.send(post(receiver.url, { timeoutMs: 30_000 }));
  await clock.advance(30_000);
  const result = asFault(await second);
  assert.equal(result.fault, 'timeout');
  assert.match(result.reason, /waiting for a free connection/);
  assert.equal(result.timing.totalMs, 30_000);
  await client.close();
  assert.equal((await first).type, 'cancelled');
  assert.equal(clock.waiting, 0, 'no timer is left behind');
});

test('idle connections beyond the limit are closed, the longest idle first', async (t) => {
  const a = await receive(t);
  const b = await receive(t);
  const client = openClient(t, { limits: { maxIdle: 1 } });
  asResponse(await client.send(post(a.url)));
  asResponse(await client.send(post(b.url)));
  asResponse(await client.send(post(b.url)));
  asResponse(await client.send(post(a.url)));
  assert.equal(b.connections(), 1);
  assert.equal(a.connections(), 2);
});

test('a kept connection that breaks before the answer is marked as stale', async (t) => {
  const receiver = await receiveRaw(t, (socket) => {
    let seen = 0;
    socket.on('data', () => {
      seen += 1;
      if (seen === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      else socket.destroy();
    });
  });
  const client = openClient(t);
  const request = post(receiver.url, { method: 'GET', body: undefined });
  asResponse(await client.send(request));
  const broken = asFault(await client.send(request));
  assert.equal(broken.fault, 'refused');
  assert.equal(broken.stale, true);
  assert.equal(asResponse(await client.send(request)).status, 200);
});

test('nobody listens: refused, at a new connection and so not stale', async (t) => {
  const result = asFault(await openClient(t).send(post(`http://127.0.0.1:${await deadPort()}/secret-path`)));
  assert.equal(result.fault, 'refused');
  assert.equal(result.retryable, true);
  assert.equal(result.stale, false);
  assert.match(result.reason, /ECONNREFUSED/);
  assert.doesNotMatch(result.reason, /secret-path/);
});

test('a name that does not resolve is a dns fault', async (t) => {
  const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.test'), { code: 'ENOTFOUND' });
  const client = openClient(t, { resolve: () => Promise.reject(notFound) });
  const result = asFault(await client.send(post('http://nowhere.test/')));
  assert.equal(result.fault, 'dns');
  assert.match(result.reason, /ENOTFOUND/);
  const empty = openClient(t, { resolve: () => Promise.resolve([]) });
  assert.equal(asFault(await empty.send(post('http://nowhere.test/'))).fault, 'dns');
});

test('a connection that never opens ends by the connect time limit', async (t) => {
  const clock = new FakeClock();
  const client = openClient(t, { clock, dial: () => new Socket() });
  const sent = client.send(post('http://127.0.0.1:8080/', { connectTimeoutMs: 3_000 }));
  await clock.advance(3_000);
  const result = asFault(await sent);
  assert.equal(result.fault, 'timeout');
  assert.match(result.reason, /connecting/);
  assert.deepEqual(result.timing, { dnsMs: 0, connectMs: 3_000, tlsMs: 0, firstByteMs: 0, totalMs: 3_000 });
  assert.equal(clock.waiting, 0, 'no timer is left behind');
});

test('a receiver may be silent for the read time limit, before each part of its answer', async (t) => {
  const clock = new FakeClock();
  const open: ServerResponse[] = [];
  const receiver = await receive(t, (_request, _incoming, outgoing) => open.push(outgoing));
  const client = openClient(t, { clock });
  const silent = client.send(post(receiver.url, { readTimeoutMs: 300 }));
  await until(() => open.length === 1);
  await clock.advance(300);
  const fault = asFault(await silent);
  assert.equal(fault.fault, 'timeout');
  assert.match(fault.reason, /nothing was heard for 300 ms; stopped while waiting for the answer/);
  assert.equal(clock.waiting, 0, 'no timer is left behind');
  const slow = client.send(post(receiver.url, { readTimeoutMs: 300 }));
  await until(() => open.length === 2);
  await clock.advance(299);
  open[1]?.end('late');
  assert.equal(text(asResponse(await slow).body), 'late');
});

test('a resolver that never answers ends by the connect time limit, which is ten seconds', async (t) => {
  const clock = new FakeClock();
  const client = openClient(t, { clock, resolve: () => new Promise(() => {}) });
  const sent = client.send(post('http://slow.test/'));
  await clock.advance(10_000);
  const result = asFault(await sent);
  assert.equal(result.fault, 'timeout');
  assert.match(result.reason, /resolving the name/);
  assert.equal(result.timing.dnsMs, 10_000);
});

test('without free file handles the fault is ours, and trying later can help', async (t) => {
  const dial = (): Socket => {
    const socket = new Socket();
    queueMicrotask(() => socket.destroy(Object.assign(new Error('too many'), { code: 'EMFILE' })));
    return socket;
  };
  const result = asFault(await openClient(t, { dial }).send(post('http://127.0.0.1:8080/')));
  assert.equal(result.fault, 'ours');
  assert.equal(result.retryable, true);
});

test('the caller can cancel before, while waiting, and between requests', async (t) => {
  const receiver = await receive(t, () => {});
  const client = openClient(t);
  const before = await client.send(post(receiver.url, { signal: AbortSignal.abort() }));
  assert.equal(before.type, 'cancelled');
  assert.equal(receiver.connections(), 0);

  const aborter = new AbortController();
  const underway = client.send(post(receiver.url, { signal: aborter.signal }));
  await until(() => receiver.requests.length > 0);
  aborter.abort();
  assert.equal((await underway).type, 'cancelled');
});

test('close cancels what is under way, and a closed client sends nothing', async (t) => {
  let socketClosed: Promise<unknown> = Promise.resolve();
  const receiver = await receive(t, (_request, incoming) => {
    socketClosed = new Promise((resolve) => incoming.socket.once('close', resolve));
  });
  const client = openClient(t);
  const underway = client.send(post(receiver.url));
  await until(() => receiver.requests.length > 0);
  await client.close();
  assert.equal((await underway).type, 'cancelled');
  await socketClosed;
  assert.equal((await client.send(post(receiver.url))).type, 'cancelled');
  assert.equal(receiver.connections(), 1);
});

test('user name and password of the URL become Basic credentials where the guard allows them', async (t) => {
  const receiver = await receive(t);
  const url = receiver.url.replace('//', '//us%C3%A9r:p%40ss@');
  const guard = createGuard({ allow: ['127.0.0.1'], deny: [], allowUserInfo: true });
  asResponse(await openClient(t, { guard }).send(post(url)));
  const expected = `Basic ${Buffer.from('usér:p@ss').toString('base64')}`;
  assert.equal(receiver.requests[0]?.headers.authorization, expected);
  assert.equal(asFault(await openClient(t).send(post(url))).fault, 'guard');
});
