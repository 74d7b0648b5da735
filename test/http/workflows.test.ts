// Definitions and executions over the API: Conductor's paths, shapes and status codes (contract 5.1, 5.2, 5.9).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, onEachServer, openServer, shortly, start, task } from './test-server.ts';

const HOLD = [task('wait', 'WAIT')];

test('definitions: register, read with defaults, versions, delete', async (t) => {
  const server = await openServer(t);
  const def = { name: 'order', tasks: HOLD, ownerEmail: 'a@b.c', ownFlag: { kept: true } };
  assert.equal((await server.call('POST', '/api/metadata/workflow', def)).status, 200);
  const again = await server.call('POST', '/api/metadata/workflow', def);
  assert.equal(again.status, 409);
  assert.match(String(at(again.json, 'message')), /version 1 exists/);
  assert.equal(
    (await server.call('POST', '/api/metadata/workflow?overwrite=True', { ...def, description: 'new' })).status,
    200,
  );
  const read = (await server.call('GET', '/api/metadata/workflow/order')).json as Record<string, unknown>;
  assert.equal(read.version, 1);
  assert.equal(read.description, 'new');
  assert.deepEqual(read.ownFlag, { kept: true });
  assert.equal(read.schemaVersion, 2);
  assert.equal(read.restartable, true);
  assert.equal(read.timeoutPolicy, 'ALERT_ONLY');
  assert.equal(read.createTime, server.clock.now());
  await server.clock.advance(1_000);
  const bulk = await server.call('PUT', '/api/metadata/workflow', [
    { ...def, version: 2 },
    { ...def, name: 'other' },
  ]);
  assert.deepEqual(bulk.json, {
    bulkErrorResults: {},
    bulkSuccessfulResults: ['order', 'other'],
    message: '2 written, 0 refused',
  });
  assert.equal(at((await server.call('GET', '/api/metadata/workflow/order')).json, 'version'), 2, 'the latest');
  assert.equal(at((await server.call('GET', '/api/metadata/workflow/order?version=1')).json, 'version'), 1);
  assert.equal((await server.call('GET', '/api/metadata/workflow/order?version=3')).status, 404);
  assert.deepEqual((await server.call('GET', '/api/metadata/workflow/names')).json, ['order', 'other']);
  const versions = (await server.call('GET', '/api/metadata/workflow/order/versions')).json as { version: number }[];
  assert.deepEqual(
    versions.map(({ version }) => version),
    [1, 2],
  );
  assert.equal(((await server.call('GET', '/api/metadata/workflow')).json as unknown[]).length, 3);
  const latest = (await server.call('GET', '/api/metadata/workflow/latest-versions')).json as { version: number }[];
  assert.deepEqual(
    latest.map(({ version }) => version),
    [2, 1],
  );
  const names = (await server.call('GET', '/api/metadata/workflow/names-and-versions')).json;
  assert.equal(at(names, 'order.1.version'), 2);
  assert.equal((await server.call('DELETE', '/api/metadata/workflow/order/2')).status, 200);
  assert.equal((await server.call('DELETE', '/api/metadata/workflow/order/2')).status, 404);
  assert.equal(at((await server.call('GET', '/api/metadata/workflow/order')).json, 'version'), 1);
});

test('one bad definition of a list does not keep the others from being written', async (t) => {
  const server = await openServer(t);
  const reply = await server.call('PUT', '/api/metadata/workflow', [
    { name: 'good', tasks: HOLD },
    { name: 'bad', tasks: [] },
  ]);
  assert.equal(reply.status, 200);
  assert.deepEqual(at(reply.json, 'bulkSuccessfulResults'), ['good']);
  assert.match(String(at(reply.json, 'bulkErrorResults.bad')), /tasks/);
  const alone = await server.call('PUT', '/api/metadata/workflow', [{ name: 'bad', tasks: [] }]);
  assert.equal(alone.status, 400);
});

