// Secrets and variables over HTTP on both databases: filled in at hand-off, and in no row, log or answer of an execution.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallOut } from '../../src/engine/workers/http.ts';
import { at, define, onEachServer, openServer, start, type TestServer, task } from './test-server.ts';

const SECRET = 'correct-horse-battery';
const JSON_TYPE = { 'content-type': 'application/json' };

const put = async (server: TestServer, path: string, value: string) =>
  assert.equal((await server.call('PUT', `/api/${path}`, JSON.stringify(value), JSON_TYPE)).status, 200);

const WORK = task('work', 'SIMPLE', {
  inputParameters: {
    password: 'pw ${workflow.secrets.db}',
    region: '${workflow.env.REGION}',
    id: '${workflow.input.id}',
  },
});

onEachServer('secrets', (open) => {
  test('a worker gets the values; the execution keeps what was written', async (t) => {
    const server = await open(t);
    await put(server, 'secrets/db', SECRET);
    await put(server, 'environment/REGION', 'eu');
    await define(server, 'w', [WORK, { ...WORK, taskReferenceName: 'again', name: 'work' }]);
    const id = await start(server, 'w', { id: '${workflow.secrets.db}' });
    const input = { password: `pw ${SECRET}`, region: 'eu', id: '${workflow.secrets.db}' };
    const first = (await server.call('GET', '/api/tasks/poll/work?workerid=me')).json;
    assert.deepEqual(at(first, 'inputData'), input);
    const echo = {
      taskId: at(first, 'taskId'),
      workflowInstanceId: id,
      status: 'COMPLETED',
      outputData: { echo: `it was ${SECRET}`, list: [SECRET] },
      logs: [{ log: `used ${SECRET}` }],
      workerId: 'me',
    };
    const next = await server.call('POST', '/api/tasks/update-v2', echo);
    assert.deepEqual(at(next.json, 'inputData'), input);
    const { taskId } = next.json as { taskId: string };
    await server.call('POST', `/api/tasks/${taskId}/log`, `bare ${SECRET}`);
    await server.call('POST', '/api/tasks', {
      taskId,
      workflowInstanceId: id,
      status: 'FAILED_WITH_TERMINAL_ERROR',
      reasonForIncompletion: `no ${SECRET}`,
    });
    await server.settle();
    const shown = [
      (await server.call('GET', `/api/workflow/${id}`)).text,
      (await server.call('GET', `/api/workflow/search?freeText=${SECRET}`)).text,
      (await server.call('GET', `/api/tasks/${echo.taskId}/log`)).text,
      (await server.call('GET', `/api/tasks/${taskId}/log`)).text,
      (await server.call('GET', '/api/secrets/db')).text,
      JSON.stringify(await server.store.workflows.get(id, { tasks: true })),
      JSON.stringify(server.logged),
    ];
    for (const text of shown) assert.ok(!text.includes(SECRET), text);
    const execution = JSON.parse(shown[0] ?? '');
    assert.equal(at(execution, 'tasks.0.inputData.password'), 'pw ${workflow.secrets.db}');
    assert.deepEqual(at(execution, 'tasks.0.outputData'), { echo: 'it was ***', list: ['***'] });
    assert.equal(at(execution, 'tasks.1.reasonForIncompletion'), 'no ***');
    assert.equal(at(JSON.parse(shown[2] ?? ''), '0.log'), 'used ***');
  });

  test('names are listed, values are not; variables are shown', async (t) => {
    const server = await open(t);
    await put(server, 'secrets/b', SECRET);
    assert.equal((await server.call('PUT', '/api/secrets/a', 'bare text')).status, 200);
    for (const method of ['GET', 'POST'] as const)
      assert.deepEqual((await server.call(method, '/api/secrets')).json, ['a', 'b']);
    assert.equal((await server.call('GET', '/api/secrets/b')).text, '***');
    assert.equal((await server.call('GET', '/api/secrets/b/exists')).json, true);
    // Without Accept, as the Java client calls (it fails on null), and as fetch does (the JavaScript client takes false for a yes).
    assert.equal((await server.call('GET', '/api/secrets/c/exists')).json, false);
    const anything = await server.call('GET', '/api/secrets/c/exists', undefined, { accept: '*/*' });
    assert.deepEqual([anything.status, anything.text], [200, 'null']);
    assert.equal((await server.call('GET', '/api/secrets/c')).status, 404);
    const tag = { key: 'env', value: 'test' };
    assert.equal((await server.call('PUT', '/api/secrets/b/tags', [tag])).status, 200);
    assert.deepEqual((await server.call('GET', '/api/secrets-v2')).json, [
      { name: 'a', tags: [] },
      { name: 'b', tags: [tag] },
    ]);
    assert.equal((await server.call('GET', '/api/secrets/c/tags')).status, 404);
    assert.equal((await server.call('DELETE', '/api/secrets/b')).status, 200);
    assert.equal((await server.call('DELETE', '/api/secrets/b')).status, 404);
    assert.equal((await server.call('PUT', '/api/secrets/not.a.name', 'x')).status, 400);
    for (const name of ['clearLocalCache', 'clearRedisCache'])
      assert.equal((await server.call('GET', `/api/secrets/${name}`)).status, 200);
    await put(server, 'environment/REGION', 'eu');
    assert.deepEqual((await server.call('GET', '/api/environment')).json, [{ name: 'REGION', value: 'eu', tags: [] }]);
    assert.equal((await server.call('GET', '/api/environment/REGION')).text, 'eu');
    assert.equal((await server.call('DELETE', '/api/environment/REGION')).status, 200);
    assert.equal((await server.call('GET', '/api/environment/REGION')).status, 404);
  });
});

test('workers of ours get the values too, and what is echoed to them is masked', async (t) => {
  const seen: string[] = [];
  const callOut: CallOut = async (call) => {
    const header = String(call.headers.authorization);
    seen.push(header);
    const body = Buffer.from(JSON.stringify({ you: header }));
    return { type: 'response', status: 200, headers: { 'content-type': ['application/json'] }, body, truncated: false };
  };
  const server = await openServer(t, { callOut });
  await put(server, 'secrets/token', SECRET);
  const inputParameters = {
    http_request: {
      uri: 'https://example.com',
      method: 'GET',
      headers: { Authorization: 'Bearer ${workflow.secrets.token}' },
    },
  };
  await define(server, 'w', [task('call', 'HTTP', { inputParameters })]);
  const id = await start(server, 'w');
  await server.settle();
  assert.deepEqual(seen, [`Bearer ${SECRET}`]);
  const reply = await server.call('GET', `/api/workflow/${id}`);
  assert.equal(at(reply.json, 'status'), 'COMPLETED');
  assert.deepEqual(at(reply.json, 'tasks.0.outputData.response.body'), { you: 'Bearer ***' });
  assert.ok(!reply.text.includes(SECRET));
});
