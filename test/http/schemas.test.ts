// Registered schemas, and what they do: starts that break them are refused, tasks and executions that break them fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, start, type TestServer, task } from './test-server.ts';

const NUMBER_N = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };

const save = (server: TestServer, schemas: unknown, query = '') => server.call('POST', `/api/schema${query}`, schemas);

onEachServer('schemas', (open) => {
  test('are saved by version, read, listed in short and deleted', async (t) => {
    const server = await open(t);
    const order = { name: 'order', version: 1, type: 'JSON', data: NUMBER_N, ownerApp: null };
    assert.equal((await save(server, [order])).status, 200);
    assert.equal((await save(server, [{ ...order, data: {} }, order], '?newVersion=true')).status, 200);
    const first = (await server.call('GET', '/api/schema/order/1')).json;
    assert.deepEqual([at(first, 'version'), at(first, 'data'), at(first, 'createdBy')], [1, NUMBER_N, 'local']);
    assert.equal(at((await server.call('GET', '/api/schema/order')).json, 'version'), 3);
    await server.clock.advance(1_000);
    assert.equal((await save(server, { ...order, data: true })).status, 200, 'one alone, over version 1');
    const again = (await server.call('GET', '/api/schema/order/1')).json;
    assert.equal(at(again, 'data'), true);
    assert.equal(at(again, 'createTime'), at(first, 'createTime'));
    assert.notEqual(at(again, 'updateTime'), at(first, 'updateTime'));
    const list = (await server.call('GET', '/api/schema?short=true')).json as { version: number; data?: unknown }[];
    assert.deepEqual(
      list.map(({ version, data }) => [version, data]),
      [1, 2, 3].map((version) => [version, undefined]),
    );
    assert.equal((await server.call('DELETE', '/api/schema/order/2')).status, 200);
    assert.equal((await server.call('GET', '/api/schema/order/2')).status, 404);
    assert.equal((await server.call('DELETE', '/api/schema/order')).status, 200);
    assert.equal((await server.call('GET', '/api/schema/order')).status, 404);
    assert.equal((await server.call('DELETE', '/api/schema/order')).status, 404);
  });

  test('a start that breaks the schema is a 400 that names each path, wherever the schema is', async (t) => {
    const server = await open(t);
    await save(server, [{ name: 'order', version: 1, data: { required: ['id'], properties: { n: NUMBER_N } } }]);
    await define(server, 'named', [task('a', 'SIMPLE')], { inputSchema: { name: 'order', version: 1, type: 'JSON' } });
    const bad = await server.call('POST', '/api/workflow/named', { n: { n: 'x' } });
    assert.equal(bad.status, 400);
    assert.equal(
      at(bad.json, 'message'),
      'the input breaks schema order version 1: input.id is missing; input.n.n must be a number',
    );
    assert.deepEqual(
      (at(bad.json, 'validationErrors') as { path: string }[]).map(({ path }) => path),
      ['input.id', 'input.n.n'],
    );
    const id = await start(server, 'named', { id: 1, n: { n: 1 } });
    const kept = (await server.call('GET', `/api/workflow/${id}`)).json;
    assert.equal(at(kept, 'workflowDefinition.inputSchema.data.required.0'), 'id', 'the execution keeps the schema');
    await define(server, 'free', [task('a', 'SIMPLE')], { inputSchema: { name: 'order' }, enforceSchema: false });
    await start(server, 'free', {});
    // A changed schema counts from the next start on.
    await save(server, [{ name: 'order', version: 1, data: { required: ['other'] } }]);
    assert.equal((await server.call('POST', '/api/workflow/named', { id: 1 })).status, 400);
    await server.call('DELETE', '/api/schema/order');
    assert.match((await server.call('POST', '/api/workflow/named', { other: 1 })).text, /there is no schema order/);
  });

  test('a task that breaks the schema of its definition fails with the reason', async (t) => {
    const server = await open(t);
    await save(server, [{ name: 'n', version: 1, data: NUMBER_N }]);
    const rules = { retryCount: 0, enforceSchema: true, outputSchema: { name: 'n', version: 1 } };
    const reply = await server.call('POST', '/api/metadata/taskdefs', [{ name: 'work', ...rules }]);
    assert.equal(reply.status, 200, reply.text);
    await define(server, 'flow', [task('work', 'SIMPLE')]);
    const id = await start(server, 'flow');
    const polled = (await server.call('GET', '/api/tasks/poll/work')).json;
    await server.call('POST', '/api/tasks', {
      taskId: at(polled, 'taskId'),
      workflowInstanceId: id,
      status: 'COMPLETED',
      outputData: { n: [] },
    });
    const done = (await server.call('GET', `/api/workflow/${id}`)).json;
    assert.equal(at(done, 'tasks.0.status'), 'FAILED');
    assert.equal(
      at(done, 'tasks.0.reasonForIncompletion'),
      'the output breaks schema n version 1: output.n must be a number',
    );
    assert.equal(at(done, 'status'), 'FAILED');
  });
});

test('what could never be checked is refused when it is saved', async (t) => {
  const server = await openServer(t);
  const message = async (schema: object) => {
    const reply = await save(server, [{ name: 'a', version: 1, ...schema }]);
    assert.equal(reply.status, 400, JSON.stringify(schema));
    return String(at(reply.json, 'message'));
  };
  assert.match(await message({ data: { type: 'colour' } }), /^\[0\]\.data\.type must be one of/);
  assert.match(await message({ type: 'AVRO', data: {} }), /type must be JSON/);
  assert.match(await message({ externalRef: 'https://example.com' }), /externalRef is not fetched/);
  assert.match(await message({}), /^\[0\]\.data must be a JSON Schema/);
  assert.match(await message({ version: 0, data: {} }), /version/);
  assert.equal((await server.call('GET', '/api/schema/a/one')).status, 400);
  assert.equal((await server.call('DELETE', '/api/schema/a/0')).status, 400);
  assert.equal((await save(server, [])).status, 400);
});
