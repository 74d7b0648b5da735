// What workers do: poll alone and in batches, wait for work, report in every form (contract 5.1, 5.3, 5.13).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const WORK = [task('work', 'SIMPLE', { inputParameters: { n: '${workflow.input.n}' } })];

const pollOne = async (server: TestServer, query = '?workerid=w1') =>
  server.call('GET', `/api/tasks/poll/work${query}`);

const result = (taskId: unknown, status: string, more: object = {}) => ({ taskId, status, ...more });

onEachServer('workers', (open) => {
  test('poll, report, done', async (t) => {
    const server = await open(t);
    await define(server, 'job', WORK);
    const nothing = await pollOne(server);
    assert.deepEqual([nothing.status, nothing.text], [204, '']);
    const id = await start(server, 'job', { n: 7 });
    const polled = await pollOne(server);
    assert.equal(polled.status, 200);
    const given = polled.json as Record<string, unknown>;
    assert.deepEqual(
      [given.taskType, given.taskDefName, given.status, given.workerId, given.pollCount, given.inputData],
      ['work', 'work', 'IN_PROGRESS', 'w1', 1, { n: 7 }],
    );
    assert.equal(given.workflowInstanceId, id);
    assert.equal(at(given.workflowTask, 'type'), 'SIMPLE');
    assert.equal((await pollOne(server)).status, 204, 'nobody gets it twice');
    const body = result(given.taskId, 'COMPLETED', {
      workflowInstanceId: id,
      outputData: { sum: 8 },
      workerId: 'w1',
      logs: [],
    });
    const reported = await server.call('POST', '/api/tasks', body);
    assert.deepEqual([reported.status, reported.text], [200, given.taskId]);
    assert.equal(await shortly(server, id), 'COMPLETED work:COMPLETED');
    const late = await server.call('POST', '/api/tasks', { ...body, status: 'FAILED' });
    assert.equal(late.status, 200, 'too late is ignored');
    assert.equal(await shortly(server, id), 'COMPLETED work:COMPLETED');
    const shown = (await server.call('GET', `/api/tasks/${String(given.taskId)}`)).json;
    assert.deepEqual([at(shown, 'status'), at(shown, 'outputData')], ['COMPLETED', { sum: 8 }]);
  });

  test('a batch takes no more than asked, and every task goes to one poller', async (t) => {
    const server = await open(t);
    await define(server, 'job', WORK);
    const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => start(server, 'job', { n })));
    const polls = await Promise.all(
      ['a', 'b', 'c', 'd'].map((worker) =>
        server.call('GET', `/api/tasks/poll/batch/work?workerid=${worker}&count=3&timeout=0`),
      ),
    );
    const given = polls.flatMap(({ json }) => json as { workflowInstanceId: string }[]);
    assert.ok(polls.every(({ json }) => (json as unknown[]).length <= 3));
    assert.deepEqual(given.map((one) => one.workflowInstanceId).sort(), ids.sort());
    const sizes = await server.call('GET', '/api/tasks/queue/sizes?taskType=work&taskType=other');
    assert.deepEqual(sizes.json, { work: 0, other: 0 });
  });

  test('a failed attempt comes again after its delay', async (t) => {
    const server = await open(t);
    await server.call('POST', '/api/metadata/taskdefs', [{ name: 'work', retryCount: 1, retryDelaySeconds: 30 }]);
    await define(server, 'job', WORK);
    const id = await start(server, 'job');
    const first = await pollOne(server);
    await server.call(
      'POST',
      '/api/tasks',
      result(at(first.json, 'taskId'), 'FAILED', { reasonForIncompletion: 'no luck' }),
    );
    assert.equal(await shortly(server, id), 'RUNNING work:FAILED work:SCHEDULED');
    assert.equal((await pollOne(server)).status, 204, 'not yet');
    await server.advance(30_000);
    const second = await pollOne(server);
    assert.equal(at(second.json, 'retryCount'), 1);
    assert.equal(at(second.json, 'retriedTaskId'), at(first.json, 'taskId'));
    await server.call(
      'POST',
      '/api/tasks',
      result(at(second.json, 'taskId'), 'FAILED', { reasonForIncompletion: 'none at all' }),
    );
    const ended = (await server.call('GET', `/api/workflow/${id}`)).json;
    assert.equal(at(ended, 'status'), 'FAILED');
    assert.match(String(at(ended, 'reasonForIncompletion')), /none at all/);
    assert.deepEqual(at(ended, 'failedReferenceTaskNames'), ['work']);
  });
});