test('validate says what is wrong and writes nothing', async (t) => {
  const server = await openServer(t);
  assert.equal((await server.call('POST', '/api/metadata/workflow/validate', { name: 'a', tasks: HOLD })).status, 200);
  const wrong = await server.call('POST', '/api/metadata/workflow/validate', {
    name: 'a',
    tasks: [task('x', 'SWITCH'), task('x', 'JOIN', { joinOn: ['nobody'] })],
  });
  assert.equal(wrong.status, 400);
  const problems = at(wrong.json, 'validationErrors') as { path: string; message: string }[];
  assert.ok(problems.length >= 2, wrong.text);
  assert.ok(problems.every(({ path, message }) => path.startsWith('tasks[') && message.length > 5));
  assert.deepEqual((await server.call('GET', '/api/metadata/workflow')).json, []);
});

test('null fields, as Java clients write them, count as absent; a null in a template is a value', async (t) => {
  const server = await openServer(t);
  const tasks = [task('set', 'SET_VARIABLE', { inputParameters: { a: null }, sink: null, decisionCases: null })];
  await define(server, 'nulls', tasks, { description: null, failureWorkflow: null });
  const id = await start(server, 'nulls');
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  assert.equal(at(json, 'status'), 'COMPLETED');
  assert.deepEqual(at(json, 'variables'), { a: null });
  const begun = await server.call('POST', '/api/workflow', {
    name: 'nulls',
    version: null,
    correlationId: null,
    input: { x: null },
  });
  assert.equal(begun.status, 200);
  assert.deepEqual(at((await server.call('GET', `/api/workflow/${begun.text}`)).json, 'input'), { x: null });
});

test('task definitions: register, read with defaults, delete', async (t) => {
  const server = await openServer(t);
  assert.equal(
    (await server.call('POST', '/api/metadata/taskdefs', [{ name: 'pay', retryCount: 5 }, { name: 'ship' }])).status,
    200,
  );
  assert.equal(
    (
      await server.call('PUT', '/api/metadata/taskdefs', {
        name: 'ship',
        timeoutSeconds: 60,
        responseTimeoutSeconds: 10,
      })
    ).status,
    200,
  );
  const pay = (await server.call('GET', '/api/metadata/taskdefs/pay')).json as Record<string, unknown>;
  assert.deepEqual([pay.retryCount, pay.retryLogic, pay.responseTimeoutSeconds], [5, 'FIXED', 3600]);
  assert.equal(((await server.call('GET', '/api/metadata/taskdefs')).json as unknown[]).length, 2);
  const wrong = await server.call('POST', '/api/metadata/taskdefs', [
    { name: 'ok' },
    { name: 'late', timeoutSeconds: 5, responseTimeoutSeconds: 10, retryCount: -1 },
  ]);
  assert.equal(wrong.status, 400);
  const paths = (at(wrong.json, 'validationErrors') as { path: string }[]).map(({ path }) => path).sort();
  assert.deepEqual(paths, ['[1].responseTimeoutSeconds', '[1].retryCount']);
  assert.equal((await server.call('GET', '/api/metadata/taskdefs/ok')).status, 404, 'all or none');
  assert.equal((await server.call('DELETE', '/api/metadata/taskdefs/pay')).status, 200);
  assert.equal((await server.call('DELETE', '/api/metadata/taskdefs/pay')).status, 404);
});

