// Outgoing webhooks through the whole server: made and changed over the API, fired by every way to start an execution,
// tested, listed, sent again; and every bad input answered with a clear 400.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadPort, receive } from '../outbound/local-receiver.ts';
import { at, define, onEachServer, openServer, type Reply, start, type TestServer, task } from './test-server.ts';

const instant = [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })];

async function create(server: TestServer, flow: string, webhook: object): Promise<string> {
  const reply = await server.call('POST', `/api/flows/${flow}/webhooks`, { name: 'tell', ...webhook });
  assert.equal(reply.status, 200, reply.text);
  return String(at(reply.json, 'id'));
}

const results = (json: unknown) => at(json, 'results') as readonly Record<string, unknown>[];

onEachServer('outgoing webhooks', (open) => {
  test('a webhook is made, read, changed and removed; its secrets are never shown', async (t) => {
    const server = await open(t);
    await define(server, 'orders', instant);
    const made = await server.call('POST', '/api/flows/orders/webhooks', {
      name: 'tell',
      url: 'http://127.0.0.1:9999/in',
      headers: { Authorization: 'Bearer t0ken' },
      secretKey: 'mySecret',
      signatures: ['flow', 'standard'],
      body: '{"text":"Job $jobId"}',
    });
    assert.equal(made.status, 200, made.text);
    assert.equal(at(made.json, 'standardSecretKey'), `whsec_${Buffer.from('mySecret').toString('base64')}`);
    const path = `/api/flows/orders/webhooks/${at(made.json, 'id')}`;
    const read = await server.call('GET', path);
    assert.deepEqual(
      [
        'secretKey',
        'headers.Authorization',
        'method',
        'triggerEvent',
        'enabled',
        'flow',
        'createdBy',
        'standardSecretKey',
      ].map((name) => at(read.json, name)),
      ['***', 'Bearer ***', 'POST', 'either', true, 'orders', 'local', undefined],
    );
    assert.doesNotMatch(read.text, /mySecret|t0ken/);
    const kept = await server.call('PUT', path, { ...(read.json as object), name: 'renamed' });
    assert.equal(kept.status, 200, kept.text);
    assert.equal(at(kept.json, 'standardSecretKey'), undefined, 'a secret that was kept is not shown again');
    const changed = await server.call('PUT', path, { ...(read.json as object), secretKey: 'another' });
    assert.equal(at(changed.json, 'standardSecretKey'), `whsec_${Buffer.from('another').toString('base64')}`);
    await server.call('PUT', path, { ...(read.json as object), secretKey: 'mySecret', name: 'renamed' });
    const [row] = await server.store.flows.webhooks('orders');
    assert.deepEqual(
      [row?.config.secretKey, row?.config.name, at(row?.config.headers, 'Authorization')],
      ['mySecret', 'renamed', 'Bearer t0ken'],
    );
    assert.equal(at((await server.call('GET', '/api/flows/orders/webhooks')).json, 'length'), 1);
    assert.equal((await server.call('DELETE', path)).status, 200);
    assert.equal((await server.call('GET', path)).status, 404);
    assert.equal((await server.call('DELETE', path)).status, 404);
    assert.equal((await server.call('GET', '/api/flows/nobody/webhooks')).status, 404);
    assert.equal(
      (await server.call('POST', '/api/flows/nobody/webhooks', { name: 'x', url: 'https://x.example/' })).status,
      404,
    );
  });

  test('a secret is rotated without knowing it: the one so far signs beside the new one', async (t) => {
    const server = await open(t);
    await define(server, 'orders', instant);
    const id = await create(server, 'orders', { url: 'http://127.0.0.1:9999/in', secretKey: 'first' });
    const path = `/api/flows/orders/webhooks/${id}`;
    const secrets = async () => {
      const { config } = (await server.store.flows.webhook(id)) ?? {};
      return [config?.secretKey, config?.previousSecretKey];
    };
    const made = await server.call('POST', `${path}/rotate`, {});
    const fresh = String(at(made.json, 'secretKey'));
    assert.match(fresh, /^[0-9a-f]{64}$/);
    assert.equal(at(made.json, 'standardSecretKey'), `whsec_${Buffer.from(fresh).toString('base64')}`);
    assert.deepEqual(await secrets(), [fresh, 'first']);
    assert.equal((await server.call('POST', `${path}/rotate`, { secretKey: 'third' })).status, 200);
    assert.deepEqual(await secrets(), ['third', fresh]);
    const shown = (await server.call('GET', path)).json as object;
    assert.equal((await server.call('PUT', path, { ...shown, previousSecretKey: undefined })).status, 200);
    assert.deepEqual(await secrets(), ['third', undefined]);
    // Through a form: what is masked and not stored is the secret so far, if there is a new one.
    const rotating = { ...shown, secretKey: 'fourth', previousSecretKey: '***' };
    assert.equal((await server.call('PUT', path, rotating)).status, 200);
    assert.deepEqual(await secrets(), ['fourth', 'third']);
    assert.equal((await server.call('PUT', path, { ...shown, previousSecretKey: '***' })).status, 200);
    assert.deepEqual(await secrets(), ['fourth', 'third']);
    const refused = await server.call('POST', `${path}/rotate`, { secretKey: 'whsec_!' });
    assert.deepEqual([refused.status, await secrets()], [400, ['fourth', 'third']]);
    assert.equal((await server.call('POST', '/api/flows/orders/webhooks/none/rotate', {})).status, 404);
    const starry = await create(server, 'orders', { url: 'http://127.0.0.1:9999/in', secretKey: 'a***' });
    assert.equal((await server.store.flows.webhook(starry))?.config.secretKey, 'a***', 'a secret, no mask');
  });

  test('the 51st webhook is refused, also when many come at once', async (t) => {
    const server = await open(t);
    await define(server, 'orders', instant);
    const webhook = { name: 'tell', url: 'https://hooks.example.com/' };
    const replies: Reply[] = [];
    for (let i = 0; i < 48; i += 1) replies.push(await server.call('POST', '/api/flows/orders/webhooks', webhook));
    replies.push(
      ...(await Promise.all([1, 2, 3, 4].map(() => server.call('POST', '/api/flows/orders/webhooks', webhook)))),
    );
    assert.deepEqual(
      [200, 409].map((status) => replies.filter((reply) => reply.status === status).length),
      [50, 2],
    );
    assert.match(replies.find(({ status }) => status === 409)?.text ?? '', /at most 50 webhooks/);
    assert.equal((await server.store.flows.webhooks('orders')).length, 50);
  });

  test('executions fire however they were started: by a call, a parent, a webhook, an event, a schedule', async (t) => {
    const receiver = await receive(t);
    const server = await open(t);
    await define(server, 'orders', instant);
    await define(server, 'parent', [task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'orders', version: 1 } })]);
    await create(server, 'orders', { url: receiver.url, body: '{"job":"$jobId","status":"$jobStatus"}' });
    await start(server, 'orders');
    await start(server, 'parent');
    const inbound = await server.call('POST', '/api/metadata/webhook', {
      name: 'in',
      verifier: 'HEADER_BASED',
      headers: { 'x-key': 'a-long-enough-key' },
      workflowsToStart: { orders: 1 },
    });
    assert.equal(inbound.status, 200, inbound.text);
    const event = await server.call(
      'POST',
      `/webhook/${at(inbound.json, 'id')}`,
      { a: 1 },
      { 'x-key': 'a-long-enough-key' },
    );
    assert.equal(event.status, 200, event.text);
    const actions = [{ action: 'start_workflow', start_workflow: { name: 'orders', input: {} } }];
    const handler = { name: 'h', event: 'shop:order', active: true, actions };
    assert.equal((await server.call('POST', '/api/event', [handler])).status, 200);
    const incoming = { event: 'shop:order', source: 'test' };
    assert.equal((await server.call('POST', '/api/event/handleIncomingEvent', incoming)).status, 200);
    const startWorkflowRequest = { name: 'orders', version: 1 };
    const schedule = { name: 'tick', cronExpression: '0 * * * * *', startWorkflowRequest };
    assert.equal((await server.call('POST', '/api/scheduler/schedules', schedule)).status, 200);
    await server.advance(60_000);
    await server.call('POST', '/api/scheduler/schedules/tick/run');
    await server.settle();
    const found = await server.call('GET', '/api/workflow/search?query=workflowType%3Dorders');
    const ids = results(found.json)
      .map(({ workflowId }) => workflowId)
      .sort();
    assert.equal(ids.length, 6);
    const told = receiver.requests.map(({ body }) => JSON.parse(body.toString()));
    assert.deepEqual(told.map(({ job }) => job).sort(), ids);
    assert.deepEqual(new Set(told.map(({ status }) => status)), new Set(['COMPLETED']));
  });

  test('deliveries are listed at the execution and at the flow, one is shown whole, and they can be sent again', async (t) => {
    let status = 500;
    const receiver = await receive(t, (_request, _incoming, outgoing) => {
      outgoing.statusCode = status;
      outgoing.end('why not');
    });
    const server = await open(t);
    await define(server, 'orders', instant);
    const webhook = await create(server, 'orders', {
      url: receiver.url,
      retryOnFailure: false,
      body: '{"n":"${workflow.input.n}"}',
    });
    const from = server.clock.now();
    const ids = [await start(server, 'orders', { n: 1 }), await start(server, 'orders', { n: 2 })];
    await server.settle();
    const own = await server.call('GET', `/api/workflow/${ids[0]}/deliveries`);
    const [delivery] = results(own.json);
    assert.deepEqual(
      [
        at(own.json, 'totalHits'),
        delivery?.status,
        delivery?.outcome,
        delivery?.webhookId,
        delivery?.webhookName,
        delivery?.cause,
      ],
      [1, 'FAILED', '500', webhook, 'tell', 'success'],
    );
    const all = await server.call('GET', '/api/flows/orders/deliveries?status=FAILED&text=500&size=1');
    assert.deepEqual([at(all.json, 'totalHits'), results(all.json).length], [2, 1]);
    assert.equal(at((await server.call('GET', '/api/flows/orders/deliveries?status=DELIVERED')).json, 'totalHits'), 0);
    assert.equal((await server.call('GET', '/api/flows/orders/deliveries?status=BROKEN')).status, 400);
    const whole = await server.call('GET', `/api/deliveries/${delivery?.id}`);
    assert.deepEqual(
      [
        'body',
        'attemptList.0.n',
        'attemptList.0.response.body',
        'attemptList.0.result',
        'attemptList.0.request.method',
      ].map((name) => at(whole.json, name)),
      ['{"n":1}', 1, 'why not', '5xx', 'POST'],
    );
    assert.equal(typeof at(whole.json, 'attemptList.0.timing.firstByteMs'), 'number');
    status = 200;
    const window = { from, to: server.clock.now() };
    const count = await server.call('POST', '/api/flows/orders/deliveries/resend', { ...window, dryRun: true });
    assert.deepEqual(count.json, { failed: 2, resent: 0, switchedOff: 0 });
    const path = `/api/flows/orders/webhooks/${webhook}`;
    const config = (await server.call('GET', path)).json as object;
    await server.call('PUT', path, { ...config, enabled: false });
    const off = await server.call('POST', '/api/flows/orders/deliveries/resend', { ...window, dryRun: true });
    assert.deepEqual(off.json, { failed: 0, resent: 0, switchedOff: 2 });
    await server.call('PUT', path, { ...config, enabled: true });
    assert.equal((await server.call('POST', `/api/deliveries/${delivery?.id}/resend`)).status, 200);
    assert.equal((await server.call('POST', `/api/deliveries/${delivery?.id}/resend`)).status, 409);
    await server.settle();
    const rest = await server.call('POST', '/api/flows/orders/deliveries/resend', { ...window, webhookId: webhook });
    assert.deepEqual(rest.json, { failed: 1, resent: 1, switchedOff: 0 });
    await server.settle();
    assert.equal(at((await server.call('GET', '/api/flows/orders/deliveries?status=DELIVERED')).json, 'totalHits'), 2);
    assert.equal(receiver.requests.length, 4);
    assert.equal((await server.call('GET', '/api/deliveries/nobody')).status, 404);
    assert.equal((await server.call('POST', '/api/deliveries/nobody/resend')).status, 404);
    assert.equal((await server.call('GET', '/api/workflow/nobody/deliveries')).status, 404);
  });

  test('a copy has no webhooks; an export has them, with the names of secrets, and the import asks for these', async (t) => {
    const server = await open(t);
    await define(server, 'orders', instant);
    await create(server, 'orders', {
      url: 'https://hooks.example.com/',
      secretKey: 'mySecret',
      headers: { Authorization: 'Bearer t0ken' },
      enabled: false,
    });
    const copy = await server.call('POST', '/api/flows/orders/copy', { name: 'copied' });
    assert.deepEqual(copy.json, { name: 'copied', versions: [1], webhooks: 0, schedules: 0 });
    assert.deepEqual((await server.call('GET', '/api/flows/copied/webhooks')).json, []);
    assert.equal((await server.call('POST', '/api/flows/orders/copy', { name: 'copied' })).status, 409);
    const exported = await server.call('GET', '/api/flows/orders/export');
    assert.equal(exported.status, 200);
    assert.doesNotMatch(exported.text, /mySecret|t0ken/);
    const names = (at(exported.json, 'secrets') as { name: string }[]).map(({ name }) => name);
    assert.equal(names.length, 2);
    const asks = await server.call('POST', '/api/flows/import', { file: exported.json, name: 'again' });
    assert.equal(asks.status, 400);
    assert.deepEqual(
      (at(asks.json, 'validationErrors') as { path: string }[]).map(({ path }) => path).sort(),
      names.map((name) => `secrets.${name}`).sort(),
    );
    const secrets = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    const imported = await server.call('POST', '/api/flows/import', { file: exported.json, name: 'again', secrets });
    assert.deepEqual(imported.json, { name: 'again', versions: [1], webhooks: 1, schedules: 0 });
    const [row] = await server.store.flows.webhooks('again');
    assert.equal(row?.enabled, false);
    assert.match(String(row?.config.secretKey), /^value of .*secretKey$/);
    assert.equal((await server.call('POST', '/api/flows/import', { file: exported.json, secrets })).status, 409);
    assert.equal(
      (await server.call('POST', '/api/flows/import', { file: exported.json, secrets, overwrite: true })).status,
      200,
    );
    assert.equal((await server.store.flows.webhooks('orders')).length, 1);
    for (const [change, message] of [
      [{ format: 'other' }, /not an exported flow/],
      [{ formatVersion: 2 }, /newer server/],
      [{ definitions: [{ name: 'x', version: 1, tasks: 'none' }] }, /definitions\[0\]/],
    ] as const) {
      const broken = await server.call('POST', '/api/flows/import', {
        file: { ...(exported.json as object), ...change },
        name: 'broken',
        secrets,
      });
      assert.equal(broken.status, 400);
      assert.match(broken.text, message);
    }
    const flows = (await server.call('GET', '/api/flows')).json as readonly { name: string }[];
    assert.deepEqual(
      flows.find(({ name }) => name === 'again'),
      { name: 'again', owner: 'local', versions: [1], webhooks: 1 },
    );
    assert.equal((await server.call('PUT', '/api/flows/again/owner', { owner: 'bob' })).status, 200);
    assert.equal((await server.store.flows.get('again'))?.owner, 'bob');
  });

  test('a test sends a real signed request with samples, of a saved webhook too, and keeps nothing', async (t) => {
    const receiver = await receive(t, (_request, _incoming, outgoing) => {
      outgoing.statusCode = 418;
      outgoing.end('short and stout');
    });
    const server = await open(t);
    await define(server, 'orders', instant);
    const config = {
      name: 'tell',
      url: receiver.url,
      body: '{"text":"$jobStatus ${workflow.output.total}"}',
      secretKey: 'mySecret',
    };
    const report = await server.call('POST', '/api/flows/orders/webhooks/test', config);
    assert.equal(report.status, 200, report.text);
    assert.deepEqual(
      ['result', 'body', 'outcome.response.status', 'outcome.response.body'].map((path) => at(report.json, path)),
      ['4xx', '{"text":"COMPLETED sample"}', 418, 'short and stout'],
    );
    assert.match(String(at(report.json, 'signedTexts.flow')), /^\d+\.\{"text":"COMPLETED sample"\}$/);
    assert.match(String(receiver.requests[0]?.headers['x-webhook-signature']), /^t=\d+,sha256=/);
    const id = await create(server, 'orders', config);
    const saved = (await server.call('GET', `/api/flows/orders/webhooks/${id}`)).json as object;
    await server.call('POST', '/api/flows/orders/webhooks/test', saved);
    assert.match(String(receiver.requests[1]?.headers['x-webhook-signature']), /^t=\d+,sha256=/);
    const none = await server.call('POST', '/api/flows/orders/webhooks/test', {
      ...config,
      url: `http://127.0.0.1:${await deadPort()}/`,
    });
    assert.equal(at(none.json, 'result'), 'refused');
    assert.equal(
      (await server.call('POST', '/api/flows/orders/webhooks/test', { ...config, secretKey: '***' })).status,
      400,
    );
    assert.equal(at((await server.call('GET', '/api/flows/orders/deliveries')).json, 'totalHits'), 0);
  });
});

