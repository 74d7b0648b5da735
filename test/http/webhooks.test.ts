// Chapter 2 of the contract: webhook definitions, inbound calls, and what is remembered of them.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const WAIT = task('wait', 'WAIT_FOR_WEBHOOK', {
  inputParameters: { matches: { '$.order.id': '${workflow.input.id}' } },
});
const BASIC = {
  name: 'orders',
  sourcePlatform: 'Custom',
  verifier: 'HEADER_BASED',
  headers: { 'x-shop': 'demo' },
  receiverWorkflowNamesToVersions: { hold: 1 },
};
const GITHUB = {
  name: 'github',
  sourcePlatform: 'Github',
  verifier: 'SIGNATURE_BASED',
  headerKey: 'X-Hub-Signature-256',
  secretValue: 'its-a-secret',
  receiverWorkflowNamesToVersions: { hold: 1 },
};
const SHOP = { 'x-shop': 'demo' };

const signed = (body: string, secret = GITHUB.secretValue) => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

async function create(server: TestServer, config: object): Promise<string> {
  const reply = await server.call('POST', '/api/metadata/webhook', config);
  assert.equal(reply.status, 200, reply.text);
  return String(at(reply.json, 'id'));
}

const read = async (server: TestServer, id: string) => (await server.call('GET', `/api/metadata/webhook/${id}`)).json;

