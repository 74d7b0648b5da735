// Removing an execution that others wait for, hold back for, or work for: nobody waits for ever for one that is gone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, shortly, start, type TestServer, task } from './test-server.ts';

const CHILD = [task('work', 'SIMPLE', { retryCount: 0 })];
const PARENT = [task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child' } })];

async function family(server: TestServer): Promise<{ parent: string; child: string }> {
  await define(server, 'child', CHILD);
  await define(server, 'parent', PARENT);
  const parent = await start(server, 'parent');
  await server.settle();
  return { parent, child: await childOf(server, parent) };
}

const childOf = async (server: TestServer, id: string, i = 0): Promise<string> =>
  String(at((await server.call('GET', `/api/workflow/${id}`)).json, `tasks.${i}.subWorkflowId`));

const remove = async (server: TestServer, id: string): Promise<void> => {
  assert.equal((await server.call('DELETE', `/api/workflow/${id}/remove`)).status, 200);
  await server.settle();
  assert.equal((await server.call('GET', `/api/workflow/${id}`)).status, 404);
};

onEachServer('removing an execution', (open) => {
  test('that runs ends it first: its parent is told, its children end with it', async (t) => {
    const server = await open(t);
    const one = await family(server);
    await remove(server, one.child);
    assert.equal(await shortly(server, one.parent), 'TERMINATED sub:CANCELED');
    const two = await family(server);
    await remove(server, two.parent);
    assert.equal(await shortly(server, two.child), 'TERMINATED work:CANCELED');
  });

  test('that has failed: a retry that would go on inside of it fails at once, and the next begins a new one', async (t) => {
    const server = await open(t);
    const { parent, child } = await family(server);
    await server.call('POST', `/api/tasks/${child}/work/FAILED`, {});
    await server.settle();
    assert.equal(await shortly(server, parent), 'FAILED sub:FAILED');
    await remove(server, child);
    const retry = () => server.call('POST', `/api/workflow/${parent}/retry?resumeSubworkflowTasks=true`);
    assert.equal((await retry()).status, 204);
    await server.settle();
    assert.equal(await shortly(server, parent), 'FAILED sub:FAILED_WITH_TERMINAL_ERROR');
    const { json } = await server.call('GET', `/api/workflow/${parent}`);
    assert.match(String(at(json, 'reasonForIncompletion')), new RegExp(`execution ${child} was removed`));
    assert.equal(at(json, 'tasks.0.subWorkflowId'), undefined, 'it leads nowhere');
    assert.equal((await retry()).status, 204);
    await server.settle();
    const next = await childOf(server, parent, 1);
    await server.call('POST', `/api/tasks/${next}/work/COMPLETED`, {});
    await server.settle();
    assert.equal(await shortly(server, parent), 'COMPLETED sub:FAILED_WITH_TERMINAL_ERROR sub:COMPLETED');
  });

  test('lets the next one of its rateLimitConfig begin, and starts no failureWorkflow', async (t) => {
    const server = await open(t);
    await define(server, 'mourn', CHILD);
    const rateLimitConfig = { rateLimitKey: 'one', concurrentExecLimit: 1 };
    await define(server, 'limited', CHILD, { rateLimitConfig, failureWorkflow: 'mourn' });
    const ids = [await start(server, 'limited'), await start(server, 'limited')] as const;
    await server.settle();
    assert.equal(await shortly(server, ids[1]), 'RUNNING');
    await remove(server, ids[0]);
    assert.equal(await shortly(server, ids[1]), 'RUNNING work:SCHEDULED');
    assert.deepEqual((await server.call('GET', '/api/workflow/running/mourn?version=1')).json, []);
  });
});
