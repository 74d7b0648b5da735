// Schedules over HTTP on both databases: saving, running, pausing, searching, tags (contract 5.15).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, type TestServer, task } from './test-server.ts';

const MINUTE = 60_000;
const EVERY_MINUTE = {
  name: 'tick',
  cronExpression: '0 * * * * *',
  startWorkflowRequest: { name: 'w', version: 1, input: { own: 1 } },
};
const PATH = '/api/scheduler/schedules';

async function save(server: TestServer, more: object = {}): Promise<unknown> {
  const reply = await server.call('POST', PATH, { ...EVERY_MINUTE, ...more });
  assert.equal(reply.status, 200, reply.text);
  return reply.json;
}

async function runs(server: TestServer, query = ''): Promise<readonly Record<string, unknown>[]> {
  const reply = await server.call('GET', `/api/scheduler/search/executions?${query}`);
  assert.equal(reply.status, 200, reply.text);
  return at(reply.json, 'results') as readonly Record<string, unknown>[];
}

onEachServer('schedules', (open) => {
  test('a schedule starts its workflow on time, and the record says so', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    const saved = await save(server, { description: 'each minute', scheduleStartTime: null });
    const due = at(saved, 'nextRunTime') as number;
    assert.equal(due % MINUTE, 0);
    assert.deepEqual([at(saved, 'paused'), at(saved, 'createdBy'), at(saved, 'tags')], [false, 'local', []]);
    await server.advance(MINUTE);
    const [run] = await runs(server);
    assert.deepEqual(
      [run?.state, run?.scheduleName, run?.scheduledTime, run?.workflowName],
      ['EXECUTED', 'tick', due, 'w'],
    );
    const { json } = await server.call('GET', `/api/workflow/${run?.workflowId}`);
    assert.deepEqual(at(json, 'input'), {
      own: 1,
      _startedByScheduler: 'tick',
      _scheduledTime: due,
      _executedTime: run?.executionTime,
      _executionId: run?.executionId,
      _schedulerCron: '0 * * * * *',
    });
    assert.equal(at((await server.call('GET', `${PATH}/tick`)).json, 'nextRunTime'), due + MINUTE);
  });

  test('pausing and resuming work by GET and by PUT, one by one and in bulk', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    await save(server);
    await save(server, { name: 'other' });
    const paused = async (name = 'tick') => {
      const { json } = await server.call('GET', `${PATH}/${name}`);
      return [at(json, 'paused'), at(json, 'pausedReason')];
    };
    for (const method of ['GET', 'PUT'] as const) {
      assert.equal((await server.call(method, `${PATH}/tick/pause?reason=holiday`)).status, 200);
      assert.deepEqual(await paused(), [true, 'holiday']);
      assert.equal((await server.call(method, `${PATH}/tick/resume`)).status, 200);
      assert.deepEqual(await paused(), [false, undefined]);
    }
    const bulk = await server.call('PUT', '/api/scheduler/bulk/pause', ['tick', 'nobody', 'other']);
    assert.deepEqual(at(bulk.json, 'bulkSuccessfulResults'), ['tick', 'other']);
    assert.deepEqual(at(bulk.json, 'bulkErrorResults'), { nobody: "Schedule 'nobody' not found" });
    await server.advance(2 * MINUTE);
    assert.deepEqual(await runs(server), []);
    await server.call('PUT', '/api/scheduler/bulk/resume', ['tick', 'other']);
    assert.deepEqual(await paused('other'), [false, undefined]);
  });

  test('runs are searched with the query language', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    await save(server);
    await save(server, { name: 'lost', startWorkflowRequest: { name: 'nobody' } });
    for (let i = 0; i < 2; i += 1) await server.advance(MINUTE);
    assert.equal(
      (await runs(server, 'start=0&size=15&sort=startTime:DESC&freeText=&query=scheduleName IN (tick)')).length,
      2,
    );
    const [failed] = await runs(server, 'query=state = FAILED AND workflowName = nobody&size=1');
    assert.match(String(failed?.reason), /no workflow definition named 'nobody'/);
    assert.equal(failed?.workflowId, undefined);
    const [newest] = await runs(server, `query=scheduledTime > ${server.clock.now() - 90_000} AND scheduleName='tick'`);
    assert.ok(newest);
    assert.equal((await runs(server, 'freeText=NOBODY')).length, 2);
    const times = (await runs(server, 'sort=ASC&query=')).map(({ scheduledTime }) => Number(scheduledTime));
    assert.deepEqual(times, times.toSorted());
    assert.deepEqual(
      (await runs(server, 'sort=desc')).map(({ scheduledTime }) => scheduledTime),
      times.toReversed(),
    );
    assert.equal((await runs(server, 'sort=')).length, times.length);
    for (const query of [
      'query=color = red',
      'query=state = BLUE',
      'query=scheduleName > a',
      'sort=color',
      'query=state',
    ])
      assert.equal((await server.call('GET', `/api/scheduler/search/executions?${query}`)).status, 400, query);
  });

  test('lists are narrowed by workflow, name, pause and text', async (t) => {
    const server = await open(t);
    await save(server, { tags: undefined });
    await save(server, { name: 'other', paused: true, startWorkflowRequest: { name: 'x' }, description: 'Nightly' });
    const names = async (path: string, of = '') => {
      const { json } = await server.call('GET', path);
      return ((of ? at(json, of) : json) as readonly { name: string }[]).map(({ name }) => name);
    };
    assert.deepEqual(await names(PATH), ['other', 'tick']);
    assert.deepEqual(await names(`${PATH}?workflowName=x`), ['other']);
    assert.deepEqual(await names(`${PATH}/search?paused=false`, 'results'), ['tick']);
    assert.deepEqual(await names(`${PATH}/search?freeText=nightly&size=5`, 'results'), ['other']);
    assert.deepEqual(await names(`${PATH}/search?scheduleName=tick`, 'results'), ['tick']);
    assert.deepEqual(await names(`${PATH}/search?sort=name:DESC&size=1`, 'results'), ['tick']);
  });

  test('run now, stop all, go on', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    await save(server, { paused: true, pausedReason: 'not yet' });
    const reply = await server.call('POST', `${PATH}/tick/run`);
    assert.equal(reply.status, 200);
    await server.settle();
    assert.equal((await server.call('GET', `/api/workflow/${at(reply.json, 'workflowId')}`)).status, 200);
    await server.call('PUT', `${PATH}/tick/resume`);
    assert.equal((await server.call('GET', '/api/scheduler/admin/pause')).status, 200);
    await server.advance(2 * MINUTE);
    assert.equal((await runs(server)).length, 1);
    assert.equal((await server.call('GET', '/api/scheduler/admin/resume')).status, 200);
    assert.equal((await server.call('GET', '/api/scheduler/admin/requeue')).status, 200);
    await server.settle();
    assert.equal((await runs(server)).length, 2);
  });

  test('tags of a schedule are added, shown, looked up, removed, and go with it', async (t) => {
    const server = await open(t);
    await save(server);
    const [env, team] = [
      { key: 'env', value: 'test', type: 'METADATA' },
      { key: 'team', value: 'sdk' },
    ];
    assert.equal((await server.call('PUT', `${PATH}/tick/tags`, [env])).status, 200);
    assert.equal((await server.call('PUT', `${PATH}/tick/tags`, [team])).status, 200);
    assert.deepEqual((await server.call('GET', `${PATH}/tick/tags`)).json, [env, team]);
    assert.deepEqual(at((await server.call('GET', `${PATH}/tick`)).json, 'tags'), [env, team]);
    assert.equal(at((await server.call('GET', `${PATH}/tags?tag=env:test`)).json, '0.name'), 'tick');
    assert.equal((await server.call('DELETE', `${PATH}/tick/tags`, [team])).status, 200);
    assert.deepEqual((await server.call('GET', `${PATH}/tick/tags`)).json, [env]);
    assert.equal((await server.call('GET', `${PATH}/nobody/tags`)).status, 404);
    assert.equal((await server.call('DELETE', `${PATH}/tick`)).status, 200);
    assert.deepEqual((await server.call('GET', '/api/metadata/tags')).json, []);
  });
});

