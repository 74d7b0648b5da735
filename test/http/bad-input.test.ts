// Whatever comes in, the answer is a 4xx that says what is wrong, or a failed task with the reason; and the server goes on.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { at, define, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const WEBHOOK = {
  id: 'hook',
  name: 'in',
  verifier: 'NONE',
  receiverWorkflowNamesToVersions: { hold: 1 },
};

/** The message is for people, the status for programs; nothing of the inside shows. */
function assertProblem(reply: { status: number; json: unknown; text: string }, status: number, about: string): void {
  assert.equal(reply.status, status, `${about}: ${reply.text}`);
  assert.equal(at(reply.json, 'status'), status, about);
  assert.ok(String(at(reply.json, 'message')).length > 8, about);
  assert.equal(at(reply.json, 'retryable'), false, about);
  assert.ok(!/node_modules|\.ts:\d+|SQLITE/.test(reply.text), `${about}: ${reply.text}`);
}

const isAlive = async (server: TestServer) => assert.equal((await server.call('GET', '/health')).status, 200);

/** The same server on a real port, for what only sockets can do. */
async function listen(t: TestContext): Promise<{ server: TestServer; port: number }> {
  const server = await openServer(t);
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const address = server.app.server.address();
  assert.ok(typeof address === 'object' && address);
  await server.call('POST', '/api/metadata/webhook', WEBHOOK);
  return { server, port: address.port };
}

test('payloads beyond 10 MB: a start is refused, a task that reports one fails with the reason', async (t) => {
  const server = await openServer(t);
  await define(server, 'flow', [task('work', 'SIMPLE')]);
  const large = { text: 'x'.repeat(10 * 1024 * 1024) };
  const starts: [string, unknown][] = [
    ['/api/workflow', { name: 'flow', input: large }],
    ['/api/workflow/flow', large],
    ['/api/workflow/execute/flow/1', { name: 'flow', input: large }],
    ['/api/workflow/test', { name: 'flow', input: large, taskRefToMockOutput: {} }],
  ];
  for (const [path, body] of starts) {
    const reply = await server.call('POST', path, body);
    assertProblem(reply, 413, path);
    assert.match(String(at(reply.json, 'message')), /input is larger than 10485760 bytes/);
  }
  assert.equal(at((await server.call('GET', '/api/workflow/search')).json, 'totalHits'), 0, 'nothing began');
  const id = await start(server, 'flow');
  const reply = await server.call('POST', `/api/tasks/${id}/work/COMPLETED`, large);
  assert.equal(reply.status, 200, reply.text);
  assert.equal(await shortly(server, id), 'FAILED work:FAILED_WITH_TERMINAL_ERROR');
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  assert.match(String(at(json, 'tasks.0.reasonForIncompletion')), /output is larger than 10485760 bytes/);
  const variables = await server.call('POST', `/api/workflow/${await start(server, 'flow')}/variables`, large);
  assertProblem(variables, 413, 'variables');
  await isAlive(server);
});

test('bodies that are no JSON', async (t) => {
  const server = await openServer(t);
  for (const path of [
    '/api/workflow',
    '/api/metadata/workflow',
    '/api/tasks',
    '/api/metadata/webhook',
    '/api/workflow/x',
  ])
    for (const body of [
      '{',
      '{"a":}',
      'hello',
      '{"a":1}}',
      "{'a':1}",
      '\u0000',
      '[1,2',
      '"\ud800',
      'NaN',
      '{"a":1,}',
    ]) {
      const reply = await server.call('POST', path, body, { 'content-type': 'application/json' });
      assertProblem(reply, 400, `${path} ${body}`);
    }
  await isAlive(server);
});

