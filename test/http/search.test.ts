// Finding executions (contract 5.11).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, start, type TestServer, task } from './test-server.ts';

async function found(server: TestServer, query: string, more = ''): Promise<string[]> {
  const reply = await server.call('GET', `/api/workflow/search?query=${encodeURIComponent(query)}${more}`);
  assert.equal(reply.status, 200, reply.text);
  return (at(reply.json, 'results') as { correlationId: string }[]).map(({ correlationId }) => correlationId);
}

onEachServer('search', (open) => {
  test('by fields, lists, times and text; sorted, page by page', async (t) => {
    const server = await open(t);
    await define(server, 'a', [task('wait', 'WAIT')]);
    await define(server, 'b', [task('set', 'SET_VARIABLE')]);
    const ids = new Map<string, string>();
    for (const [i, name] of ['a', 'b', 'a', 'b'].entries()) {
      const correlationId = `c${i}`;
      const body = { name, correlationId, input: { city: `city-${i}` } };
      ids.set(correlationId, (await server.call('POST', '/api/workflow', body)).text);
      await server.clock.advance(1_000);
    }
    await server.call('DELETE', `/api/workflow/${ids.get('c0')}`);
    const startOf = async (c: string) =>
      at((await server.call('GET', `/api/workflow/${ids.get(c)}`)).json, 'startTime');
    assert.deepEqual(await found(server, ''), ['c3', 'c2', 'c1', 'c0'], 'newest first');
    assert.deepEqual(await found(server, 'workflowType = "b"'), ['c3', 'c1']);
    assert.deepEqual(await found(server, "workflowType IN ('a', b) AND status IN (TERMINATED,RUNNING)"), ['c2', 'c0']);
    assert.deepEqual(await found(server, `startTime > ${await startOf('c1')}`), ['c3', 'c2']);
    assert.deepEqual(
      await found(server, `startTime >= ${await startOf('c1')} AND startTime < ${await startOf('c3')}`),
      ['c2', 'c1'],
    );
    assert.deepEqual(await found(server, `workflowId=${ids.get('c2')}`), ['c2']);
    assert.deepEqual(await found(server, 'correlationId = c1 AND version=1'), ['c1']);
    assert.deepEqual(await found(server, 'status=RUNNING AND status=COMPLETED'), []);
    assert.deepEqual(await found(server, '', '&freeText=city-3'), ['c3'], 'a value of the input is found');
    assert.deepEqual(await found(server, '', '&freeText=*&sort=startTime:ASC&start=1&size=2'), ['c1', 'c2']);
    const page = (await server.call('GET', '/api/workflow/search?size=1')).json;
    assert.equal(at(page, 'totalHits'), 4);
    assert.equal((at(page, 'results') as unknown[]).length, 1);
    const running = await server.call('GET', '/api/workflow/running/a');
    assert.deepEqual(running.json, [ids.get('c2')]);
  });
});

onEachServer('the query language', (open) => {
  test('alternatives, negations, wildcards, ranges and what is not there', async (t) => {
    const server = await open(t);
    await define(server, 'Order', [task('wait', 'WAIT')]);
    await define(server, 'order_50%', [task('bad', 'TERMINATE', { inputParameters: { terminationStatus: 'FAILED' } })]);
    for (const [i, body] of [
      { name: 'Order', createdBy: 'ann' },
      { name: 'Order', correlationId: undefined, priority: 3, createdBy: 'bob\u0000' },
      { name: 'order_50%', createdBy: 'ann', input: { odd: '\u0000' } },
    ].entries()) {
      await server.call('POST', '/api/workflow', { correlationId: `c${i}`, ...body });
      await server.clock.advance(1_000);
    }
    const first = server.clock.now() - 3_000;
    const cases: Readonly<Record<string, readonly (string | undefined)[]>> = {
      'workflowType = Order OR status = FAILED': ['c2', undefined, 'c0'],
      '(workflowType = Order OR status = FAILED) AND createdBy = ann': ['c2', 'c0'],
      'status != FAILED': [undefined, 'c0'],
      'correlationId != c0': ['c2', undefined],
      'NOT (status = FAILED) AND priority = 3': [undefined],
      'correlationId NOT IN (c0, c2)': [undefined],
      'correlationId IS NULL': [undefined],
      'correlationId IS NOT NULL': ['c2', 'c0'],
      'endTime IS NULL': [undefined, 'c0'],
      'reasonForIncompletion IS NOT NULL': ['c2'],
      'workflowType = "O*r"': [undefined, 'c0'],
      'workflowType = o*': ['c2'],
      'workflowType = "*_50%"': ['c2'],
      'workflowType STARTS_WITH "order_5"': ['c2'],
      'correlationId = *': ['c2', 'c0'],
      'event IS NULL AND parentWorkflowId IS NULL AND idempotencyKey IS NULL': ['c2', undefined, 'c0'],
      [`startTime BETWEEN ${first} AND ${first + 1_000}`]: [undefined, 'c0'],
      [`startTime <= ${first} OR startTime > ${first + 1_000}`]: ['c2', 'c0'],
      'modifiedTime > 0 AND createTime > 0 AND version IN (1, 2)': ['c2', undefined, 'c0'],
    };
    for (const [query, expected] of Object.entries(cases))
      assert.deepEqual(await found(server, query), expected, query);
  });

  test('tasks by the same language, and executions by their tasks', async (t) => {
    const server = await open(t);
    await define(server, 'a', [task('first', 'NOOP'), task('wait', 'WAIT')]);
    await server.call('POST', '/api/workflow', { name: 'a', correlationId: 'c0' });
    const refs = async (query: string) => {
      const { json } = await server.call('GET', `/api/tasks/search?query=${encodeURIComponent(query)}`);
      return (at(json, 'results') as { referenceTaskName: string }[]).map((one) => one.referenceTaskName);
    };
    assert.deepEqual(await refs('taskType = WAIT OR taskReferenceName = first'), ['first', 'wait']);
    assert.deepEqual(await refs('status != COMPLETED AND workflowType = a'), ['wait']);
    assert.deepEqual(await refs('scheduledTime > 0 AND endTime IS NULL'), ['wait']);
    assert.deepEqual(await refs('endTime > 0'), ['first']);
    assert.deepEqual(await refs('taskDefName STARTS_WITH fi AND correlationId = c*'), ['first']);
    assert.deepEqual(await found(server, 'taskType = WAIT AND status = IN_PROGRESS'), ['c0']);
    assert.deepEqual(await found(server, 'taskType = HTTP'), []);
  });

  test('sorting puts what has no value behind, on every database', async (t) => {
    const server = await open(t);
    await define(server, 'a', [task('wait', 'WAIT')]);
    for (const correlationId of ['c1', undefined, 'c2'])
      await server.call('POST', '/api/workflow', { name: 'a', correlationId });
    assert.deepEqual(await found(server, '', '&sort=correlationId:DESC'), ['c2', 'c1', undefined]);
    assert.deepEqual(await found(server, '', '&sort=correlationId:ASC'), [undefined, 'c1', 'c2']);
  });
});

