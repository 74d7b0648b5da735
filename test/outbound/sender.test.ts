// The sender over a real store and real HTTP: what is said arrives, signed; what fails is tried again, given up, switched off.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { Attempt } from '../../src/store/delivery.ts';
import { deadPort, fixture, receive, until } from './local-receiver.ts';
import { rig } from './sending.ts';

const bodies = (requests: readonly { readonly body: Buffer }[]) =>
  requests.map(({ body }) => JSON.parse(body.toString()));

function dataOf(attempt: Attempt | undefined): Record<string, Record<string, unknown>> {
  assert.ok(attempt);
  return attempt.data as Record<string, Record<string, unknown>>;
}

test('the end of an execution arrives as it was said, signed, and is noted with its answer', async (t) => {
  const receiver = await receive(t, (_request, _incoming, outgoing) =>
    outgoing.setHeader('x-seen', 'yes').end('thanks'),
  );
  const { hook, run, send, deliveries, attempts, store } = await rig(t);
  await hook('h', {
    url: `${receiver.url}/in?job=$jobId`,
    secretKey: 'mySecret',
    signatures: ['flow', 'standard'],
    headers: { Authorization: 'Bearer t0ken', 'X-Status': '$jobStatus' },
  });
  const id = await run({ a: 1 });
  await send();
  const [request] = receiver.requests;
  assert.deepEqual(bodies(receiver.requests), [{ job: id, status: 'COMPLETED' }]);
  assert.equal(request?.path, `/in?job=${id}`);
  assert.deepEqual(
    [request?.headers['x-status'], request?.headers['content-type'], request?.headers.authorization],
    ['COMPLETED', 'application/json', 'Bearer t0ken'],
  );
  const [, stamp = '', signature] =
    /^t=(\d+),sha256=([0-9a-f]{64})$/.exec(String(request?.headers['x-webhook-signature'])) ?? [];
  assert.equal(createHmac('sha256', 'mySecret').update(`${stamp}.${request?.body}`).digest('hex'), signature);
  const [delivery] = await deliveries();
  assert.deepEqual([delivery?.status, delivery?.outcome, delivery?.attempts], ['DELIVERED', '200', 1]);
  assert.equal(request?.headers['webhook-id'], delivery?.id);
  assert.equal(request?.headers['x-webhook-delivery'], delivery?.id);
  const [attempt] = await attempts(delivery?.id ?? '');
  const { response, request: shown, timing, result } = dataOf(attempt);
  assert.deepEqual([response?.status, response?.body, response?.truncated, result], [200, 'thanks', false, 'ok']);
  assert.ok(timing && 'firstByteMs' in timing);
  assert.doesNotMatch(JSON.stringify([shown, attempt, delivery]), /t0ken|mySecret/);
  assert.deepEqual((await store.deliveries.waiting(Date.now(), 10)).waiting, []);
});

test('credentials that a receiver sends back are not kept', async (t) => {
  const receiver = await receive(t, ({ headers }, _incoming, outgoing) =>
    outgoing.setHeader('x-seen', headers.authorization ?? '').end(`${JSON.stringify(headers)} token=0123456789abcdef`),
  );
  const { hook, run, send, deliveries, attempts } = await rig(t);
  const headers = { Authorization: 'Bearer 0123456789abcdef', 'X-Api-Key': 'k3y-of-theirs', 'X-Secret': 'a' };
  await hook('h', { url: receiver.url, headers });
  await run({});
  await send();
  const [delivery] = await deliveries();
  const [attempt] = await attempts(delivery?.id ?? '');
  const { response } = dataOf(attempt);
  assert.doesNotMatch(JSON.stringify(attempt), /0123456789abcdef|k3y-of-theirs/);
  assert.match(String(response?.body), /"authorization":"\*\*\*".*"x-secret":"a".* token=\*\*\*$/);
});

test('what fails is tried again under the same id, by the schedule, until it arrives', async (t) => {
  let answers = [500, 302, 404, 200];
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    outgoing.statusCode = answers.shift() ?? 200;
    outgoing.end('x'.repeat(30_000));
  });
  const { hook, run, send, deliveries, attempts, clock } = await rig(t);
  await hook('h', { url: receiver.url });
  await run();
  await send();
  assert.equal(receiver.requests.length, 1);
  for (const waitMs of [6_000, 36_000, 144_000]) {
    await send();
    const sent: number = receiver.requests.length;
    await clock.advance(waitMs);
    await send();
    assert.equal(receiver.requests.length, sent + 1);
  }
  const [delivery] = await deliveries();
  assert.deepEqual([delivery?.status, delivery?.attempts], ['DELIVERED', 4]);
  assert.equal(new Set(receiver.requests.map(({ headers }) => headers['x-webhook-delivery'])).size, 1);
  const kept = await attempts(delivery?.id ?? '');
  assert.deepEqual(
    kept.map(({ data }) => data.result),
    ['5xx', '3xx', '4xx', 'ok'],
  );
  const { response } = dataOf(kept[0]);
  assert.deepEqual([String(response?.body).length, response?.truncated], [20 * 1024, true]);
  answers = [];
});

