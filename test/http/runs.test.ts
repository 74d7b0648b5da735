// Calls that wait for the next stop of an execution: synchronous start, signal, update of state (contract 5.12).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  at,
  define,
  onEachServer,
  openServer,
  type Reply,
  shortly,
  start,
  type TestServer,
  task,
} from './test-server.ts';

const run = (server: TestServer, path: string, body: object = {}) =>
  server.call('POST', `/api/workflow/execute/${path}`, body);

/** What the call waits for happens meanwhile. */
async function meanwhile(server: TestServer, call: Promise<Reply>): Promise<Reply> {
  await server.settle();
  await server.advance(500);
  return call;
}

const inShort = ({ json }: Reply) =>
  ['responseType', 'targetWorkflowStatus', 'status', 'referenceTaskName']
    .map((field) => at(json, field) ?? '-')
    .join(' ');

/** A sub-workflow that waits between two steps of its parent. */
async function defineNested(server: TestServer): Promise<void> {
  await define(server, 'inner', [task('ask', 'WAIT', { inputParameters: { question: '${workflow.input.q}' } })], {
    outputParameters: { said: '${ask.output.said}' },
  });
  await define(
    server,
    'outer',
    [
      task('first', 'SET_VARIABLE', { inputParameters: { color: 'red' } }),
      task('sub', 'SUB_WORKFLOW', { inputParameters: { q: 'why' }, subWorkflowParam: { name: 'inner', version: 1 } }),
      task('second', 'YIELD'),
    ],
    { outputParameters: { answer: '${sub.output.said}' } },
  );
}

onEachServer('waiting for executions', (open) => {
  test('a synchronous start answers with the end of the execution', async (t) => {
    const server = await open(t);
    await define(server, 'quick', [task('set', 'SET_VARIABLE', { inputParameters: { x: 1 } })], {
      outputParameters: { x: '${workflow.variables.x}' },
    });
    const reply = await run(server, 'quick/0?requestId=r-1&consistency=DURABLE', {
      correlationId: 'c',
      input: { a: 1 },
    });
    assert.equal(reply.status, 200);
    assert.equal(inShort(reply), 'TARGET_WORKFLOW COMPLETED COMPLETED -');
    const id = at(reply.json, 'workflowId');
    assert.deepEqual(
      ['targetWorkflowId', 'requestId', 'correlationId', 'input', 'output', 'variables'].map((name) =>
        at(reply.json, name),
      ),
      [id, 'r-1', 'c', { a: 1 }, { x: 1 }, { x: 1 }],
    );
    assert.equal(at(reply.json, 'tasks.0.referenceTaskName'), 'set');
  });

  test('a task that holds it is a stop, also inside of a sub-workflow, in each view', async (t) => {
    const server = await open(t);
    await defineNested(server);
    const views = {
      TARGET_WORKFLOW: 'TARGET_WORKFLOW RUNNING RUNNING -',
      BLOCKING_WORKFLOW: 'BLOCKING_WORKFLOW RUNNING RUNNING -',
      BLOCKING_TASK: 'BLOCKING_TASK RUNNING IN_PROGRESS ask',
      BLOCKING_TASK_INPUT: 'BLOCKING_TASK_INPUT RUNNING IN_PROGRESS ask',
    };
    for (const [strategy, shown] of Object.entries(views)) {
      const reply = await meanwhile(server, run(server, `outer/1?returnStrategy=${strategy}`));
      assert.equal(inShort(reply), shown);
      const isTarget = at(reply.json, 'workflowId') === at(reply.json, 'targetWorkflowId');
      assert.equal(isTarget, strategy === 'TARGET_WORKFLOW');
      if (strategy.startsWith('BLOCKING_TASK')) {
        assert.deepEqual(at(reply.json, 'input'), { question: 'why' });
        assert.equal(at(reply.json, 'workflowType'), 'inner');
      }
    }
  });

  test('signals end what holds it, wherever it stands, and wait for the next stop', async (t) => {
    const server = await open(t);
    await defineNested(server);
    const id = await start(server, 'outer');
    await server.settle();
    const path = `/api/tasks/${id}/COMPLETED/signal`;
    const first = await meanwhile(
      server,
      server.call('POST', `${path}/sync?returnStrategy=BLOCKING_TASK`, { said: 'because' }),
    );
    assert.equal(inShort(first), 'BLOCKING_TASK RUNNING IN_PROGRESS second');
    assert.equal(at(first.json, 'targetWorkflowId'), id);
    const last = await meanwhile(server, server.call('POST', `${path}/sync`, { ok: true }));
    assert.equal(inShort(last), 'TARGET_WORKFLOW COMPLETED COMPLETED -');
    assert.deepEqual(at(last.json, 'output'), { answer: 'because' });
    assert.equal((await server.call('POST', path, {})).status, 409, 'it has ended');
    assert.equal((await server.call('POST', '/api/tasks/nobody/COMPLETED/signal/sync', {})).status, 404);
    assert.equal((await server.call('POST', `/api/tasks/${id}/DONE/signal`, {})).status, 400);
  });

  test('a signal without waiting, and one that finds nothing to end', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [task('hold', 'WAIT'), task('work', 'SIMPLE')]);
    const id = await start(server, 'hold');
    const reply = await server.call('POST', `/api/tasks/${id}/COMPLETED/signal`, { a: 1 });
    assert.deepEqual([reply.status, reply.text], [200, '']);
    assert.equal(await shortly(server, id), 'RUNNING hold:COMPLETED work:SCHEDULED');
    assert.equal((await server.call('POST', `/api/tasks/${id}/COMPLETED/signal`, {})).status, 404);
  });
});