test('bodies of the wrong type, with the field and the value that is wrong', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('wait', 'WAIT')]);
  const cases: readonly [string, unknown, string][] = [
    ['/api/workflow', { name: 5 }, 'name'],
    ['/api/workflow', {}, 'name'],
    ['/api/workflow', { name: 'hold', priority: 100 }, 'priority'],
    ['/api/workflow', { name: 'hold', version: '1' }, 'version'],
    ['/api/workflow', { name: 'hold', input: [] }, 'input'],
    ['/api/workflow', { name: 'hold', taskToDomain: { a: 1 } }, 'taskToDomain.a'],
    ['/api/workflow', { name: 'hold', idempotencyStrategy: 'MAYBE' }, 'idempotencyStrategy'],
    ['/api/workflow', { name: 'hold', idempotencykey: 'k' }, ''],
    ['/api/workflow/hold', [1], ''],
    ['/api/workflow/hold', 'null', ''],
    ['/api/metadata/workflow', [], ''],
    ['/api/metadata/workflow', { name: 'x', tasks: {} }, 'tasks'],
    ['/api/metadata/workflow', { name: 'x', tasks: [null] }, 'tasks[0]'],
    ['/api/metadata/workflow', { name: 'x', tasks: [{ name: 'a' }] }, 'tasks[0].taskReferenceName'],
    ['/api/metadata/taskdefs', { name: 'x' }, ''],
    ['/api/metadata/taskdefs', [{ name: 'x', retryCount: '3' }], 'retryCount'],
    ['/api/metadata/webhook', { ...WEBHOOK, verifier: 1 }, 'verifier'],
    ['/api/metadata/webhook', { ...WEBHOOK, secretvalue: 'x' }, ''],
    ['/api/tasks', { taskId: 'a.1', status: 'NEARLY' }, 'status'],
    ['/api/token', { keyId: 'x' }, 'keySecret'],
  ];
  for (const [path, body, field] of cases) {
    const reply = await server.call('POST', path, body);
    const about = `${path} ${JSON.stringify(body)}`;
    assertProblem(reply, 400, about);
    const problems = at(reply.json, 'validationErrors') as { path: string; message: string }[];
    assert.ok(
      problems.some((one) => one.path === field && one.message.length > 3),
      `${about}: ${reply.text}`,
    );
  }
  await isAlive(server);
});

test('queries of the wrong type', async (t) => {
  const server = await openServer(t);
  for (const path of [
    '/api/workflow/search?size=many',
    '/api/workflow/search?size=1e2',
    '/api/workflow/search?start=-1',
    '/api/workflow/search?size=5&size=6',
    '/api/workflow/x?includeTasks=maybe',
    '/api/metadata/workflow/x?version=1.5',
    '/api/tasks/poll/batch/x?timeout=99999999999999999999',
    '/api/workflow/running/x?startTime=monday',
  ])
    assertProblem(await server.call('GET', path), 400, path);
});

test('paths that do not exist, methods that do not fit, percent signs that mean nothing', async (t) => {
  const server = await openServer(t);
  for (const path of ['/nothing', '/api', '/api/nothing', '/api/workflow/a/b/c/d', '/webhook', '/api/human/tasks'])
    assertProblem(await server.call('GET', path), 404, path);
  const wrong: readonly ['GET' | 'PUT' | 'DELETE' | 'PATCH' | 'POST', string, string][] = [
    ['GET', '/api/workflow', 'POST'],
    ['PUT', '/api/tasks', 'POST'],
    ['DELETE', '/health', 'GET'],
    ['PATCH', '/api/metadata/workflow', 'GET, POST, PUT'],
    ['POST', '/openapi.json', 'GET'],
  ];
  for (const [method, path, allow] of wrong) {
    const reply = await server.call(method, path);
    assertProblem(reply, 405, `${method} ${path}`);
    assert.equal(reply.headers.allow, allow);
  }
  // Clients ask for calls of other servers and fall back on a 404: whatever stands in the body must not hide it.
  for (const type of ['application/json', 'text/plain', 'application/x-protobuf'])
    for (const body of ['', '{"a":', 'x'.repeat(1_000)]) {
      const headers = { 'content-type': type };
      const words = `${type}: ${body.slice(0, 9)}`;
      assertProblem(await server.call('POST', '/api/tasks/1/2/3/4', body, headers), 404, words);
      assertProblem(await server.call('PATCH', '/api/workflow', body, headers), 405, words);
    }
  assertProblem(await server.call('GET', '/api/workflow/%zz'), 400, 'percent');
  const long = `/api/workflow/${'a'.repeat(3_000)}`;
  assert.ok([400, 404, 414].includes((await server.call('GET', long)).status), 'a long id');
});

test('definitions that can never run', async (t) => {
  const server = await openServer(t);
  const lists: readonly [string, readonly object[]][] = [
    ['two tasks of one name', [task('a', 'SIMPLE'), task('a', 'SIMPLE')]],
    [
      'a join of nothing',
      [task('f', 'FORK_JOIN', { forkTasks: [[task('a', 'SIMPLE')]] }), task('j', 'JOIN', { joinOn: ['ghost'] })],
    ],
    ['an unknown task type', [task('a', 'TELEPORT')]],
    ['a reference to nothing', [task('a', 'SIMPLE', { inputParameters: { x: '${ghost.output.y}' } })]],
    ['a fork without a join', [task('f', 'FORK_JOIN', { forkTasks: [[task('a', 'SIMPLE')]] })]],
    ['a cycle', [task('s', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'bad', version: 1 } })]],
    ['an endless nesting', [nested(1_000)]],
  ];
  for (const [about, tasks] of lists)
    for (const path of ['/api/metadata/workflow', '/api/metadata/workflow/validate']) {
      const reply = await server.call('POST', path, { name: 'bad', version: 1, tasks });
      assertProblem(reply, 400, about);
    }
  assert.deepEqual((await server.call('GET', '/api/metadata/workflow')).json, []);
  await isAlive(server);
});

