// What the server says about itself: OpenAPI, its page, metrics, health, logs, the live stream.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { at, define, openServer, start, task } from './test-server.ts';

test('the OpenAPI document is complete in itself and says what each call needs', async (t) => {
  const server = await openServer(t);
  const reply = await server.call('GET', '/openapi.json');
  assert.equal(reply.status, 200);
  const document = reply.json as Record<string, unknown>;
  assert.equal(document.openapi, '3.1.0');
  for (const [, path] of reply.text.matchAll(/"\$ref":"#\/([^"]+)"/g))
    assert.ok(at(document, (path as string).replaceAll('/', '.')), `${path} is not there`);
  const ids = new Set<string>();
  for (const [path, methods] of Object.entries(document.paths as Record<string, Record<string, unknown>>))
    for (const [method, operation] of Object.entries(methods)) {
      const about = `${method} ${path}`;
      assert.match(
        String(at(operation, 'description')),
        /^Needs (nothing|the right to (read|run|edit|admin))\.$/,
        about,
      );
      assert.ok(String(at(operation, 'summary')).length > 8, about);
      const id = String(at(operation, 'operationId'));
      assert.ok(!ids.has(id), `${id} twice`);
      ids.add(id);
      const parameters = at(operation, 'parameters') as { name: string; in: string }[];
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      assert.deepEqual(inPath, path.match(/\{\w+\}/g) ?? [], about);
    }
  assert.ok(ids.size > 50, `${ids.size} operations`);
  assert.equal(
    at(document, 'components.schemas.WorkflowDef.properties.tasks.items.$ref'),
    '#/components/schemas/WorkflowTask',
  );
  const size = (at(document, 'paths') as Record<string, unknown>)['/api/workflow/search'];
  const parameters = at(size, 'get.parameters') as { name: string; schema: { type: string } }[];
  assert.equal(parameters.find(({ name }) => name === 'size')?.schema.type, 'integer');
});

test('the page to read it needs nothing from elsewhere and allows no script', async (t) => {
  const server = await openServer(t);
  const { status, text, headers } = await server.call('GET', '/docs/api');
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^text\/html/);
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.doesNotMatch(text, /<script|<link|<img|src=|https?:\/\/(?!localhost)/);
  assert.ok(text.includes('/api/metadata/webhook/{id}'));
  for (const [, id] of text.matchAll(/href="#([\w-]+)"/g)) assert.ok(text.includes(`id="${id}"`), id);
});

test('health, version, metrics', async (t) => {
  const server = await openServer(t);
  for (const path of ['/health', '/api/health'])
    assert.deepEqual((await server.call('GET', path)).json, { healthy: true });
  assert.match((await server.call('GET', '/api/version')).text, /^\d+\.\d+\.\d+/);
  await define(server, 'job', [task('work', 'SIMPLE')]);
  await start(server, 'job');
  const ended = await start(server, 'job');
  await server.call('DELETE', `/api/workflow/${ended}`);
  await server.call('POST', '/webhook/nobody', {});
  const { text, headers } = await server.call('GET', '/metrics');
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^fermata_queue_depth\{queue="work"\} 1$/m);
  assert.match(text, /^fermata_events_total\{outcome="unknown"\} 1$/m);
  assert.match(text, /^fermata_executions_ended_total\{status="TERMINATED"\} 1$/m);
  assert.match(
    text,
    /fermata_http_request_seconds_count\{method="POST",route="\/api\/workflow\/:name",status="200"\} 2/,
  );
});

test('one trace id leads from the request to the last task, and secrets are not in the log', async (t) => {
  const server = await openServer(t);
  await define(server, 'job', [
    task('work', 'SIMPLE'),
    task('call', 'HTTP', { inputParameters: { uri: 'http://x.example', method: 'GET' } }),
  ]);
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const begun = await server.call('POST', '/api/workflow/job', {}, { traceparent: `00-${trace}-b7ad6b7169203331-01` });
  assert.equal(begun.headers['x-trace-id'], trace);
  const polled = await server.call('GET', '/api/tasks/poll/work');
  await server.call('POST', '/api/tasks', { taskId: at(polled.json, 'taskId'), status: 'COMPLETED' });
  await server.settle();
  const secret = 'hush-hush-hush';
  await server.call('POST', '/api/metadata/webhook', {
    name: 'w',
    verifier: 'STRIPE',
    secretValue: secret,
    workflowsToStart: { job: 1 },
  });
  await server.call('POST', '/api/token', { keyId: 'k', keySecret: secret }, { 'x-authorization': secret });
  const lines = server.logged.filter(({ traceId }) => traceId === trace).map(({ msg }) => msg);
  for (const message of ['call', 'execution started', 'task polled', 'task reported', 'task done', 'execution ended'])
    assert.ok(lines.includes(message), `${message}: ${lines.join(', ')}`);
  assert.ok(!JSON.stringify(server.logged).includes(secret));
  const own = await server.call('GET', '/health', undefined, { traceparent: 'nonsense' });
  assert.match(String(own.headers['x-trace-id']), /^[0-9a-f-]{36}$/);
});

test('the live stream tells what changed, gathered, and ends with the server', async (t) => {
  const server = await openServer(t);
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const address = server.app.server.address();
  assert.ok(typeof address === 'object' && address);
  await define(server, 'job', [task('work', 'SIMPLE')]);
  let heard = '';
  const ended = new Promise<void>((resolve, reject) => {
    request({ host: '127.0.0.1', port: address.port, path: '/api/live' }, (answer) => {
      assert.match(String(answer.headers['content-type']), /^text\/event-stream/);
      answer.on('data', (chunk) => (heard += String(chunk)));
      answer.on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
  const until = async (text: string) => {
    while (!heard.includes(text)) await server.clock.advance(10);
  };
  await until(': fermata');
  const [one, two] = [await start(server, 'job'), await start(server, 'job')];
  await until('"status":"RUNNING"');
  const [, data = ''] = /event: change\ndata: (.*)\n\n/.exec(heard) ?? [];
  assert.deepEqual(JSON.parse(data), {
    workflows: [one, two].map((id) => ({ id, status: 'RUNNING' })),
    webhooks: [],
  });
  await server.clock.advance(15_000);
  await until(': still here');
  await server.app.close();
  await ended;
});

test("the document and the page are also where Conductor's are", async (t) => {
  const server = await openServer(t);
  const own = await Promise.all(['/openapi.json', '/docs/api'].map((path) => server.call('GET', path)));
  const theirs = await Promise.all(['/api-docs', '/swagger-ui'].map((path) => server.call('GET', path)));
  assert.deepEqual(
    theirs.map(({ status, text }) => [status, text]),
    own.map(({ text }) => [200, text]),
  );
  assert.equal((await server.call('GET', '/swagger-ui/index.html')).text, own[1]?.text);
});
