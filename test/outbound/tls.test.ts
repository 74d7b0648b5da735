// Certificates: what is refused, what the switch and a custom CA let through, and client certificates (mTLS).
// The certificates in fixtures/ are described there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsSettings } from '../../src/outbound/request.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { asFault, asResponse, fixture, openClient, post, receive, receiveRaw, text, until } from './local-receiver.ts';

const ca = fixture('ca.cert.pem');
const resolve = (): Promise<string[]> => Promise.resolve(['127.0.0.1']);

for (const [name, server, tls, words] of [
  ['an unknown CA', 'server', { validate: true }, /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/],
  ['self-signed', 'self-signed', { validate: true }, /SELF_SIGNED/],
  ['expired', 'expired', { validate: true, ca }, /CERT_HAS_EXPIRED/],
  ['another name', 'other-name', { validate: true, ca }, /ALTNAME_INVALID/],
] as const) {
  test(`a certificate is refused before anything is sent: ${name}`, async (t) => {
    const receiver = await receive(t, undefined, { name: server });
    const result = asFault(await openClient(t).send(post(receiver.url, { tls })));
    assert.equal(result.fault, 'tls');
    assert.match(result.reason, words);
    assert.equal(result.retryable, true);
    assert.equal(receiver.requests.length, 0);
  });

  test(`without validation it is taken: ${name}`, async (t) => {
    const receiver = await receive(t, undefined, { name: server });
    const result = asResponse(await openClient(t).send(post(receiver.url, { tls: { validate: false } })));
    assert.equal(result.status, 200);
    assert.ok(result.timing.tlsMs > 0);
  });
}

test('a custom CA makes its certificates valid, for names and for literal addresses', async (t) => {
  const receiver = await receive(t, undefined, { name: 'server' });
  const client = openClient(t, { resolve });
  const byAddress = asResponse(await client.send(post(receiver.url, { tls: { validate: true, ca } })));
  assert.equal(byAddress.status, 200);
  for (const host of ['receiver.test', 'receiver.test.', 'RECEIVER.TEST']) {
    const url = receiver.url.replace('127.0.0.1', host);
    assert.equal(asResponse(await client.send(post(url, { tls: { validate: true, ca } }))).status, 200);
  }
  const otherName = receiver.url.replace('127.0.0.1', 'elsewhere.test');
  assert.equal(asFault(await client.send(post(otherName, { tls: { validate: true, ca } }))).fault, 'tls');
});

test('a receiver that wants a client certificate gets it, or refuses', async (t) => {
  const receiver = await receive(t, undefined, { name: 'server', clientCa: ca });
  const client = openClient(t);
  const own = { cert: fixture('client.cert.pem'), key: fixture('client.key.pem') };
  assert.equal(asResponse(await client.send(post(receiver.url, { tls: { validate: true, ca, ...own } }))).status, 200);
  // With TLS 1.3 the client is done before the server looks at its certificate; Node then closes without an alert.
  assert.equal(asFault(await client.send(post(receiver.url, { tls: { validate: true, ca } }))).fault, 'refused');
  const stranger = { cert: fixture('self-signed.cert.pem'), key: fixture('self-signed.key.pem') };
  const refused = asFault(await client.send(post(receiver.url, { tls: { validate: true, ca, ...stranger } })));
  assert.equal(refused.fault, 'refused');
  assert.equal(receiver.requests.length, 1);
});

test('a receiver without TLS behind https:// is a tls fault', async (t) => {
  const plain = await receiveRaw(t, (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')));
  const result = asFault(await openClient(t).send(post(plain.url.replace('http:', 'https:'))));
  assert.equal(result.fault, 'tls');
});

test('a receiver that never finishes the handshake ends by the connect time limit', async (t) => {
  const clock = new FakeClock();
  const silent = await receiveRaw(t, () => {});
  const sent = openClient(t, { clock }).send(post(silent.url.replace('http:', 'https:')));
  await until(() => silent.connections() > 0);
  await clock.advance(10_000);
  const result = asFault(await sent);
  assert.equal(result.fault, 'timeout');
  assert.match(result.reason, /TLS handshake/);
});

const key = fixture('client.key.pem');
const cert = fixture('client.cert.pem');
for (const [name, tls] of [
  ['a CA that is no certificate', { validate: true, ca: 'not a certificate' }],
  ['an empty CA', { validate: true, ca: '' }],
  ['a certificate without key', { validate: true, cert }],
  ['a key without certificate', { validate: true, key }],
  ['a key of another certificate', { validate: true, cert, key: fixture('server.key.pem') }],
  ['a key that cannot be read', { validate: true, cert, key: 'secret words' }],
] satisfies [string, TlsSettings][]) {
  test(`never connects: ${name}`, async (t) => {
    const receiver = await receive(t, undefined, { name: 'server' });
    const result = asFault(await openClient(t).send(post(receiver.url, { tls })));
    assert.equal(result.fault, 'ours');
    assert.equal(result.retryable, false);
    assert.doesNotMatch(result.reason, /secret words/);
    assert.equal(receiver.connections(), 0);
  });
}

test('what is sent over TLS arrives', async (t) => {
  const receiver = await receive(t, (request, _incoming, outgoing) => outgoing.end(request.body), { name: 'server' });
  const body = 'x'.repeat(300_000);
  const request = post(receiver.url, { body, maxResponseBytes: 400_000, tls: { validate: true, ca } });
  assert.equal(text(asResponse(await openClient(t).send(request)).body), body);
});