onEachServer('executions', (open) => {
  test('both forms of starting answer the id as plain text; the execution has the shape of Conductor', async (t) => {
    const server = await open(t);
    await define(server, 'order', HOLD);
    const reply = await server.call('POST', '/api/workflow', {
      name: 'order',
      input: { a: 1 },
      correlationId: 'c-1',
      priority: 7,
      taskToDomain: { '*': 'west' },
    });
    assert.equal(reply.status, 200, reply.text);
    assert.match(String(reply.headers['content-type']), /^text\/plain/);
    assert.match(reply.text, /^[0-9a-f-]{36}$/);
    const shown = (await server.call('GET', `/api/workflow/${reply.text}`)).json as Record<string, unknown>;
    const now = server.clock.now();
    const { tasks, workflowDefinition, ...rest } = shown;
    assert.equal(at(workflowDefinition, 'name'), 'order');
    assert.deepEqual(rest, {
      workflowId: reply.text,
      workflowName: 'order',
      workflowVersion: 1,
      status: 'RUNNING',
      input: { a: 1 },
      output: {},
      variables: {},
      createTime: now,
      startTime: now,
      updateTime: now,
      endTime: 0,
      lastRetriedTime: 0,
      correlationId: 'c-1',
      createdBy: 'local',
      priority: 7,
      ownerApp: '',
      failedReferenceTaskNames: [],
      failedTaskNames: [],
      taskToDomain: { '*': 'west' },
      rateLimited: false,
      history: [],
    });
    const [first] = tasks as readonly Record<string, unknown>[];
    assert.equal(first?.taskId, `${reply.text}.1`);
    assert.deepEqual([first?.taskType, first?.referenceTaskName, first?.status], ['WAIT', 'wait', 'IN_PROGRESS']);
    const { json } = await server.call('GET', `/api/workflow/${reply.text}?includeTasks=false`);
    assert.deepEqual(at(json, 'tasks'), []);
    const byName = await server.call('POST', '/api/workflow/order?correlationId=c-2&priority=3&version=1', { b: 2 });
    const second = (await server.call('GET', `/api/workflow/${byName.text}`)).json;
    assert.deepEqual([at(second, 'correlationId'), at(second, 'priority'), at(second, 'input')], ['c-2', 3, { b: 2 }]);
  });

  test('an inline definition runs without being registered', async (t) => {
    const server = await open(t);
    const workflowDef = { name: 'inline', version: 1, tasks: [task('set', 'SET_VARIABLE')] };
    const reply = await server.call('POST', '/api/workflow', { name: 'inline', workflowDef });
    assert.equal(await shortly(server, reply.text), 'COMPLETED set:COMPLETED');
    assert.equal((await server.call('GET', '/api/metadata/workflow/inline')).status, 404);
    const wrong = await server.call('POST', '/api/workflow', {
      name: 'inline',
      workflowDef: { name: 'inline', tasks: [] },
    });
    assert.equal(wrong.status, 400);
  });

  test('idempotency keys with their strategies, in the body and in headers', async (t) => {
    const server = await open(t);
    await define(server, 'once', HOLD);
    const begin = (strategy?: string) =>
      server.call('POST', '/api/workflow', {
        name: 'once',
        idempotencyKey: 'k',
        ...(strategy && { idempotencyStrategy: strategy }),
      });
    const first = await begin();
    assert.equal((await begin()).status, 409, 'FAIL is the default');
    assert.equal((await begin('RETURN_EXISTING')).text, first.text);
    assert.equal((await begin('FAIL_ON_RUNNING')).status, 409);
    const headers = { 'x-idempotency-key': 'k', 'x-on-conflict': 'RETURN_EXISTING' };
    assert.equal((await server.call('POST', '/api/workflow/once', {}, headers)).text, first.text);
    assert.equal(
      (await server.call('POST', '/api/workflow/once', {}, { ...headers, 'x-on-conflict': 'x' })).status,
      400,
    );
    assert.equal(at((await server.call('GET', `/api/workflow/${first.text}`)).json, 'idempotencyKey'), 'k');
    await server.call('DELETE', `/api/workflow/${first.text}`);
    const next = await begin('FAIL_ON_RUNNING');
    assert.equal(next.status, 200);
    assert.notEqual(next.text, first.text);
    await server.call('DELETE', `/api/workflow/${next.text}/remove`);
    await server.call('DELETE', `/api/workflow/${first.text}/remove`);
    assert.equal((await begin()).status, 200, 'the key is free once its execution is removed');
  });

  test('pause, resume, terminate, restart, rerun, remove, and what each refuses', async (t) => {
    const server = await open(t);
    await define(server, 'order', [
      task('set', 'SET_VARIABLE', { inputParameters: { n: '${workflow.input.n}' } }),
      ...HOLD,
    ]);
    const id = await start(server, 'order', { n: 1 });
    const path = `/api/workflow/${id}`;
    assert.equal((await server.call('PUT', `${path}/resume`)).status, 409, 'not paused');
    assert.equal((await server.call('PUT', `${path}/pause`)).status, 200);
    assert.equal((await server.call('PUT', `${path}/pause`)).status, 200, 'again is nothing');
    assert.match(await shortly(server, id), /^PAUSED/);
    assert.equal((await server.call('PUT', `${path}/resume`)).status, 200);
    assert.equal((await server.call('POST', `${path}/restart`)).status, 409, 'still running');
    assert.equal((await server.call('POST', `${path}/retry`)).status, 404, 'still running');
    assert.equal((await server.call('PUT', `/api/workflow/decide/${id}`)).status, 200);
    assert.equal((await server.call('DELETE', `${path}?reason=enough`)).status, 200);
    assert.equal(at((await server.call('GET', path)).json, 'reasonForIncompletion'), 'enough');
    assert.equal((await server.call('DELETE', path)).status, 200, 'again is nothing');
    assert.equal((await server.call('PUT', `${path}/pause`)).status, 409);
    const restarted = await server.call('POST', `${path}/restart`);
    assert.deepEqual([restarted.status, restarted.text], [204, '']);
    assert.equal(await shortly(server, id), 'RUNNING set:COMPLETED wait:IN_PROGRESS');
    await server.call('DELETE', path);
    const rerun = await server.call('POST', `${path}/rerun`, { reRunFromWorkflowId: id, workflowInput: { n: 2 } });
    assert.deepEqual([rerun.status, rerun.text], [200, id]);
    assert.equal(at((await server.call('GET', path)).json, 'variables.n'), 2);
    assert.equal((await server.call('DELETE', `${path}/remove`)).status, 200);
    for (const [method, verb] of [
      ['GET', ''],
      ['PUT', '/pause'],
      ['POST', '/restart'],
      ['POST', '/rerun'],
      ['DELETE', ''],
      ['DELETE', '/remove'],
      ['GET', '/status'],
      ['GET', '/tasks'],
      ['POST', '/resetcallbacks'],
      ['PUT', '/skiptask/wait'],
    ] as const) {
      const gone = await server.call(method, `${path}${verb}`, method === 'POST' ? {} : undefined);
      assert.equal(gone.status, 404, `${method} ${verb}`);
      assert.match(String(at(gone.json, 'message')), /no such workflow by Id/);
    }
  });

  test('retry and rerun from a task', async (t) => {
    const server = await open(t);
    await define(server, 'pay', [task('check', 'SIMPLE', { retryCount: 0 }), task('pay', 'SIMPLE', { retryCount: 0 })]);
    const id = await start(server, 'pay');
    await server.call('POST', `/api/tasks/${id}/check/COMPLETED`, { ok: 1 });
    await server.call('POST', `/api/tasks/${id}/pay/FAILED`, {});
    assert.match(await shortly(server, id), /^FAILED/);
    assert.equal((await server.call('POST', `/api/workflow/${id}/retry`)).status, 204);
    assert.equal(await shortly(server, id), 'RUNNING check:COMPLETED pay:FAILED pay:SCHEDULED');
    await server.call('POST', `/api/tasks/${id}/pay/COMPLETED`, {});
    assert.match(await shortly(server, id), /^COMPLETED/);
    const body = { reRunFromTaskId: `${id}.1`, taskInput: { again: true } };
    assert.equal((await server.call('POST', `/api/workflow/${id}/rerun`, body)).text, id);
    const { json } = await server.call('GET', `/api/workflow/${id}/tasks?status=SCHEDULED`);
    assert.equal(at(json, 'totalHits'), 1);
    assert.deepEqual(at(json, 'results.0.inputData'), { again: true });
    assert.equal((await server.call('POST', `/api/workflow/${id}/rerun`, { reRunFromTaskId: 'other.1' })).status, 404);
  });

  test('rerun from a task of a sub-workflow: all above run again', async (t) => {
    const server = await open(t);
    const sub = (ref: string, name: string) => task(ref, 'SUB_WORKFLOW', { subWorkflowParam: { name, version: 1 } });
    await define(server, 'leaf', [task('pick', 'SIMPLE'), task('pack', 'SIMPLE')]);
    await define(server, 'middle', [sub('inner', 'leaf')]);
    await define(server, 'top', [sub('outer', 'middle'), task('last', 'SIMPLE')]);
    const id = await start(server, 'top');
    const childOf = async (parent: string): Promise<string> =>
      String(at((await server.call('GET', `/api/workflow/${parent}`)).json, 'tasks.0.subWorkflowId'));
    await server.settle();
    const middle = await childOf(id);
    const leaf = await childOf(middle);
    const complete = async (execution: string, ref: string) => {
      assert.equal((await server.call('POST', `/api/tasks/${execution}/${ref}/COMPLETED`, {})).status, 200);
      await server.settle();
    };
    const body = { reRunFromTaskId: `${leaf}.2`, taskInput: { again: true } };
    const rerun = async (more: object = {}) => {
      const reply = await server.call('POST', `/api/workflow/${id}/rerun`, { ...body, ...more });
      await server.settle();
      return reply;
    };
    assert.equal((await rerun()).status, 409, 'the top still runs');
    for (const ref of ['pick', 'pack']) await complete(leaf, ref);
    await complete(id, 'last');
    assert.match(await shortly(server, id), /^COMPLETED/);
    const refused = await rerun({ correlationId: 'c' });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /correlationId: the task is one of sub-workflow/);
    assert.equal((await rerun({ reRunFromTaskId: `${middle}x.1` })).status, 404);
    assert.deepEqual([(await rerun()).text, await shortly(server, id)], [id, 'RUNNING outer:IN_PROGRESS']);
    assert.equal(await shortly(server, middle), 'RUNNING inner:IN_PROGRESS');
    assert.equal(await shortly(server, leaf), 'RUNNING pick:COMPLETED pack:SCHEDULED');
    const tasks = await server.call('GET', `/api/workflow/${leaf}/tasks?status=SCHEDULED`);
    assert.deepEqual(at(tasks.json, 'results.0.inputData'), { again: true });
    await complete(leaf, 'pack');
    await complete(id, 'last');
    assert.equal(await shortly(server, id), 'COMPLETED outer:COMPLETED last:COMPLETED');
    const gone = await server.call('POST', `/api/workflow/none/rerun`, body);
    assert.equal(gone.status, 404);
  });
});

