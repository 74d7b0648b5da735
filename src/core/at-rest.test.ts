import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../../test/scenarios/driver.ts';
import { restOf } from './at-rest.ts';
import type { Command } from './command.ts';
import type { Task, WorkflowTask } from './model.ts';

const place = (ref: string, type: string, fields: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: ref,
  taskReferenceName: ref,
  type,
  ...fields,
});
const wait = place('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': 1 } } });
const work = place('work', 'SIMPLE');

function started(...tasks: WorkflowTask[]) {
  const world = new World().define({ name: 'flow', version: 1, tasks }, { name: 'child', version: 1, tasks: [wait] });
  const id = world.run('flow');
  return {
    isAtRest: () => restOf(world.get(id)).atRest,
    rest: () => restOf(world.get(id)),
    tell: (command: Command) => world.tell(id, command),
    get: () => world.get(id),
  };
}
const complete = (ref: string): Command => ({ type: 'updateTask', task: { ref }, status: 'COMPLETED' });

test('what holds until something comes from outside is at rest, and so is what has ended', () => {
  for (const type of ['WAIT', 'HUMAN', 'YIELD']) assert.equal(started(place('hold', type)).isAtRest(), true, type);
  assert.equal(started(place('hold', 'WAIT', { inputParameters: { duration: '1 day' } })).isAtRest(), true);
  const flow = started(wait);
  assert.deepEqual(flow.rest(), { atRest: true, children: [] });
  flow.tell(complete('wait'));
  assert.equal(flow.get().status, 'COMPLETED');
  assert.deepEqual(flow.rest(), { atRest: true, children: [] });
});

test('work that is waited for keeps it busy, beside a wait and while it is retried', () => {
  const fork = place('fork', 'FORK_JOIN', { forkTasks: [[wait], [work]] });
  const flow = started(fork, place('join', 'JOIN', { joinOn: ['wait', 'work'] }));
  assert.equal(flow.isAtRest(), false);
  flow.tell(complete('work'));
  assert.equal(flow.isAtRest(), true, 'only the wait and its join are open');
  assert.equal(started(work).isAtRest(), false);
});

test('work that was handed over waits for somebody outside', () => {
  const flow = started(place('call', 'HTTP', { asyncComplete: true }));
  assert.equal(flow.isAtRest(), false);
  const [task] = flow.get().tasks;
  const handed = {
    ...flow.get(),
    tasks: [{ ...(task as Task), status: 'IN_PROGRESS' as const, memo: { handedOver: true } }],
  };
  assert.equal(restOf(handed).atRest, true);
});

test('a sub-workflow is asked in its turn', () => {
  const { rest, get } = started(place('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child' } }));
  assert.deepEqual(rest(), { atRest: true, children: [get().tasks[0]?.subWorkflowId] });
});

test('paused, not admitted, undecided and empty executions are not at rest', () => {
  const flow = started(wait);
  const now = flow.get();
  assert.equal(restOf({ ...now, held: true }).atRest, false);
  assert.equal(restOf({ ...now, unfinished: true }).atRest, false);
  assert.equal(restOf({ ...now, tasks: [] }).atRest, false);
  flow.tell({ type: 'pause' });
  assert.equal(flow.isAtRest(), false);
  flow.tell({ type: 'resume' });
  assert.equal(flow.isAtRest(), true);
});
