// Inbound events over HTTP: every platform and format, rotation, observing, duplicates, limits, files, seeing and mending.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { PLATFORMS } from '../../src/inbound/platforms/index.ts';
import { senderOf } from '../platforms/senders.ts';
import { at, define, onEachServer, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const WAIT = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': '${workflow.input.id}' } } });
const NONE = { name: 'hook', verifier: 'NONE', receiverWorkflowNamesToVersions: { hold: 1 } };
const SECRET = 'It is a secret to everybody';
const GITHUB = { ...NONE, verifier: 'SIGNATURE_BASED', sourcePlatform: 'Github', secretValue: SECRET };

async function create(server: TestServer, config: object): Promise<string> {
  const reply = await server.call('POST', '/api/metadata/webhook', config);
  assert.equal(reply.status, 200, reply.text);
  return String(at(reply.json, 'id'));
}

const hub = (body: string, secret = SECRET) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

const json = { 'content-type': 'application/json' };

async function events(server: TestServer, query = ''): Promise<readonly Record<string, unknown>[]> {
  const reply = await server.call('GET', `/api/webhook-events${query}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.json as readonly Record<string, unknown>[];
}

test('every platform is offered with what it asks for, and none of its machinery', async (t) => {
  const server = await openServer(t);
  const { json: list } = await server.call('GET', '/api/webhook-platforms');
  assert.equal((list as unknown[]).length, PLATFORMS.length);
  const github = (list as Record<string, unknown>[]).find(({ id }) => id === 'github');
  assert.equal(at(github, 'fields.0.secret'), true);
  assert.ok(at(github, 'guide.0') && at(github, 'sample.body'));
  assert.equal(at(github, 'scheme'), undefined);
});

test('a sample of each platform arrives, as often as it is sent, and is shown under the webhook', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [WAIT]);
  let sent = 0;
  for (const platform of PLATFORMS) {
    const { credentials, config, keys } = senderOf(platform);
    const { secrets, fields, headers } = credentials;
    const made = await server.call('POST', '/api/metadata/webhook', {
      ...{ ...NONE, verifier: 'PLATFORM', sourcePlatform: platform.id, secrets, fields, headers },
    });
    assert.equal(made.status, 200, `${platform.id}: ${made.text}`);
    const id = String(at(made.json, 'id'));
    const shown = await server.call('GET', `/api/metadata/webhook/${id}`);
    for (const { value } of config.secrets)
      if (platform.scheme.type !== 'public-key')
        assert.ok(!shown.text.includes(value), `${platform.id} shows a secret`);
    const sample = await server.call('POST', `/api/webhooks/${id}/sample`);
    const isOurs = !('privateKey' in keys);
    assert.equal(at(sample.json, 'reason') === undefined, isOurs, platform.id);
    assert.ok(Number(at(sample.json, 'status')) < 300, `${platform.id}: ${sample.text}`);
    const kept = await server.call('PUT', `/api/metadata/webhook/${id}`, shown.json);
    assert.equal(kept.status, 200, `${platform.id}: ${kept.text}`);
    const again = await server.call('POST', `/api/webhooks/${id}/sample`);
    assert.ok(Number(at(again.json, 'status')) < 300, `${platform.id} lost its secrets: ${again.text}`);
    assert.equal(at(again.json, 'outcome'), 'stored', platform.id);
    sent += 1;
  }
  assert.equal(sent, PLATFORMS.length);
});

test('formats: each becomes a payload, compressed or not', async (t) => {
  const server = await openServer(t);
  const id = await create(server, NONE);
  const payloadOf = async (body: string | Uint8Array, headers: Record<string, string>, query = '') => {
    const reply = await server.call('POST', `/webhook/${id}${query}`, body, headers);
    if (reply.status !== 200) return reply.status;
    const [event] = await events(server, `?webhookId=${id}&limit=1`);
    const whole = await server.call('GET', `/api/webhook-events/${String(event?.eventId)}`);
    return JSON.parse(String(at(whole.json, 'payload')));
  };
  const text = '{"a":"ü"}';
  for (const [coding, packed] of [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
  ] as const)
    assert.deepEqual(await payloadOf(packed, { ...json, 'content-encoding': coding }), { a: 'ü' }, coding);
  assert.equal(await payloadOf('no', { ...json, 'content-encoding': 'gzip' }), 400);
  assert.equal(await payloadOf('no', { ...json, 'content-encoding': 'zstd' }), 415);
  const bomb = gzipSync(Buffer.alloc(30 * 1024 * 1024));
  assert.equal(await payloadOf(bomb, { ...json, 'content-encoding': 'gzip' }), 413);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.deepEqual(await payloadOf(`payload=${encodeURIComponent(text)}`, form), { a: 'ü' });
  assert.deepEqual(await payloadOf('payload=1&x=2', form), { payload: '1', x: '2' });
  const western = { 'content-type': 'application/x-www-form-urlencoded; charset=windows-1252' };
  assert.deepEqual(await payloadOf('n+1=%FC+%80&x=%zz&=y&z&&x=2', western), {
    'n 1': 'ü €',
    x: ['%zz', '2'],
    '': 'y',
    z: '',
  });
  assert.deepEqual(await payloadOf(Buffer.from('n=ü', 'latin1'), western), { n: 'ü' });
  const klingon = { 'content-type': 'application/x-www-form-urlencoded; charset=klingon' };
  assert.deepEqual(await payloadOf('n=%C3%BC', klingon), { n: 'ü' });
  const parts = { 'content-type': 'multipart/form-data; boundary=B' };
  assert.equal(
    await payloadOf('--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n', parts),
    400,
    'a part without a name',
  );
  const xml = { 'content-type': 'text/xml' };
  assert.deepEqual(await payloadOf('<o n="1"><i>a</i><i>b &amp; c</i></o>', xml), {
    o: { '@n': '1', i: ['a', 'b & c'] },
  });
  assert.equal(await payloadOf('<!DOCTYPE o [<!ENTITY x "y">]><o>&x;</o>', xml), 400);
  assert.equal(await payloadOf(`${'<a>'.repeat(5_000)}`, xml), 400);
  assert.deepEqual(await payloadOf('hello', { 'content-type': 'text/plain' }, '?n=1'), { request: 'hello', n: '1' });
  assert.deepEqual(await payloadOf('12', { 'content-type': 'text/plain' }), { request: '12' });
  assert.deepEqual(await payloadOf('Hello, World!', {}), { request: 'Hello, World!' }, 'a text without a type');
  assert.deepEqual(await payloadOf(' {"a":1}', {}), { a: 1 });
  assert.equal(await payloadOf(' {"a":', {}), 400, 'meant as JSON');
  assert.equal(at(await payloadOf(Buffer.from([0, 255]), {}), 'type'), 'application/octet-stream');
  const latin = { 'content-type': 'application/json; charset=iso-8859-1' };
  assert.deepEqual(await payloadOf(Buffer.from('{"a":"\u00fc"}', 'latin1'), latin), { a: 'ü' });
  assert.deepEqual(await payloadOf('\ufeff{"a":1}', json), { a: 1 });
  // JSON is UTF-8 whatever its sender calls it, as long as it reads as that.
  assert.deepEqual(await payloadOf(text, latin), { a: 'ü' });
  assert.deepEqual(await payloadOf(text, { 'content-type': 'application/json; charset=klingon' }), { a: 'ü' });
  const wide = { 'content-type': 'application/json; charset=utf-16le' };
  assert.deepEqual(await payloadOf(Buffer.from(text, 'utf16le'), wide), { a: 'ü' });
  const declared = '<?xml version="1.0" encoding="ISO-8859-1"?><o>ü</o>';
  assert.deepEqual(await payloadOf(Buffer.from(declared, 'latin1'), xml), { o: 'ü' });
  assert.deepEqual(await payloadOf(declared, { 'content-type': 'text/xml; charset=utf-8' }), { o: 'ü' });
  for (const mark of ['\ufeff', ''])
    assert.deepEqual(await payloadOf(Buffer.from(`${mark}<o>ü</o>`, 'utf16le'), xml), { o: 'ü' });
  assert.equal(await payloadOf('<o/><p/>', xml), 400, 'two roots');
  assert.equal(await payloadOf('<o><__proto__/></o>', xml), 400);
  assert.deepEqual(await payloadOf('', { ...json, 'content-encoding': 'gzip' }), {}, 'nothing, packed, is nothing');
});

test('a content type that is none is no reason to lose an event', async (t) => {
  const server = await openServer(t);
  const id = await create(server, GITHUB);
  for (const type of ['', 'json', ';;;', 'application/json,application/json', 'application/json;', 'text/']) {
    const body = `{"type":${JSON.stringify(type)}}`;
    const headers = { 'content-type': type, ...hub(body) };
    const reply = await server.call('POST', `/webhook/${id}`, body, headers);
    assert.equal(reply.status, 200, `${type}: ${reply.text}`);
    const [event] = await events(server, '?limit=1');
    assert.equal(JSON.parse(String(event?.headers))['content-type'][0], type, 'it is kept as it came');
  }
});

test('a database that does not take an event is a 503 with Retry-After, and another fault stays a 500', async (t) => {
  let fault: 'none' | 'write' | 'down' | 'bug' = 'none';
  const server = await openServer(t, {
    wrapStore: (store) => {
      const fails = async (): Promise<never> => {
        throw new Error('the disk is full');
      };
      const events = new Proxy(store.events, {
        get: (target, name) => (name === 'receive' && fault === 'write' ? fails : Reflect.get(target, name)),
      });
      const webhooks = new Proxy(store.webhooks, {
        get: (target, name) =>
          name === 'get' && (fault === 'down' || fault === 'bug') ? fails : Reflect.get(target, name),
      });
      return new Proxy(store, {
        get(target, name) {
          if (name === 'events') return events;
          if (name === 'webhooks') return webhooks;
          return name === 'healthy' ? async () => fault !== 'down' : Reflect.get(target, name);
        },
      });
    },
  });
  const id = await create(server, NONE);
  const send = async () => {
    await server.advance(2_000);
    const reply = await server.call('POST', `/webhook/${id}`, {});
    return [reply.status, reply.headers['retry-after']];
  };
  for (const [next, expected] of [
    ['write', [503, '5']],
    ['down', [503, '5']],
    ['bug', [500, undefined]],
    ['none', [200, undefined]],
  ] as const) {
    fault = next;
    assert.deepEqual(await send(), expected, next);
  }
  assert.equal((await events(server)).length, 1);
  assert.ok(server.logged.some(({ msg }) => String(msg).startsWith('a call could not be stored')));
});

test('files are described in the payload and fetched by who may', async (t) => {
  const server = await openServer(t, { settings: { apiKey: 'a-key-of-the-installation' } });
  const key = { 'x-authorization': 'a-key-of-the-installation' };
  const made = await server.call('POST', '/api/metadata/webhook', NONE, key);
  const id = String(at(made.json, 'id'));
  const parts = [
    '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n',
    '--x\r\nContent-Disposition: form-data; name="scan"; filename="a b.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n',
    '--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--\r\n',
  ];
  const type = { 'content-type': 'multipart/form-data; boundary=x' };
  assert.equal((await server.call('POST', `/webhook/${id}`, parts.join(''), type)).status, 200);
  assert.equal((await server.call('POST', `/webhook/${id}`, parts[0] ?? '', type)).status, 400, 'cut off');
  assert.equal((await server.call('POST', `/webhook/${id}`, parts[1] ?? '', type)).status, 400, 'cut off in a file');
  assert.equal(
    (await server.call('POST', `/webhook/${id}`, Buffer.from([1, 2, 255]), { 'content-type': 'image/png' })).status,
    200,
  );
  const list = (await server.call('GET', '/api/webhook-events?verdict=verified', undefined, key)).json;
  const [image, multipart] = list as [Record<string, unknown>, Record<string, unknown>];
  const whole = await server.call('GET', `/api/webhook-events/${String(multipart.eventId)}`, undefined, key);
  const payload = JSON.parse(String(at(whole.json, 'payload')));
  assert.equal(payload.note, 'hello');
  assert.deepEqual(
    [payload.scan.name, payload.scan.type, payload.scan.size, payload.scan.sha256.length],
    ['a b.pdf', 'application/pdf', 4, 64],
  );
  assert.equal((await server.call('GET', payload.scan.link)).status, 401);
  const file = await server.call('GET', payload.scan.link, undefined, key);
  assert.deepEqual([file.status, file.text, file.headers['content-type']], [200, '%PDF', 'application/octet-stream']);
  assert.equal((await server.call('GET', payload.scan.link.replace(/\d+$/, '7'), undefined, key)).status, 404);
  const shown = await server.call('GET', `/api/webhook-events/${String(image.eventId)}`, undefined, key);
  assert.equal(at(shown.json, 'bodyEncoding'), 'base64');
  assert.match(String(at(shown.json, 'payload')), /^\{"name":"","type":"image\/png","size":3/);
});

onEachServer('inbound', (open) => {
  test('a secret is rotated without knowing it, in every place where one can stand', async (t) => {
    const server = await open(t);
    const body = '{"id":"A"}';
    const platform = { ...NONE, verifier: 'PLATFORM', sourcePlatform: 'github' };
    for (const [before, after] of [
      [GITHUB, { ...GITHUB, secretValue: 'the new one' }],
      [
        { ...platform, fields: { secret: SECRET } },
        { ...platform, fields: { secret: 'the new one' } },
      ],
    ] as const) {
      const id = await create(server, { ...before, dedup: { by: 'none' } });
      const send = async (secret: string) =>
        (await server.call('POST', `/webhook/${id}`, body, { ...json, ...hub(body, secret) })).status;
      const rotated = { ...after, dedup: { by: 'none' }, secrets: [{ id: 'old', value: '***' }] };
      const path = `/api/metadata/webhook/${id}`;
      assert.equal((await server.call('PUT', path, rotated)).status, 200);
      assert.deepEqual([await send(SECRET), await send('the new one'), await send('***')], [200, 200, 401]);
      const shown = await server.call('GET', path);
      assert.doesNotMatch(shown.text, /secret to everybody|the new one/);
      assert.equal((await server.call('PUT', path, shown.json)).status, 200);
      assert.equal(await send(SECRET), 200, 'what is masked and known stays');
      assert.equal((await server.call('PUT', path, { ...(shown.json as object), secrets: [] })).status, 200);
      assert.deepEqual([await send(SECRET), await send('the new one')], [401, 200]);
    }
  });

  test('old and new secret are both accepted, each with its last use; observing takes what is not proven', async (t) => {
    const server = await open(t);
    const id = await create(server, { ...GITHUB, secrets: [{ id: 'old', value: 'the old one' }] });
    const send = async (body: string, secret: string) =>
      (await server.call('POST', `/webhook/${id}`, body, { ...json, ...hub(body, secret) })).status;
    assert.deepEqual([await send('{"n":1}', 'the old one'), await send('{"n":2}', 'no')], [200, 401]);
    const uses = (await server.call('GET', `/api/webhooks/${id}/secrets`)).json as Record<string, unknown>[];
    assert.deepEqual(
      uses.map(({ secretId, lastUsedAt }) => [secretId, lastUsedAt !== undefined]),
      [
        ['secretValue', false],
        ['old', true],
      ],
    );
    await server.call('PUT', `/api/metadata/webhook/${id}`, { ...GITHUB, secretValue: '***', observe: true });
    await server.advance(2_000);
    assert.equal(await send('{"n":3}', 'no'), 200);
    assert.equal((await server.call('PUT', `/webhook/${id}`, '{}', json)).status, 405);
    const [, observed] = await events(server, '?limit=2');
    assert.equal(observed?.verdict, 'observed');
    assert.match(String(observed?.reason), /observing/);
    assert.equal(at((await server.call('GET', `/api/metadata/webhook/${id}`)).json, 'urlVerified'), true);
  });

  test('several events of a request are one each, and their request is kept; switched off they are one', async (t) => {
    const server = await open(t);
    const any = task('wait', 'WAIT_FOR_WEBHOOK', {
      inputParameters: { matches: { 'request[0].sg_event_id': '${workflow.input.id}' } },
    });
    await define(server, 'hold', [any]);
    const [a, b] = [await start(server, 'hold', { id: 'a' }), await start(server, 'hold', { id: 'b' })];
    const config = { ...NONE, verifier: 'HEADER_BASED', sourcePlatform: 'SendGrid', headers: { 'x-a': 'b' } };
    const id = await create(server, config);
    const body = JSON.stringify(['a', 'b', 'a'].map((one) => ({ sg_event_id: one })));
    const send = async () => (await server.call('POST', `/webhook/${id}`, body, { ...json, 'x-a': 'b' })).status;
    assert.equal(await send(), 200);
    await server.settle();
    assert.deepEqual([await shortly(server, a), await shortly(server, b)], Array(2).fill('COMPLETED wait:COMPLETED'));
    const kept = await events(server);
    assert.deepEqual(kept.map(({ verdict }) => verdict).sort(), ['batch', 'verified', 'verified']);
    assert.ok(!JSON.stringify(kept).includes('"x-a":["b"]'), 'an agreed header is a credential');
    await server.call('PUT', `/api/metadata/webhook/${id}`, { ...config, split: false });
    await server.advance(2_000);
    assert.equal(await send(), 200);
    assert.equal((await events(server)).length, kept.length + 1);
  });

  test('a paused webhook holds its events and lets them go at a rate; order is kept by key', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    const id = await create(server, NONE);
    const ids: string[] = [];
    for (const n of [1, 2, 3]) ids.push(await start(server, 'hold', { id: n }));
    await server.call('POST', `/api/webhooks/${id}/pause`);
    for (const n of [1, 2, 3]) assert.equal((await server.call('POST', `/webhook/${id}`, { id: n })).status, 200);
    await server.settle();
    assert.equal(at((await server.call('GET', `/api/webhooks/${id}/held`)).json, 'held'), 3);
    assert.equal(await shortly(server, ids[0] ?? ''), 'RUNNING wait:IN_PROGRESS');
    await server.call('POST', `/api/webhooks/${id}/resume`, { perSecond: 1 });
    await server.settle();
    const done = async () =>
      (await Promise.all(ids.map((one) => shortly(server, one)))).filter((s) => s.startsWith('COMPLETED')).length;
    assert.equal(await done(), 1);
    await server.advance(1_100);
    assert.equal(await done(), 2);
    await server.advance(1_100);
    assert.equal(await done(), 3);
    await server.advance(1_100);
    assert.equal(at((await server.call('GET', `/api/webhooks/${id}/held`)).json, 'held'), 0);
    const ordered = await create(server, { ...NONE, matching: { orderBy: '$.id' } });
    const again = await start(server, 'hold', { id: 9 });
    await server.call('POST', `/webhook/${ordered}`, { id: 9 });
    await server.settle();
    assert.equal(await shortly(server, again), 'COMPLETED wait:COMPLETED');
    assert.equal(at((await server.call('GET', `/api/webhooks/${ordered}/held`)).json, 'held'), 0);
  });

  test('why not: the clause that failed; after the fix the event is matched again, counted first', async (t) => {
    const server = await open(t);
    const matches = { '$.id': '${workflow.input.id}' };
    const strict = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches, when: 'amount >= 10' } });
    await define(server, 'hold', [strict]);
    const execution = await start(server, 'hold', { id: 'A' });
    const id = await create(server, NONE);
    await server.call('POST', `/webhook/${id}`, { id: 'A', amount: 5 });
    await server.call('POST', `/webhook/${id}`, { id: 'B', amount: 50 });
    await server.settle();
    const inbox = await events(server, '?matched=false');
    assert.equal(inbox.length, 2);
    const why = await server.call('GET', `/api/webhook-events/${String(inbox[1]?.eventId)}/why`);
    const failed = (value: unknown) =>
      (at(value, '0.clauses') as Record<string, unknown>[]).filter(({ held }) => !held);
    assert.deepEqual(failed(why.json), [{ clause: 'amount >= 10', expected: 10, received: 5, held: false }]);
    const near = await server.call('GET', `/api/webhook-waits/${execution}/wait/why`);
    assert.equal(at(near.json, '0.failed'), 1);
    assert.equal((near.json as unknown[]).length, 2);
    await server.advance(1);
    const other = await start(server, 'hold', { id: 'B' });
    assert.equal(await shortly(server, other), 'RUNNING wait:IN_PROGRESS', 'it came before that execution');
    const dry = await server.call('POST', '/api/webhook-events/rematch', { webhookId: id, dryRun: true });
    assert.deepEqual(dry.json, { events: 2, matching: 1, waits: 1, starts: 0 });
    assert.equal(await shortly(server, other), 'RUNNING wait:IN_PROGRESS');
    await server.call('POST', '/api/webhook-events/rematch', { webhookId: id });
    await server.settle();
    assert.equal(await shortly(server, other), 'COMPLETED wait:COMPLETED');
    const edit = { body: JSON.stringify({ id: 'A', amount: 10 }) };
    const replay = await server.call('POST', `/api/webhook-events/${String(inbox[1]?.eventId)}/replay`, edit);
    assert.equal(replay.status, 200, replay.text);
    await server.settle();
    assert.equal(await shortly(server, execution), 'COMPLETED wait:COMPLETED');
    const [replayed] = await events(server, '?limit=1');
    assert.equal(at(replayed, 'about.replayOf'), inbox[1]?.eventId);
    const original = (await server.call('GET', `/api/webhook-events/${String(inbox[1]?.eventId)}`)).json;
    assert.equal(at(original, 'replays.0.eventId'), replayed?.eventId);
    assert.equal(at(original, 'replays.0.isEdited'), true);
  });

  test('events refused under a wrong secret are verified again when it is mended, once', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    const execution = await start(server, 'hold', { id: 'A' });
    const id = await create(server, { ...GITHUB, secretValue: 'wrong' });
    const body = '{"id":"A"}';
    assert.equal((await server.call('POST', `/webhook/${id}`, body, { ...json, ...hub(body) })).status, 401);
    const [refused] = await events(server, '?verdict=refused');
    const path = `/api/webhook-events/${String(refused?.eventId)}/verify`;
    assert.equal((await server.call('POST', path)).status, 409);
    await server.call('PUT', `/api/metadata/webhook/${id}`, GITHUB);
    const all = await server.call('POST', '/api/webhook-events/verify', { webhookId: id });
    assert.deepEqual(all.json, { verified: 1, refused: 0 });
    await server.settle();
    assert.equal(await shortly(server, execution), 'COMPLETED wait:COMPLETED');
    assert.equal((await server.call('POST', path)).status, 409);
    assert.equal((await server.call('POST', `/webhook/${id}`, body, { ...json, ...hub(body) })).status, 200);
    assert.equal((await events(server, '?verdict=verified')).length, 1, 'the sender repeats what was verified here');
    const again = await server.call('POST', '/api/webhook-events/verify', { webhookId: id });
    assert.deepEqual(again.json, { verified: 0, refused: 0 }, 'nothing is left to verify');
  });

  test('more than one page of events is verified and matched again, oldest first', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    const id = await create(server, { ...GITHUB, secretValue: 'wrong' });
    const bodies = ['A', 'B', 'C', 'D', 'E'].map((order) => JSON.stringify({ id: order }));
    for (const body of bodies) await server.call('POST', `/webhook/${id}`, body, { ...json, ...hub(body) });
    await server.call('PUT', `/api/metadata/webhook/${id}`, GITHUB);
    const pages = async (path: string, body: object) => {
      const found: Record<string, unknown>[] = [];
      for (let after: unknown = 0; after !== undefined; ) {
        const { json: page } = await server.call('POST', path, { ...body, webhookId: id, limit: 2, after });
        const { next, ...counts } = page as Record<string, unknown>;
        found.push(counts);
        after = next;
      }
      return found;
    };
    const counts = (await pages('/api/webhook-events/verify', {})).map(({ verified }) => verified);
    assert.deepEqual(counts, [2, 2, 1]);
    const verified = await events(server, '?verdict=verified');
    assert.deepEqual(verified.map(({ body }) => body).reverse(), bodies);
    await server.advance(1);
    const last = await start(server, 'hold', { id: 'E' });
    const matched = await pages('/api/webhook-events/rematch', { dryRun: true });
    assert.deepEqual(
      matched.map(({ matching }) => matching),
      [0, 0, 1],
    );
    await pages('/api/webhook-events/rematch', {});
    await server.settle();
    assert.equal(await shortly(server, last), 'COMPLETED wait:COMPLETED');
  });
});

test('limits: 429 with Retry-After, 413; what is beyond is not kept', async (t) => {
  const server = await openServer(t);
  const id = await create(server, { ...NONE, limits: { perSecond: 0.5, burst: 2, maxBytes: 50 } });
  const send = (body: object) => server.call('POST', `/webhook/${id}`, body);
  assert.deepEqual([(await send({})).status, (await send({})).status], [200, 200]);
  const reply = await send({});
  assert.deepEqual([reply.status, reply.headers['retry-after']], [429, '2']);
  await server.advance(2_000);
  assert.equal((await send({ a: 'x'.repeat(60) })).status, 413);
  assert.equal((await events(server)).length, 2);
  const rateless = await server.call('POST', '/api/metadata/webhook', { ...NONE, limits: { burst: 2 } });
  assert.equal(rateless.status, 400);
  assert.match(rateless.text, /limits\.burst/);
});

test('credentials in headers and query are neither stored nor given to workflows', async (t) => {
  const server = await openServer(t);
  const own = { name: 'token', in: 'query' };
  const id = await create(server, {
    ...{
      ...NONE,
      verifier: 'PLATFORM',
      sourcePlatform: 'api-key',
      fields: own,
      secrets: [{ id: 's', value: 'hush-hush' }],
    },
  });
  const reply = await server.call(
    'POST',
    `/webhook/${id}?token=hush-hush&n=1`,
    { a: 1 },
    { authorization: 'Bearer abc' },
  );
  assert.equal(reply.status, 200, reply.text);
  const [event] = await events(server);
  const whole = await server.call('GET', `/api/webhook-events/${String(event?.eventId)}`);
  assert.ok(!whole.text.includes('hush-hush') && !whole.text.includes('Bearer abc'));
  assert.deepEqual(JSON.parse(String(at(whole.json, 'payload'))), { a: 1, n: '1' });
});
