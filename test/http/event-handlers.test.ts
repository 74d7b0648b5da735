// Event handlers over HTTP on both databases: registering, incoming events, events of executions, history, tags (contract 5.10).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const START = { action: 'start_workflow', start_workflow: { name: 'w', input: { from: '${source}' } } };
const HANDLER = { name: 'h', event: 'shop:order', active: true, actions: [START] };

async function add(server: TestServer, ...handlers: object[]): Promise<void> {
  const reply = await server.call('POST', '/api/event', handlers);
  assert.equal(reply.status, 200, reply.text);
}

const say = (server: TestServer, body: object) => server.call('POST', '/api/event/handleIncomingEvent', body);
const read = async (server: TestServer, path: string) => (await server.call('GET', `/api/event${path}`)).json;

onEachServer('event handlers', (open) => {
  test('an incoming event starts a workflow, and is on record as soon as it is answered', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    await add(server, HANDLER);
    const body = { event: 'shop:order', source: 'test', order: { id: 7 } };
    const reply = await say(server, body);
    assert.deepEqual([reply.status, reply.text], [200, '']);
    const [execution] = (await read(server, '/execution/h')) as Record<string, unknown>[];
    assert.deepEqual([execution?.name, execution?.event, execution?.action], ['h', 'shop:order', 'start_workflow']);
    const [message] = (await read(server, '/message/shop:order')) as Record<string, unknown>[];
    assert.deepEqual([message?.eventTarget, message?.eventType, message?.status], ['shop:order', 'MESSAGE', 'HANDLED']);
    assert.deepEqual(message?.fullPayload, body);
    assert.deepEqual(JSON.parse(String(message?.payload)), body);
    await server.settle();
    const [done] = (await read(server, '/execution/h')) as Record<string, unknown>[];
    assert.equal(done?.status, 'COMPLETED');
    const { json } = await server.call('GET', `/api/workflow/${at(done, 'output.workflowId')}`);
    assert.deepEqual(at(json, 'input'), {
      from: 'test',
      'conductor.event.messageId': message?.id,
      'conductor.event.name': 'shop:order',
    });
    assert.equal(at(json, 'event'), 'shop:order');
  });

  test('what an EVENT task says reaches handlers, once', async (t) => {
    const server = await open(t);
    await define(server, 'w', [task('hold', 'WAIT')]);
    await define(server, 'says', [
      task('say', 'EVENT', { sink: 'conductor:done', inputParameters: { target: '${workflow.input.target}' } }),
    ]);
    const actions = [{ action: 'complete_task', complete_task: { workflowId: '${target}', taskRefName: 'hold' } }];
    await add(server, { name: 'finish', event: 'conductor:says:done', active: true, actions });
    const target = await start(server, 'w');
    await start(server, 'says', { target });
    await server.settle();
    assert.equal(await shortly(server, target), 'COMPLETED hold:COMPLETED');
    const executions = (await read(server, '/execution/finish')) as Record<string, unknown>[];
    assert.deepEqual(
      executions.map(({ status }) => status),
      ['COMPLETED'],
    );
  });

  test('handlers are listed, found by event, replaced, tagged and deleted', async (t) => {
    const server = await open(t);
    const tags = [{ key: 'env', value: 'test' }];
    await add(server, { ...HANDLER, description: 'orders', tags }, { name: 'idle', event: 'shop:order', actions: [] });
    assert.equal((await server.call('POST', '/api/event', { ...HANDLER, name: 'alone' })).status, 200);
    assert.deepEqual(
      ((await read(server, '')) as { name: string }[]).map(({ name }) => name),
      ['alone', 'h', 'idle'],
    );
    const found = await read(server, '/handler/h');
    assert.deepEqual([at(found, 'tags'), at(found, 'active'), at(found, 'createdBy')], [tags, true, 'local']);
    assert.deepEqual(at(found, 'actions'), [START]);
    assert.equal(((await read(server, '/shop:order')) as unknown[]).length, 3);
    assert.equal(((await read(server, '/shop:order?activeOnly=true')) as unknown[]).length, 2);
    assert.equal((await server.call('PUT', '/api/event', { ...HANDLER, active: false })).status, 200);
    assert.equal(at(await read(server, '/handler/h'), 'active'), false);
    await server.call('PUT', '/api/event/h/tags', [{ key: 'team', value: 'x' }]);
    await server.call('DELETE', '/api/event/h/tags', tags);
    assert.deepEqual((await server.call('GET', '/api/event/h/tags')).json, [{ key: 'team', value: 'x' }]);
    assert.equal((await server.call('DELETE', '/api/event/h')).status, 200);
    assert.equal((await server.call('GET', '/api/event/handler/h')).status, 404);
  });

  test('events without a handler are kept, and everything is counted', async (t) => {
    const server = await open(t);
    await add(server, HANDLER);
    await say(server, { event: 'shop:order', source: 'a' });
    await say(server, { event: 'nobody', source: 'b' });
    const [lost] = (await read(server, '/message/nobody')) as Record<string, unknown>[];
    assert.deepEqual([lost?.status, lost?.eventExecutions], ['REJECTED', []]);
    assert.match(String(lost?.statusDescription), /no active event handler/);
    assert.deepEqual(await read(server, '/message'), {
      totalHits: 2,
      results: [
        { event: 'nobody', active: false, numberOfActions: 0, numberOfMessages: 1 },
        { name: 'h', event: 'shop:order', active: true, numberOfActions: 1, numberOfMessages: 1 },
      ],
    });
    assert.deepEqual(await read(server, '/execution'), {
      totalHits: 1,
      results: [{ name: 'h', event: 'shop:order', active: true, numberOfActions: 1, numberOfMessages: 1 }],
    });
  });
});