test('a task that was not reached can be skipped, one that was cannot', async (t) => {
  const server = await openServer(t);
  await define(server, 'two', [task('first', 'SIMPLE'), task('second', 'SIMPLE')]);
  const id = await start(server, 'two');
  assert.equal((await server.call('PUT', `/api/workflow/${id}/skiptask/first`, {})).status, 409);
  assert.equal((await server.call('PUT', `/api/workflow/${id}/skiptask/nowhere`)).status, 404);
  const skip = { taskInput: { a: 1 }, taskOutput: { b: 2 } };
  assert.equal((await server.call('PUT', `/api/workflow/${id}/skiptask/second`, skip)).status, 200);
  await server.call('POST', `/api/tasks/${id}/first/COMPLETED`);
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  assert.deepEqual([at(json, 'status'), at(json, 'output')], ['COMPLETED', { b: 2 }]);
});

test('restart with the latest definition takes the newest version and the task definitions of now', async (t) => {
  const server = await openServer(t);
  await define(server, 'grow', [task('a', 'SIMPLE')]);
  const id = await start(server, 'grow');
  await server.call('DELETE', `/api/workflow/${id}`);
  await server.call('POST', '/api/metadata/taskdefs', [{ name: 'b', retryCount: 9 }]);
  const next = { name: 'grow', version: 2, tasks: [task('a', 'SET_VARIABLE'), task('b', 'SIMPLE')] };
  await server.call('POST', '/api/metadata/workflow', next);
  assert.equal((await server.call('POST', `/api/workflow/${id}/restart?useLatestDefinitions=true`)).status, 204);
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  assert.equal(at(json, 'workflowVersion'), 2);
  assert.equal(at(json, 'tasks.1.taskDefinition.retryCount'), 9);
  await server.call('DELETE', `/api/workflow/${id}`);
  for (const version of [1, 2]) await server.call('DELETE', `/api/metadata/workflow/grow/${version}`);
  assert.equal((await server.call('POST', `/api/workflow/${id}/restart?useLatestDefinitions=true`)).status, 404);
  assert.equal(
    (await server.call('POST', `/api/workflow/${id}/restart`)).status,
    204,
    'its own definition is still there',
  );
});