test('a named task is a stop; without any the state is answered when the time is up', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('one', 'SIMPLE'), task('two', 'SIMPLE')]);
  const waiting = run(server, 'job/1?waitUntilTaskRef=one,other&waitForSeconds=60');
  await server.clock.advance(1_000);
  const [polled] = (await server.call('GET', '/api/tasks/poll/batch/one?timeout=0')).json as { taskId: string }[];
  await server.call('POST', '/api/tasks', { taskId: polled?.taskId, status: 'COMPLETED', outputData: {} });
  const reply = await waiting;
  assert.equal(inShort(reply), 'TARGET_WORKFLOW RUNNING RUNNING -');
  assert.equal(at(reply.json, 'tasks.0.status'), 'COMPLETED');
  const before = server.clock.now();
  const late = run(server, 'job/1');
  await server.clock.advance(10_000);
  assert.equal(inShort(await late), 'TARGET_WORKFLOW RUNNING RUNNING -');
  assert.equal(server.clock.now() - before, 10_000);
  assert.equal(at((await late).json, 'signalTimeout'), undefined);
});

test('a signal says when the time ran out', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('hold', 'WAIT'), task('work', 'SIMPLE')]);
  const id = await start(server, 'hold');
  const waiting = server.call('POST', `/api/tasks/${id}/COMPLETED/signal/sync?timeoutMillis=700`, {});
  await server.clock.advance(700);
  const reply = await waiting;
  assert.deepEqual([reply.status, at(reply.json, 'signalTimeout')], [200, true]);
});

test('state: variables and a task in one call, then the next stop', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('one', 'SIMPLE'), task('hold', 'WAIT')]);
  const id = await start(server, 'job');
  const path = `/api/workflow/${id}/state`;
  const only = await server.call('POST', path, { variables: { a: 1 } });
  assert.deepEqual([only.status, at(only.json, 'variables'), at(only.json, 'status')], [200, { a: 1 }, 'RUNNING']);
  const both = await server.call('POST', `${path}?requestId=r&waitForSeconds=5`, {
    taskReferenceName: 'one',
    taskResult: { status: 'COMPLETED', outputData: { n: 1 } },
    variables: { b: 2 },
  });
  assert.deepEqual(
    [both.status, at(both.json, 'variables'), at(both.json, 'tasks.1.status'), at(both.json, 'requestId')],
    [200, { a: 1, b: 2 }, 'IN_PROGRESS', 'r'],
  );
  const byId = await server.call('POST', path, { taskResult: { taskId: `${id}.2`, status: 'COMPLETED' } });
  assert.equal(at(byId.json, 'status'), 'COMPLETED');
  assert.equal((await server.call('POST', path, { taskResult: { status: 'COMPLETED' } })).status, 400);
  assert.equal((await server.call('POST', path, { taskReferenceName: 'one', taskResult: {} })).status, 400);
  assert.equal((await server.call('POST', '/api/workflow/nobody/state', { variables: {} })).status, 404);
  const again = await start(server, 'job');
  const named = {
    taskReferenceName: 'one',
    taskResult: { taskId: '', workflowInstanceId: again, status: 'COMPLETED' },
  };
  const moved = await server.call('POST', `/api/workflow/${again}/state?waitForSeconds=0`, named);
  assert.equal(moved.status, 200, 'an empty id beside a reference name');
  const nameless = await server.call('POST', `/api/workflow/${again}/state`, { taskResult: named.taskResult });
  assert.equal(nameless.status, 400);
  const gone = { taskReferenceName: 'none', taskResult: { status: 'COMPLETED' } };
  assert.equal((await server.call('POST', path, gone)).status, 404);
});