test('conditions run in the sandbox', async (t) => {
  const server = await openServer(t, { scripts: true });
  await add(server, { ...HANDLER, name: 'yes', condition: '$.amount > 10' });
  await add(server, { ...HANDLER, name: 'no', condition: '$.amount > 100' });
  await add(server, { ...HANDLER, name: 'broken', condition: '$.amount.x.y' });
  await say(server, { event: 'shop:order', amount: 50 });
  await server.settle();
  const statusOf = async (name: string) => at(await read(server, `/execution/${name}`), '0.status');
  assert.equal(await statusOf('yes'), 'FAILED');
  assert.equal(await statusOf('no'), 'SKIPPED');
  assert.equal(await statusOf('broken'), 'FAILED');
  assert.match(String(at(await read(server, '/execution/yes'), '0.statusDescription')), /no workflow definition/);
  assert.match(String(at(await read(server, '/execution/broken'), '0.statusDescription')), /the condition failed/);
});

test('what cannot be taken says why', async (t) => {
  const server = await openServer(t);
  await add(server, HANDLER);
  const status = async (method: 'POST' | 'PUT' | 'DELETE' | 'GET', path: string, body?: unknown) =>
    (await server.call(method, `/api/event${path}`, body)).status;
  assert.equal(await status('POST', '', HANDLER), 409);
  assert.equal(await status('POST', '', [{ name: '', event: '', actions: [] }]), 400);
  assert.equal(await status('POST', '', [{ ...HANDLER, name: 'x', actions: [{ action: 'dance' }] }]), 400);
  assert.equal(await status('POST', '', []), 400);
  assert.equal(await status('PUT', '', { ...HANDLER, name: 'nobody' }), 404);
  assert.equal(await status('DELETE', '/nobody'), 404);
  assert.equal(await status('GET', '/nobody/tags'), 404);
  assert.equal(await status('POST', '/handleIncomingEvent', {}), 400);
  assert.equal(await status('POST', '/handleIncomingEvent', { event: 7 }), 400);
  assert.equal(await status('GET', '/queue/config/kafka/nothing'), 404);
  assert.deepEqual(await read(server, '/queue/config'), {});
  assert.deepEqual(await read(server, '/handler/'), []);
});

test('what is wrong with a handler is said of its field, alone or in a list', async (t) => {
  const server = await openServer(t);
  const wrong = { name: 'h', event: 'e', actions: [{ action: 'dance' }] };
  for (const body of [wrong, [wrong]]) {
    const { status, json } = await server.call('POST', '/api/event', body);
    assert.equal(status, 400);
    assert.equal(at(json, 'validationErrors.0.path'), '[0].actions[0].action');
  }
});