test('status, tasks page by page, variables, jump', async (t) => {
  const server = await openServer(t);
  await define(server, 'long', [...Array.from({ length: 20 }, (_, i) => task(`s${i}`, 'SET_VARIABLE')), ...HOLD]);
  const id = await start(server, 'long');
  const { json: status } = await server.call('GET', `/api/workflow/${id}/status?includeVariables=true`);
  assert.deepEqual(status, { workflowId: id, status: 'RUNNING', variables: {} });
  const page = (await server.call('GET', `/api/workflow/${id}/tasks`)).json;
  assert.equal(at(page, 'totalHits'), 21);
  assert.equal((at(page, 'results') as unknown[]).length, 15);
  const last = (await server.call('GET', `/api/workflow/${id}/tasks?start=20&count=5`)).json;
  assert.equal(typeof at(last, 'summary'), 'object', 'how many by status');
  assert.deepEqual(
    (at(last, 'results') as { referenceTaskName: string }[]).map((one) => one.referenceTaskName),
    ['wait'],
  );
  const changed = await server.call('POST', `/api/workflow/${id}/variables`, { a: 1 });
  assert.deepEqual(at(changed.json, 'variables'), { a: 1 });
  assert.equal((await server.call('POST', `/api/workflow/${id}/jump/s3`)).status, 200);
  assert.match(await shortly(server, id), /wait:CANCELED s3:COMPLETED/);
  assert.equal((await server.call('POST', `/api/workflow/${id}/jump/nowhere`)).status, 404);
});