test('without retry the first failure is the last, and dead deliveries can be seen and sent again', async (t) => {
  let status = 500;
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    outgoing.statusCode = status;
    outgoing.end();
  });
  const { hook, run, send, deliveries, attempts, store, clock } = await rig(t);
  await hook('h', { url: receiver.url, retryOnFailure: false });
  await run();
  await send();
  const [dead] = await deliveries();
  assert.deepEqual([dead?.status, dead?.outcome], ['FAILED', '500']);
  assert.match(String((await attempts(dead?.id ?? ''))[0]?.data.gaveUp), /switched off/);
  status = 200;
  await store.deliveries.resend(dead?.id ?? '', clock.now());
  await send();
  const [alive] = await deliveries();
  assert.deepEqual([alive?.id, alive?.status, alive?.attempts], [dead?.id, 'DELIVERED', 2]);
});

test('faults have their class: refused, guard, header made by a value, certificate', async (t) => {
  const { hook, run, send, deliveries } = await rig(t);
  const tls = await receive(t, undefined, { name: 'self-signed' });
  const port = await deadPort();
  await hook('refused', { url: `http://127.0.0.1:${port}/`, retryOnFailure: false });
  await hook('guard', { url: 'http://10.0.0.1/' });
  await hook('ours', { url: tls.url, headers: { 'X-A': '${workflow.input.text}' } });
  await hook('tls', { url: tls.url, retryOnFailure: false });
  await hook('lax', { url: tls.url, validateSsl: false });
  await hook('ca', { url: tls.url, ca: fixture('self-signed.cert.pem') });
  await run({ text: 'a\r\nX-B: b' });
  await send();
  const outcomes = Object.fromEntries((await deliveries()).map(({ webhookId, outcome }) => [webhookId, outcome]));
  assert.deepEqual(outcomes, { refused: 'refused', guard: 'guard', ours: 'ours', tls: 'tls', lax: '200', ca: '200' });
});

test('410 switches the webhook off, says so, and calls off what waits', async (t) => {
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    outgoing.statusCode = 410;
    outgoing.end();
  });
  const { hook, run, send, deliveries, store } = await rig(t, { perHost: 1 });
  await hook('h', { url: receiver.url });
  for (let i = 0; i < 3; i += 1) await run();
  await send();
  const row = await store.flows.webhook('h');
  assert.deepEqual([row?.enabled, row?.config.disabledReason], [false, 'the receiver answered 410 Gone']);
  assert.equal(receiver.requests.length, 1);
  assert.deepEqual((await deliveries()).map(({ status, outcome }) => `${status} ${outcome}`).sort(), [
    'CANCELLED the webhook is switched off',
    'CANCELLED the webhook is switched off',
    'FAILED 410',
  ]);
  await run();
  assert.equal((await deliveries()).length, 3, 'what is switched off says nothing');
});

test('with more webhooks than are kept in memory none is taken for a removed one', async (t) => {
  const receiver = await receive(t);
  const { hook, run, send, sender, deliveries } = await rig(t, { webhooksKept: 2 });
  for (const id of ['a', 'b', 'c']) await hook(id, { url: receiver.url });
  // As under load: each look finds something to send.
  for (let looks = 0; looks < 3; looks++) {
    await run();
    await sender.runOnce();
    await sender.settled();
  }
  await send();
  const outcomes = (await deliveries()).map(({ status, outcome }) => `${status} ${outcome}`);
  assert.deepEqual(
    outcomes,
    Array.from({ length: 9 }, () => 'DELIVERED 200'),
  );
});

test('deliveries of a removed webhook are called off', async (t) => {
  const { hook, run, send, deliveries, store, clock } = await rig(t);
  await hook('h', {});
  await run();
  const flow = await store.flows.get('w');
  assert.ok(flow);
  await store.flows.change({ ...flow, rev: flow.rev + 1, updatedAt: clock.now() }, flow.rev, { remove: ['h'] });
  await send();
  assert.deepEqual(
    (await deliveries()).map(({ status, outcome }) => [status, outcome]),
    [['CANCELLED', 'the webhook was removed']],
  );
});

