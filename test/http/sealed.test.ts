// Credentials of webhooks lie sealed in the database, and work as if they did not; what was stored before is read as it is.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { receive } from '../outbound/local-receiver.ts';
import { at, define, onEachServer, open as openOn, start, type TestServer, task } from './test-server.ts';

const secretKey = { ok: true, secret: 'a key that nobody else has, 32 characters and more' } as const;
const otherKey = { ok: true, secret: 'another key, which has 32 characters and more as well' } as const;

const github = {
  name: 'orders',
  sourcePlatform: 'Github',
  verifier: 'SIGNATURE_BASED',
  headerKey: 'X-Hub-Signature-256',
  secretValue: 'inbound-s3cret',
  secrets: [{ id: 'old', value: 'inbound-0ld' }],
  receiverWorkflowNamesToVersions: { waits: 1 },
};
const instant = [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })];

const make = async (server: TestServer, webhook: object): Promise<string> => {
  const made = await server.call('POST', '/api/metadata/webhook', webhook);
  assert.equal(made.status, 200, made.text);
  return String(at(made.json, 'id'));
};

let events = 0;
const send = async (server: TestServer, id: string, secret: string): Promise<number> => {
  const body = JSON.stringify({ event: ++events });
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
  return (await server.call('POST', `/webhook/${id}`, body, headers)).status;
};

const rows = async ({ store }: TestServer): Promise<string> =>
  JSON.stringify([await store.webhooks.list(), await store.flows.webhooks('orders')]);

onEachServer('sealed credentials', (open) => {
  test('of senders: nothing in the row can be signed with, all of it verifies', async (t) => {
    const server = await open(t, { secretKey });
    const id = await make(server, github);
    const token = await make(server, {
      name: 'token',
      verifier: 'HEADER_BASED',
      headers: { 'X-Token': 'header-t0ken' },
      receiverWorkflowNamesToVersions: { waits: 1 },
    });
    assert.doesNotMatch(await rows(server), /s3cret|inbound-0ld|t0ken/);
    assert.deepEqual([await send(server, id, 'inbound-s3cret'), await send(server, id, 'inbound-0ld')], [200, 200]);
    const [row] = await server.store.webhooks.list();
    assert.equal(await send(server, id, String(row?.config.secretValue)), 401, 'what stands in the row is no secret');
    const known = await server.call('POST', `/webhook/${token}`, { a: 1 }, { 'x-token': 'header-t0ken' });
    assert.equal(known.status, 200, known.text);
    const shown = await server.call('GET', `/api/metadata/webhook/${id}`);
    const kept = await server.call('PUT', `/api/metadata/webhook/${id}`, {
      ...(shown.json as object),
      name: 'renamed',
    });
    assert.equal(kept.status, 200, kept.text);
    assert.equal(await send(server, id, 'inbound-s3cret'), 200, 'a masked secret keeps what was sealed');
  });

  test('of receivers: signed and sent in clear, also after a rotation', async (t) => {
    const server = await open(t, { secretKey });
    const receiver = await receive(t);
    await define(server, 'orders', instant);
    const made = await server.call('POST', '/api/flows/orders/webhooks', {
      name: 'tell',
      url: `${receiver.url}/told`,
      method: 'GET',
      headers: { Authorization: 'Bearer outgoing-t0ken', 'X-Api-Key': 'key of $jobId' },
      secretKey: 'outgoing-s3cret',
    });
    assert.equal(made.status, 200, made.text);
    const rotated = await server.call('POST', `/api/flows/orders/webhooks/${at(made.json, 'id')}/rotate`, {
      secretKey: 'outgoing-n3w',
    });
    assert.equal(rotated.status, 200, rotated.text);
    assert.doesNotMatch(await rows(server), /t0ken|s3cret|n3w/);
    const job = await start(server, 'orders');
    await server.settle();
    const { headers } = receiver.requests[0] ?? assert.fail('nothing arrived');
    assert.deepEqual([headers.authorization, headers['x-api-key']], ['Bearer outgoing-t0ken', `key of ${job}`]);
    const [, sent = '', hex] = /t=(\d+),sha256=([0-9a-f]+)/.exec(String(headers['x-webhook-signature'])) ?? [];
    const expected = createHmac('sha256', 'outgoing-n3w').update(`${sent}.${receiver.url}/told`).digest('hex');
    assert.equal(hex, expected);
  });

  test('of a row from before: it works, and is sealed when it is saved', async (t) => {
    const server = await open(t, { secretKey });
    const id = await make(server, github);
    const row = (await server.store.webhooks.get(id)) ?? assert.fail('it is gone');
    await server.store.webhooks.put({ ...row, config: { ...row.config, secretValue: 'from-bef0re' } });
    await server.advance(2_000);
    assert.equal(await send(server, id, 'from-bef0re'), 200);
    const shown = await server.call('GET', `/api/metadata/webhook/${id}`);
    await server.call('PUT', `/api/metadata/webhook/${id}`, shown.json);
    assert.doesNotMatch(await rows(server), /bef0re/);
    assert.equal(await send(server, id, 'from-bef0re'), 200);
  });

  test('without a key they stand as they are, and the log says so', async (t) => {
    const server = await open(t, { secretKey: { ok: false, reason: 'set FERMATA_SECRET_KEY' } });
    const id = await make(server, github);
    assert.equal(await send(server, id, 'inbound-s3cret'), 200);
    assert.ok(server.logged.some(({ msg }) => /as they are: set FERMATA_SECRET_KEY/.test(String(msg))));
  });
});

test('the next server opens them with the same key; with another one no event is believed, and the log says why', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-sealed-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const url = `sqlite:${join(folder, 'test.db')}`;
  const on = (key: typeof secretKey | typeof otherKey) => openOn(t, { secretKey: key }, url, async () => {});
  const first = await on(secretKey);
  const id = await make(first, github);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  assert.ok(!files.some((bytes) => bytes.includes('inbound-s3cret')), 'no file of the database holds the secret');
  assert.equal(await send(await on(secretKey), id, 'inbound-s3cret'), 200);
  const stranger = await on(otherKey);
  assert.equal(await send(stranger, id, 'inbound-s3cret'), 401);
  assert.equal(await send(stranger, id, ''), 401);
  assert.ok(stranger.logged.some(({ msg }) => /sealed with another key/.test(String(msg))));
});