test('summaries have ISO times and JSON texts, search-v2 has executions', async (t) => {
  const server = await openServer(t);
  await define(server, 'b', [task('set', 'SET_VARIABLE')]);
  const id = await start(server, 'b', { x: 1 });
  const iso = new Date(server.clock.now()).toISOString();
  const [summary] = at((await server.call('GET', '/api/workflow/search')).json, 'results') as Record<string, unknown>[];
  assert.deepEqual(
    [
      summary?.workflowId,
      summary?.workflowType,
      summary?.status,
      summary?.startTime,
      summary?.endTime,
      summary?.input,
      summary?.failedReferenceTaskNames,
    ],
    [id, 'b', 'COMPLETED', iso, iso, '{"x":1}', ''],
  );
  const [whole] = at((await server.call('GET', '/api/workflow/search-v2')).json, 'results') as Record<
    string,
    unknown
  >[];
  assert.deepEqual([whole?.workflowId, whole?.startTime, whole?.input], [id, server.clock.now(), { x: 1 }]);
});

test('what cannot be searched is refused with a reason', async (t) => {
  const server = await openServer(t);
  for (const query of [
    'colour = red',
    'status = SLEEPING',
    'status',
    'status =',
    'status = RUNNING OR',
    '(status = RUNNING',
    'startTime BETWEEN 1',
    'status = RUNNING AND',
    'status IN RUNNING',
    'status IN (RUNNING',
    'workflowType = "a',
    'workflowType > a',
    'correlationId IS 5',
    'startTime = yesterday',
    'version = one',
    `workflowType = ${'a'.repeat(10_000)}`,
  ]) {
    const reply = await server.call('GET', `/api/workflow/search?query=${encodeURIComponent(query)}`);
    assert.equal(reply.status, 400, query);
    assert.match(String(at(reply.json, 'message')), /^query: .{10,}/);
  }
  for (const rest of ['sort=colour', 'sort=startTime:UP', 'size=0', 'size=1001', 'start=-1', 'size=ten'])
    assert.equal((await server.call('GET', `/api/workflow/search?${rest}`)).status, 400, rest);
});

test('by correlation id: open ones unless told otherwise, one id or many', async (t) => {
  const server = await openServer(t);
  await define(server, 'a', [task('wait', 'WAIT')]);
  const begin = async (correlationId: string) =>
    (await server.call('POST', '/api/workflow', { name: 'a', correlationId })).text;
  const [one, two] = [await begin('x'), await begin('y')];
  await server.call('DELETE', `/api/workflow/${two}`);
  const idsOf = (json: unknown) => (json as { workflowId: string }[]).map(({ workflowId }) => workflowId);
  assert.deepEqual(idsOf((await server.call('GET', '/api/workflow/a/correlated/x')).json), [one]);
  assert.deepEqual(idsOf((await server.call('GET', '/api/workflow/a/correlated/y')).json), []);
  assert.deepEqual(idsOf((await server.call('GET', '/api/workflow/a/correlated/y?includeClosed=true')).json), [two]);
  const many = await server.call('POST', '/api/workflow/a/correlated?includeClosed=true&includeTasks=true', [
    'x',
    'y',
    'z',
  ]);
  const byId = many.json as Record<string, unknown>;
  assert.deepEqual([idsOf(byId.x), idsOf(byId.y), byId.z], [[one], [two], []]);
  assert.equal(at(byId.x, '0.tasks.0.referenceTaskName'), 'wait');
});
