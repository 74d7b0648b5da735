// Traces through the whole server: from an event or from an execution to everything that hangs together, both ways.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receive } from '../outbound/local-receiver.ts';
import { at, define, onEachServer, start, type TestServer, task } from './test-server.ts';

const KEY = { 'x-key': 'a-long-enough-key' };

async function inbound(server: TestServer, config: object): Promise<string> {
  const made = await server.call('POST', '/api/metadata/webhook', {
    ...{ name: 'shop: orders', verifier: 'HEADER_BASED', headers: KEY },
    ...config,
  });
  assert.equal(made.status, 200, made.text);
  return String(at(made.json, 'id'));
}

async function send(server: TestServer, webhook: string, body: object, headers: Record<string, string> = KEY) {
  await server.call('POST', `/webhook/${webhook}`, body, headers);
  await server.settle();
  const events = await server.call('GET', `/api/webhook-events?webhookId=${webhook}&limit=1`);
  return String(at(events.json, '0.eventId'));
}

const list = (json: unknown, path: string) => (at(json, path) ?? []) as readonly Record<string, unknown>[];
const shape = (json: unknown) =>
  ['events', 'executions', 'deliveries'].map((part) => list(json, part).length).join(' ');

onEachServer('traces', (open) => {
  test('an event that starts and one that completes, a child, and what is sent on, seen from each of them', async (t) => {
    const receiver = await receive(t);
    const server = await open(t);
    await define(server, 'child', [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })]);
    await define(server, 'order', [
      task('paid', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { "$['type']": 'paid' } } }),
      task('pack', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child', version: 1 } }),
    ]);
    const flow = await server.call('POST', '/api/flows/order/webhooks', { name: 'tell', url: receiver.url });
    assert.equal(flow.status, 200, flow.text);
    const webhook = await inbound(server, {
      receiverWorkflowNamesToVersions: { order: 1 },
      workflowsToStart: { order: 1, idempotencyKey: '${workflow.input.order}', idempotencyStrategy: 'RETURN_EXISTING' },
    });
    const first = await send(server, webhook, { type: 'placed', order: 'A-1' });
    await server.advance(1_000);
    const second = await send(server, webhook, { type: 'paid', order: 'A-1' });
    await server.settle();

    const ofEvent = await server.call('GET', `/api/webhook-events/${second}/trace`);
    assert.equal(ofEvent.status, 200, ofEvent.text);
    assert.equal(shape(ofEvent.json), '2 2 1');
    const order = list(ofEvent.json, 'executions').find((one) => one.workflowName === 'order') ?? {};
    assert.deepEqual(
      ['status', 'eventId', 'tasks.0.eventId', 'tasks.0.status', 'tasks.0.matches'].map((path) => at(order, path)),
      ['COMPLETED', first, second, 'COMPLETED', { "$['type']": 'paid' }],
    );
    assert.equal(at(ofEvent.json, 'events.0.webhookName'), 'shop: orders');
    const child = list(ofEvent.json, 'executions').find((one) => one.workflowName === 'child');
    assert.equal(at(child, 'parentWorkflowId'), order.workflowId);
    const delivery = list(ofEvent.json, 'deliveries')[0];
    assert.deepEqual(
      ['webhookName', 'status', 'workflowId', 'attemptList.0.result', 'attemptList.0.status', 'url'].map((path) =>
        at(delivery, path),
      ),
      ['tell', 'DELIVERED', order.workflowId, 'ok', 200, new URL(receiver.url).href],
    );
    assert.doesNotMatch(ofEvent.text, /a-long-enough-key/);

    for (const id of [String(order.workflowId), String(at(child, 'workflowId'))]) {
      const ofExecution = await server.call('GET', `/api/workflow/${id}/trace`);
      assert.equal(shape(ofExecution.json), '2 2 1', id);
    }
  });

  test('an event that moved nothing, an execution that nobody woke, and ids that nobody knows', async (t) => {
    const server = await open(t);
    await define(server, 'wait', [
      task('w', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { "$['type']": 'paid' } } }),
    ]);
    const webhook = await inbound(server, { receiverWorkflowNamesToVersions: { wait: 1 } });
    const id = await start(server, 'wait');
    const missed = await send(server, webhook, { type: 'refunded' });
    const refused = await send(server, webhook, { type: 'paid' }, { 'x-key': 'wrong' });
    for (const [event, verdict] of [
      [missed, 'verified'],
      [refused, 'refused'],
    ]) {
      const { json } = await server.call('GET', `/api/webhook-events/${event}/trace`);
      assert.equal(shape(json), '1 0 0');
      assert.equal(at(json, 'events.0.verdict'), verdict);
    }
    const waiting = await server.call('GET', `/api/workflow/${id}/trace`);
    assert.equal(shape(waiting.json), '0 1 0');
    assert.equal(at(waiting.json, 'executions.0.endTime'), undefined);
    assert.equal((await server.call('GET', '/api/workflow/nobody/trace')).status, 404);
    assert.equal((await server.call('GET', '/api/webhook-events/nobody/trace')).status, 404);
  });

  test('a wide event is cut, and says so', async (t) => {
    const server = await open(t);
    await define(server, 'wait', [task('w', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {} } })]);
    const webhook = await inbound(server, { receiverWorkflowNamesToVersions: { wait: 1 } });
    for (let i = 0; i < 45; i += 1) await start(server, 'wait');
    const event = await send(server, webhook, { type: 'all' });
    const { json } = await server.call('GET', `/api/webhook-events/${event}/trace`);
    assert.deepEqual([shape(json), at(json, 'truncated')], ['1 40 0', true]);
  });
});