test('what cannot be saved or found says why', async (t) => {
  const server = await openServer(t);
  const refused = async (more: object, message: RegExp) => {
    const reply = await server.call('POST', PATH, { ...EVERY_MINUTE, ...more });
    assert.equal(reply.status, 400, reply.text);
    assert.match(String(at(reply.json, 'message')), message);
  };
  await refused({ cronExpression: '* * * * *' }, /write six/);
  await refused({ name: '' }, /name/);
  await refused({ startWorkflowRequest: undefined }, /startWorkflowRequest/);
  await refused({ startWorkflowRequest: { name: 'w', workflowDef: { name: 'w', tasks: [] } } }, /tasks/);
  await refused({ zoneId: 'Mars' }, /time zone/);
  for (const scheduleStartTime of [-9e15, 9e15, 9e300])
    await refused({ scheduleStartTime }, /scheduleStartTime: must be/);
  for (const [method, path] of [
    ['GET', `${PATH}/nobody`],
    ['DELETE', `${PATH}/nobody`],
    ['PUT', `${PATH}/nobody/pause`],
    ['GET', `${PATH}/nobody/resume`],
    ['POST', `${PATH}/nobody/run`],
  ] as const)
    assert.equal((await server.call(method, path)).status, 404, path);
});

test('the next moments of an expression are shown, five at most', async (t) => {
  const server = await openServer(t);
  const next = async (query: string) => (await server.call('GET', `/api/scheduler/nextFewSchedules?${query}`)).json;
  const hourly = (await next('cronExpression=0 0 * ? * *')) as number[];
  assert.equal(hourly.length, 3);
  assert.ok(hourly.every((moment) => moment > server.clock.now() && moment % 3_600_000 === 0));
  assert.equal(((await next('cronExpression=@hourly&limit=50')) as number[]).length, 5);
  const start = Date.parse('2030-01-01T00:00:00Z');
  const bounded = `cronExpression=@daily&zoneId=Europe/Vienna&scheduleStartTime=${start}&scheduleEndTime=${start + 100_000_000}`;
  assert.deepEqual(await next(bounded), [start + 23 * 3_600_000]);
  for (const query of ['cronExpression=nonsense', 'cronExpression=@daily&scheduleStartTime=9007199254740991'])
    assert.equal((await server.call('GET', `/api/scheduler/nextFewSchedules?${query}`)).status, 400);
  const last = `cronExpression=@daily&scheduleStartTime=8640000000000000`;
  assert.deepEqual(await next(last), []);
});

