// Executions as calls of an API: input in, output out, settings in headers or in the query.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, type TestServer, task } from './test-server.ts';

const path = '/api/workflow/execute/double';

async function open(server: TestServer): Promise<void> {
  const outputParameters = { twice: '${workflow.input.word}${workflow.input.word}', version: '${workflow.version}' };
  const tasks = [task('noop', 'NOOP')];
  await define(server, 'double', tasks, { outputParameters });
  await define(server, 'double', tasks, { outputParameters, version: 2, maskedFields: ['secret'] });
}

onEachServer('executions as calls of an API', (opening) => {
  test('answer with the output, of the newest version or of the one asked for', async (t) => {
    const server = await opening(t);
    await open(server);
    const newest = await server.call('POST', path, { word: 'ha' });
    assert.equal(newest.status, 200);
    assert.deepEqual(newest.json, { twice: 'haha', version: 2 });
    assert.deepEqual((await server.call('POST', `${path}?version=1`, { word: 'a' })).json, { twice: 'aa', version: 1 });
    assert.deepEqual((await server.call('GET', `${path}?word=x&version=1`)).json, { twice: 'xx', version: 1 });
    assert.deepEqual((await server.call('GET', `${path}?word=x`)).json, { twice: 'xx', version: 2 });
    assert.deepEqual((await server.call('POST', path)).json, { twice: 'nullnull', version: 2 });
  });

  test('heed settings in headers', async (t) => {
    const server = await opening(t);
    await open(server);
    const headers = { version: '1', requestid: 'r-1', 'x-idempotency-key': 'k', 'x-on-conflict': 'return_existing' };
    assert.deepEqual((await server.call('POST', path, { word: 'a' }, headers)).json, { twice: 'aa', version: 1 });
    assert.deepEqual((await server.call('POST', path, { word: 'b' }, headers)).json, { twice: 'aa', version: 1 });
    assert.equal((await server.call('POST', path, {}, { ...headers, 'x-on-conflict': 'FAIL' })).status, 409);
    assert.equal(at((await server.call('GET', '/api/workflow/search')).json, 'totalHits'), 1);
  });

  test('take a whole start request of that workflow too', async (t) => {
    const server = await opening(t);
    await open(server);
    const reply = await server.call('POST', `${path}?requestId=r-2`, {
      name: 'double',
      version: 1,
      input: { word: 'a' },
    });
    assert.deepEqual(
      ['targetWorkflowStatus', 'output', 'requestId', 'input'].map((name) => at(reply.json, name)),
      ['COMPLETED', { twice: 'aa', version: 1 }, 'r-2', { word: 'a' }],
    );
  });
});

test('an execution as a call of an API refuses what cannot be', async (t) => {
  const server = await openServer(t);
  await open(server);
  const status = async (...call: Parameters<TestServer['call']>) => (await server.call(...call)).status;
  assert.equal(await status('POST', '/api/workflow/execute/nobody', {}), 404);
  assert.equal(await status('GET', '/api/workflow/execute/nobody'), 404);
  assert.equal(await status('POST', `${path}?version=9`, {}), 404);
  assert.equal(await status('POST', `${path}?version=x`, {}), 400);
  assert.equal(await status('POST', path, {}, { waitforseconds: 'soon' }), 400);
  assert.equal(await status('POST', path, {}, { 'x-on-conflict': 'SHRUG' }), 400);
  assert.equal(await status('POST', path, [1]), 400);
  assert.equal(await status('POST', path, { name: 'double', externalInputPayloadStoragePath: 's3' }), 400);
});

test('an execution as a call of an API answers what is there when it is held, and hides what is masked', async (t) => {
  const server = await openServer(t);
  await define(server, 'held', [task('set', 'SET_VARIABLE', { inputParameters: { a: 1 } }), task('hold', 'WAIT')]);
  const reply = await server.call('POST', '/api/workflow/execute/held?waitForSeconds=0', {});
  assert.deepEqual([reply.status, reply.json], [200, {}]);
  await define(server, 'masked', [task('noop', 'NOOP')], {
    maskedFields: ['secret'],
    outputParameters: { secret: 'hidden-4711' },
  });
  assert.deepEqual((await server.call('POST', '/api/workflow/execute/masked', {})).json, { secret: '***' });
});