test('what cannot be started is said at once', async (t) => {
  const server = await openServer(t);
  assert.equal((await run(server, 'nobody/1')).status, 404);
  assert.equal((await run(server, 'nobody/one')).status, 400);
  assert.equal((await run(server, 'nobody/1?returnStrategy=ALL')).status, 400);
  assert.equal((await run(server, 'nobody/1', { externalInputPayloadStoragePath: 'x' })).status, 400);
});

// proves PUT /api/workflow/bulk/pause, PUT /api/workflow/bulk/resume, POST /api/workflow/bulk/restart
// proves POST /api/workflow/bulk/retry, POST /api/workflow/bulk/terminate, POST /api/workflow/bulk/delete
// proves DELETE /api/workflow/bulk/remove, DELETE /api/workflow/bulk/terminate-remove
test('bulk: each is done by itself, what could not be done says why', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('hold', 'WAIT')]);
  const ids = await Promise.all([1, 2, 3].map(() => start(server, 'hold')));
  const bulk = async (method: 'PUT' | 'POST' | 'DELETE', verb: string, body: unknown = ids) => {
    const reply = await server.call(method, `/api/workflow/bulk/${verb}`, body);
    assert.equal(reply.status, 200, reply.text);
    return [at(reply.json, 'bulkSuccessfulResults'), Object.keys(at(reply.json, 'bulkErrorResults') as object)];
  };
  assert.deepEqual(await bulk('PUT', 'pause', [...ids, ids[0], 'nobody']), [ids, ['nobody']]);
  assert.deepEqual(await bulk('PUT', 'resume', ids.slice(0, 2)), [ids.slice(0, 2), []]);
  assert.deepEqual(await bulk('PUT', 'resume'), [ids.slice(2), ids.slice(0, 2)]);
  assert.deepEqual(await bulk('POST', 'restart'), [[], ids]);
  assert.deepEqual(await bulk('POST', 'terminate?reason=enough'), [ids, []]);
  assert.equal(await shortly(server, ids[0] as string), 'TERMINATED hold:CANCELED');
  assert.deepEqual(await bulk('POST', 'retry'), [ids, []]);
  assert.deepEqual(await bulk('POST', 'terminate'), [ids, []]);
  assert.deepEqual(await bulk('POST', 'restart?useLatestDefinitions=true'), [ids, []]);
  const found = await server.call('POST', '/api/workflow/bulk/search', [ids[1], 'nobody']);
  assert.equal(at(found.json, 'bulkSuccessfulResults.0.workflowId'), ids[1]);
  assert.ok(at(found.json, 'bulkErrorResults.nobody'));
  assert.deepEqual(await bulk('DELETE', 'terminate-remove', [ids[0], 'nobody']), [[ids[0]], ['nobody']]);
  assert.deepEqual(await bulk('DELETE', 'remove', [ids[1]]), [[ids[1]], []]);
  assert.deepEqual(await bulk('POST', 'delete', ids), [[ids[2]], [ids[0], ids[1]]]);
  const many = Array.from({ length: 1_001 }, (_, i) => `id-${i}`);
  assert.equal((await server.call('PUT', '/api/workflow/bulk/pause', many)).status, 400);
  assert.equal((await server.call('PUT', '/api/workflow/bulk/pause', [])).status, 400);
});