function nested(depth: number): object {
  let inner = task('t0', 'SIMPLE');
  for (let i = 1; i <= depth; i += 1) inner = task(`t${i}`, 'DO_WHILE', { loopCondition: 'false', loopOver: [inner] });
  return inner;
}

test('JSON that nests without end is refused before it can hurt', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {} } })]);
  await server.call('POST', '/api/metadata/webhook', WEBHOOK);
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  for (const path of ['/api/workflow/hold', '/api/metadata/workflow', '/api/tasks'])
    assertProblem(await server.call('POST', path, deep, { 'content-type': 'application/json' }), 400, path);
  const reply = await server.call('POST', '/webhook/hook', deep, { 'content-type': 'application/json' });
  assertProblem(reply, 400, 'inbound');
  await isAlive(server);
});

test('__proto__ and friends in payloads change nothing and are not lost', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': '1' } } })], {
    outputParameters: { own: '${wait.output.isAdmin}', got: '${wait.output}' },
  });
  await server.call('POST', '/api/metadata/webhook', WEBHOOK);
  const nasty = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"id":"1","toString":"x"}';
  const json = { 'content-type': 'application/json' };
  const id = (await server.call('POST', '/api/workflow/hold', nasty, json)).text;
  assert.equal((await server.call('POST', '/webhook/hook?__proto__=x&hasOwnProperty=y', nasty, json)).status, 200);
  await server.settle();
  const shown = await server.call('GET', `/api/workflow/${id}`);
  assert.equal(at(shown.json, 'status'), 'COMPLETED');
  assert.equal(at(shown.json, 'output.own'), null);
  assert.ok(shown.text.includes('"__proto__":{"isAdmin":true}'), 'the input keeps it');
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
  for (const path of [
    '/api/metadata/workflow',
    '/api/workflow',
    '/api/metadata/taskdefs',
    '/api/metadata/webhook',
    '/api/tasks',
  ])
    assert.ok((await server.call('POST', path, nasty, json)).status < 500, path);
  assert.equal((await server.call('GET', '/api/workflow/__proto__')).status, 404);
  assert.equal((await server.call('GET', '/api/workflow/search?query=__proto__=1')).status, 400);
  assert.equal((await server.call('GET', '/api/workflow/search?sort=constructor:ASC')).status, 400);
  assert.equal((await server.call('GET', '/api/tasks/queue/sizes?taskType=__proto__')).status, 200);
});

test('scripts that loop for ever, eat memory or throw fail their task with a reason', async (t) => {
  const server = await openServer(t, { scripts: true });
  const scripts: readonly [string, RegExp][] = [
    ['while (true) {}', /./],
    ['const a = []; while (true) a.push(new Array(100000).fill(1))', /./],
    ['throw new Error("no luck")', /no luck/],
    ['this is not a script', /./],
    ['process.exit(1)', /process/],
  ];
  for (const [expression, reason] of scripts) {
    await define(server, 'bad', [
      task('s', 'INLINE', { inputParameters: { evaluatorType: 'javascript', expression } }),
    ]);
    const id = await start(server, 'bad');
    await server.settle();
    const { json } = await server.call('GET', `/api/workflow/${id}`);
    assert.equal(at(json, 'tasks.0.status'), 'FAILED_WITH_TERMINAL_ERROR', expression);
    assert.match(String(at(json, 'tasks.0.reasonForIncompletion')), reason);
  }
  await isAlive(server);
});

test('a 30 MB body gets its 413, however it is sent, and is not read into memory', async (t) => {
  const { server, port } = await listen(t);
  const piece = Buffer.alloc(1024 * 1024, 97);
  const send = (path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += String(chunk)));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      const write = (left: number): void => {
        if (left === 0) sent.end();
        else sent.write(piece, () => write(left - 1));
      };
      write(30);
    });
  const framings: readonly Record<string, string>[] = [
    { 'content-length': String(30 * piece.length) },
    { 'transfer-encoding': 'chunked' },
  ];
  for (const path of ['/webhook/hook', '/api/workflow/hold', '/api/metadata/workflow'])
    for (const headers of framings) {
      const { status, text } = await send(path, headers);
      assertProblem({ status, text, json: JSON.parse(text) }, 413, `${path} ${JSON.stringify(headers)}`);
    }
  await isAlive(server);
});

