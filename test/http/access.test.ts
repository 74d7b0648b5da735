// Who may call what: with a key everything but the inbound addresses and health needs it; without one only this machine may.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, openServer } from './test-server.ts';

const apiKey = 'the-key-of-this-installation';

test('with a key every call needs it, in any of its spellings', async (t) => {
  const server = await openServer(t, { settings: { apiKey } });
  const document = await server.call('GET', '/openapi.json', undefined, { 'x-authorization': apiKey });
  const open: string[] = [];
  for (const [path, methods] of Object.entries(at(document.json, 'paths') as Record<string, object>))
    for (const method of Object.keys(methods)) {
      const url = path.replaceAll(/\{\w+\}/g, 'x');
      const reply = await server.call(method.toUpperCase() as 'GET', url, method === 'get' ? undefined : {});
      if (reply.status !== 401) open.push(`${method} ${path}`);
      else assert.equal(at(reply.json, 'status'), 401);
    }
  assert.deepEqual(open, ['get /health', 'get /api/health', 'post /api/token']);
  const spellings: readonly Record<string, string>[] = [
    { 'x-authorization': apiKey },
    { authorization: `Bearer ${apiKey}` },
    { authorization: `bearer ${apiKey}` },
    { 'x-api-key': apiKey },
  ];
  for (const headers of spellings)
    assert.equal(
      (await server.call('GET', '/api/metadata/workflow', undefined, headers)).status,
      200,
      JSON.stringify(headers),
    );
  const wrong: readonly Record<string, string>[] = [
    {},
    { 'x-authorization': '' },
    { 'x-authorization': `${apiKey}x` },
    { authorization: `Basic ${Buffer.from(`x:${apiKey}`).toString('base64')}` },
    { cookie: `key=${apiKey}` },
  ];
  for (const headers of wrong) {
    const reply = await server.call('GET', '/api/metadata/workflow', undefined, headers);
    assert.equal(reply.status, 401, JSON.stringify(headers));
    assert.ok(!reply.text.includes(apiKey));
  }
});

test('inbound addresses need no key, but tell strangers nothing', async (t) => {
  const server = await openServer(t, { settings: { apiKey } });
  const webhook = { id: 'w', name: 'w', verifier: 'HEADER_BASED', headers: { 'x-a': 'b' }, workflowsToStart: { x: 1 } };
  const made = await server.call('POST', '/api/metadata/webhook', webhook, { 'x-authorization': apiKey });
  assert.equal(made.status, 200);
  assert.equal(at(made.json, 'createdBy'), 'api-key');
  assert.equal((await server.call('POST', '/webhook/w', {}, { 'x-a': 'b' })).status, 200);
  assert.equal((await server.call('POST', '/webhook/w', {}, { 'x-a': 'c' })).status, 403);
  assert.equal((await server.call('POST', '/webhook/nobody', {})).status, 404);
});

test("the token flow of Conductor's SDKs", async (t) => {
  const server = await openServer(t, { settings: { apiKey } });
  const refused = await server.call('POST', '/api/token', { keyId: 'x', keySecret: 'wrong' });
  assert.equal(refused.status, 401);
  const given = await server.call('POST', '/api/token', { keyId: 'x', keySecret: apiKey });
  const token = String(at(given.json, 'token'));
  assert.ok(!token.includes(apiKey));
  assert.equal(
    (await server.call('GET', '/api/metadata/workflow', undefined, { 'x-authorization': token })).status,
    200,
  );
  await server.clock.advance(25 * 60 * 60 * 1000);
  const late = await server.call('GET', '/api/metadata/workflow', undefined, { 'x-authorization': token });
  // The word by which clients (Python, Java) know that a new token would help.
  assert.deepEqual([late.status, at(late.json, 'error')], [401, 'INVALID_TOKEN']);
  const bare = await server.call('GET', '/api/metadata/workflow');
  assert.deepEqual([bare.status, at(bare.json, 'error')], [401, undefined]);
});

test('without a key, pages of other sites and names that only pretend to be this machine are kept out', async (t) => {
  const server = await openServer(t);
  const post = (headers: Record<string, string>) =>
    server.call('POST', '/api/metadata/taskdefs', [{ name: 'x' }], headers);
  for (const host of ['localhost', '127.0.0.1:8080', '[::1]:8080'])
    assert.equal((await post({ host })).status, 200, host);
  for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', 'localhost@evil.example'])
    assert.equal((await post({ host })).status, 403, host);
  for (const origin of ['http://evil.example', 'https://evil.example:8080', 'null'])
    assert.equal((await post({ origin })).status, 403, origin);
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1'])
    assert.equal((await post({ origin })).status, 200);
  const webhook = { id: 'w', name: 'w', verifier: 'NONE', workflowsToStart: { x: 1 } };
  await server.call('POST', '/api/metadata/webhook', webhook);
  const fromOutside = { host: 'tunnel.example', origin: 'https://evil.example' };
  assert.equal((await server.call('POST', '/webhook/w', {}, fromOutside)).status, 200, 'inbound addresses are for all');
  const known = await openServer(t, { settings: { publicUrl: 'https://hooks.example' } });
  assert.equal((await known.call('GET', '/api/metadata/workflow', undefined, { host: 'hooks.example' })).status, 200);
});

test('any token is good enough for clients of an installation without a key', async (t) => {
  const server = await openServer(t);
  const given = await server.call('POST', '/api/token', { keyId: 'x', keySecret: 'y' });
  const headers = { 'x-authorization': String(at(given.json, 'token')) };
  assert.equal((await server.call('GET', '/api/metadata/workflow', undefined, headers)).status, 200);
});
