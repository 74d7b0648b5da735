// Tasks that workers of ours do, on a whole server: HTTP_POLL, jq, EVENT with an HTTP sink, tasks about other executions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, CallResult } from '../../src/engine/workers/http.ts';
import { at, define, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const answer = (body: unknown, status = 200): CallResult => ({
  type: 'response',
  status,
  headers: { 'content-type': ['application/json'] },
  body: Buffer.from(JSON.stringify(body)),
  truncated: false,
});

/** Runs one task to its end, or as far as it comes without time passing. */
async function perform(server: TestServer, type: string, more: object, input: object = {}): Promise<string> {
  await define(server, 'one', [task('it', type, more)]);
  const id = await start(server, 'one', input);
  await server.settle();
  return id;
}

async function look(server: TestServer, id: string, path: string): Promise<unknown> {
  return at((await server.call('GET', `/api/workflow/${id}`)).json, path);
}

// proves task JSON_JQ_TRANSFORM
test('JSON_JQ_TRANSFORM: first result, all results, or the error', async (t) => {
  const server = await openServer(t, { scripts: true });
  const jq = (queryExpression: string) =>
    perform(
      server,
      'JSON_JQ_TRANSFORM',
      { inputParameters: { queryExpression, list: '${workflow.input.list}' } },
      {
        list: [{ n: 1 }, { n: 2 }],
      },
    );
  const many = await jq('.list[] | .n + 1');
  assert.deepEqual(await look(server, many, 'tasks.0.outputData'), { result: 2, resultList: [2, 3] });
  const one = await jq('{ sum: (.list | map(.n) | add) }');
  assert.deepEqual(await look(server, one, 'tasks.0.outputData'), { result: { sum: 3 }, resultList: [{ sum: 3 }] });
  const none = await jq('empty');
  assert.deepEqual(await look(server, none, 'tasks.0.outputData'), { result: null, resultList: [] });
  for (const broken of ['.list | .[', '.list | .a', ' ']) {
    const id = await jq(broken);
    assert.equal(await look(server, id, 'status'), 'FAILED');
    const error = await look(server, id, 'tasks.0.outputData.error');
    assert.ok(String(error).length > 5, broken);
    assert.equal(await look(server, id, 'tasks.0.reasonForIncompletion'), error);
  }
});

// proves task LAMBDA
test('LAMBDA: the older form of a script', async (t) => {
  const server = await openServer(t, { scripts: true });
  const id = await perform(server, 'LAMBDA', {
    inputParameters: { scriptExpression: 'return $.n * 2', n: 21 },
  });
  assert.deepEqual(await look(server, id, 'tasks.0.outputData'), { result: 42 });
  const broken = await perform(server, 'LAMBDA', { inputParameters: { scriptExpression: '${workflow.input.none}' } });
  assert.equal(await look(server, broken, 'tasks.0.status'), 'FAILED_WITH_TERMINAL_ERROR');
});

// proves task HTTP_POLL
test('HTTP_POLL calls until its condition holds, at the pace of its strategy', async (t) => {
  let left = 3;
  const calls: number[] = [];
  const server = await openServer(t, {
    scripts: true,
    callOut: async () => {
      calls.push(server.clock.now());
      left -= 1;
      return answer({ left });
    },
  });
  const polled = async (more: object) => {
    left = 3;
    calls.length = 0;
    const began = server.clock.now();
    const id = await perform(server, 'HTTP_POLL', {
      inputParameters: { http_request: { uri: 'https://a.example/', method: 'GET', ...more } },
    });
    assert.match(await shortly(server, id), /^RUNNING it:SCHEDULED/);
    for (let i = 0; i < 40; i++) await server.advance(500);
    assert.equal(await look(server, id, 'status'), 'COMPLETED');
    assert.deepEqual(await look(server, id, 'tasks.0.outputData.response.body'), { left: 0 });
    return calls.map((moment) => moment - began);
  };
  const condition = '$.output.response.body.left === 0';
  assert.deepEqual(await polled({ terminationCondition: condition, pollingInterval: '2' }), [0, 2_000, 4_000]);
  const linear = { pollingInterval: 3, pollingStrategy: 'LINEAR_BACKOFF' };
  assert.deepEqual(await polled({ terminationCondition: '$.output.body.left == 0', ...linear }), [0, 3_000, 9_000]);
  assert.deepEqual(
    await polled({ terminationCondition: '(function(){ return $.left < 1; })();', pollingInterval: 1 }),
    [0, 1_000, 2_000],
  );
});

test('HTTP_POLL ends with the reason when it cannot go on, and at once without a condition', async (t) => {
  let status = 200;
  const server = await openServer(t, { scripts: true, callOut: async () => answer({ a: 1 }, status) });
  const poll = (more: object, beside: object = {}) =>
    perform(server, 'HTTP_POLL', {
      inputParameters: { http_request: { uri: 'https://a.example/', method: 'GET', ...more }, ...beside },
    });
  assert.equal(await shortly(server, await poll({})), 'COMPLETED it:COMPLETED');
  const flat = await perform(server, 'HTTP_POLL', { inputParameters: { uri: 'https://a.example/', method: 'GET' } });
  assert.equal(
    await shortly(server, flat),
    'COMPLETED it:COMPLETED',
    'the request is written flat, as that of HTTP may be',
  );
  const wrong = [{ pollingStrategy: 'NOW' }, { pollingInterval: 'soon' }, { terminationCondition: 5 }];
  for (const more of wrong) {
    const id = await poll({}, more);
    assert.equal(await shortly(server, id), 'FAILED it:FAILED_WITH_TERMINAL_ERROR');
    assert.match(
      String(await look(server, id, 'tasks.0.reasonForIncompletion')),
      new RegExp(Object.keys(more)[0] as string),
    );
  }
  const thrown = await poll({ terminationCondition: 'nobody()' });
  assert.match(String(await look(server, thrown, 'tasks.0.outputData.error')), /could not be evaluated/);
  status = 500;
  assert.equal(await shortly(server, await poll({ terminationCondition: 'true' })), 'FAILED it:FAILED');
});

// proves task EVENT
test('EVENT with an HTTP sink posts its message', async (t) => {
  const calls: Call[] = [];
  let status = 202;
  const server = await openServer(t, {
    callOut: async (call) => {
      calls.push(call);
      return answer({ taken: true }, status);
    },
  });
  const sink = { sink: 'https://${workflow.input.host}/in', inputParameters: { order: 7 } };
  const id = await perform(server, 'EVENT', sink, { host: 'a.example' });
  const [call] = calls;
  assert.deepEqual([call?.method, call?.url], ['POST', 'https://a.example/in']);
  assert.equal(call?.headers['idempotency-key'], `${id}.1`);
  const message = {
    order: 7,
    workflowInstanceId: id,
    workflowType: 'one',
    workflowVersion: 1,
    correlationId: null,
    taskToDomain: {},
  };
  assert.deepEqual(JSON.parse(String(call?.body)), message);
  const output = (await look(server, id, 'tasks.0.outputData')) as Record<string, unknown>;
  assert.deepEqual([output.order, output.event_produced], [7, 'https://a.example/in']);
  assert.equal(await shortly(server, id), 'COMPLETED it:COMPLETED');
  status = 500;
  assert.equal(await shortly(server, await perform(server, 'EVENT', sink, { host: 'b.example' })), 'FAILED it:FAILED');
  const unknown = await perform(server, 'EVENT', { sink: '${workflow.input.sink}' }, { sink: 'sqs:queue' });
  assert.equal(await shortly(server, unknown), 'FAILED it:FAILED_WITH_TERMINAL_ERROR');
});

// proves task UPDATE_TASK, task GET_WORKFLOW
test('UPDATE_TASK and GET_WORKFLOW reach into other executions', async (t) => {
  const server = await openServer(t);
  await define(server, 'held', [task('hold', 'WAIT')]);
  const other = await start(server, 'held', { a: 1 });
  const update = (inputParameters: object) => perform(server, 'UPDATE_TASK', { inputParameters });
  const progress = { workflowId: other, taskRefName: 'hold', taskStatus: 'IN_PROGRESS', taskOutput: { b: 1 } };
  const first = await update(progress);
  assert.deepEqual(await look(server, first, 'tasks.0.outputData'), { updatedTaskId: `${other}.1` });
  await update({ taskId: `${other}.1`, taskStatus: 'COMPLETED', taskOutput: { c: 2 }, mergeOutput: true });
  assert.equal(await shortly(server, other), 'COMPLETED hold:COMPLETED');
  assert.deepEqual(await look(server, other, 'tasks.0.outputData'), { b: 1, c: 2 });
  const wrong = [
    { taskStatus: 'COMPLETED', workflowId: other },
    { taskStatus: 'DONE', taskId: `${other}.1` },
    { taskStatus: 'COMPLETED', taskId: `${other}.9` },
    { taskStatus: 'COMPLETED', taskId: `${other}.1`, taskOutput: 5 },
  ];
  for (const input of wrong) {
    const id = await update(input);
    assert.equal(await shortly(server, id), 'FAILED it:FAILED');
    assert.ok(await look(server, id, 'tasks.0.outputData.error'));
  }
  const read = await perform(server, 'GET_WORKFLOW', { inputParameters: { id: other, includeTasks: true } });
  const seen = 'tasks.0.outputData';
  assert.deepEqual(
    [await look(server, read, `${seen}.status`), await look(server, read, `${seen}.tasks.0.referenceTaskName`)],
    ['COMPLETED', 'hold'],
  );
  const bare = await perform(server, 'GET_WORKFLOW', { inputParameters: { id: other } });
  assert.deepEqual(
    [await look(server, bare, `${seen}.input`), await look(server, bare, `${seen}.tasks`)],
    [{ a: 1 }, []],
  );
  for (const id of ['nobody', ''])
    assert.equal(
      await shortly(server, await perform(server, 'GET_WORKFLOW', { inputParameters: { id } })),
      'FAILED it:FAILED',
    );
});

// proves task TERMINATE_WORKFLOW
test('TERMINATE_WORKFLOW says which executions it ended, and of each other why not', async (t) => {
  const server = await openServer(t);
  await define(server, 'held', [task('hold', 'WAIT')]);
  await define(server, 'brief', [task('nothing', 'NOOP')]);
  const ids = [await start(server, 'held'), await start(server, 'held'), await start(server, 'brief')] as const;
  const inputParameters = { workflowId: ['${workflow.input.ids}', 'nobody', '__proto__'], terminationReason: 'enough' };
  const id = await perform(server, 'TERMINATE_WORKFLOW', { inputParameters }, { ids });
  assert.deepEqual(await shortly(server, id), 'COMPLETED it:COMPLETED');
  assert.deepEqual(await look(server, id, 'tasks.0.outputData.terminatedWorkflows'), ids.slice(0, 2));
  const not = (await look(server, id, 'tasks.0.outputData.notTerminated')) as Record<string, string>;
  assert.deepEqual(Object.keys(not), [ids[2], 'nobody', '__proto__']);
  assert.match(String(not[ids[2]]), /COMPLETED; it can no longer be terminated/);
  assert.match(String(not.nobody), /no such workflow by Id/);
  assert.equal(await look(server, ids[0], 'reasonForIncompletion'), 'enough');
  for (const workflowId of ['', 5, [null], [[['deep']]]])
    assert.equal(
      await shortly(server, await perform(server, 'TERMINATE_WORKFLOW', { inputParameters: { workflowId } })),
      'FAILED it:FAILED_WITH_TERMINAL_ERROR',
    );
});

test('UPDATE_TASK means its own execution when it names none', async (t) => {
  const server = await openServer(t);
  await define(server, 'both', [
    task('fork', 'FORK_JOIN', {
      forkTasks: [
        [task('hold', 'WAIT')],
        [task('tell', 'UPDATE_TASK', { inputParameters: { taskRefName: 'hold', taskStatus: 'COMPLETED' } })],
      ],
    }),
    task('join', 'JOIN', { joinOn: ['hold', 'tell'] }),
  ]);
  const id = await start(server, 'both');
  await server.settle();
  assert.match(await shortly(server, id), /^COMPLETED /);
});