test('a long poll waits for work and gets it at once', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', WORK);
  const answers: unknown[] = [];
  const waiting = server
    .call('GET', '/api/tasks/poll/batch/work?workerid=w&timeout=5000&count=5')
    .then(({ json }) => answers.push(json));
  await server.clock.advance(300);
  assert.deepEqual(answers, []);
  const id = await start(server, 'job', { n: 1 });
  await waiting;
  assert.equal(at(answers, '0.0.workflowInstanceId'), id);
});

test('a long poll without work ends with its time; one task whose delay ends meanwhile is found', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('work', 'SIMPLE', { startDelay: 2 })]);
  let answer: unknown;
  const poll = () =>
    server.call('GET', '/api/tasks/poll/batch/work?timeout=3000').then(({ json }) => {
      answer = json;
    });
  const first = poll();
  await server.clock.advance(3_000);
  await first;
  assert.deepEqual(answer, []);
  await start(server, 'job');
  const second = poll();
  await server.clock.advance(2_500);
  await second;
  assert.equal((answer as unknown[]).length, 1);
});

test('IN_PROGRESS puts a task back for later; a lease is kept with extendLease', async (t) => {
  const server = await openServer(t);
  await server.call('POST', '/api/metadata/taskdefs', [{ name: 'work', responseTimeoutSeconds: 10, retryCount: 0 }]);
  await define(server, 'job', WORK);
  const id = await start(server, 'job');
  const taskId = at((await pollOne(server)).json, 'taskId');
  await server.call(
    'POST',
    '/api/tasks',
    result(taskId, 'IN_PROGRESS', { callbackAfterSeconds: 20, outputData: { half: 1 } }),
  );
  assert.equal((await pollOne(server)).status, 204);
  await server.call('POST', `/api/workflow/${id}/resetcallbacks`);
  const again = await pollOne(server);
  assert.deepEqual([at(again.json, 'taskId'), at(again.json, 'pollCount')], [taskId, 2]);
  for (let i = 0; i < 3; i += 1) {
    await server.advance(8_000);
    const kept = await server.call('POST', '/api/tasks', result(taskId, 'IN_PROGRESS', { extendLease: true }));
    assert.equal(kept.status, 200);
  }
  assert.match(await shortly(server, id), /^RUNNING work:IN_PROGRESS/);
  await server.advance(11_000);
  assert.match(await shortly(server, id), /^TIMED_OUT work:TIMED_OUT/);
});

test('update-v2 answers the next task of the type', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', WORK);
  const [first, second] = [await start(server, 'job', { n: 1 }), await start(server, 'job', { n: 2 })];
  const one = await pollOne(server);
  const next = await server.call(
    'POST',
    '/api/tasks/update-v2',
    result(at(one.json, 'taskId'), 'COMPLETED', { workerId: 'w1' }),
  );
  assert.equal(next.status, 200);
  assert.deepEqual(
    new Set([at(one.json, 'workflowInstanceId'), at(next.json, 'workflowInstanceId')]),
    new Set([first, second]),
  );
  const last = await server.call('POST', '/api/tasks/update-v2', result(at(next.json, 'taskId'), 'COMPLETED'));
  assert.deepEqual([last.status, last.text], [204, '']);
});

test('by reference: an id as plain text, with sync the execution; unknown ones are 404', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('a', 'WAIT'), task('b', 'HUMAN')]);
  const id = await start(server, 'hold');
  const plain = await server.call('POST', `/api/tasks/${id}/a/COMPLETED?workerid=me`, { x: 1 });
  assert.deepEqual([plain.status, plain.text], [200, `${id}.1`]);
  const sync = await server.call('POST', `/api/tasks/${id}/b/COMPLETED/sync`, { y: 2 });
  assert.deepEqual([sync.status, at(sync.json, 'status'), at(sync.json, 'output')], [200, 'COMPLETED', { y: 2 }]);
  assert.equal((await server.call('POST', `/api/tasks/${id}/nobody/COMPLETED`, {})).status, 404);
  assert.equal((await server.call('POST', '/api/tasks/nothing/a/COMPLETED', {})).status, 404);
  assert.equal((await server.call('POST', `/api/tasks/${id}/a/DONE`, {})).status, 400);
});