test('loops, forks and sub-workflows are shown as Conductor shows them', async (t) => {
  const server = await openServer(t, { scripts: true });
  await define(server, 'child', HOLD);
  await define(server, 'all', [
    task('fork', 'FORK_JOIN', {
      forkTasks: [
        [
          task('loop', 'DO_WHILE', {
            loopCondition: 'if ($.loop.iteration < 3) { true; } else { false; }',
            loopOver: [task('body', 'SIMPLE')],
          }),
        ],
        [task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child', version: 1 } })],
      ],
    }),
    task('join', 'JOIN', { joinOn: ['loop', 'sub'] }),
  ]);
  const id = await start(server, 'all');
  await server.settle();
  await server.call('POST', `/api/tasks/${id}/body__1/COMPLETED`, { n: 1 });
  await server.settle();
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  const tasks = at(json, 'tasks') as readonly Record<string, unknown>[];
  const byRef = (ref: string) =>
    tasks.find((one) => one.referenceTaskName === ref) ?? assert.fail(`${ref} is not there`);
  assert.equal(byRef('fork').taskType, 'FORK');
  assert.equal(byRef('body__2').taskType, 'body');
  assert.deepEqual([byRef('body__2').iteration, byRef('body__2').loopOverTask], [2, true]);
  assert.equal(at(byRef('loop').outputData, 'iteration'), 2);
  assert.deepEqual(at(byRef('loop').outputData, '1'), { body: { n: 1 } });
  const childId = String(byRef('sub').subWorkflowId);
  const child = (await server.call('GET', `/api/workflow/${childId}`)).json;
  assert.equal(at(child, 'parentWorkflowId'), id);
  assert.equal(at(child, 'parentWorkflowTaskId'), byRef('sub').taskId);
  await server.call('POST', `/api/tasks/${childId}/wait/COMPLETED`, { done: true });
  for (const n of [2, 3]) {
    await server.call('POST', `/api/tasks/${id}/body__${n}/COMPLETED`, { n });
    await server.settle();
  }
  const ended = (await server.call('GET', `/api/workflow/${id}`)).json;
  assert.equal(at(ended, 'status'), 'COMPLETED');
  assert.equal(at(ended, 'output.loop.iteration'), 3);
  assert.equal(at(ended, 'output.sub.subWorkflowId'), childId);
});

test('INLINE runs in the sandbox, HTTP through the client that is handed in', async (t) => {
  const called: string[] = [];
  const server = await openServer(t, {
    scripts: true,
    callOut: async ({ method, url, body }) => {
      called.push(`${method} ${url} ${body}`);
      return {
        type: 'response',
        status: 200,
        headers: { 'content-type': ['application/json'] },
        body: Buffer.from('{"ok":true}'),
        truncated: false,
      };
    },
  });
  await define(server, 'work', [
    task('sum', 'INLINE', { inputParameters: { evaluatorType: 'javascript', expression: '$.a + $.b', a: 1, b: 2 } }),
    task('tell', 'HTTP', {
      inputParameters: { uri: 'https://example.com/x', method: 'POST', body: { sum: '${sum.output.result}' } },
    }),
  ]);
  const id = await start(server, 'work');
  await server.settle();
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  assert.equal(at(json, 'status'), 'COMPLETED', JSON.stringify(json));
  assert.deepEqual(called, ['POST https://example.com/x {"sum":3}']);
  assert.deepEqual(at(json, 'output.response.body'), { ok: true });
});

test('definitions are chosen by name, text and tag, and bring their tags along when asked to', async (t) => {
  const server = await openServer(t);
  await define(server, 'order-in', [task('a', 'NOOP')], { description: 'Takes orders' });
  await define(server, 'refund', [task('a', 'NOOP')]);
  await server.call('POST', '/api/metadata/workflow/refund/tags', { key: 'team', value: 'money' });
  await server.call('POST', '/api/metadata/taskdefs', [{ name: 'pay' }, { name: 'ship' }]);
  await server.call('PUT', '/api/metadata/task/pay/tags', [{ key: 'team', value: 'money' }]);
  const names = async (path: string) =>
    ((await server.call('GET', `/api/metadata/${path}`)).json as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(await names('workflow?name=ORDER'), ['order-in']);
  assert.deepEqual(await names('workflow?freeText=takes'), ['order-in']);
  assert.deepEqual(await names('workflow?freeText=*&short=true&access=READ'), ['order-in', 'refund']);
  assert.deepEqual(await names('workflow?tagKey=team'), ['refund']);
  assert.deepEqual(await names('workflow?tagKey=team&tagValue=none'), []);
  assert.deepEqual(await names('taskdefs?tagValue=money'), ['pay']);
  const tags = [{ key: 'team', value: 'money' }];
  assert.deepEqual(at((await server.call('GET', '/api/metadata/workflow?metadata=true')).json, '1.tags'), tags);
  assert.deepEqual(at((await server.call('GET', '/api/metadata/workflow/refund?metadata=true')).json, 'tags'), tags);
  assert.equal(at((await server.call('GET', '/api/metadata/workflow/refund')).json, 'tags'), undefined);
});

test('tasks of an execution are counted by status; a terminated one need not start its failure workflow', async (t) => {
  const server = await openServer(t);
  await define(server, 'undo', [task('u', 'NOOP')]);
  await define(server, 'flow', [task('a', 'NOOP'), task('b', 'NOOP'), task('w', 'WAIT')], { failureWorkflow: 'undo' });
  const id = await start(server, 'flow');
  const { json } = await server.call('GET', `/api/workflow/${id}/tasks?status=IN_PROGRESS`);
  assert.deepEqual([at(json, 'totalHits'), at(json, 'summary')], [1, { COMPLETED: 2, IN_PROGRESS: 1 }]);
  await server.call('DELETE', `/api/workflow/${id}?reason=stop&triggerFailureWorkflow=false`);
  assert.deepEqual(at((await server.call('GET', `/api/workflow/${id}`)).json, 'output'), {});
  const other = await start(server, 'flow');
  await server.call('DELETE', `/api/workflow/${other}`);
  const output = at((await server.call('GET', `/api/workflow/${other}`)).json, 'output') as object;
  assert.deepEqual(Object.keys(output), ['conductor.failure_workflow']);
});
