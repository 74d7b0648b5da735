// Every verb of the SDK's WorkflowExecutor and TaskClient.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  Consistency,
  ReturnStrategy,
  simpleTask,
  subWorkflowTask,
  TaskResultStatusEnum,
  waitTaskDuration,
} from '@io-orkes/conductor-javascript';
import { refusedWith, withSdk } from './sdk-server.ts';

const wait = { name: 'hold', taskReferenceName: 'hold', type: 'WAIT' };
const { COMPLETED, FAILED } = TaskResultStatusEnum;

withSdk('WorkflowExecutor', (sdk) => {
  const executor = () => sdk.clients.getWorkflowClient();
  const start = (name: string, more: object = {}) => executor().startWorkflow({ name, version: 1, input: {}, ...more });

  // proves POST /api/workflow, POST /api/workflow/{name}, GET /api/workflow/{id}, GET /api/workflow/{id}/status
  it('starts, reads, asks for the status', async () => {
    await sdk.define('read', [wait], { outputParameters: { n: `\${workflow.input.n}` } });
    const id = await start('read', { input: { n: 1 }, correlationId: 'c-1', priority: 7 });
    assert.match(id, /^[\w-]{36}$/);
    const shown = await executor().getExecution(id);
    assert.deepEqual(
      [shown.status, shown.correlationId, shown.priority, shown.tasks?.length],
      ['RUNNING', 'c-1', 7, 1],
    );
    assert.equal((await executor().getWorkflow(id, false)).tasks?.length, 0);
    const status = await executor().getWorkflowStatus(id, true, true);
    assert.deepEqual([status.workflowId, status.status], [id, 'RUNNING']);
    const byName = await executor().startWorkflowByName('read', { n: 2 }, 1, 'c-2', 3);
    assert.deepEqual((await executor().getExecution(byName)).input, { n: 2 });
    const many = await Promise.all(executor().startWorkflows([{ name: 'read' }, { name: 'read', version: 1 }]));
    assert.equal(new Set(many).size, 2);
    await assert.rejects(start('nobody'), /nobody/);
    await assert.rejects(executor().getExecution('nobody'), /no such workflow by Id/);
  });

  // proves POST /api/workflow/execute/{name}/{version}
  it('executes synchronously, in each view', async () => {
    await sdk.define('quick', [{ name: 's', taskReferenceName: 's', type: 'SET_VARIABLE', inputParameters: { a: 1 } }]);
    const done = await executor().executeWorkflow(
      { name: 'quick' },
      'quick',
      1,
      'r-1',
      '',
      5,
      Consistency.DURABLE,
      ReturnStrategy.TARGET_WORKFLOW,
    );
    assert.deepEqual(
      [done.status, done.requestId, done.isTargetWorkflow(), done.isTerminal()],
      ['COMPLETED', 'r-1', true, true],
    );
    assert.deepEqual(done.getWorkflow().variables, { a: 1 });
    await sdk.define('inner', [wait]);
    await sdk.define('outer', [
      subWorkflowTask('sub', 'inner', 1),
      { ...wait, taskReferenceName: 'hold2', name: 'hold2' },
    ]);
    const ask = (strategy: ReturnStrategy) =>
      executor().executeWorkflow({ name: 'outer' }, 'outer', 1, 'r', '', 5, Consistency.SYNCHRONOUS, strategy);
    const blocked = await ask(ReturnStrategy.BLOCKING_TASK);
    assert.equal(blocked.getBlockingTask().referenceTaskName, 'hold');
    assert.notEqual(blocked.getWorkflowId(), blocked.getTargetWorkflowId());
    assert.equal((await ask(ReturnStrategy.BLOCKING_WORKFLOW)).isBlockingWorkflow(), true);
    assert.deepEqual((await ask(ReturnStrategy.BLOCKING_TASK_INPUT)).getTaskInput(), {});
  });

  // proves POST /api/tasks/{id}/{status}/signal, POST /api/tasks/{id}/{status}/signal/sync
  it('signals, waiting or not', async () => {
    await sdk.define('twice', [wait, { ...wait, name: 'more', taskReferenceName: 'more' }]);
    const id = await start('twice');
    const next = await executor().signal(id, COMPLETED, { a: 1 }, ReturnStrategy.BLOCKING_TASK);
    assert.equal(next.getBlockingTask().referenceTaskName, 'more');
    await executor().signalAsync(id, COMPLETED, { b: 2 });
    await sdk.until(id, 'COMPLETED');
  });

  // proves PUT /api/workflow/{id}/pause, PUT /api/workflow/{id}/resume, DELETE /api/workflow/{id}
  // proves POST /api/workflow/{id}/restart, POST /api/workflow/{id}/retry, POST /api/workflow/{id}/rerun
  // proves PUT /api/workflow/{id}/skiptask/{ref}, DELETE /api/workflow/{id}/remove
  it('pauses, resumes, skips, fails, retries, reruns, restarts, terminates and removes', async () => {
    await sdk.define('life', [
      simpleTask('one', 'life_one', {}),
      simpleTask('two', 'life_two', {}),
      simpleTask('three', 'life_three', {}),
    ]);
    const id = await start('life');
    await executor().pause(id);
    assert.equal((await executor().getExecution(id)).status, 'PAUSED');
    await executor().resume(id);
    await executor().skipTasksFromWorkflow(id, 'two', { taskOutput: { skipped: true } });
    await executor().updateTaskByRefName('one', id, COMPLETED, { x: 1 });
    const [one, two, three] = (await executor().getExecution(id)).tasks ?? [];
    assert.deepEqual([one?.status, two?.status, three?.status], ['COMPLETED', 'SKIPPED', 'SCHEDULED']);
    assert.deepEqual(one?.outputData, { x: 1 });
    await executor().updateTask(String(three?.taskId), id, 'FAILED_WITH_TERMINAL_ERROR' as never, { why: 'no' });
    await sdk.until(id, 'FAILED');
    await executor().retry(id, false);
    assert.equal((await executor().getExecution(id)).status, 'RUNNING');
    await executor().terminate(id, 'enough');
    await executor().reRun(id, { reRunFromTaskId: String(one?.taskId) });
    assert.equal((await executor().getExecution(id)).status, 'RUNNING');
    await executor().terminate(id, 'again');
    await executor().restart(id, true);
    const again = await executor().getExecution(id);
    assert.deepEqual([again.status, again.tasks?.length], ['RUNNING', 1]);
    await executor().deleteWorkflow(id);
    await assert.rejects(executor().getExecution(id), /no such workflow by Id/);
  });

  it('goes back to a task', async () => {
    await sdk.define('back', [simpleTask('one', 'back_one', {}), simpleTask('two', 'back_two', {})]);
    const id = await start('back');
    await executor().updateTaskByRefName('one', id, COMPLETED, {});
    await executor().updateTaskByRefName('two', id, COMPLETED, {});
    await sdk.until(id, 'COMPLETED');
    await executor().goBackToTask(id, (task) => task.referenceTaskName === 'two');
    const { status, tasks } = await executor().getExecution(id);
    assert.deepEqual([status, tasks?.map((task) => task.status)], ['RUNNING', ['COMPLETED', 'SCHEDULED']]);
  });

  // proves POST /api/workflow/{id}/variables, POST /api/workflow/{id}/state
  it('updates variables and state', async () => {
    await sdk.define('state', [simpleTask('one', 'state_one', {}), wait]);
    const id = await start('state');
    const changed = await executor().updateVariables(id, { a: 1 });
    assert.deepEqual(changed.variables, { a: 1 });
    const run = await executor().updateState(
      id,
      {
        taskReferenceName: 'one',
        taskResult: { status: COMPLETED, outputData: { n: 1 } } as never,
        variables: { b: 2 },
      },
      'r-2',
      'one',
      5,
    );
    assert.deepEqual([run.status, run.variables, run.tasks?.[0]?.status], ['RUNNING', { a: 1, b: 2 }, 'COMPLETED']);
  });

  // proves POST /api/workflow/test
  it('tests a workflow with pretended outputs', async () => {
    await sdk.define('tried', [simpleTask('one', 'tried_one', {}), waitTaskDuration('pause', '2 days')], {
      outputParameters: { n: `\${one.output.n}` },
    });
    const tried = await executor().testWorkflow({
      name: 'tried',
      version: 1,
      input: {},
      taskRefToMockOutput: { one: [{ status: 'COMPLETED', output: { n: 5 } }] },
    });
    assert.deepEqual([tried.status, tried.output], ['COMPLETED', { n: 5 }]);
  });

  // proves GET /api/workflow/search, POST /api/workflow/correlated/batch
  it('says of an id that nobody knows that nobody knows it, whatever is asked', async () => {
    const nobody = 'nobody';
    const calls: readonly (() => Promise<unknown>)[] = [
      () => executor().getWorkflow(nobody, true, 0),
      () => executor().getExecution(nobody),
      () => executor().getWorkflowStatus(nobody, true, true),
      () => executor().pause(nobody),
      () => executor().resume(nobody),
      () => executor().retry(nobody, true),
      () => executor().restart(nobody, true),
      () => executor().reRun(nobody, {}),
      () => executor().skipTasksFromWorkflow(nobody, 'a', {}),
      () => executor().terminate(nobody, 'why'),
      () => executor().deleteWorkflow(nobody),
      () => executor().getTask(nobody),
      () => executor().updateTask(nobody, nobody, COMPLETED, {}),
      () => executor().updateTaskByRefName('a', nobody, COMPLETED, {}),
      () => executor().updateTaskSync('a', nobody, COMPLETED, {}),
      () => executor().signal(nobody, COMPLETED, {}),
      () => executor().signalAsync(nobody, COMPLETED, {}),
      () => executor().updateVariables(nobody, {}),
      () => executor().updateState(nobody, { variables: {} }, 'r'),
    ];
    for (const call of calls) await assert.rejects(call, refusedWith(/no such (workflow|task) by Id: nobody/));
  });

  it('finds executions', async () => {
    await sdk.define('found', [wait]);
    const id = await start('found', { correlationId: 'find-me', input: { city: 'Zagreb' } });
    const ids = async (query: string, freeText = '*') =>
      (await executor().search(0, 10, query, freeText, 'startTime:DESC')).results?.map((one) => one.workflowId);
    assert.deepEqual(await ids('correlationId = find-me'), [id]);
    assert.deepEqual(await ids("workflowType IN (found) AND status = 'RUNNING'", 'zagreb'), [id]);
    assert.deepEqual(await ids('workflowType = found AND status = FAILED'), []);
    const wish = { correlationIds: ['find-me'], workflowNames: ['found'] };
    const batch = await executor().getByCorrelationIds(wish, true, true);
    assert.equal(batch['find-me']?.[0]?.workflowId, id);
  });

  // proves POST /api/tasks, POST /api/tasks/{id}/{ref}/{status}, POST /api/tasks/{id}/{ref}/{status}/sync
  // proves GET /api/tasks/{id}, POST /api/tasks/{id}/log, GET /api/tasks/{id}/log, GET /api/tasks/search
  // proves GET /api/tasks/queue/sizes, GET /api/tasks/queue/polldata
  it('does all that TaskClient can', async () => {
    const tasks = sdk.clients.getTaskClient();
    await sdk.define('client', [simpleTask('one', 'client_one', {}), simpleTask('two', 'client_two', {}), wait]);
    const id = await start('client');
    assert.deepEqual(await tasks.getQueueSizeForTask(['client_one'] as never), { client_one: 1 });
    const taskId = String((await executor().getExecution(id)).tasks?.[0]?.taskId);
    await tasks.addTaskLog(taskId, 'a line');
    assert.deepEqual(
      (await tasks.getTaskLogs(taskId)).map(({ log }) => log),
      ['a line'],
    );
    assert.equal((await tasks.getTask(taskId)).status, 'SCHEDULED');
    assert.equal((await executor().getTask(taskId)).taskId, taskId);
    await tasks.updateTaskResult(id, 'one', COMPLETED, { n: 1 });
    const after = await tasks.updateTaskSync(id, 'two', COMPLETED, { m: 2 }, 'me');
    assert.deepEqual(
      after.tasks?.map((task) => task.status),
      ['COMPLETED', 'COMPLETED', 'IN_PROGRESS'],
    );
    await executor().updateTaskSync('hold', id, FAILED, { why: 'no' });
    await sdk.until(id, 'FAILED');
    const found = await tasks.search(0, 10, 'startTime:DESC', '*', `workflowId = ${id} AND status = COMPLETED`);
    assert.deepEqual(found.results?.map((task) => task.taskDefName).sort(), ['client_one', 'client_two']);
    assert.deepEqual(await tasks.getTaskPollData('client_one'), []);
  });
});
