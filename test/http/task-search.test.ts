// Searches for tasks and for executions by their tasks, and what operators ask (contract 5.1, 5.11).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, shortly, start, type TestServer, task } from './test-server.ts';

async function find(server: TestServer, path: string, query: Record<string, string> = {}): Promise<unknown> {
  const reply = await server.call('GET', `${path}?${new URLSearchParams(query)}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.json;
}

const refs = (json: unknown, field = 'referenceTaskName') =>
  (at(json, 'results') as Record<string, unknown>[]).map((one) => one[field]);

// proves GET /api/tasks/search, GET /api/tasks/search-v2
// proves GET /api/workflow/search-by-tasks, GET /api/workflow/search-by-tasks-v2
onEachServer('searching by tasks', (open) => {
  test('finds tasks by their fields, times and texts', async (t) => {
    const server = await open(t);
    await define(server, 'job', [
      task('work', 'SIMPLE', { inputParameters: { city: '${workflow.input.city}' } }),
      task('hold', 'WAIT'),
    ]);
    await define(server, 'other', [task('set', 'SET_VARIABLE', { inputParameters: { a: 1 } }), task('human', 'HUMAN')]);
    const first = await start(server, 'job', { city: 'Bonn' });
    await server.clock.advance(1_000);
    const second = await start(server, 'job', { city: 'Kyiv' });
    const third = await start(server, 'other');
    await server.call('POST', `/api/tasks/${second}/work/COMPLETED`, { total: 7 });
    const search = (query: string, more: Record<string, string> = {}) =>
      find(server, '/api/tasks/search', { query, ...more });
    const works = await search('taskType = work');
    assert.deepEqual([at(works, 'totalHits'), refs(works, 'workflowId')], [2, [second, first]]);
    assert.deepEqual(refs(await search('taskType=work', { sort: 'startTime:ASC' }), 'workflowId'), [first, second]);
    assert.deepEqual(refs(await search(`workflowId = ${second}`)), ['work', 'hold']);
    assert.deepEqual(refs(await search('status IN (IN_PROGRESS) AND workflowType=job')), ['hold']);
    assert.deepEqual(refs(await search(`taskId IN ('${third}.2','${third}.1','none')`)), ['set', 'human']);
    assert.deepEqual(refs(await search('taskDefName = work AND status = SCHEDULED'), 'workflowId'), [first]);
    assert.deepEqual(refs(await search(`scheduledTime < ${server.clock.now()}`), 'workflowId'), [first]);
    assert.deepEqual(refs(await search('taskType = work', { freeText: 'kYIV' }), 'workflowId'), [second]);
    assert.deepEqual(refs(await search('referenceTaskName = human AND taskType = WAIT')), []);
    const paged = await search('', { start: '1', size: '2', sort: 'startTime:ASC' });
    assert.deepEqual([at(paged, 'totalHits'), (at(paged, 'results') as unknown[]).length], [5, 2]);
    const [summary] = at(await search(`workflowId=${second} AND taskType=work`), 'results') as Record<
      string,
      unknown
    >[];
    assert.deepEqual([summary?.referenceTaskName, summary?.taskReferenceName], ['work', 'work']);
    assert.deepEqual([summary?.output, summary?.input], ['{"total":7}', '{"city":"Kyiv"}']);
    assert.equal(summary?.scheduledTime, new Date(server.clock.now()).toISOString());
    const whole = await find(server, '/api/tasks/search-v2', { query: 'taskType=work AND status=COMPLETED' });
    assert.deepEqual(at(whole, 'results.0.outputData'), { total: 7 });
  });

  test('finds executions by what their tasks are', async (t) => {
    const server = await open(t);
    await define(server, 'job', [task('work', 'SIMPLE'), task('more', 'SIMPLE')]);
    const ids = [await start(server, 'job'), await start(server, 'job')];
    await server.call('POST', `/api/tasks/${ids[0]}/work/FAILED_WITH_TERMINAL_ERROR`, {});
    const failed = { query: 'status = FAILED_WITH_TERMINAL_ERROR' };
    const found = await find(server, '/api/workflow/search-by-tasks', failed);
    assert.deepEqual([at(found, 'totalHits'), refs(found, 'workflowId')], [1, [ids[0]]]);
    const whole = await find(server, '/api/workflow/search-by-tasks-v2', failed);
    assert.deepEqual([at(whole, 'results.0.status'), at(whole, 'results.0.workflowName')], ['FAILED', 'job']);
  });
});

test('what cannot be searched for is refused', async (t) => {
  const server = await openServer(t);
  const ask = async (query: Record<string, string>) =>
    (await server.call('GET', `/api/tasks/search?${new URLSearchParams(query)}`)).status;
  const wrong = ['color = red', 'status = DONE', 'taskType > a', 'startTime = soon', 'version = x', 'taskType'];
  for (const query of wrong) assert.equal(await ask({ query }), 400, query);
  assert.equal(await ask({ sort: 'color:DESC' }), 400);
  assert.equal(await ask({ query: 'startTime > 5 AND startTime < 9 AND status = FAILED AND status = COMPLETED' }), 200);
});

test('what operators of Conductor ask', async (t) => {
  const server = await openServer(t, { settings: { keepDays: { deliveries: 7 } } });
  await define(server, 'job', [task('work', 'SIMPLE')]);
  const id = await start(server, 'job');
  const config = (await server.call('GET', '/api/admin/config')).json;
  assert.equal(at(config, 'name'), 'fermata');
  assert.deepEqual(at(config, 'keepDays'), {
    ...{ executions: 'forever', events: 30, logs: 30, deliveries: 7, history: 30 },
  });
  const tasks = (await server.call('GET', '/api/admin/task/work')).json;
  assert.equal(at(tasks, '0.workflowInstanceId'), id);
  assert.deepEqual((await server.call('GET', '/api/admin/queues')).json, { work: 1 });
  assert.equal((await server.call('POST', `/api/admin/sweep/requeue/${id}`)).text, id);
  assert.equal((await server.call('POST', `/api/admin/consistency/verifyAndRepair/${id}`)).text, 'true');
  assert.equal((await server.call('POST', '/api/admin/sweep/requeue/nobody')).status, 404);
  assert.equal((await server.call('POST', '/api/admin/consistency/verifyAndRepair/nobody')).status, 404);
});

// proves POST /api/workflow/start/{name}/{version}, POST /api/workflow/correlated/batch
test('start by version, executions of many correlation ids', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('work', 'SIMPLE')]);
  const begin = (path: string) => server.call('POST', `/api/workflow/start/${path}`, { a: 1 });
  const id = (await begin('job/1?correlationId=c1&priority=3')).text;
  assert.equal(at((await server.call('GET', `/api/workflow/${id}`)).json, 'priority'), 3);
  assert.equal((await begin('job/0')).status, 200);
  assert.equal((await begin('job/7')).status, 404);
  assert.equal((await begin('job/x')).status, 400);
  const batch = async (body: object, query = '') =>
    (await server.call('POST', `/api/workflow/correlated/batch${query}`, body)).json;
  const wish = { correlationIds: ['c1', 'c2'], workflowNames: ['job', 'none'] };
  const found = await batch(wish, '?includeTasks=true');
  assert.deepEqual(
    [at(found, 'c1.0.workflowId'), at(found, 'c1.0.tasks.0.status'), at(found, 'c2')],
    [id, 'SCHEDULED', []],
  );
  await server.call('DELETE', `/api/workflow/${id}`);
  assert.deepEqual(at(await batch(wish), 'c1'), []);
  assert.equal(at(await batch(wish, '?includeClosed=true'), 'c1.0.status'), 'TERMINATED');
  assert.deepEqual(await batch({ correlationIds: [], workflowNames: [] }), {});
});

test('a running execution is carried over to another version', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('work', 'SIMPLE')]);
  const id = await start(server, 'job');
  await define(server, 'job', [task('work', 'SIMPLE'), task('more', 'SIMPLE')], { version: 2 });
  const upgrade = async (body: object, which = id) =>
    (await server.call('POST', `/api/workflow/${which}/upgrade`, body)).status;
  assert.equal(await upgrade({ name: 'job', version: 3 }), 404);
  assert.equal(await upgrade({ name: 'other', version: 2 }), 400);
  assert.equal(await upgrade({ name: 'job' }, 'nobody'), 404);
  assert.equal(await upgrade({ name: 'job', version: 2 }), 200);
  await server.call('POST', `/api/tasks/${id}/work/COMPLETED`, {});
  assert.equal(await shortly(server, id), 'RUNNING work:COMPLETED more:SCHEDULED');
  await server.call('POST', `/api/tasks/${id}/more/COMPLETED`, {});
  assert.equal(await upgrade({ name: 'job', version: 1 }), 409);
});

test('the limit of a workflow is read and written beside its definition', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('work', 'SIMPLE')]);
  const path = '/api/metadata/workflow/job/rate-limit';
  const limit = { rateLimitKey: '${workflow.input.user}', concurrentExecLimit: 2 };
  assert.equal((await server.call('GET', path)).status, 404);
  assert.equal((await server.call('PUT', path, limit)).status, 200);
  assert.deepEqual((await server.call('GET', path)).json, limit);
  assert.deepEqual(at((await server.call('GET', '/api/metadata/workflow/job')).json, 'rateLimitConfig'), limit);
  assert.equal((await server.call('DELETE', path)).status, 200);
  assert.equal((await server.call('GET', path)).status, 404);
  assert.equal((await server.call('PUT', path, { concurrentExecLimit: -1 })).status, 400);
  assert.equal((await server.call('PUT', '/api/metadata/workflow/none/rate-limit', limit)).status, 404);
});

test('a tag of type RATE_LIMIT is the limit of its workflow, its value a number', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [task('work', 'SIMPLE')]);
  const path = '/api/metadata/workflow/job/tags';
  const [team, limit] = [
    { key: 'team', value: 'a' },
    { key: 'job', value: 2, type: 'RATE_LIMIT' },
  ];
  const held = async () => at((await server.call('GET', '/api/metadata/workflow/job')).json, 'rateLimitConfig');
  await server.call('PUT', path, [team]);
  // What the Python client sends when it is to limit a workflow.
  assert.equal((await server.call('POST', path, limit)).status, 200);
  assert.deepEqual(await held(), { rateLimitKey: 'job', concurrentExecLimit: 2 });
  assert.deepEqual((await server.call('GET', path)).json, [team, limit]);
  assert.equal((await server.call('DELETE', path, limit)).status, 200);
  assert.deepEqual([await held(), (await server.call('GET', path)).json], [undefined, [team]]);
  assert.equal((await server.call('POST', path, { ...limit, value: '3' })).status, 200);
  assert.deepEqual((await server.call('GET', path)).json, [team, { ...limit, value: 3 }]);
  await server.call('PUT', path, [team]);
  assert.equal(await held(), undefined, 'those and no others');
  for (const value of ['many', -1, 1.5])
    assert.equal((await server.call('POST', path, { ...limit, value })).status, 400, `${value}`);
  const level = { key: 'level', value: 7 };
  assert.equal((await server.call('POST', '/api/metadata/task/nobody/tags', level)).status, 404);
  assert.equal((await server.call('POST', path, level)).status, 200);
  assert.deepEqual(at((await server.call('GET', path)).json, '0'), { key: 'level', value: '7' });
});