onEachServer('webhooks', (open) => {
  test('a signed event completes what waits for it, and the history tells of it', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    const webhook = await create(server, GITHUB);
    const [mine, other] = [await start(server, 'hold', { id: 'A1' }), await start(server, 'hold', { id: 'A2' })];
    const body = JSON.stringify({ order: { id: 'A1' }, text: 'schön ☃' });
    const reply = await server.call('POST', `/webhook/${webhook}?from=test`, body, signed(body));
    assert.deepEqual([reply.status, reply.text], [200, '']);
    await server.settle();
    assert.equal(await shortly(server, mine), 'COMPLETED wait:COMPLETED');
    assert.equal(await shortly(server, other), 'RUNNING wait:IN_PROGRESS');
    const { json } = await server.call('GET', `/api/workflow/${mine}`);
    assert.deepEqual(at(json, 'tasks.0.outputData'), { ...JSON.parse(body), from: 'test' });
    const shown = await read(server, webhook);
    assert.equal(at(shown, 'urlVerified'), true);
    const [event] = at(shown, 'webhookExecutionHistory') as readonly Record<string, unknown>[];
    assert.equal(event?.matched, true);
    assert.deepEqual(event?.workflowIds, [mine]);
    assert.equal(event?.timeStamp, server.clock.now());
    const payload = JSON.parse(String(event?.payload)) as Record<string, unknown>;
    assert.equal(payload.body, body);
    assert.equal(payload.webhookId, webhook);
    assert.equal(payload.id, event?.eventId);
    assert.deepEqual(payload.requestParams, { from: 'test' });
    assert.deepEqual(at(payload, 'headers.content-type'), ['application/json']);
  });

  test('a wrong signature is refused with a reason, kept as not matched, and completes nothing', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    const webhook = await create(server, GITHUB);
    const id = await start(server, 'hold', { id: 'A1' });
    const body = JSON.stringify({ order: { id: 'A1' } });
    for (const headers of [signed(body, 'another'), {}, signed(`${body} `)]) {
      const reply = await server.call('POST', `/webhook/${webhook}`, body, headers);
      assert.equal(reply.status, 401, reply.text);
      assert.equal(at(reply.json, 'status'), 401);
      assert.ok(!reply.text.includes(GITHUB.secretValue));
    }
    await server.settle();
    assert.equal(await shortly(server, id), 'RUNNING wait:IN_PROGRESS');
    const shown = await read(server, webhook);
    assert.equal(at(shown, 'urlVerified'), false);
    assert.deepEqual(
      (at(shown, 'webhookExecutionHistory') as { matched: boolean }[]).map(({ matched }) => matched),
      [false, false, false],
    );
  });

  test('an event starts workflows, once for each idempotency key', async (t) => {
    const server = await open(t);
    await define(server, 'register', [task('set', 'SET_VARIABLE', { inputParameters: { a: 1 } })]);
    const webhook = await create(server, {
      ...BASIC,
      receiverWorkflowNamesToVersions: {},
      workflowsToStart: {
        register: 1,
        idempotencyKey: '${workflow.input.order.id}',
        idempotencyStrategy: 'RETURN_EXISTING',
      },
    });
    for (const id of ['A1', 'A1', 'A2']) {
      const reply = await server.call('POST', `/api/webhook/${webhook}`, { order: { id } }, SHOP);
      assert.equal(reply.status, 200);
    }
    await server.settle();
    const { json } = await server.call('GET', '/api/workflow/search-v2?sort=startTime:ASC');
    const found = at(json, 'results') as readonly Record<string, unknown>[];
    assert.deepEqual(found.map(({ idempotencyKey }) => idempotencyKey).sort(), ['A1', 'A2']);
    assert.ok(found.every(({ event, createdBy }) => String(event).startsWith('orders:') && createdBy === 'local'));
    assert.ok(found.some(({ input }) => JSON.stringify(input) === '{"order":{"id":"A2"}}'));
    assert.equal((at(await read(server, webhook), 'webhookExecutionHistory') as unknown[]).length, 3);
  });

  test('what came after the start and before the wait completes it, once', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [task('first', 'SIMPLE'), WAIT]);
    const webhook = await create(server, BASIC);
    const id = await start(server, 'hold', { id: 'A1' });
    await server.call('POST', `/webhook/${webhook}`, { order: { id: 'A1' } }, SHOP);
    await server.settle();
    assert.equal(await shortly(server, id), 'RUNNING first:SCHEDULED');
    await server.call('POST', `/api/tasks/${id}/first/COMPLETED`, {});
    await server.settle();
    assert.equal(await shortly(server, id), 'COMPLETED first:COMPLETED wait:COMPLETED');
  });

  test('a webhook says for how long waits that open later find its events', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [task('first', 'SIMPLE'), WAIT]);
    const openedAfter = async (ms: number, matching: object): Promise<string> => {
      const webhook = await create(server, { ...BASIC, name: `orders${ms}`, matching });
      const id = await start(server, 'hold', { id: `A${ms}` });
      await server.call('POST', `/webhook/${webhook}`, { order: { id: `A${ms}` } }, SHOP);
      await server.advance(ms);
      await server.call('POST', `/api/tasks/${id}/first/COMPLETED`, {});
      await server.settle();
      return (await shortly(server, id)).split(' ', 1).join('');
    };
    assert.equal(await openedAfter(59_000, { lookBack: '1 minute' }), 'COMPLETED');
    assert.equal(await openedAfter(61_000, { lookBack: '1 minute' }), 'RUNNING');
    assert.equal(await openedAfter(31_000, { lookBack: '1 minute', ttlSeconds: 30 }), 'RUNNING');
    assert.equal(await openedAfter(62_000, { lookBack: 'workflowStart' }), 'COMPLETED');
    assert.equal(await openedAfter(1_000, { lookBack: 'none' }), 'RUNNING');
    const wrong = await server.call('POST', '/api/metadata/webhook', { ...BASIC, matching: { lookBack: 'a while' } });
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /matching.lookBack.*none, workflowStart, or a duration/);
  });
});

test('create, read, list, replace, delete', async (t) => {
  const server = await openServer(t);
  const made = await server.call('POST', '/api/metadata/webhook', GITHUB);
  assert.equal(made.status, 200);
  assert.equal(at(made.json, 'secretValue'), GITHUB.secretValue, 'shown in clear this once');
  assert.equal(at(made.json, 'urlVerified'), false);
  assert.equal(at(made.json, 'createdBy'), 'local');
  assert.deepEqual(at(made.json, 'webhookExecutionHistory'), []);
  const id = String(at(made.json, 'id'));
  assert.match(id, /^[0-9a-f-]{36}$/);
  const path = `/api/metadata/webhook/${id}`;
  assert.equal(at(await read(server, id), 'secretValue'), '***');
  const list = (await server.call('GET', '/api/metadata/webhook')).json as readonly Record<string, unknown>[];
  assert.deepEqual(
    list.map((one) => [one.id, one.secretValue]),
    [[id, '***']],
  );
  const replaced = await server.call('PUT', path, { ...GITHUB, name: 'renamed', secretValue: 'other' });
  assert.equal(replaced.status, 200, replaced.text);
  assert.equal(at(replaced.json, 'name'), 'renamed');
  assert.equal(at(replaced.json, 'secretValue'), '***');
  assert.equal((await server.call('DELETE', path)).status, 200);
  for (const method of ['GET', 'DELETE'] as const) assert.equal((await server.call(method, path)).status, 404);
  assert.equal((await server.call('PUT', path, GITHUB)).status, 404);
});