const good = { name: 'tell', url: 'https://hooks.example.com/' };
const bad: readonly (readonly [object, RegExp])[] = [
  [{ ...good, url: 'javascript:alert(1)' }, /url: the URL must begin with http/],
  [{ ...good, url: 'http://10.1.2.3/' }, /url: .*private/],
  [{ ...good, url: 'http://[::ffff:169.254.169.254]/' }, /url: /],
  [{ name: 'tell' }, /url: is missing/],
  [{ ...good, headers: { 'X-A': 'b\r\nInjected: yes' } }, /headers.X-A: .*line end/],
  [{ ...good, headers: { 'Content-Length': '5' } }, /set by Fermata itself/],
  [{ ...good, method: 'GET', body: 'x' }, /body: GET carries no body/],
  [{ ...good, body: '$jobName' }, /body: \$jobName is unknown/],
  [{ ...good, body: '${workflow.nothing}' }, /body: .*unknown/],
  [{ ...good, triggerEvent: 'never' }, /triggerEvent/],
  [{ ...good, triggerObject: ['nobody'] }, /triggerObject\[0\]: no version/],
  [{ ...good, secretKey: '***' }, /secretKey: is masked/],
  [{ ...good, when: 'a ==' }, /when/],
  [{ ...good, rateLimit: { perSecond: 0 } }, /rateLimit.perSecond/],
  [{ ...good, url: '' }, /^url: must not be empty$/],
  [{ ...good, body: 'x'.repeat(5 * 1024 * 1024) }, /^body: must be at most 65536 characters long$/],
  [{ ...good, method: 'TRACE' }, /^method: must be one of GET, POST, PUT, PATCH, DELETE$/],
  [{ ...good, enabled: 'yes' }, /^enabled: must be a boolean$/],
  [{ ...good, triggerObject: 3 }, /^triggerObject: must be "any" or a list/],
  [{ ...good, retry: true }, /^the body: there is no field "retry" here$/],
  [{ url: 'https://a.example/' }, /^name: is missing$/],
  [{ ...good, ca: 'x' }, /ca: /],
];

test('every bad input is a 400 that says what is wrong', async (t) => {
  const server = await openServer(t);
  await define(server, 'orders', instant);
  for (const [webhook, message] of bad)
    for (const path of ['/api/flows/orders/webhooks', '/api/flows/orders/webhooks/test']) {
      const reply = await server.call('POST', path, webhook);
      assert.equal(reply.status, 400, `${JSON.stringify(webhook).slice(0, 80)}: ${reply.status}`);
      assert.match(String(at(reply.json, 'message')), message);
    }
  assert.deepEqual(await server.store.flows.webhooks('orders'), []);
});

test('a name with a slash and other signs is a flow as well', async (t) => {
  const server = await openServer(t);
  await define(server, 'a/b grüße', instant);
  const path = `/api/flows/${encodeURIComponent('a/b grüße')}/webhooks`;
  assert.equal((await server.call('POST', path, good)).status, 200);
  assert.equal(at((await server.call('GET', path)).json, '0.flow'), 'a/b grüße');
});
