// Where the output of a task is kept, and which tasks count for the limit of their queue.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World } from '../../test/scenarios/driver.ts';
import { cacheEntryOf } from './cache.ts';
import { limitedQueueOf } from './derive.ts';
import { MAX_CACHE_KEY_LENGTH } from './limits.ts';
import type { Task, Workflow, WorkflowTask } from './model.ts';

function played(more: Partial<WorkflowTask>): { workflow: Workflow; task: Task; world: World; id: string } {
  const inputParameters = { a: `\${workflow.input.a}`, deep: { n: 1 } };
  const place = { name: 'work', taskReferenceName: 'ref', type: 'SIMPLE', inputParameters, ...more };
  const world = new World().define({ name: 'flow', version: 1, tasks: [place] });
  const id = world.run('flow', { a: 'x' });
  const workflow = world.get(id);
  return { workflow, task: workflow.tasks[0] as Task, world, id };
}
const entryOf = (cacheConfig: WorkflowTask['cacheConfig']) => {
  const { workflow, task } = played({ cacheConfig });
  return cacheEntryOf(workflow, task);
};

describe('cacheConfig', () => {
  it('makes a key of the input of the task, under the name of its definition', () => {
    assert.deepEqual(entryOf({ key: `\${a}-\${deep.n}`, ttlInSecond: 60 }), {
      name: 'work',
      key: 'x-1',
      ttlMs: 60_000,
    });
    assert.deepEqual(entryOf({ key: `\${deep}`, ttlInSecond: 1 }), { name: 'work', key: '{"n":1}', ttlMs: 1_000 });
  });

  it('keeps nothing without a key or a time, or under a key that is too long', () => {
    assert.equal(entryOf(undefined), undefined);
    assert.equal(entryOf({ key: 'x' }), undefined);
    assert.equal(entryOf({ ttlInSecond: 5 }), undefined);
    assert.equal(entryOf({ key: 'x'.repeat(MAX_CACHE_KEY_LENGTH + 1), ttlInSecond: 5 }), undefined);
  });
});

describe('the limit of a queue', () => {
  it('counts tasks in progress that a worker holds', () => {
    const limited = { taskDefinition: { name: 'work', concurrentExecLimit: 1 } };
    const { world, id, workflow, task } = played(limited);
    assert.equal(limitedQueueOf(workflow, task), undefined);
    world.tell(id, { type: 'pollTask', n: 1, workerId: 'w' });
    const held = world.get(id);
    assert.equal(limitedQueueOf(held, held.tasks[0] as Task), 'work');
    const free = played({});
    free.world.tell(free.id, { type: 'pollTask', n: 1, workerId: 'w' });
    const got = free.world.get(free.id);
    assert.equal(limitedQueueOf(got, got.tasks[0] as Task), undefined);
    const human = played({ type: 'HUMAN' });
    assert.equal(limitedQueueOf(human.workflow, human.task), undefined);
  });
});