test('the mask keeps the secret; what only the server owns is not taken from a client', async (t) => {
  const server = await openServer(t);
  const id = await create(server, { ...GITHUB, id: 'mine', urlVerified: true, createdBy: 'me' });
  assert.equal(id, 'mine');
  const shown = (await read(server, id)) as Record<string, unknown>;
  assert.deepEqual([shown.urlVerified, shown.createdBy], [false, 'local']);
  const back = await server.call('PUT', `/api/metadata/webhook/${id}`, { ...shown, urlVerified: true });
  assert.equal(back.status, 200, back.text);
  assert.equal(at(back.json, 'urlVerified'), false);
  const body = '{"a":1}';
  assert.equal((await server.call('POST', `/webhook/${id}`, body, signed(body))).status, 200, 'the old secret counts');
  assert.equal(at(await read(server, id), 'urlVerified'), true);
  await server.call('PUT', `/api/metadata/webhook/${id}`, { ...GITHUB, secretValue: 'new one' });
  assert.equal(at(await read(server, id), 'urlVerified'), true, 'kept');
  assert.equal((await server.call('POST', `/webhook/${id}`, body, signed(body))).status, 401, 'the old secret is gone');
  assert.equal((await server.call('POST', `/webhook/${id}`, body, signed(body, 'new one'))).status, 200);
});

test('an id that is taken is a conflict', async (t) => {
  const server = await openServer(t);
  await create(server, { ...BASIC, id: 'taken' });
  assert.equal((await server.call('POST', '/api/metadata/webhook', { ...BASIC, id: 'taken' })).status, 409);
});

test('what could never work is refused when it is saved, with its field', async (t) => {
  const server = await openServer(t);
  const { receiverWorkflowNamesToVersions: _none, ...targetless } = BASIC;
  const wrong: readonly [string, object][] = [
    ['receiverWorkflowNamesToVersions', targetless],
    ['headers', { ...BASIC, headers: {} }],
    [
      'secretValue',
      { ...GITHUB, verifier: 'HMAC_BASED', sourcePlatform: 'Microsoft Teams', secretValue: 'not base64!' },
    ],
    ['secretValue', { ...GITHUB, secretValue: '' }],
    ['verifier', { ...BASIC, verifier: 'MAGIC' }],
    ['name', { ...BASIC, name: '' }],
    ['workflowsToStart.x', { ...BASIC, workflowsToStart: { x: 'newest' } }],
    ['receiverWorkflowNamesToVersions.hold', { ...BASIC, receiverWorkflowNamesToVersions: { hold: '1' } }],
    ['', { ...BASIC, secretvalue: 'x' }],
  ];
  for (const [path, config] of wrong) {
    const reply = await server.call('POST', '/api/metadata/webhook', config);
    assert.equal(reply.status, 400, `${path}: ${reply.text}`);
    const problems = at(reply.json, 'validationErrors') as { path: string; message: string }[];
    assert.ok(
      problems.some((one) => one.path === path && one.message.length > 5),
      reply.text,
    );
  }
  assert.deepEqual((await server.call('GET', '/api/metadata/webhook')).json, []);
});

test('tags are added, replaced by key, and removed', async (t) => {
  const server = await openServer(t);
  const path = `/api/metadata/webhook/${await create(server, { ...BASIC, tags: [{ key: 'team', value: 'a' }] })}/tags`;
  await server.call('PUT', path, [
    { key: 'team', value: 'b' },
    { key: 'env', value: 'prod' },
  ]);
  assert.deepEqual((await server.call('GET', path)).json, [
    { key: 'team', value: 'b' },
    { key: 'env', value: 'prod' },
  ]);
  assert.equal((await server.call('DELETE', path, [{ key: 'team', value: 'b' }])).status, 200);
  assert.deepEqual((await server.call('GET', path)).json, [{ key: 'env', value: 'prod' }]);
  assert.equal((await server.call('GET', '/api/metadata/webhook/nobody/tags')).status, 404);
});

