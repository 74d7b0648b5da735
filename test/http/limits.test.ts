// Limits, timeouts and caches through the whole server, on both databases (contract 5.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, shortly, start, type TestServer, task } from './test-server.ts';

const SECOND = 1_000;

const registerTask = async (server: TestServer, name: string, rules: object): Promise<void> => {
  const reply = await server.call('POST', '/api/metadata/taskdefs', [{ name, retryCount: 0, ...rules }]);
  assert.equal(reply.status, 200, reply.text);
};
interface Polled {
  readonly taskId: string;
  readonly workflowInstanceId: string;
  readonly inputData: Record<string, unknown>;
}
const poll = async (server: TestServer, name: string, count = 10): Promise<readonly Polled[]> =>
  (await server.call('GET', `/api/tasks/poll/batch/${name}?count=${count}&timeout=0`)).json as Polled[];
const report = async (server: TestServer, { taskId, workflowInstanceId }: Polled, more: object = {}): Promise<void> => {
  const reply = await server.call('POST', '/api/tasks', { taskId, workflowInstanceId, status: 'COMPLETED', ...more });
  assert.equal(reply.status, 200, reply.text);
  await server.settle();
};
const taskOf = async (server: TestServer, id: string, n = 0): Promise<unknown> =>
  at((await server.call('GET', `/api/workflow/${id}`)).json, `tasks.${n}`);

