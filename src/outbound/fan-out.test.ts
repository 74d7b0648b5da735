import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../core/json.ts';
import type { Message } from '../core/message.ts';
import type { Task, TaskStatus, Workflow, WorkflowStatus } from '../core/model.ts';
import type { NewDelivery } from '../store/delivery.ts';
import type { FlowWebhookRow } from '../store/flow.ts';
import { fanOut, type Said } from './fan-out.ts';
import { type FlowWebhookConfig, MAX_MESSAGE_LENGTH } from './flow-webhook.ts';

const task = (n: number, place: string, status: TaskStatus, more: Partial<Task> = {}): Task => ({
  ...{ n, place, scope: '', type: 'SIMPLE', name: place, status, input: {}, output: { by: n } },
  ...{ retryCount: 0, iteration: 0, scheduledAt: 1, updatedAt: 2, pollCount: 0 },
  ...more,
});

const workflow = (more: Partial<Workflow> = {}): Workflow => ({
  ...{ id: 'job-1', name: 'orders', version: 1, def: { name: 'orders', version: 1, tasks: [] }, status: 'COMPLETED' },
  ...{ input: { customer: 'c"1', amount: 5 }, output: { total: 7 }, variables: {}, priority: 0, depth: 0 },
  ...{ createdAt: 1, startedAt: 1, updatedAt: 9, failedRefs: [], failedNames: [], nextN: 3 },
  tasks: [task(1, 'charge', 'FAILED', { retried: true }), task(2, 'charge', 'COMPLETED')],
  ...more,
});

const hook = (config: Partial<FlowWebhookConfig>, id = 'h'): FlowWebhookRow => ({
  ...{ id, flow: 'orders', enabled: true, rev: 1, createdBy: 'ann', createdAt: 0, updatedAt: 0 },
  config: {
    ...{
      name: 'n',
      url: 'https://x.example/',
      method: 'POST',
      headers: {},
      triggerEvent: 'either',
      triggerObject: 'any',
    },
    ...{ signatures: [], validateSsl: true, retryOnFailure: false },
    ...config,
  } as unknown as JsonObject,
});

const changed = (from: WorkflowStatus | undefined, to: WorkflowStatus): Message => ({
  type: 'workflowChanged',
  from,
  to,
});
const ended = (n: number, to: TaskStatus, retried = false): Message => ({
  type: 'taskEnded',
  n,
  ref: 'charge',
  to,
  ...(retried && { retried }),
});
const causes = (config: Partial<FlowWebhookConfig>, ...messages: Message[]): string[] =>
  fanOut(workflow(), messages, [hook(config)]).map(({ cause }) => cause);

const saidOf = (made: NewDelivery | undefined): Said => {
  assert.ok(made);
  return made.data as unknown as Said;
};

const life: readonly Message[] = [
  changed(undefined, 'RUNNING'),
  ended(1, 'FAILED', true),
  changed('RUNNING', 'PAUSED'),
  changed('PAUSED', 'RUNNING'),
  ended(2, 'COMPLETED'),
  changed('RUNNING', 'COMPLETED'),
];

test('each trigger event fires at its moment and at no other', () => {
  assert.deepEqual(causes({ triggerEvent: 'started' }, ...life), ['started']);
  assert.deepEqual(causes({ triggerEvent: 'paused' }, ...life), ['paused']);
  assert.deepEqual(causes({ triggerEvent: 'success' }, ...life), ['success']);
  assert.deepEqual(causes({ triggerEvent: 'either' }, ...life), ['success']);
  assert.deepEqual(causes({ triggerEvent: 'failure' }, ...life), []);
  assert.deepEqual(causes({ triggerEvent: 'taskFailed' }, ...life), [], 'an attempt that is repeated has not failed');
  for (const to of ['FAILED', 'TIMED_OUT', 'TERMINATED'] as const) {
    assert.deepEqual(causes({ triggerEvent: 'failure' }, changed('RUNNING', to)), ['failure']);
    assert.deepEqual(causes({ triggerEvent: 'either' }, changed('RUNNING', to)), ['failure']);
    assert.deepEqual(causes({ triggerEvent: 'success' }, changed('RUNNING', to)), []);
  }
  assert.deepEqual(causes({ triggerEvent: 'taskFailed' }, ended(2, 'TIMED_OUT')), ['failure of charge']);
});