test('unknown addresses are 404 in both spellings, other methods 405', async (t) => {
  const server = await openServer(t);
  const id = await create(server, BASIC);
  for (const prefix of ['/webhook', '/api/webhook']) {
    assert.equal((await server.call('POST', `${prefix}/nobody`, {})).status, 404);
    assert.equal((await server.call('POST', `${prefix}/${id}`, { a: 1 }, SHOP)).status, 200);
    for (const method of ['GET', 'DELETE', 'OPTIONS', 'HEAD'] as const) {
      const wrong = await server.call(method, `${prefix}/${id}`, undefined, SHOP);
      assert.equal(wrong.status, 405, `a ${method} is no event`);
      assert.equal(wrong.headers.allow, 'POST, PUT, PATCH');
    }
  }
  const config = { ...BASIC, methods: ['GET', 'DELETE'] };
  const other = await create(server, config);
  for (const method of ['GET', 'DELETE'] as const)
    assert.equal((await server.call(method, `/webhook/${other}?a=1`, undefined, SHOP)).status, 200);
  const post = await server.call('POST', `/webhook/${other}`, { a: 1 }, SHOP);
  assert.deepEqual([post.status, post.headers.allow], [405, 'GET, DELETE']);
  await server.settle();
  const history = at(await read(server, id), 'webhookExecutionHistory') as unknown[];
  assert.equal(history.length, 10);
});

test('Slack without a signing secret: nothing before the challenge, which is given back, then everything', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {} } })]);
  const id = await create(server, { ...BASIC, verifier: 'SLACK_BASED', sourcePlatform: 'Slack', headers: undefined });
  const execution = await start(server, 'hold');
  const event = { type: 'event_callback', event: { type: 'message' } };
  assert.equal((await server.call('POST', `/webhook/${id}`, event)).status, 403);
  const asked = await server.call('POST', `/webhook/${id}`, { type: 'url_verification', challenge: '3eZbrw1aBm' });
  assert.deepEqual([asked.status, asked.text], [200, '3eZbrw1aBm']);
  assert.match(String(asked.headers['content-type']), /^text\/plain/);
  assert.equal(at(await read(server, id), 'urlVerified'), true);
  await server.settle();
  assert.equal(await shortly(server, execution), 'RUNNING wait:IN_PROGRESS', 'a challenge is no event');
  assert.equal((await server.call('POST', `/webhook/${id}`, event)).status, 200);
  await server.settle();
  assert.equal(await shortly(server, execution), 'COMPLETED wait:COMPLETED');
});