onEachServer('limits', (open) => {
  test('concurrentExecLimit: so many in progress, and the next one when there is room', async (t) => {
    const server = await open(t);
    await registerTask(server, 'work', { concurrentExecLimit: 2, responseTimeoutSeconds: 60 });
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    for (let i = 0; i < 5; i++) await start(server, 'flow');
    const first = await poll(server, 'work');
    assert.equal(first.length, 2);
    assert.equal((await poll(server, 'work')).length, 0);
    await report(server, first[0] as Polled);
    await server.advance(2_500);
    const next = await poll(server, 'work');
    assert.equal(next.length, 1);
    await server.call('DELETE', `/api/workflow/${next[0]?.workflowInstanceId}`);
    await server.advance(2_500);
    assert.equal((await poll(server, 'work', 1)).length, 1, 'a cancelled one makes room');
    await server.advance(60 * SECOND);
    assert.equal((await poll(server, 'work')).length, 1, 'and so do those whose worker fell silent');
  });

  test('concurrentExecLimit: many pollers at once do not exceed it', async (t) => {
    const server = await open(t);
    await registerTask(server, 'work', { concurrentExecLimit: 3 });
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    for (let i = 0; i < 12; i++) await start(server, 'flow');
    let got = 0;
    for (let round = 0; round < 3; round++) {
      const polls = await Promise.all(Array.from({ length: 8 }, () => poll(server, 'work', 2)));
      got += polls.flat().length;
      await server.advance(2_500);
    }
    assert.equal(got, 3);
  });

  test('rateLimitPerFrequency: so many in any stretch of time', async (t) => {
    const server = await open(t);
    await registerTask(server, 'work', { rateLimitPerFrequency: 2, rateLimitFrequencyInSeconds: 60 });
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    for (let i = 0; i < 5; i++) await start(server, 'flow');
    const first = await poll(server, 'work');
    assert.equal(first.length, 2);
    for (const one of first) await report(server, one);
    await server.advance(59 * SECOND);
    assert.equal((await poll(server, 'work')).length, 0, 'those that have ended count as well');
    await server.advance(2 * SECOND);
    assert.equal((await poll(server, 'work')).length, 2);
  });

  test('rateLimitConfig: executions with one key take turns, in the order of their starts', async (t) => {
    const server = await open(t);
    await define(server, 'flow', [task('hold', 'HUMAN')], {
      rateLimitConfig: { rateLimitKey: `\${workflow.input.customer}`, concurrentExecLimit: 1 },
    });
    const [a, b, c] = [
      await start(server, 'flow', { customer: 'x' }),
      await start(server, 'flow', { customer: 'x' }),
      await start(server, 'flow', { customer: 'x' }),
    ];
    const other = await start(server, 'flow', { customer: 'y' });
    await server.settle();
    const states = () => Promise.all([a, b, c, other].map((id) => shortly(server, id)));
    const RUNS = 'RUNNING hold:IN_PROGRESS';
    assert.deepEqual(await states(), [RUNS, 'RUNNING', 'RUNNING', RUNS]);
    const limits = async (id: string) => {
      const { json } = await server.call('GET', `/api/workflow/${id}`);
      return [at(json, 'rateLimitKey'), at(json, 'rateLimited')];
    };
    assert.deepEqual(
      [await limits(a), await limits(b)],
      [
        ['x', false],
        ['x', true],
      ],
    );
    await server.call('POST', `/api/tasks/${a}/hold/COMPLETED`, {});
    await server.settle();
    assert.deepEqual(await states(), ['COMPLETED hold:COMPLETED', RUNS, 'RUNNING', RUNS]);
    await server.call('DELETE', `/api/workflow/${c}`);
    await server.call('DELETE', `/api/workflow/${b}`);
    await server.settle();
    const last = await start(server, 'flow', { customer: 'x' });
    await server.settle();
    assert.equal(await shortly(server, last), RUNS, 'those that were ended while they waited take no turn');
  });

  test('cacheConfig: what was completed under the same key is not done again, until its time is over', async (t) => {
    const server = await open(t);
    await define(server, 'flow', [
      task('price', 'SIMPLE', {
        inputParameters: { sku: `\${workflow.input.sku}` },
        cacheConfig: { key: `sku-\${sku}`, ttlInSecond: 60 },
      }),
    ]);
    const ask = async (sku: string) => start(server, 'flow', { sku });
    await ask('a');
    const [first] = await poll(server, 'price');
    await report(server, first as Polled, { outputData: { euro: 5 } });
    const again = await ask('a');
    await ask('b');
    const polled = await poll(server, 'price');
    assert.deepEqual(
      polled.map(({ inputData }) => inputData.sku),
      ['b'],
    );
    assert.equal(await shortly(server, again), 'COMPLETED price:COMPLETED');
    assert.deepEqual(at(await taskOf(server, again), 'outputData'), { euro: 5 });
    await server.advance(61 * SECOND);
    await ask('a');
    assert.deepEqual(
      (await poll(server, 'price')).map(({ inputData }) => inputData.sku),
      ['a'],
    );
  });

  test('cacheConfig: tasks with a kept output are completed when they are scheduled, though nobody polls', async (t) => {
    const server = await open(t);
    const cached = (name: string) =>
      task(name, 'SIMPLE', {
        inputParameters: { sku: `\${workflow.input.sku}` },
        cacheConfig: { key: `sku-\${sku}`, ttlInSecond: 60 },
      });
    await define(server, 'flow', [cached('price'), cached('stock')]);
    const first = await start(server, 'flow', { sku: 'a' });
    for (const [name, output] of [
      ['price', { euro: 5 }],
      ['stock', { pieces: 2 }],
    ] as const) {
      const [one] = await poll(server, name);
      await report(server, one as Polled, { outputData: output });
    }
    assert.equal(await shortly(server, first), 'COMPLETED price:COMPLETED stock:COMPLETED');
    const ids = [await start(server, 'flow', { sku: 'a' }), await start(server, 'flow', { sku: 'b' })] as const;
    await server.settle();
    assert.equal(await shortly(server, ids[0]), 'COMPLETED price:COMPLETED stock:COMPLETED');
    assert.deepEqual(at(await taskOf(server, ids[0], 1), 'outputData'), { pieces: 2 });
    assert.equal(await shortly(server, ids[1]), 'RUNNING price:SCHEDULED');
    const rerun = await server.call('POST', `/api/workflow/${ids[0]}/restart`, {});
    assert.equal(rerun.status, 204, rerun.text);
    await server.settle();
    assert.equal(await shortly(server, ids[0]), 'COMPLETED price:COMPLETED stock:COMPLETED');
    await server.advance(61 * SECOND);
    const late = await start(server, 'flow', { sku: 'a' });
    await server.settle();
    assert.equal(await shortly(server, late), 'RUNNING price:SCHEDULED');
  });

  test('startDelay: not before its time', async (t) => {
    const server = await open(t);
    await define(server, 'flow', [task('work', 'SIMPLE', { startDelay: 10 })]);
    await start(server, 'flow');
    assert.equal((await poll(server, 'work')).length, 0);
    await server.advance(10 * SECOND);
    assert.equal((await poll(server, 'work')).length, 1);
  });

  test('pollTimeoutSeconds: a task that nobody takes times out', async (t) => {
    const server = await open(t);
    await registerTask(server, 'work', { pollTimeoutSeconds: 5 });
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    const id = await start(server, 'flow');
    await server.advance(6 * SECOND);
    assert.equal(await shortly(server, id), 'TIMED_OUT work:TIMED_OUT');
    assert.match(String(at(await taskOf(server, id), 'reasonForIncompletion')), /pollTimeoutSeconds/);
  });

  test('responseTimeoutSeconds: a silent worker is replaced; extendLease keeps the task', async (t) => {
    const server = await open(t);
    await registerTask(server, 'work', { retryCount: 1, retryDelaySeconds: 0, responseTimeoutSeconds: 10 });
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    const id = await start(server, 'flow');
    const [polled] = await poll(server, 'work');
    await server.advance(8 * SECOND);
    await report(server, polled as Polled, { status: 'IN_PROGRESS', extendLease: true });
    await server.advance(8 * SECOND);
    assert.equal(await shortly(server, id), 'RUNNING work:IN_PROGRESS');
    await server.advance(3 * SECOND);
    assert.equal(await shortly(server, id), 'RUNNING work:TIMED_OUT work:SCHEDULED');
    const [again] = await poll(server, 'work');
    await report(server, again as Polled);
    assert.match(await shortly(server, id), /^COMPLETED/);
  });

  test('timeoutSeconds and totalTimeoutSeconds: one attempt, and all of them', async (t) => {
    const server = await open(t);
    await registerTask(server, 'once', { timeoutSeconds: 5, responseTimeoutSeconds: 4 });
    await registerTask(server, 'total', {
      ...{ retryCount: 10, retryDelaySeconds: 2, totalTimeoutSeconds: 5, timeoutPolicy: 'RETRY' },
    });
    await define(server, 'first', [task('once', 'SIMPLE')]);
    await define(server, 'second', [task('total', 'SIMPLE')]);
    const [one, two] = [await start(server, 'first'), await start(server, 'second')];
    const [polled] = await poll(server, 'once');
    await server.advance(3 * SECOND);
    await report(server, polled as Polled, { status: 'IN_PROGRESS', extendLease: true });
    await server.advance(3 * SECOND);
    assert.equal(await shortly(server, one), 'TIMED_OUT once:TIMED_OUT');
    for (let i = 0; i < 4; i++) {
      const [attempt] = await poll(server, 'total');
      if (attempt) await report(server, attempt, { status: 'FAILED', reasonForIncompletion: 'no' });
      await server.advance(2 * SECOND);
    }
    const done = (await server.call('GET', `/api/workflow/${two}`)).json;
    assert.notEqual(at(done, 'status'), 'RUNNING', 'no attempt begins when the time for all of them is over');
  });
});
