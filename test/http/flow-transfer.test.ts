// Schedules on their way with a flow, on both databases: not copied with it, exported with it, imported under the rules of schedules.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, type TestServer, task } from './test-server.ts';

const MINUTE = 60_000;
const PATH = '/api/scheduler/schedules';
const instant = [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })];

const nightly = {
  name: 'nightly',
  cronSchedules: [{ cronExpression: '0 0 2 * * *', zoneId: 'Europe/Vienna' }],
  runCatchupScheduleInstances: true,
  description: 'while others sleep',
  startWorkflowRequest: { name: 'orders', version: 1, input: { full: true }, priority: 3 },
};
const paused = {
  name: 'every minute',
  cronExpression: '0 * * * * *',
  paused: true,
  pausedReason: 'too much',
  startWorkflowRequest: {
    name: 'orders',
    workflowDef: { name: 'orders', tasks: [task('inline', 'SET_VARIABLE', { inputParameters: { a: 1 } })] },
  },
};

async function setUp(server: TestServer): Promise<Record<string, unknown>> {
  await define(server, 'orders', instant);
  await define(server, 'others', instant);
  for (const schedule of [nightly, paused, { ...nightly, name: 'theirs', startWorkflowRequest: { name: 'others' } }])
    assert.equal((await server.call('POST', PATH, schedule)).status, 200);
  const exported = await server.call('GET', '/api/flows/orders/export');
  assert.equal(exported.status, 200, exported.text);
  return exported.json as Record<string, unknown>;
}

const importAs = (server: TestServer, file: object, more: object = {}) =>
  server.call('POST', '/api/flows/import', { file, ...more });

onEachServer('schedules of an exported flow', (open) => {
  test('an export carries the schedules of its flow alone, and a copy has none', async (t) => {
    const server = await open(t);
    const file = await setUp(server);
    const schedules = file.schedules as readonly object[];
    assert.deepEqual(
      schedules.map((schedule) => ['name', 'paused', 'pausedReason'].map((field) => at(schedule, field))),
      [
        ['every minute', true, 'too much'],
        ['nightly', false, undefined],
      ],
    );
    assert.deepEqual(schedules[1], { ...nightly, paused: false });
    const copy = await server.call('POST', '/api/flows/orders/copy', { name: 'copied' });
    assert.equal(at(copy.json, 'schedules'), 0);
    assert.deepEqual((await server.call('GET', `${PATH}?workflowName=copied`)).json, []);
  });

  test('an import under another name starts that flow; where a name is taken, it takes the name of the flow with it', async (t) => {
    const server = await open(t);
    const file = await setUp(server);
    await server.call('DELETE', `${PATH}/nightly`);
    const imported = await importAs(server, file, { name: 'again' });
    assert.deepEqual(imported.json, { name: 'again', versions: [1], webhooks: 0, schedules: 2 }, imported.text);
    const found = (await server.call('GET', `${PATH}?workflowName=again`)).json as readonly object[];
    assert.deepEqual(
      found.map((schedule) => ['name', 'paused', 'pausedReason', 'createdBy'].map((field) => at(schedule, field))),
      [
        ['every minute-again', true, 'too much', 'local'],
        ['nightly', false, undefined, 'local'],
      ],
    );
    assert.deepEqual(at(found[1], 'startWorkflowRequest'), { ...nightly.startWorkflowRequest, name: 'again' });
    assert.equal(at(found[0], 'startWorkflowRequest.workflowDef.name'), 'again');
    assert.equal((await server.call('PUT', `${PATH}/every minute-again/resume`)).status, 200);
    await server.advance(MINUTE);
    const runs = await server.call('GET', '/api/scheduler/search/executions?query=workflowName = again');
    assert.deepEqual([at(runs.json, 'totalHits'), at(runs.json, 'results.0.state')], [1, 'EXECUTED']);
  });

  test('what is there is replaced only when the import says so', async (t) => {
    const server = await open(t);
    const file = await setUp(server);
    await server.call('PUT', `${PATH}/nightly/pause`);
    assert.equal((await importAs(server, file)).status, 409);
    const over = await importAs(server, file, { overwrite: true });
    assert.equal(at(over.json, 'schedules'), 2, over.text);
    assert.equal(at((await server.call('GET', `${PATH}/nightly`)).json, 'paused'), false);
    assert.equal((await server.call('GET', `${PATH}?workflowName=orders`)).status, 200);
    // Left behind by a flow that is gone.
    await server.call('DELETE', '/api/metadata/workflow/orders/1');
    const left = await importAs(server, file);
    assert.deepEqual([left.status, at(left.json, 'message')], [409, "a schedule named 'every minute' exists"]);
    assert.equal(await server.store.definitions.getWorkflow('orders'), undefined);
  });

  test('a schedule that could not be saved stops the import before anything is written', async (t) => {
    const server = await open(t);
    const file = await setUp(server);
    for (const [schedule, message] of [
      [{ ...nightly, cronSchedules: [{ cronExpression: 'soon' }] }, /schedules\[0\]: .*soon/],
      [{ ...nightly, cronSchedules: [] }, /schedules\[0\]: a cronExpression is missing/],
      [{ ...nightly, startWorkflowRequest: 5 }, /schedules\[0\]\.startWorkflowRequest/],
    ] as const) {
      const reply = await importAs(server, { ...file, schedules: [schedule] }, { name: 'broken' });
      assert.equal(reply.status, 400, reply.text);
      assert.match(String(at(reply.json, 'message')), message);
    }
    assert.equal(await server.store.definitions.getWorkflow('broken'), undefined);
    const { schedules: _, ...older } = file;
    assert.equal(at((await importAs(server, older, { name: 'older' })).json, 'schedules'), 0);
  });
});