test('Slack with a signing secret: the signature counts, for the challenge too', async (t) => {
  const server = await openServer(t);
  const secretValue = 'slack-signing-secret';
  const id = await create(server, { ...GITHUB, verifier: 'SLACK_BASED', sourcePlatform: 'Slack', secretValue });
  const send = (body: string, seconds = Math.floor(server.clock.now() / 1000), secret = secretValue) =>
    server.call('POST', `/webhook/${id}`, body, {
      'content-type': 'application/json',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`,
    });
  const question = '{"type":"url_verification","challenge":"abc"}';
  assert.equal((await send(question, undefined, 'forged')).status, 401);
  assert.equal((await send(question)).text, 'abc');
  const event = '{"event":{"type":"message"}}';
  assert.equal((await send(event)).status, 200);
  assert.ok((await send(event, Math.floor(server.clock.now() / 1000) - 600)).status >= 400, 'ten minutes old');
});

test('Teams: HMAC with the base64 secret in Authorization, which is not kept in clear', async (t) => {
  const server = await openServer(t);
  const secretValue = Buffer.from('teams security token').toString('base64');
  const id = await create(server, {
    ...GITHUB,
    verifier: 'HMAC_BASED',
    headerKey: 'Authorization',
    sourcePlatform: 'Microsoft Teams',
    secretValue,
  });
  const body = '{"type":"message","id":"1"}';
  const mac = createHmac('sha256', Buffer.from(secretValue, 'base64')).update(body).digest('base64');
  assert.equal((await server.call('POST', `/webhook/${id}`, body, { authorization: `HMAC ${mac}` })).status, 200);
  assert.equal((await server.call('POST', `/webhook/${id}`, `${body} `, { authorization: `HMAC ${mac}` })).status, 401);
  await server.settle();
  assert.ok(!JSON.stringify(await read(server, id)).includes(mac));
});

test("Twitter's crc_token is answered on GET, and is no event", async (t) => {
  const server = await openServer(t);
  const id = await create(server, { ...GITHUB, verifier: 'TWITTER', sourcePlatform: 'Twitter' });
  const reply = await server.call('GET', `/webhook/${id}?crc_token=abc`);
  const mac = createHmac('sha256', GITHUB.secretValue).update('abc').digest('base64');
  assert.deepEqual([reply.status, reply.json], [200, { response_token: `sha256=${mac}` }]);
});

test('a delivery that comes again is answered with 200 and counts once', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [WAIT, { ...WAIT, name: 'again', taskReferenceName: 'again' }]);
  const webhook = await create(server, GITHUB);
  const id = await start(server, 'hold', { id: 'A1' });
  const send = async (delivery: string, body = JSON.stringify({ order: { id: 'A1' } })) => {
    const headers = { ...signed(body), 'x-github-delivery': delivery };
    assert.equal((await server.call('POST', `/webhook/${webhook}`, body, headers)).status, 200);
    await server.settle();
  };
  await send('d-1');
  await send('d-1');
  assert.equal(await shortly(server, id), 'RUNNING wait:COMPLETED again:IN_PROGRESS');
  await send('d-2');
  assert.equal(
    await shortly(server, id),
    'RUNNING wait:COMPLETED again:IN_PROGRESS',
    'nobody signs the id of a delivery',
  );
  await send('d-3', JSON.stringify({ order: { id: 'A1' }, n: 2 }));
  assert.equal(await shortly(server, id), 'COMPLETED wait:COMPLETED again:COMPLETED');
});

test('bodies: lists and single values are wrapped, forms and XML are objects, the query wins', async (t) => {
  const server = await openServer(t);
  const any = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {} } });
  await define(server, 'hold', [any]);
  const webhook = await create(server, { ...BASIC, verifier: 'NONE', headers: undefined });
  const outputOf = async (body: string, type: string, query = '') => {
    // Events of the same millisecond as a start count for it.
    await server.advance(1);
    const id = await start(server, 'hold');
    const reply = await server.call('POST', `/webhook/${webhook}${query}`, body, { 'content-type': type });
    await server.settle();
    const { json } = await server.call('GET', `/api/workflow/${id}`);
    const done = at(json, 'status') === 'COMPLETED';
    if (!done) await server.call('DELETE', `/api/workflow/${id}`);
    return [reply.status, done ? at(json, 'tasks.0.outputData') : undefined];
  };
  const json = 'application/json';
  assert.deepEqual(await outputOf('[{"event":"open"}]', json), [200, { request: [{ event: 'open' }] }]);
  assert.deepEqual(await outputOf('42', json), [200, { request: 42 }]);
  assert.deepEqual(await outputOf('', json, '?a=1'), [200, { a: '1' }]);
  assert.deepEqual(await outputOf('{"a":1,"b":2}', json, '?a=x&c=y&c=z'), [200, { a: 'x', b: 2, c: ['y', 'z'] }]);
  const form = 'application/x-www-form-urlencoded';
  assert.deepEqual(await outputOf('a=1&b=%C3%BC', form), [200, { a: '1', b: 'ü' }]);
  assert.deepEqual(await outputOf('{"a":1}', form), [200, { a: 1 }], 'curl says form when nobody tells it otherwise');
  assert.deepEqual(await outputOf('<xml a="1"/>', 'text/xml'), [200, { xml: { '@a': '1' } }]);
  assert.deepEqual(await outputOf('{"a":', json), [400, undefined]);
});
