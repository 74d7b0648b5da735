// A trace as rows: order and nesting, bars and lines, and the way in words, whatever is missing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trace } from '../../../src/http/contract/trace.ts';
import { type TraceExecution, traceStages, viewTrace } from './trace-view.ts';

const event = (more: Partial<Trace['events'][number]> = {}): Trace['events'][number] => ({
  ...{ eventId: 'e1', webhookId: 'w1', webhookName: 'payments', receivedAt: 5_000, verdict: 'verified', matched: true },
  ...{
    method: 'POST',
    bodyBytes: 10,
    effects: [{ type: 'completed', workflowName: 'order', workflowId: 'x', at: 5_000 }],
  },
  ...more,
});
const task = (more: Partial<TraceExecution['tasks'][number]>): TraceExecution['tasks'][number] => ({
  ...{ taskId: 'x.1', referenceTaskName: 'paid', type: 'WAIT_FOR_WEBHOOK', taskDefName: 'paid', status: 'COMPLETED' },
  ...{ retryCount: 0, scheduledTime: 1_000, startTime: 1_000, endTime: 5_000 },
  ...more,
});
const execution = (more: Partial<TraceExecution> = {}): TraceExecution => ({
  ...{
    workflowId: 'x',
    workflowName: 'order',
    workflowVersion: 1,
    status: 'COMPLETED',
    startTime: 1_000,
    endTime: 5_100,
  },
  tasks: [
    task({ eventId: 'e1' }),
    task({
      ...{ taskId: 'x.2', referenceTaskName: 'sub', type: 'SUB_WORKFLOW', subWorkflowId: 'y' },
      ...{ scheduledTime: 5_000, startTime: 5_010, endTime: 5_090 },
    }),
  ],
  ...more,
});
const delivery = (more: Partial<Trace['deliveries'][number]> = {}): Trace['deliveries'][number] => ({
  ...{ id: 'd1', flow: 'order', webhookId: 'f1', webhookName: 'shop', workflowId: 'x', cause: 'success' },
  ...{ status: 'DELIVERED', attempts: 1, createdAt: 5_100, updatedAt: 5_140, outcome: '200' },
  attemptList: [{ n: 1, at: 5_110, result: 'ok', status: 200, totalMs: 30 }],
  ...more,
});
const trace: Trace = {
  events: [event()],
  executions: [
    execution(),
    execution({
      workflowId: 'y',
      workflowName: 'child',
      parentWorkflowId: 'x',
      startTime: 5_010,
      endTime: 5_090,
      tasks: [],
    }),
  ],
  deliveries: [delivery()],
  truncated: false,
};
const options = { now: 6_000, fold: true, closed: new Set<string>() };

test('events on top, children inside of their task, deliveries below their execution, and lines from cause to effect', () => {
  const { rows, links } = viewTrace(trace, options);
  assert.deepEqual(
    rows.map(({ kind, name, depth }) => `${depth} ${kind} ${name}`),
    ['0 event payments', '0 execution order', '1 task paid', '1 task sub', '2 execution child', '1 delivery shop'],
  );
  assert.deepEqual(
    links.map(({ from, to }) => [from, to]),
    [
      [0, 2],
      [1, 5],
    ],
  );
  assert.deepEqual(
    rows[2]?.bars.map(({ kind }) => kind),
    ['held'],
  );
  assert.deepEqual(
    rows[3]?.bars.map(({ kind }) => kind),
    ['queued', 'run'],
  );
  assert.deepEqual(
    rows[5]?.bars.map(({ kind, tone }) => `${kind} ${tone}`),
    ['message good', 'attempt good'],
  );
});

test('a closed execution hides its tasks, and its children stand for themselves', () => {
  const { rows } = viewTrace(trace, { ...options, closed: new Set(['x']) });
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['payments', 'order', 'shop', 'child'],
  );
});

test('what is still going on ends now and says so', () => {
  const open: Trace = {
    ...trace,
    events: [],
    executions: [
      execution({
        ...{ status: 'RUNNING', endTime: undefined },
        tasks: [
          task({ status: 'IN_PROGRESS', endTime: undefined }),
          task({
            taskId: 'x.3',
            type: 'SIMPLE',
            status: 'SCHEDULED',
            startTime: undefined,
            endTime: undefined,
            retryCount: 1,
          }),
        ],
      }),
    ],
    deliveries: [
      delivery({
        ...{ status: 'PENDING', nextAt: 9_000 },
        attemptList: [{ n: 1, at: 5_110, result: 'timeout', totalMs: 30 }],
      }),
    ],
  };
  const { rows } = viewTrace(open, options);
  assert.deepEqual(
    rows.map(({ text }) => text),
    ['RUNNING for 5.00 s', 'held 5.00 s', 'SCHEDULED 5.00 s', 'Retrying · timeout, next in 3.00 s'],
  );
  assert.ok(rows.every(({ bars }) => bars.some((bar) => bar.open)));
  assert.deepEqual(
    traceStages(open, 6_000).map(({ text }) => text),
    ['No event', '1 task still held', 'RUNNING', '0 of 1 delivered', '5.00 s'],
  );
});

test('the way in words', () => {
  assert.deepEqual(
    traceStages(trace, 6_000).map(({ name, text, detail }) => `${name}: ${text}, ${detail}`),
    [
      'Event: Verified, payments',
      'Match: Matched, ended 1 wait',
      'Execution: 2 executions, all ended well',
      'Deliveries: 1 of 1 delivered, 1 attempt',
      'End to end: 4.14 s, from the first moment to the last',
    ],
  );
  const words = (more: Partial<Trace>) =>
    traceStages({ events: [], executions: [], deliveries: [], truncated: false, ...more }, 6_000).map(
      ({ text }) => text,
    );
  assert.deepEqual(words({}), ['No event', 'No wait', 'None', 'None', '0 ms']);
  assert.equal(words({ events: [event({ verdict: 'refused', effects: [] })] })[1], 'Not looked for');
  assert.equal(words({ events: [event({ matched: false, effects: [] })] })[1], 'No match');
  const failed = { type: 'failed' as const, workflowName: 'order', reason: 'no such version', at: 1 };
  assert.equal(words({ events: [event({ effects: [failed] })] })[1], 'Could not start');
  const lost = delivery({ status: 'FAILED', attemptList: [{ n: 1, at: 5_110, result: '4xx', status: 404 }] });
  assert.equal(
    traceStages({ ...trace, deliveries: [lost] }, 6_000)[3]?.detail,
    '1 failed: the receiver did not accept it',
  );
});