test('zones: each expression runs by the clock on its wall, over the change to summer time and back', async (t) => {
  const HOUR = 60 * MINUTE;
  const iso = (moment: unknown) => new Date(Number(moment)).toISOString().slice(0, 16);
  const spring = await openServer(t, { startMs: Date.parse('2030-03-30T00:00:00Z') });
  await define(spring, 'w', [task('hold', 'WAIT')]);
  const cronSchedules = [
    { cronExpression: '0 30 2 * * *', zoneId: 'Europe/Vienna' },
    { cronExpression: '0 30 2 * * *', zoneId: 'Asia/Kolkata' },
  ];
  const saved = await save(spring, { cronExpression: undefined, cronSchedules });
  assert.equal(iso(at(saved, 'nextRunTime')), '2030-03-30T01:30');
  assert.deepEqual(at((await spring.call('GET', `${PATH}/tick`)).json, 'cronSchedules'), cronSchedules);
  for (let hour = 0; hour < 48; hour += 1) await spring.advance(HOUR);
  const due = (await runs(spring, 'sort=scheduledTime:ASC')).map((run) => [iso(run.scheduledTime), run.zoneId]);
  assert.deepEqual(due, [
    ['2030-03-30T01:30', 'Europe/Vienna'],
    ['2030-03-30T21:00', 'Asia/Kolkata'],
    // 02:30 does not exist that night: it is right after the gap.
    ['2030-03-31T01:00', 'Europe/Vienna'],
    ['2030-03-31T21:00', 'Asia/Kolkata'],
  ]);

  const autumn = await openServer(t, { startMs: Date.parse('2030-10-26T12:00:00Z') });
  await define(autumn, 'w', [task('hold', 'WAIT')]);
  await save(autumn, { cronExpression: '0 30 2 * * *', zoneId: 'Europe/Vienna' });
  for (let hour = 0; hour < 48; hour += 1) await autumn.advance(HOUR);
  const twice = (await runs(autumn, 'sort=scheduledTime:ASC')).map((run) => iso(run.scheduledTime));
  assert.deepEqual(twice, ['2030-10-27T00:30', '2030-10-28T01:30'], 'an hour that comes twice counts once');
});

test('catch-up: a server that was away makes up for one run, or for each; a pause passes them over, or not', async (t) => {
  const server = await openServer(t);
  await define(server, 'w', [task('hold', 'WAIT')]);
  const first = at(await save(server), 'nextRunTime') as number;
  const all = { name: 'all', runCatchupScheduleInstances: true };
  assert.equal(at(await save(server, all), 'runCatchupScheduleInstances'), true);
  const minutes = async (name: string) =>
    (await runs(server, `query=scheduleName = ${name}&sort=scheduledTime:ASC`)).map(
      ({ scheduledTime }) => (Number(scheduledTime) - first) / MINUTE,
    );
  await server.clock.advance(first - server.clock.now() + 3 * MINUTE + 1);
  await server.settle();
  assert.deepEqual(await minutes('tick'), [0], 'one for all that were missed');
  assert.deepEqual(await minutes('all'), [0, 1, 2, 3]);
  for (const name of ['tick', 'all']) await server.call('PUT', `${PATH}/${name}/pause`);
  await server.advance(2 * MINUTE);
  for (const name of ['tick', 'all']) await server.call('PUT', `${PATH}/${name}/resume`);
  await server.settle();
  assert.deepEqual(await minutes('tick'), [0]);
  assert.deepEqual(await minutes('all'), [0, 1, 2, 3, 4, 5]);
  await server.advance(MINUTE);
  assert.deepEqual(
    [await minutes('tick'), await minutes('all')].map((list) => list.at(-1)),
    [6, 6],
  );
});

test('a schedule that brings its definition needs none registered', async (t) => {
  const server = await openServer(t);
  const workflowDef = { name: 'inline', version: 1, tasks: [task('hold', 'WAIT')] };
  await save(server, { startWorkflowRequest: { name: 'inline', workflowDef } });
  await server.advance(MINUTE);
  assert.equal((await runs(server))[0]?.state, 'EXECUTED');
});
