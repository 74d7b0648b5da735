// POST /api/workflow/test: pretended answers, real rules, real scripts, nothing left behind (contract 5.14).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, define, openServer, task } from './test-server.ts';

const course = (json: unknown): string =>
  [
    at(json, 'status'),
    ...(at(json, 'tasks') as { referenceTaskName: string; status: string }[]).map(
      (one) => `${one.referenceTaskName}:${one.status}`,
    ),
  ].join(' ');

test('a workflow is tried out with what its tasks would answer', async (t) => {
  const server = await openServer(t, { scripts: true });
  await server.call('POST', '/api/metadata/taskdefs', [{ name: 'pay', retryCount: 2, retryDelaySeconds: 30 }]);
  await define(server, 'receipt', [task('print', 'SIMPLE')], {
    outputParameters: { number: '${print.output.number}' },
  });
  await define(
    server,
    'order',
    [
      task('pay', 'SIMPLE'),
      task('tax', 'INLINE', {
        inputParameters: { evaluatorType: 'javascript', expression: '$.sum / 5', sum: '${pay.output.sum}' },
      }),
      task('pick', 'JSON_JQ_TRANSFORM', { inputParameters: { queryExpression: '.list | length', list: [1, 2] } }),
      task('way', 'SWITCH', {
        evaluatorType: 'javascript',
        expression: '$.n > 1 ? "many" : "few"',
        inputParameters: { n: '${pick.output.result}' },
        decisionCases: {
          many: [task('call', 'HTTP', { inputParameters: { uri: 'https://a.example', method: 'GET' } })],
        },
      }),
      task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'receipt' } }),
    ],
    { outputParameters: { tax: '${tax.output.result}', number: '${sub.output.number}' } },
  );
  const reply = await server.call('POST', '/api/workflow/test', {
    name: 'order',
    input: { a: 1 },
    correlationId: 'c',
    taskRefToMockOutput: {
      pay: [
        { status: 'FAILED', output: {}, executionTime: 100, queueWaitTime: 10 },
        { status: 'COMPLETED', output: { sum: 50 } },
      ],
      call: [{ output: { response: { statusCode: 200 } } }],
    },
    subWorkflowTestRequest: {
      sub: { name: 'receipt', taskRefToMockOutput: { print: [{ status: 'COMPLETED', output: { number: 'R-1' } }] } },
    },
  });
  assert.equal(reply.status, 200, reply.text);
  assert.equal(
    course(reply.json),
    'COMPLETED pay:FAILED pay:COMPLETED tax:COMPLETED pick:COMPLETED way:COMPLETED call:COMPLETED sub:COMPLETED',
  );
  assert.deepEqual(at(reply.json, 'output'), { tax: 10, number: 'R-1' });
  assert.deepEqual([at(reply.json, 'input'), at(reply.json, 'correlationId')], [{ a: 1 }, 'c']);
  const id = String(at(reply.json, 'workflowId'));
  assert.equal((await server.call('GET', `/api/workflow/${id}`)).status, 404, 'nothing is stored');
});

test('an inline definition, scripts that fail, and tasks that nothing is said about', async (t) => {
  const server = await openServer(t, { scripts: true });
  const tasks = [
    task('lambda', 'LAMBDA', { inputParameters: { scriptExpression: '$.n + 1', n: 1 } }),
    task('same', 'INLINE', { inputParameters: { evaluatorType: 'value-param', expression: 'n', n: 5 } }),
    task('left', 'SIMPLE'),
  ];
  const left = await server.call('POST', '/api/workflow/test', { name: 'x', workflowDef: { name: 'x', tasks } });
  assert.equal(course(left.json), 'RUNNING lambda:COMPLETED same:COMPLETED left:SCHEDULED');
  assert.deepEqual(
    [at(left.json, 'tasks.0.outputData'), at(left.json, 'tasks.1.outputData')],
    [{ result: 2 }, { result: 5 }],
  );
  const broken = [
    task('bad', 'INLINE', { inputParameters: { expression: 'nobody()' } }),
    task('bad', 'JSON_JQ_TRANSFORM', { inputParameters: { queryExpression: '.a.b.c[' } }),
  ];
  for (const one of broken) {
    const failed = await server.call('POST', '/api/workflow/test', {
      name: 'x',
      workflowDef: { name: 'x', tasks: [one] },
    });
    assert.equal(course(failed.json), 'FAILED bad:FAILED_WITH_TERMINAL_ERROR');
  }
});

test('what cannot be tried out is said', async (t) => {
  const server = await openServer(t, { scripts: true });
  const ask = async (body: object) => (await server.call('POST', '/api/workflow/test', body)).status;
  assert.equal(await ask({ name: 'nobody' }), 404);
  assert.equal(await ask({ name: 'nobody', version: 3 }), 404);
  assert.equal(await ask({ name: 'x', workflowDef: { name: 'x', tasks: [] } }), 400);
  assert.equal(await ask({ name: 'x', taskRefToMockOutput: { a: [{ status: 'DONE' }] } }), 400);
  assert.equal(await ask({ name: 'x', externalInputPayloadStoragePath: 'p' }), 400);
  const endless = {
    name: 'x',
    tasks: [task('loop', 'DO_WHILE', { loopCondition: 'true', loopOver: [task('set', 'NOOP')] })],
  };
  assert.equal(await ask({ name: 'x', workflowDef: endless }), 400);
});
