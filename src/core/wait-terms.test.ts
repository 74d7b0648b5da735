import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from './json.ts';
import { waitOf } from './match.ts';
import type { Task, WorkflowDef, WorkflowTask } from './model.ts';
import { begin } from './transition.ts';
import { accepts, explainWhen, lookBackFrom, problemOfTerms, termsOf } from './wait-terms.ts';

const NOW = 1_800_000_000_000;
const env = {
  now: NOW,
  newId: () => 'id',
  random: () => 0.5,
  evaluate: () => ({ ok: false as const, reason: 'no scripts here' }),
  taskDef: () => undefined,
  callbackUrl: (taskId: string) => `https://x.test/callback/${taskId}.mac`,
};

function started(...tasks: Partial<WorkflowTask>[]) {
  const def: WorkflowDef = {
    name: 'w',
    version: 1,
    tasks: tasks.map((one, i) => ({ name: `t${i}`, taskReferenceName: `t${i}`, type: 'WAIT_FOR_WEBHOOK', ...one })),
  };
  return begin({ id: 'wf', def, input: {} }, env).after;
}

test('a wait looks back to the start of its execution, or as far as it says', () => {
  const at = (input: JsonObject, startedAt = NOW - 60_000): number =>
    lookBackFrom({ startedAt }, { input, startedAt: NOW, scheduledAt: NOW } as Task);
  assert.equal(at({}), NOW - 60_000);
  assert.equal(at({ lookBack: 'workflowStart' }), NOW - 60_000);
  assert.equal(at({ lookBack: 'none' }), NOW);
  assert.equal(at({ lookBack: '1 hour' }), NOW - 3_600_000);
  assert.equal(at({ ttl: '10s' }), NOW - 10_000);
  assert.equal(at({ lookBack: '1 hour', ttl: '2m' }), NOW - 120_000);
  const after = started({ inputParameters: { matches: {}, lookBack: '5s' } });
  assert.equal(waitOf(after, after.tasks[0] as Task)?.since, NOW - 5_000);
});

test('a condition is text or data; one that cannot be read takes nothing and says why', () => {
  assert.equal(accepts({}, { a: 1 }), true);
  assert.equal(accepts({ when: 'a > 1' }, { a: 2 }), true);
  assert.equal(accepts({ when: { path: 'a', op: 'in', value: [1, 2] } }, { a: 3 }), false);
  assert.equal(accepts({ when: 'a >' }, { a: 3 }), false);
  assert.deepEqual(
    explainWhen({ when: "a == 'x' and exists b" }, { a: 'y' }).map(({ held }) => held),
    [false, false],
  );
  assert.equal(explainWhen({ when: 'a >' }, {})[0]?.held, false);
  assert.deepEqual(explainWhen({}, {}), []);
  assert.equal(termsOf({ deliver: 'newest' }).deliver, 'newest');
  assert.equal(termsOf({}).deliver, 'oldest');
});

test('terms that can never work end the task with the reason', () => {
  for (const [input, reason] of [
    [{ when: 'a ~ 1' }, /^when: /],
    [{ deliver: 'some' }, /deliver must be one of/],
    [{ lookBack: 'yesterday' }, /lookBack must be/],
    [{ ttl: 'soon' }, /ttl must be/],
  ] as const) {
    assert.match(problemOfTerms(input) ?? '', reason);
    const [task] = started({ inputParameters: { matches: {}, ...input } }).tasks;
    assert.equal(task?.status, 'FAILED_WITH_TERMINAL_ERROR');
    assert.match(task?.reason ?? '', reason);
  }
  assert.equal(problemOfTerms({ when: null, deliver: 'all', lookBack: 'none', ttl: '1h' }), undefined);
});

test('a task knows its own callback URL, unless a place is called task', () => {
  const input = { url: '${task.callbackUrl}', id: '${task.taskId}' };
  const [own] = started({ inputParameters: input }).tasks;
  assert.deepEqual(own?.input, { url: 'https://x.test/callback/wf.1.mac', id: 'wf.1' });
  const [, other] = started({ type: 'NOOP', taskReferenceName: 'task' }, { inputParameters: input }).tasks;
  assert.equal(other?.input.id, 'wf.1', 'the task of that name');
});

test('RESPOND gives its input as output and lets the flow go on', () => {
  const { tasks } = started({ type: 'RESPOND', inputParameters: { status: 201 } }, {});
  assert.deepEqual(
    tasks.map(({ status, output }) => [status, output]),
    [
      ['COMPLETED', { status: 201 }],
      ['IN_PROGRESS', {}],
    ],
  );
});
