// Executions through their definitions: attempts, iterations, nested loops, dynamic children, what to look at first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowTask } from '../../../src/core/model.ts';
import type { WireTask } from '../../../src/http/contract/execution.ts';
import { nextAttemptAt, splitReference, type ViewedExecution, viewExecution } from './execution-view.ts';

let seq = 0;
const ran = (reference: string, status: WireTask['status'] = 'COMPLETED', more: Partial<WireTask> = {}): WireTask =>
  ({
    taskId: `w.${++seq}`,
    referenceTaskName: reference,
    taskType: 'SIMPLE',
    taskDefName: reference,
    status,
    seq,
    retried: false,
    ...more,
  }) as WireTask;

const place = (reference: string, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: reference,
  taskReferenceName: reference,
  type: 'SIMPLE',
  ...more,
});

const execution = (tasks: WorkflowTask[], ranTasks: WireTask[], status: ViewedExecution['status'] = 'RUNNING') => ({
  status,
  tasks: ranTasks,
  workflowDefinition: { name: 'w', version: 1, tasks },
  failedReferenceTaskNames: [],
});

test('the state of a place is its last attempt', () => {
  const view = viewExecution(
    execution([place('a'), place('b')], [ran('a', 'FAILED', { retried: true }), ran('a', 'SCHEDULED')]),
  );
  assert.equal(view.places.get('a')?.attempts.length, 2);
  assert.equal(view.places.get('a')?.latest.status, 'SCHEDULED');
  assert.equal(view.places.has('b'), false);
  assert.equal(view.focus?.status, 'SCHEDULED');
});

test('iterations: the latest is shown, an earlier one on request; nested loops count within the outer one', () => {
  const tasks = [
    place('outer', {
      type: 'DO_WHILE',
      loopOver: [place('x'), place('inner', { type: 'DO_WHILE', loopOver: [place('y')] })],
    }),
  ];
  const all = [
    ran('outer', 'IN_PROGRESS', { taskType: 'DO_WHILE' }),
    ran('x__1'),
    ran('inner__1'),
    ran('y__1__1'),
    ran('y__1__2'),
    ran('y__1__3'),
    ran('x__2', 'IN_PROGRESS'),
    ran('inner__2'),
    ran('y__2__1', 'FAILED'),
  ];
  const latest = viewExecution(execution(tasks, all));
  assert.deepEqual(
    [latest.loops.get('outer'), latest.loops.get('inner')],
    [
      { reference: 'outer', count: 2, shown: 2 },
      { reference: 'inner', count: 1, shown: 1 },
    ],
  );
  assert.equal(latest.places.get('y')?.latest.status, 'FAILED');
  const first = viewExecution(execution(tasks, all), { outer: 1, inner: 2 });
  assert.deepEqual(first.loops.get('inner'), { reference: 'inner', count: 3, shown: 2 });
  assert.equal(first.places.get('y')?.latest.referenceTaskName, 'y__1__2');
  assert.equal(viewExecution(execution(tasks, all), { outer: 99 }).loops.get('outer')?.shown, 2);
});

test('a place whose real name ends in a number is not an iteration', () => {
  const known = (name: string) => ['pay__2', 'pay'].includes(name);
  assert.deepEqual(splitReference('pay__2', known), { place: 'pay__2', iterations: [] });
  assert.deepEqual(splitReference('pay__3', known), { place: 'pay', iterations: [3] });
  assert.deepEqual(splitReference('stranger__7', known), { place: 'stranger__7', iterations: [] });
});

test('children of a dynamic fork are found, each once', () => {
  const fork = place('fan', { type: 'FORK_JOIN_DYNAMIC' });
  const view = viewExecution(
    execution(
      [fork, place('join', { type: 'JOIN' })],
      [
        ran('fan', 'COMPLETED', { taskType: 'FORK', workflowTask: fork }),
        ran('_c_0', 'FAILED', { retried: true }),
        ran('_c_1'),
        ran('join', 'IN_PROGRESS', { taskType: 'JOIN' }),
        ran('_c_0', 'SCHEDULED'),
      ],
    ),
  );
  assert.deepEqual(
    view.dynamic.get('fan')?.map((child) => child.taskReferenceName),
    ['_c_0', '_c_1'],
  );
  assert.equal(view.focus?.referenceTaskName, '_c_0');
});

test('failure first: the cause, not the loop or join around it', () => {
  const view = viewExecution(
    execution(
      [place('l', { type: 'DO_WHILE', loopOver: [place('a')] })],
      [ran('l', 'FAILED', { taskType: 'DO_WHILE' }), ran('a__1', 'FAILED')],
      'FAILED',
    ),
  );
  assert.equal(view.failed?.referenceTaskName, 'a__1');
});

test('unknown states, types and empty definitions are shown, not thrown at', () => {
  const strange = ran('ghost', 'FROZEN' as WireTask['status'], { taskType: 'LLM' });
  const view = viewExecution({
    ...execution([], [strange]),
    workflowDefinition: { name: 'w', version: 1 } as ViewedExecution['workflowDefinition'],
  });
  assert.equal(view.places.get('ghost')?.latest.status, 'FROZEN');
});

test('a postponed attempt says when it comes', () => {
  const late = ran('a', 'SCHEDULED', { scheduledTime: 1_000, startDelayInSeconds: 5, callbackAfterSeconds: 0 });
  assert.equal(nextAttemptAt(late), 6_000);
  assert.equal(nextAttemptAt({ ...late, status: 'IN_PROGRESS' }), undefined);
});
