// Waits that no definition holds as they are: made by a dynamic fork, in the rounds of a loop, inside of sub-workflows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, shortly, start, type TestServer, task } from './test-server.ts';

async function hook(server: TestServer, receivers: object): Promise<string> {
  const config = { name: 'hook', verifier: 'NONE', receiverWorkflowNamesToVersions: receivers };
  const made = await server.call('POST', '/api/metadata/webhook', config);
  assert.equal(made.status, 200, made.text);
  return String(at(made.json, 'id'));
}

async function send(server: TestServer, id: string, body: object): Promise<void> {
  assert.equal((await server.call('POST', `/webhook/${id}`, body)).status, 200);
  await server.settle();
}

const outputs = async (server: TestServer, id: string, type: string): Promise<unknown[]> => {
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  const tasks = at(json, 'tasks') as { taskType: string; outputData: { n?: number } }[];
  return tasks.filter((one) => one.taskType === type).map(({ outputData }) => outputData.n);
};

onEachServer('waits made at run time', (open) => {
  test('those of a dynamic fork take the events that are theirs, also one that came before', async (t) => {
    const server = await open(t);
    await define(server, 'wide', [
      task('prepare', 'SIMPLE'),
      task('fork', 'FORK_JOIN_DYNAMIC', {
        dynamicForkTasksParam: 'tasks',
        dynamicForkTasksInputParamName: 'inputs',
        inputParameters: {
          tasks: ['a', 'b', 'c'].map((ref) => task(ref, 'WAIT_FOR_WEBHOOK')),
          inputs: Object.fromEntries(['a', 'b', 'c'].map((ref) => [ref, { matches: { '$.part': ref } }])),
        },
      }),
      task('join', 'JOIN'),
    ]);
    const id = await hook(server, { wide: 1 });
    const one = await start(server, 'wide');
    await send(server, id, { part: 'b', n: 2 });
    const polled = await server.call('GET', '/api/tasks/poll/prepare');
    const { taskId, workflowInstanceId } = polled.json as { taskId: string; workflowInstanceId: string };
    await server.call('POST', '/api/tasks', { taskId, workflowInstanceId, status: 'COMPLETED', outputData: {} });
    await server.settle();
    assert.match(await shortly(server, one), /a:IN_PROGRESS b:COMPLETED c:IN_PROGRESS/);
    await send(server, id, { part: 'a', n: 1 });
    await send(server, id, { part: 'c', n: 3 });
    assert.match(await shortly(server, one), /^COMPLETED /);
    assert.deepEqual(await outputs(server, one, 'WAIT_FOR_WEBHOOK'), [1, 2, 3]);
  });

  test('that of a loop takes an event in each round', async (t) => {
    const server = await open(t, { scripts: true });
    const wait = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.key': 'a' } } });
    const loop = { loopCondition: '$.loop.iteration < 3', loopOver: [wait] };
    await define(server, 'round', [task('loop', 'DO_WHILE', loop)]);
    const id = await hook(server, { round: 'latest' });
    const one = await start(server, 'round');
    for (const n of [1, 2, 3]) await send(server, id, { key: 'a', n });
    assert.match(await shortly(server, one), /^COMPLETED /);
    assert.deepEqual(await outputs(server, one, 'WAIT_FOR_WEBHOOK'), [1, 2, 3]);
  });

  test('that of a sub-workflow inside of a sub-workflow is found by its own name, whatever its version', async (t) => {
    const server = await open(t);
    const inside = (name: string) => [task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name, version: 1 } })];
    const matches = { '$.key': '${workflow.input.key}' };
    await define(server, 'inner', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } })]);
    await define(server, 'middle', [{ ...inside('inner')[0], inputParameters: { key: '${workflow.input.key}' } }]);
    await define(server, 'outer', [{ ...inside('middle')[0], inputParameters: { key: '${workflow.input.key}' } }]);
    const id = await hook(server, { inner: 'any' });
    const [a, b] = [await start(server, 'outer', { key: 'a' }), await start(server, 'outer', { key: 'b' })];
    await server.settle();
    await send(server, id, { key: 'b' });
    assert.deepEqual(
      [await shortly(server, a), await shortly(server, b)],
      ['RUNNING sub:IN_PROGRESS', 'COMPLETED sub:COMPLETED'],
    );
    await send(server, id, { key: 'a' });
    assert.equal(await shortly(server, a), 'COMPLETED sub:COMPLETED');
  });
});