test('a body that is cut off, and what is not HTTP at all, get a 400 and nothing is kept', async (t) => {
  const { server, port } = await listen(t);
  const speak = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      let heard = '';
      socket.on('data', (chunk) => (heard += String(chunk)));
      socket.on('close', () => resolve(heard));
      socket.on('error', reject);
      socket.end(text);
    });
  const head = (path: string, more: string) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n\r\n`;
  const broken = [
    `${head('/webhook/hook', 'Content-Type: application/json\r\nContent-Length: 100')}{"a":1`,
    `${head('/api/workflow/hold', 'Content-Length: 100')}{"a":1`,
    `${head('/webhook/hook', 'Transfer-Encoding: chunked')}5\r\nabc`,
    `${head('/webhook/hook', 'Content-Length: 5\r\nTransfer-Encoding: chunked')}0\r\n\r\n`,
    'hello there\r\n\r\n',
  ];
  for (const text of broken) {
    const heard = await speak(text);
    assert.match(heard, /^HTTP\/1\.1 400 /, JSON.stringify(text));
    assert.match(heard, /"status":400/);
  }
  assert.match(
    await speak(`GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
  const shown = await server.call('GET', '/api/metadata/webhook/hook');
  assert.deepEqual(at(shown.json, 'webhookExecutionHistory'), []);
  await isAlive(server);
});

test('odd content types and none at all are taken where the body says enough', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('wait', 'WAIT')]);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-8',
    'application/vnd.x+json',
  ]) {
    const reply = await server.call('POST', '/api/workflow/hold', '{"a":1}', { 'content-type': type });
    assert.equal(reply.status, 200, `${type}: ${reply.text}`);
  }
  for (const type of ['application/json', 'text/plain']) {
    const empty = await server.call('POST', '/api/workflow/hold', '', { 'content-type': type });
    assert.equal(empty.status, 200, 'no body is an empty input');
  }
  for (const type of ['nonsense', '', '/', 'a/b/c', ';'])
    assert.ok(
      (await server.call('POST', '/api/workflow/hold', '{"a":1}', { 'content-type': type })).status < 500,
      type,
    );
});

test('any JSON on any route is answered, never with a 500', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [task('wait', 'WAIT')]);
  await server.call('POST', '/api/metadata/webhook', WEBHOOK);
  const id = await start(server, 'hold');
  const paths: readonly ['POST' | 'PUT' | 'DELETE', string][] = [
    ['POST', '/api/workflow'],
    ['POST', '/api/workflow/hold'],
    ['POST', '/api/metadata/workflow'],
    ['PUT', '/api/metadata/workflow'],
    ['POST', '/api/metadata/taskdefs'],
    ['PUT', '/api/metadata/taskdefs'],
    ['POST', '/api/metadata/webhook'],
    ['PUT', '/api/metadata/webhook/hook'],
    ['PUT', '/api/metadata/webhook/hook/tags'],
    ['DELETE', '/api/metadata/webhook/hook/tags'],
    ['POST', '/api/tasks'],
    ['POST', '/api/tasks/update-v2'],
    ['POST', `/api/tasks/${id}/wait/IN_PROGRESS`],
    ['POST', `/api/workflow/${id}/variables`],
    ['POST', `/api/workflow/${id}/rerun`],
    ['PUT', `/api/workflow/${id}/skiptask/x`],
    ['POST', '/api/workflow/hold/correlated'],
    ['POST', '/api/token'],
    ['POST', '/webhook/hook'],
  ];
  const keys = fc.constantFrom(
    'name',
    'tasks',
    'version',
    'taskId',
    'status',
    'type',
    '__proto__',
    'matches',
    'headers',
    'id',
    'key',
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(
        fc.string(),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom('COMPLETED', '${a.b}', 'SIMPLE'),
      ),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(keys, fc.string()), tie('json'), { maxKeys: 5 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), json, async ([method, path], body) => {
      const reply = await server.call(method, path, JSON.stringify(body) ?? 'null', {
        'content-type': 'application/json',
      });
      assert.ok(reply.status < 500, `${method} ${path} ${JSON.stringify(body)}: ${reply.status} ${reply.text}`);
    }),
    { numRuns: 400 },
  );
  assert.equal(await shortly(server, id), 'RUNNING wait:IN_PROGRESS');
});
