// What Conductor's own clients put on the wire beyond the plain calls: tags in definitions, names left to the definition.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, openServer, shortly, start, task } from './test-server.ts';

const tag = (key: string) => ({ key, value: `of ${key}` });
const tags = (...keys: string[]) => keys.map(tag);

test('tags in a definition are added to those of its name, or with overwriteTags are all there are', async (t) => {
  const server = await openServer(t);
  const path = '/api/metadata/workflow';
  const def = { name: 'flow', version: 1, tasks: [task('a', 'SIMPLE')], overwriteTags: false };
  const kept = async () => (await server.call('GET', `${path}/flow/tags`)).json;
  assert.equal((await server.call('POST', path, { ...def, tags: tags('a') })).status, 200);
  assert.deepEqual(await kept(), tags('a'));
  assert.equal((await server.call('PUT', path, [{ ...def, tags: tags('b') }])).status, 200);
  assert.deepEqual(await kept(), tags('a', 'b'));
  await server.call('PUT', path, [{ ...def, tags: tags('c'), overwriteTags: true }]);
  assert.deepEqual(await kept(), tags('c'));
  // A definition that says nothing of tags changes none.
  for (const silent of [{}, { tags: null }, { overwriteTags: true }])
    await server.call('PUT', path, [{ ...def, ...silent }]);
  assert.deepEqual(await kept(), tags('c'));
  const plain = (await server.call('GET', `${path}/flow`)).json as Record<string, unknown>;
  assert.deepEqual([plain.tags, plain.overwriteTags], [undefined, undefined]);
  assert.deepEqual(at((await server.call('GET', `${path}/flow?metadata=true`)).json, 'tags'), tags('c'));
  await server.call('PUT', path, [{ ...def, tags: [{ key: 'flow', value: 4, type: 'RATE_LIMIT' }] }]);
  assert.deepEqual(at((await server.call('GET', `${path}/flow`)).json, 'rateLimitConfig.concurrentExecLimit'), 4);
  await server.call('PUT', path, [{ ...def, tags: [], overwriteTags: true }]);
  assert.deepEqual(await kept(), []);
});

test('tags in a task definition', async (t) => {
  const server = await openServer(t);
  const path = '/api/metadata/taskdefs';
  await server.call('POST', path, [{ name: 'pay', tags: tags('a', 'b'), overwriteTags: true }, { name: 'ship' }]);
  await server.call('PUT', path, { name: 'pay', tags: tags('c'), overwriteTags: false });
  assert.deepEqual(at((await server.call('GET', `${path}/pay?metadata=true`)).json, 'tags'), tags('a', 'b', 'c'));
  assert.equal(at((await server.call('GET', `${path}/pay`)).json, 'tags'), undefined);
  assert.deepEqual(at((await server.call('GET', `${path}/ship?metadata=true`)).json, 'tags'), []);
});

test('tags that are none refuse the definition they come with', async (t) => {
  const server = await openServer(t);
  const def = { name: 'flow', version: 1, tasks: [task('a', 'SIMPLE')] };
  const wrong: readonly [object, RegExp][] = [
    [{ tags: 'red' }, /tags/],
    [{ tags: [{ key: 'a' }] }, /tags/],
    [{ tags: [], overwriteTags: 'yes' }, /overwriteTags/],
  ];
  for (const [more, words] of wrong)
    for (const [method, path, body] of [
      ['POST', 'workflow', { ...def, ...more }],
      ['PUT', 'workflow', [{ ...def, ...more }]],
      ['POST', 'taskdefs', [{ name: 'flow', ...more }]],
      ['PUT', 'taskdefs', { name: 'flow', ...more }],
    ] as const) {
      const reply = await server.call(method, `/api/metadata/${path}`, body);
      assert.equal(reply.status, 400, `${method} ${path} ${JSON.stringify(more)}: ${reply.text}`);
      assert.match(String(at(reply.json, 'message')), words);
    }
  assert.deepEqual((await server.call('GET', '/api/metadata/workflow')).json, []);
  assert.deepEqual((await server.call('GET', '/api/metadata/taskdefs')).json, []);
});

test('a start with a definition leaves its name to it; a synchronous one to the path', async (t) => {
  const server = await openServer(t);
  const workflowDef = { name: 'inline', version: 1, tasks: [task('a', 'NOOP')] };
  for (const name of [{}, { name: '' }, { name: null }]) {
    const reply = await server.call('POST', '/api/workflow', { ...name, version: 0, workflowDef });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(at((await server.call('GET', `/api/workflow/${reply.text}`)).json, 'workflowName'), 'inline');
  }
  assert.equal((await server.call('POST', '/api/workflow', { name: '' })).status, 400);
  assert.equal((await server.call('POST', '/api/workflow', { name: '', workflowDef: { tasks: [] } })).status, 400);
  const body = { name: '', version: 0, workflowDef };
  const ran = await server.call('POST', '/api/workflow/execute/inline/1?waitForSeconds=0', body);
  assert.equal(ran.status, 200, ran.text);
});

test('a jump takes the name of its task from the path or the query', async (t) => {
  const server = await openServer(t);
  await define(server, 'flow', [task('a', 'SIMPLE'), task('b', 'SIMPLE'), task('c', 'SIMPLE')]);
  const id = await start(server, 'flow');
  const jump = (where: string) => server.call('POST', `/api/workflow/${id}/jump/${where}`, {});
  assert.equal((await jump('%7BtaskReferenceName%7D?taskReferenceName=c')).status, 200);
  assert.match(await shortly(server, id), /c:SCHEDULED/);
  assert.equal((await jump('%7BtaskReferenceName%7D')).status, 404);
});

test('deleting a variable answers what it was', async (t) => {
  const server = await openServer(t);
  await server.call('PUT', '/api/environment/region', 'eu west', { 'content-type': 'text/plain' });
  const gone = await server.call('DELETE', '/api/environment/region');
  assert.deepEqual([gone.status, gone.text], [200, 'eu west']);
  assert.equal((await server.call('DELETE', '/api/environment/region')).status, 404);
});
