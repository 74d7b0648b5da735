// The same delivery again, keys in rotation, and what is said of bodies that cannot be read: as senders behave over hours.

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { at, define, openServer, type TestServer, task } from './test-server.ts';

const HOUR_MS = 3_600_000;
const SECRET = 'It is a secret to everybody';
const JSON_TYPE = { 'content-type': 'application/json' };

async function open(server: TestServer, config: object): Promise<{ readonly id: string; readonly path: string }> {
  await define(server, 'hold', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': '1' } } })]);
  const made = await server.call('POST', '/api/metadata/webhook', {
    name: 'hook',
    verifier: 'PLATFORM',
    receiverWorkflowNamesToVersions: { hold: 1 },
    ...config,
  });
  assert.equal(made.status, 200, made.text);
  const id = String(at(made.json, 'id'));
  return { id, path: `/webhook/${id}` };
}

const stored = async (server: TestServer): Promise<readonly Record<string, unknown>[]> =>
  (await server.call('GET', '/api/webhook-events')).json as readonly Record<string, unknown>[];

function github(body: string, delivery: string): Record<string, string> {
  const mac = createHmac('sha256', SECRET).update(body).digest('hex');
  return { ...JSON_TYPE, 'x-hub-signature-256': `sha256=${mac}`, 'x-github-delivery': delivery };
}

test('a delivery sent again after hours under its id is a duplicate; its content under another id is news by then', async (t) => {
  const server = await openServer(t);
  const { path } = await open(server, { sourcePlatform: 'github', fields: { secret: SECRET } });
  const body = '{"id":"1"}';
  const send = async (delivery: string) => (await server.call('POST', path, body, github(body, delivery))).status;
  assert.equal(await send('first'), 200);
  await server.advance(72 * HOUR_MS);
  assert.equal(await send('first'), 200);
  assert.equal((await stored(server)).length, 1, 'GitHub lets people send again for three days');
  assert.equal(await send('second'), 200);
  assert.equal((await stored(server)).length, 2);
  assert.equal(await send('third'), 200);
  assert.equal((await stored(server)).length, 2, 'a captured request under another id');
});

test('a window of its own holds for both names of a delivery', async (t) => {
  const server = await openServer(t);
  const dedup = { windowSeconds: 60 };
  const { path } = await open(server, { sourcePlatform: 'github', fields: { secret: SECRET }, dedup });
  const body = '{"id":"1"}';
  for (const count of [1, 1, 2]) {
    await server.call('POST', path, body, github(body, 'first'));
    assert.equal((await stored(server)).length, count);
    await server.advance(40_000);
  }
});

const rawKey = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');

function discord(key: KeyObject, nowMs: number, body: string): Record<string, string> {
  const time = String(Math.floor(nowMs / 1000));
  const signature = sign(null, Buffer.from(time + body), key).toString('hex');
  return { ...JSON_TYPE, 'x-signature-ed25519': signature, 'x-signature-timestamp': time };
}

test('a public key is rotated like a secret: *** under a new name is the one so far', async (t) => {
  const server = await openServer(t);
  const [old, next] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const config = { sourcePlatform: 'discord', fields: { publicKey: rawKey(old.publicKey) } };
  const { id, path } = await open(server, config);
  const shown = (await server.call('GET', `/api/metadata/webhook/${id}`)).json as object;
  const rotated = { ...shown, fields: { publicKey: rawKey(next.publicKey) }, secrets: [{ id: 'old', value: '***' }] };
  assert.equal((await server.call('PUT', `/api/metadata/webhook/${id}`, rotated)).status, 200);
  for (const [n, { privateKey }] of [old, next].entries()) {
    const body = JSON.stringify({ type: 2, id: String(n) });
    assert.equal((await server.call('POST', path, body, discord(privateKey, server.clock.now(), body))).status, 204);
  }
});

test('Discord: two events of one kind and moment are two, the same one again is none', async (t) => {
  const server = await openServer(t);
  const key = generateKeyPairSync('ed25519');
  const { path } = await open(server, { sourcePlatform: 'discord', fields: { publicKey: rawKey(key.publicKey) } });
  const send = async (type: string, data: object) => {
    const event = { type, timestamp: '2026-11-22T10:00:00.000000', data };
    const body = JSON.stringify({ version: 1, application_id: '1', type: 1, event });
    await server.call('POST', path, body, discord(key.privateKey, server.clock.now(), body));
    return (await stored(server)).length;
  };
  assert.equal(await send('ENTITLEMENT_CREATE', { id: '1' }), 1);
  assert.equal(await send('ENTITLEMENT_CREATE', { id: '2' }), 2);
  assert.equal(await send('APPLICATION_DEAUTHORIZED', { user: { id: '1' } }), 3);
  assert.equal(await send('APPLICATION_DEAUTHORIZED', { user: { id: '2' } }), 4);
  await server.advance(8 * 60_000);
  assert.equal(await send('ENTITLEMENT_CREATE', { id: '1' }), 4);
});

test('a body that cannot be read is refused with a word for the reason', async (t) => {
  const server = await openServer(t);
  const { path } = await open(server, { sourcePlatform: 'none' });
  for (const [headers, body, status, code] of [
    [JSON_TYPE, '{', 400, 'malformed_body'],
    [{ ...JSON_TYPE, 'content-encoding': 'gzip' }, 'no gzip', 400, 'malformed_body'],
    [{ ...JSON_TYPE, 'content-encoding': 'lzma' }, 'x', 415, 'unknown_coding'],
  ] as const) {
    assert.equal((await server.call('POST', path, body, headers)).status, status);
    assert.equal(at((await stored(server))[0], 'about.code'), code);
  }
});

test("Graph's client state is checked, then kept from everybody: rows, payloads, answers", async (t) => {
  const server = await openServer(t);
  const state = 'state "with" quotes';
  const { path } = await open(server, { sourcePlatform: 'msgraph', fields: { clientState: state } });
  const bodyOf = (id: string) =>
    JSON.stringify({ value: [1, 2].map((n) => ({ id: `${id}${n}`, clientState: state })) });
  const escaped = bodyOf('b').replaceAll('state', 'st\\u0061te').replaceAll('clientSt\\u0061te', 'clientState');
  const packed = gzipSync(bodyOf('c'));
  for (const [body, headers] of [
    [bodyOf('a'), JSON_TYPE],
    [escaped, JSON_TYPE],
    [packed, { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ] as const)
    assert.equal((await server.call('POST', path, body, headers)).status, 202);
  const events = await stored(server);
  assert.equal(events.length, 9);
  for (const { eventId } of events) {
    const shown = await server.call('GET', `/api/webhook-events/${String(eventId)}`);
    assert.match(String(at(shown.json, 'body')), /"clientState":"\*\*\*"/);
    assert.doesNotMatch(shown.text, /with\W+quotes/);
  }
  const again = await server.call('POST', `/api/webhook-events/${String(events[0]?.eventId)}/replay`, {});
  assert.equal(again.status, 200, again.text);
  const wrong = await server.call('POST', path, bodyOf('d').replaceAll('with', 'without'), JSON_TYPE);
  assert.equal(wrong.status, 403);
});

test('a key of start-or-resume that no event can have is refused when it is saved', async (t) => {
  const server = await openServer(t);
  const saved = async (idempotencyKey: string) => {
    const workflowsToStart = { hold: 1, idempotencyKey };
    const config = { name: 'h', verifier: 'NONE', workflowsToStart, matching: { startOrResume: true } };
    return (await server.call('POST', '/api/metadata/webhook', config)).status;
  };
  assert.deepEqual([await saved('${order.id}'), await saved('${workflow.input.order.id}')], [400, 200]);
});

test('Mailgun proves what its routes forward in parts, each token once', async (t) => {
  const server = await openServer(t);
  const { path } = await open(server, { sourcePlatform: 'mailgun', fields: { signingKey: SECRET } });
  const timestamp = String(Math.floor(server.clock.now() / 1000));
  const bodyOf = (token: string, signature: string, subject = 'Score') => {
    const fields = Object.entries({ timestamp, token, signature, subject });
    const parts = fields.map(
      ([name, value]) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const file = '--B\r\nContent-Disposition: form-data; name="a-1"; filename="a.pdf"\r\n\r\n%PDF\r\n';
    return `${parts.join('')}${file}--B--\r\n`;
  };
  const token = 'c'.repeat(50);
  const right = createHmac('sha256', SECRET)
    .update(timestamp + token)
    .digest('hex');
  const send = async (body: string) =>
    (await server.call('POST', path, body, { 'content-type': 'multipart/form-data; boundary=B' })).status;
  assert.equal(await send(bodyOf(token, right)), 200);
  const [event] = await stored(server);
  const shown = await server.call('GET', `/api/webhook-events/${String(event?.eventId)}`);
  const payload = JSON.parse(String(at(shown.json, 'payload')));
  assert.deepEqual([event?.verdict, payload.subject, payload['a-1'].size], ['verified', 'Score', 4]);
  assert.equal(await send(bodyOf(token, right, 'Another')), 200);
  assert.equal((await stored(server)).length, 1, 'a token that was used');
  assert.equal(await send(bodyOf('d'.repeat(50), right)), 401);
  assert.equal(await send(bodyOf(token, right).slice(0, -20)), 400);
});