test('a dead receiver costs five attempts, then its deliveries wait while the others arrive', async (t) => {
  const alive = await receive(t);
  const port = await deadPort();
  const { hook, run, send, deliveries, clock, store } = await rig(t, { perHost: 1 });
  await hook('dead', { url: `http://127.0.0.1:${port}/` });
  await hook('alive', { url: alive.url });
  for (let i = 0; i < 20; i += 1) await run();
  await send();
  const attempts = async () =>
    (await deliveries()).filter(({ webhookId }) => webhookId === 'dead').reduce((sum, d) => sum + d.attempts, 0);
  assert.equal(alive.requests.length, 20);
  assert.equal(await attempts(), 5);
  await clock.advance(29_000);
  await send();
  assert.equal(await attempts(), 5);
  await clock.advance(1_001);
  await send();
  assert.equal(await attempts(), 6, 'one probe when the pause is over');
  assert.equal((await store.deliveries.search({ statuses: ['PENDING'], offset: 0, limit: 1 })).total, 20);
});

test('a rate is kept, and with an order a failed one holds up those of its key only', async (t) => {
  const slow = await receive(t);
  let fails = true;
  const strict = await receive(t, ({ body }, _incoming, outgoing) => {
    outgoing.statusCode = fails && body.toString().includes('"k":"a","i":0') ? 500 : 200;
    outgoing.end();
  });
  const { hook, run, send, clock } = await rig(t);
  await hook('slow', { url: slow.url, rateLimit: { perSecond: 2, burst: 1 } });
  await hook('strict', {
    url: strict.url,
    orderKey: '${workflow.input.k}',
    body: '{"k":"${workflow.input.k}","i":${workflow.input.i}}',
  });
  for (const [i, k] of ['a', 'b', 'a', 'b'].entries()) {
    await run({ k, i });
    await clock.advance(1);
  }
  await send();
  assert.equal(slow.requests.length, 1);
  assert.deepEqual(
    bodies(strict.requests)
      .map(({ i }) => i)
      .sort(),
    [0, 1, 3],
  );
  await clock.advance(500);
  await send();
  assert.equal(slow.requests.length, 2);
  fails = false;
  await clock.advance(10_000);
  await send();
  assert.deepEqual(
    bodies(strict.requests)
      .slice(3)
      .map(({ i }) => i),
    [0, 2],
  );
});

test('what was under way when the process died is sent again, under the same id', async (t) => {
  let holds = true;
  const receiver = await receive(t, (_request, _incoming, outgoing) => {
    if (!holds) outgoing.end();
  });
  const { hook, run, sender, send, newSender, deliveries } = await rig(t);
  await hook('h', { url: receiver.url });
  await run();
  await sender.runOnce();
  await until(() => receiver.requests.length === 1);
  holds = false;
  const second = newSender();
  await second.runOnce();
  await second.settled();
  assert.equal(receiver.requests.length, 2);
  assert.equal(new Set(receiver.requests.map(({ headers }) => headers['x-webhook-delivery'])).size, 1);
  await sender.stop();
  await send().catch(() => undefined);
  assert.deepEqual(
    (await deliveries()).map(({ status, attempts }) => [status, attempts]),
    [['DELIVERED', 1]],
  );
});

test('a stopped sender gives back what was under way, without an attempt', async (t) => {
  const receiver = await receive(t, () => {});
  const { hook, run, sender, deliveries, store, clock } = await rig(t);
  await hook('h', { url: receiver.url });
  await run();
  await sender.runOnce();
  await until(() => receiver.requests.length === 1);
  await sender.stop();
  assert.deepEqual(
    (await deliveries()).map(({ status, attempts }) => [status, attempts]),
    [['PENDING', 0]],
  );
  assert.equal((await store.deliveries.waiting(clock.now(), 1)).waiting.length, 1);
});

test('a webhook that fails tells the workflows that wait for it', async (t) => {
  const port = await deadPort();
  const { hook, run, send, store, clock } = await rig(t);
  await store.definitions.putWorkflow(
    {
      name: 'watch',
      version: 1,
      tasks: [
        {
          name: 'w',
          taskReferenceName: 'heard',
          type: 'WAIT_FOR_WEBHOOK',
          inputParameters: { matches: { '$.event': 'webhook.exhausted', '$.webhookId': 'h' } },
        },
      ],
    },
    { overwrite: true, now: clock.now() },
  );
  const id = 'watch-1';
  await store.workflows.start({ id, name: 'watch', input: {}, now: clock.now() });
  await hook('h', { url: `http://127.0.0.1:${port}/`, retryOnFailure: false, alerts: [{ name: 'watch', version: 1 }] });
  const workflowId = await run();
  await send();
  await store.idle();
  const watch = await store.workflows.get(id, { tasks: true });
  assert.equal(watch?.status, 'COMPLETED');
  assert.deepEqual(
    [watch?.tasks[0]?.output.workflowId, watch?.tasks[0]?.output.outcome, watch?.tasks[0]?.output.flow],
    [workflowId, 'refused', 'w'],
  );
});
