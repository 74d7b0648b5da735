// CloudEvents in each mode, and what is no CloudEvent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { at, define, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const TOKEN = 'a long random text';
const BATCH = 'application/cloudevents-batch+json';

async function open(server: TestServer, sourcePlatform = 'cloudevents'): Promise<string> {
  const matches = { '$.id': '${workflow.input.id}', '$.type': 'ticket.sold', '$.data.seat': 'C12' };
  await define(server, 'hold', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } })]);
  const made = await server.call('POST', '/api/metadata/webhook', {
    ...{ name: 'hook', verifier: 'PLATFORM', sourcePlatform },
    fields: sourcePlatform === 'cloudevents' ? { token: TOKEN } : { secret: TOKEN },
    receiverWorkflowNamesToVersions: { hold: 1 },
  });
  assert.equal(made.status, 200, made.text);
  return `/webhook/${String(at(made.json, 'id'))}`;
}

const CREDENTIAL = { authorization: `Bearer ${TOKEN}` };
const DATA = { seat: 'C12', id: 'of the data' };
const structured = (id: string): string =>
  JSON.stringify({ specversion: '1.0', id, source: '/box', type: 'ticket.sold', data: DATA });
const binary = (id: string) => ({
  ...{ 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/box', 'ce-type': 'ticket.sold' },
  'content-type': 'application/json; charset=utf-8',
});

const stored = async (server: TestServer): Promise<readonly Record<string, unknown>[]> =>
  (await server.call('GET', '/api/webhook-events')).json as readonly Record<string, unknown>[];

test('the same event in binary, structured and batched mode ends the same wait', async (t) => {
  const server = await openServer(t);
  const path = await open(server);
  const requests = [
    ['binary', binary('binary'), JSON.stringify(DATA)],
    ['structured', { 'content-type': 'application/cloudevents+json; charset=utf-8' }, structured('structured')],
    ['single', { 'content-type': BATCH }, `[${structured('single')}]`],
    ['first', { 'content-type': BATCH }, `[${structured('first')},${structured('other')}]`],
  ] as const;
  for (const [id, type, body] of requests) {
    const headers = { ...CREDENTIAL, ...type };
    const waits = await start(server, 'hold', { id });
    assert.equal((await server.call('POST', path, body, headers)).status, 200);
    await server.settle();
    assert.equal(await shortly(server, waits), 'COMPLETED wait:COMPLETED', id);
    const count = (await stored(server)).length;
    assert.equal((await server.call('POST', path, body, headers)).status, 200);
    assert.equal(
      (await stored(server)).filter(({ verdict }) => verdict !== 'batch').length,
      id === 'first' ? 5 : count,
    );
  }
});

test('binary mode: any data, decoded attributes, extensions; data members stand at the top where no attribute does', async (t) => {
  const server = await openServer(t);
  const path = await open(server);
  const payloadOf = async (headers: Record<string, string>, body: string | Buffer) => {
    const ce = { 'ce-specversion': '1.0', 'ce-id': String(body.length), 'ce-source': '/b', 'ce-type': 'x' };
    const reply = await server.call('POST', path, body, { ...CREDENTIAL, ...ce, ...headers });
    assert.equal(reply.status, 200, reply.text);
    const id = String((await stored(server))[0]?.eventId);
    return JSON.parse(String(at((await server.call('GET', `/api/webhook-events/${id}`)).json, 'payload')));
  };
  const base = (id: number) => ({ specversion: '1.0', id: String(id), source: '/b', type: 'x' });
  const json = { 'content-type': 'application/json' };
  assert.deepEqual(await payloadOf({ ...json, 'ce-subject': 'Gr%C3%BC%C3%9Fe', 'ce-odd': '%zz' }, '{"n":1,"id":2}'), {
    ...{ ...base(14), n: 1, subject: 'Grüße', odd: '%zz', datacontenttype: 'application/json', data: { n: 1, id: 2 } },
  });
  assert.deepEqual(await payloadOf(json, '[1]'), { ...base(3), datacontenttype: 'application/json', data: [1] });
  assert.deepEqual(await payloadOf({}, ''), base(0));
  const packed = gzipSync('{"n":5}');
  const read = await payloadOf({ ...json, 'content-encoding': 'gzip' }, packed);
  assert.deepEqual(read.data, { n: 5 });
  const file = await payloadOf({ 'content-type': 'image/png' }, Buffer.from([0x89, 0]));
  assert.deepEqual([file.data.size, file.size, file.type], [2, undefined, 'x']);
  assert.equal((await server.call('GET', file.data.link)).status, 200);
});

test('what lacks an attribute is refused with 400, a format nobody reads here with 415; other JSON is taken as it is', async (t) => {
  const server = await openServer(t);
  const path = await open(server);
  const send = async (type: string, body: string, more: Record<string, string> = {}) => {
    const headers = { ...CREDENTIAL, 'content-type': type, ...more };
    return (await server.call('POST', path, body, headers)).status;
  };
  const reason = async () => String((await stored(server))[0]?.reason);
  assert.equal(await send('application/cloudevents+json', '{"specversion":"1.0","id":"1","source":"/a"}'), 400);
  assert.match(await reason(), /no type/);
  assert.equal(await send('application/cloudevents+json', '[]'), 400);
  assert.match(await reason(), /JSON object/);
  assert.equal(await send(BATCH, '[{"specversion":"1.0","id":"1","source":"/a","type":"t"},7]'), 400);
  assert.equal(await send('application/json', '{}', { 'ce-id': '1' }), 400);
  assert.match(await reason(), /no specversion/);
  assert.equal(await send('application/cloudevents+avro', 'x'), 415);
  assert.match(await reason(), /avro is not understood/);
  assert.equal(await send('application/json', '{"plain":true}'), 200);
});

test('Event Grid in the schema of CloudEvents: each event of a batch is one, and a replay of it too', async (t) => {
  const server = await openServer(t);
  const path = await open(server, 'eventgrid');
  const body = `[${structured('1')},${structured('2')}]`;
  const reply = await server.call('POST', `${path}?code=${encodeURIComponent(TOKEN)}`, body, { 'content-type': BATCH });
  assert.equal(reply.status, 200, reply.text);
  const [last] = await stored(server);
  assert.deepEqual([last?.verdict, at(last, 'about.eventType')], ['verified', 'ticket.sold']);
  const waits = await start(server, 'hold', { id: '2' });
  const again = await server.call('POST', `/api/webhook-events/${String(last?.eventId)}/replay`, {});
  assert.equal(again.status, 200, again.text);
  await server.settle();
  assert.equal(await shortly(server, waits), 'COMPLETED wait:COMPLETED');
});