test('with chosen tasks only their own ends count', () => {
  const only = { triggerObject: ['charge'] };
  assert.deepEqual(causes({ ...only, triggerEvent: 'success' }, ...life), ['success of charge']);
  assert.deepEqual(causes({ ...only, triggerEvent: 'failure' }, ...life), []);
  assert.deepEqual(causes({ ...only, triggerEvent: 'either' }, ended(2, 'FAILED_WITH_TERMINAL_ERROR')), [
    'failure of charge',
  ]);
  assert.deepEqual(causes({ ...only, triggerEvent: 'failure' }, ended(2, 'COMPLETED_WITH_ERRORS')), [
    'failure of charge',
  ]);
  assert.deepEqual(causes({ ...only, triggerEvent: 'either' }, ended(2, 'CANCELED'), ended(2, 'SKIPPED')), []);
  assert.deepEqual(causes({ triggerObject: ['other'], triggerEvent: 'either' }, ...life), []);
});

test('in a loop each iteration of a chosen task counts', () => {
  const looped = workflow({
    tasks: [task(1, 'charge', 'COMPLETED', { scope: '__1' }), task(2, 'charge', 'COMPLETED', { scope: '__2' })],
  });
  const messages: Message[] = [1, 2].map((n) => ({ type: 'taskEnded', n, ref: `charge__${n}`, to: 'COMPLETED' }));
  const made = fanOut(looped, messages, [
    hook({ triggerObject: ['charge'], triggerEvent: 'success', body: '${charge.output.by}' }),
  ]);
  assert.deepEqual(
    made.map(({ cause }) => cause),
    ['success of charge__1', 'success of charge__2'],
  );
});

test('what is said is fixed at the moment of the change', () => {
  const [made] = fanOut(
    workflow({ status: 'PAUSED' }),
    [changed('RUNNING', 'COMPLETED')],
    [
      hook({
        url: 'https://x.example/${workflow.output.total}?b=${charge.output.by}',
        headers: { 'X-Status': '$jobStatus' },
        body: '{"id":"$jobId","s":"${workflow.status}","c":"${workflow.input.customer}","t":"${workflow.output}"}',
        orderKey: 'c-${workflow.input.customer}',
      }),
    ],
  );
  const said = saidOf(made);
  assert.deepEqual(JSON.parse(said.body ?? ''), { id: 'job-1', s: 'COMPLETED', c: 'c"1', t: { total: 7 } });
  assert.deepEqual(said.values, {
    '${workflow.output.total}': 7,
    '${charge.output.by}': 2,
    '${jobStatus}': 'COMPLETED',
  });
  assert.deepEqual([said.jobId, said.jobStatus, made?.orderKey], ['job-1', 'COMPLETED', 'c-c"1']);
});

test('a message about a task tells the status of the task', () => {
  const [made] = fanOut(
    workflow({ status: 'RUNNING' }),
    [ended(2, 'FAILED')],
    [hook({ triggerObject: ['charge'], body: '$jobStatus ${workflow.status}' })],
  );
  assert.equal(saidOf(made).body, 'FAILED RUNNING');
});

test('a condition decides on what the execution says', () => {
  const held = (when: string) => causes({ when }, changed('RUNNING', 'COMPLETED')).length;
  assert.equal(held('workflow.input.amount >= 5'), 1);
  assert.equal(held('workflow.input.amount > 5'), 0);
  assert.equal(held("jobStatus == 'COMPLETED' and workflow.output.total == 7"), 1);
  assert.equal(held('exists task'), 0);
  assert.equal(causes({ when: 'task.output.by == 2', triggerObject: ['charge'] }, ended(2, 'COMPLETED')).length, 1);
});

test('without a value there is no order, and GET says no body', () => {
  const [made] = fanOut(
    workflow(),
    [changed('RUNNING', 'COMPLETED')],
    [hook({ orderKey: '${workflow.input.none}', method: 'GET', body: 'x' })],
  );
  assert.equal(made?.orderKey, undefined);
  assert.equal(saidOf(made).body, undefined);
});

test('a message beyond the limit is kept as unsendable, without its text', () => {
  const big = workflow({ output: { text: 'x'.repeat(MAX_MESSAGE_LENGTH + 1) } });
  const [made] = fanOut(big, [changed('RUNNING', 'COMPLETED')], [hook({ body: '${workflow.output.text}' })]);
  assert.match(made?.unsendable ?? '', /longer than/);
  assert.equal(saidOf(made).body, '');
});

test('every webhook of the flow is asked, and what is no change says nothing', () => {
  const hooks = [hook({}, 'a'), hook({ triggerEvent: 'failure' }, 'b'), hook({ triggerEvent: 'success' }, 'c')];
  assert.deepEqual(
    fanOut(workflow(), [changed('RUNNING', 'COMPLETED')], hooks).map(({ webhookId }) => webhookId),
    ['a', 'c'],
  );
  assert.deepEqual(fanOut(workflow(), [{ type: 'event', name: 'x', payload: {} }], hooks), []);
});
