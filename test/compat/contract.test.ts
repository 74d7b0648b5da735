// The table of compatibility is what the tests say, every row has a proof, and what is not there says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committed, compatibility, document } from '../../scripts/compatibility.ts';
import { at, define, openServer, start, task } from '../http/test-server.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const rows = compatibility();
const calls = rows
  .filter(({ subject }) => !subject.startsWith('task '))
  .map((row) => {
    const [method, path = ''] = row.subject.split(' ');
    return { ...row, method: method as Method, path: path.replaceAll(/\{\w+\}/g, 'nobody') };
  });

test('the committed table is up to date: node scripts/compatibility.ts --write', () => {
  assert.equal(committed(), document(rows));
});

test('every row has a proof', () => {
  assert.ok(rows.length > 250);
  assert.deepEqual(
    rows.filter(({ proofs }) => proofs.length === 0).map(({ subject }) => subject),
    [],
  );
});

test('a call that we lack is answered with 404 or 405', async (t) => {
  const server = await openServer(t);
  for (const { verdict, method, path, subject } of calls) {
    if (verdict !== 'not') continue;
    const { status, json } = await server.call(method, path, method === 'GET' ? undefined : {});
    assert.ok(status === 404 || status === 405, `${subject}: ${status}`);
    assert.equal(at(json, 'status'), status, subject);
  }
});

test('no call of the contract is answered with 500, whatever its body', async (t) => {
  const server = await openServer(t);
  for (const { method, path, subject } of calls)
    for (const body of [undefined, '', 'x', [], {}, null, [null], { name: 5 }]) {
      if (method === 'GET' && body !== undefined) continue;
      const { status } = await server.call(method, `${path}?size=x&start=-1&timeout=0`, body);
      assert.ok(status < 500, `${subject} with ${JSON.stringify(body)}: ${status}`);
    }
});

test('a definition with a task that we lack is refused with the reason', async (t) => {
  const server = await openServer(t);
  for (const { verdict, subject } of rows) {
    if (verdict !== 'not' || !subject.startsWith('task ')) continue;
    const type = subject.slice('task '.length);
    const reply = await server.call('POST', '/api/metadata/workflow/validate', { name: 'x', tasks: [task('a', type)] });
    assert.equal(reply.status, 400, type);
    assert.match(String(at(reply.json, 'message')), new RegExp(`${type} is not supported`));
  }
});

test('calls that only Conductor’s own tools make', async (t) => {
  const server = await openServer(t);
  const ok = async (method: Method, path: string, body?: unknown) => {
    const reply = await server.call(method, path, body);
    assert.ok(reply.status === 200 || reply.status === 204, `${method} ${path}: ${reply.status} ${reply.text}`);
    return reply;
  };
  assert.deepEqual((await ok('GET', '/api/health')).json, { healthy: true });
  await ok('PUT', '/api/environment/region', 'north');
  await ok('GET', '/api/secrets/clearLocalCache');
  await ok('GET', '/api/secrets/clearRedisCache');
  await define(server, 'job', [task('work', 'SIMPLE')]);
  await ok('POST', '/api/scheduler/schedules', {
    name: 'daily',
    cronExpression: '0 0 3 * * *',
    startWorkflowRequest: { name: 'job' },
  });
  await ok('GET', '/api/scheduler/schedules/daily/pause');
  assert.equal(at((await ok('GET', '/api/scheduler/schedules/daily')).json, 'paused'), true);
  await ok('GET', '/api/scheduler/schedules/daily/resume');
  assert.equal(at((await ok('GET', '/api/scheduler/schedules/search')).json, 'totalHits'), 1);
  await ok('PUT', '/api/scheduler/schedules/daily/tags', [{ key: 'a', value: 'b' }]);
  await ok('GET', '/api/scheduler/schedules/tags?tag=a:b');
  await ok('GET', '/api/tasks/poll/work?workerid=w');
  assert.equal(((await ok('GET', '/api/tasks/queue/polldata/all')).json as unknown[]).length, 1);
  const id = await start(server, 'job');
  await ok('DELETE', `/api/workflow/${id}/terminate-remove`);
  assert.equal((await server.call('GET', `/api/workflow/${id}`)).status, 404);
  const webhook = await ok('POST', '/api/metadata/webhook', {
    name: 'in',
    verifier: 'HEADER_BASED',
    headers: { 'x-shop': 'demo' },
    receiverWorkflowNamesToVersions: { job: 1 },
  });
  const webhookId = String(at(webhook.json, 'id'));
  assert.ok((await server.call('GET', `/api/webhook/${webhookId}`)).status < 500, 'a ping is no event');
  await ok('DELETE', `/api/metadata/webhook/${webhookId}`);
});