test('wrong reports are refused with a reason', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', WORK);
  const id = await start(server, 'job');
  const wrong: readonly [number, unknown][] = [
    [404, result('nothing.1', 'COMPLETED')],
    [404, result(`${id}.99`, 'COMPLETED')],
    [404, result('not-an-id', 'COMPLETED')],
    [400, result(`${id}.1`, 'DONE')],
    [400, { status: 'COMPLETED' }],
    [400, result(`${id}.1`, 'COMPLETED', { outputData: [] })],
    [400, result(`${id}.1`, 'COMPLETED', { workflowInstanceId: 'other' })],
    [400, result(`${id}.1`, 'IN_PROGRESS', { callbackAfterSeconds: -1 })],
    [400, undefined],
  ];
  for (const [status, body] of wrong) {
    const reply = await server.call('POST', '/api/tasks', body);
    assert.equal(reply.status, status, `${JSON.stringify(body)}: ${reply.text}`);
    assert.ok(String(at(reply.json, 'message')).length > 5);
  }
  assert.equal(await shortly(server, id), 'RUNNING work:SCHEDULED');
  assert.equal((await server.call('GET', '/api/tasks/nothing.1')).status, 404);
  for (const query of ['timeout=5001', 'count=0', 'timeout=-1', 'count=many'])
    assert.equal((await server.call('GET', `/api/tasks/poll/batch/work?${query}`)).status, 400, query);
});

test('domains: only pollers of the domain get the task; queue sizes name it', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', WORK);
  const begun = await server.call('POST', '/api/workflow', { name: 'job', taskToDomain: { work: 'west' } });
  assert.equal((await pollOne(server)).status, 204);
  assert.equal((await pollOne(server, '?domain=east')).status, 204);
  assert.deepEqual((await server.call('GET', '/api/tasks/queue/all')).json, { 'west:work': 1 });
  assert.equal((await server.call('GET', '/api/tasks/queue/size?taskType=work&domain=west')).json, 1);
  const given = await pollOne(server, '?domain=west');
  assert.deepEqual([at(given.json, 'workflowInstanceId'), at(given.json, 'domain')], [begun.text, 'west']);
});

test('a task tells its worker how long it may be silent: what its definition says, else what counts', async (t) => {
  const server = await openServer(t);
  await server.call('POST', '/api/metadata/taskdefs', [{ name: 'quick', responseTimeoutSeconds: 5 }]);
  await define(server, 'job', [task('work', 'SIMPLE'), task('quick', 'SIMPLE'), task('hold', 'WAIT')]);
  const id = await start(server, 'job');
  const first = (await pollOne(server)).json;
  assert.equal(at(first, 'responseTimeoutSeconds'), 3_600);
  await server.call('POST', '/api/tasks', result(at(first, 'taskId'), 'COMPLETED'));
  const second = (await server.call('GET', '/api/tasks/poll/quick')).json;
  assert.equal(at(second, 'responseTimeoutSeconds'), 5);
  await server.call('POST', '/api/tasks', result(at(second, 'taskId'), 'COMPLETED'));
  const { json } = await server.call('GET', `/api/workflow/${id}/tasks?status=IN_PROGRESS,SCHEDULED`);
  assert.deepEqual(
    [at(json, 'totalHits'), at(json, 'results.0.responseTimeoutSeconds')],
    [1, 0],
    'lists may come with commas; a task without a worker has no such time',
  );
  assert.deepEqual((await server.call('GET', '/api/tasks/queue/sizes?taskType=work,quick')).json, {
    work: 0,
    quick: 0,
  });
});

test('a report about a task that nobody knows is a 404, about one of another execution a 400', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', WORK);
  const [one, other] = [await start(server, 'job'), await start(server, 'job')];
  const report = (taskId: string) =>
    server.call('POST', '/api/tasks', result(taskId, 'COMPLETED', { workflowInstanceId: one }));
  assert.equal((await report('nobody')).status, 404);
  assert.equal((await report(`${one}.9`)).status, 404);
  assert.equal((await report(`${other}.1`)).status, 400);
});
