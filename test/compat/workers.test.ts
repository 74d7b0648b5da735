// Workers as the SDK runs them: batches, domains, leases, failures that are final, logs, callbacks.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  getTaskContext,
  NonRetryableException,
  noopLogger,
  simpleTask,
  TaskManager,
} from '@io-orkes/conductor-javascript';
import { type Sdk, withSdk } from './sdk-server.ts';

type Work = ConstructorParameters<typeof TaskManager>[1][number];

/** Runs workers until `during` is over. */
async function working<T>(sdk: Sdk, workers: readonly Work[], options: object, during: () => Promise<T>): Promise<T> {
  const manager = new TaskManager(sdk.clients.getClient(), [...workers], { options, logger: noopLogger });
  manager.startPolling();
  try {
    return await during();
  } finally {
    await manager.stopPolling();
  }
}

withSdk('workers', (sdk) => {
  const executor = () => sdk.clients.getWorkflowClient();
  const define = (name: string, rules: object = {}) =>
    sdk.clients
      .getMetadataClient()
      .registerTask({ name, retryCount: 1, retryDelaySeconds: 0, timeoutSeconds: 0, ...rules } as never);
  const start = (name: string, more: object = {}) => executor().startWorkflow({ name, version: 1, input: {}, ...more });

  // proves GET /api/tasks/poll/batch/{type}, POST /api/tasks/update-v2
  it('take batches and are handed the next task with their report', async () => {
    await define('batch_work');
    await sdk.define('batch', [simpleTask('one', 'batch_work', {}), simpleTask('two', 'batch_work', {})]);
    const done: string[] = [];
    const worker: Work = {
      taskDefName: 'batch_work',
      concurrency: 5,
      pollInterval: 10,
      execute: async (task) => {
        done.push(String(task.referenceTaskName));
        return { status: 'COMPLETED', outputData: { by: task.workerId ?? '' } };
      },
    };
    const ids = await Promise.all(Array.from({ length: 10 }, () => start('batch')));
    await working(sdk, [worker], { workerID: 'w-1' }, () => Promise.all(ids.map((id) => sdk.until(id, 'COMPLETED'))));
    assert.equal(done.length, 20);
    const [first] = ids;
    const { tasks } = await executor().getExecution(String(first));
    assert.equal(tasks?.[0]?.workerId, 'w-1');
    const polls = await sdk.clients.getTaskClient().getTaskPollData('batch_work');
    assert.ok(polls.some((poll) => poll.workerId === 'w-1' && Number(poll.lastPollTime) > 0));
  });

  it('of a domain get the tasks of their domain only', async () => {
    await define('domain_work');
    await sdk.define('domain', [simpleTask('one', 'domain_work', {})]);
    const seen: string[] = [];
    const worker: Work = {
      taskDefName: 'domain_work',
      domain: 'blue',
      pollInterval: 10,
      execute: async (task) => {
        seen.push(String(task.domain));
        return { status: 'COMPLETED', outputData: {} };
      },
    };
    const blue = await start('domain', { taskToDomain: { domain_work: 'blue' } });
    const plain = await start('domain');
    await working(sdk, [worker], {}, () => sdk.until(blue, 'COMPLETED'));
    assert.deepEqual(seen, ['blue']);
    assert.equal((await executor().getExecution(plain)).status, 'RUNNING');
  });

  it('that throw are tried again, unless they say that it is final', async () => {
    await define('throwing', { retryCount: 1 });
    await define('final', { retryCount: 3 });
    await sdk.define('throws', [simpleTask('one', 'throwing', {})]);
    await sdk.define('ends', [simpleTask('one', 'final', {})]);
    const workers: Work[] = [
      { taskDefName: 'throwing', pollInterval: 10, execute: async () => Promise.reject(new Error('no luck')) },
      {
        taskDefName: 'final',
        pollInterval: 10,
        execute: async () => Promise.reject(new NonRetryableException('never')),
      },
    ];
    const ids = [await start('throws'), await start('ends')] as const;
    const [twice, once] = await working(sdk, workers, {}, () => Promise.all(ids.map((id) => sdk.until(id, 'FAILED'))));
    assert.deepEqual(
      twice?.tasks?.map((task) => task.status),
      ['FAILED', 'FAILED'],
    );
    assert.match(String(twice?.reasonForIncompletion), /no luck/);
    assert.deepEqual(
      once?.tasks?.map((task) => task.status),
      ['FAILED_WITH_TERMINAL_ERROR'],
    );
    const logs = await sdk.clients.getTaskClient().getTaskLogs(String(once?.tasks?.[0]?.taskId));
    assert.match(String(logs[0]?.log), /NonRetryableException: never/);
  });

  it('keep what they do alive beyond its response timeout', async () => {
    await define('slow', { responseTimeoutSeconds: 2, timeoutSeconds: 60, retryCount: 0 });
    await sdk.define('slow', [simpleTask('one', 'slow', {})]);
    const worker: Work = {
      taskDefName: 'slow',
      pollInterval: 10,
      leaseExtendEnabled: true,
      execute: async () => {
        await new Promise((resolve) => setTimeout(resolve, 3_500));
        return { status: 'COMPLETED', outputData: {} };
      },
    };
    const id = await start('slow');
    const done = await working(sdk, [worker], {}, () => sdk.until(id, 'COMPLETED'));
    assert.equal(done.tasks?.length, 1);
  });

  it('do no more at once than their concurrency, and report what they had begun when they were stopped', async () => {
    await define('narrow');
    await sdk.define('narrow', [simpleTask('one', 'narrow', {})]);
    let underWay = 0;
    let most = 0;
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const worker: Work = {
      taskDefName: 'narrow',
      concurrency: 3,
      pollInterval: 10,
      execute: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        if (underWay === 3) begun.resolve();
        await goOn.promise;
        underWay -= 1;
        return { status: 'COMPLETED', outputData: {} };
      },
    };
    const ids = await Promise.all(Array.from({ length: 5 }, () => start('narrow')));
    await working(sdk, [worker], {}, () => begun.promise);
    assert.equal((await sdk.clients.getTaskClient().getQueueSizeForTask(['narrow'])).narrow, 2);
    goOn.resolve();
    await working(sdk, [worker], {}, () => Promise.all(ids.map((id) => sdk.until(id, 'COMPLETED'))));
    assert.equal(most, 3);
  });

  it('may come back later, and write logs on the way', async () => {
    await define('later');
    await sdk.define('later', [simpleTask('one', 'later', {})]);
    let goes = 0;
    const worker: Work = {
      taskDefName: 'later',
      pollInterval: 10,
      execute: async () => {
        goes += 1;
        getTaskContext()?.addLog(`go ${goes}`);
        return goes === 1
          ? { status: 'IN_PROGRESS', callbackAfterSeconds: 1, outputData: { goes } }
          : { status: 'COMPLETED', outputData: { goes } };
      },
    };
    const id = await start('later');
    const done = await working(sdk, [worker], {}, () => sdk.until(id, 'COMPLETED'));
    assert.deepEqual([done.tasks?.length, done.tasks?.[0]?.outputData?.goes, done.tasks?.[0]?.pollCount], [1, 2, 2]);
    const logs = await sdk.clients.getTaskClient().getTaskLogs(String(done.tasks?.[0]?.taskId));
    assert.deepEqual(
      logs.map(({ log }) => log),
      ['go 1', 'go 2'],
    );
  });
});
