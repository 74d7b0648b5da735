// The dry run of a sample: the request as it would be sent, its verdict, what it would do; and nothing of it happens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLATFORMS } from '../../src/inbound/platforms/index.ts';
import { senderOf } from '../platforms/senders.ts';
import { at, define, onEachServer, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const WAIT = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': '${workflow.input.id}' } } });
const SECRET = 'It is a secret to everybody';
const HOOK = {
  name: 'hook',
  verifier: 'PLATFORM',
  sourcePlatform: 'github',
  secretValue: SECRET,
  receiverWorkflowNamesToVersions: { hold: 1 },
};

async function create(server: TestServer, config: object): Promise<string> {
  const reply = await server.call('POST', '/api/metadata/webhook', config);
  assert.equal(reply.status, 200, reply.text);
  return String(at(reply.json, 'id'));
}

async function dryRun(server: TestServer, id: string, wish?: object): Promise<unknown> {
  const reply = await server.call('POST', `/api/webhooks/${id}/sample/dry-run`, wish);
  assert.equal(reply.status, 200, reply.text);
  return reply.json;
}

const eventsOf = async (server: TestServer) => (await server.call('GET', '/api/webhook-events')).json as unknown[];

onEachServer('the dry run of a sample', (open) => {
  test('shows what it would resume and start, and sending what it shows does just that', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    await define(server, 'begin', [WAIT]);
    const hook = await create(server, {
      ...HOOK,
      workflowsToStart: { begin: 1, gone: 3, idempotencyKey: '${workflow.input.id}' },
    });
    const [fits, misses] = [await start(server, 'hold', { id: 'A1' }), await start(server, 'hold', { id: 'A2' })];
    await server.settle();
    const shown = await dryRun(server, hook, { body: '{"id":"A1"}' });
    assert.equal(at(shown, 'verdict'), 'verified');
    assert.equal(at(shown, 'signed'), true);
    assert.deepEqual(at(shown, 'answer'), { status: 200, headers: {}, body: '' });
    assert.deepEqual(at(shown, 'events.0.resumes'), [{ workflowId: fits, workflowName: 'hold', taskRef: 'wait' }]);
    assert.deepEqual(at(shown, 'events.0.starts'), [
      { name: 'begin', version: 1, idempotencyKey: 'A1' },
      { name: 'gone', idempotencyKey: 'A1', reason: 'there is no workflow gone of version 3' },
    ]);
    assert.equal(at(shown, 'events.0.misses.0.workflowId'), misses);
    assert.equal(at(shown, 'events.0.misses.0.failed'), 1);
    await server.settle();
    assert.equal((await eventsOf(server)).length, 0, 'nothing is stored');
    assert.equal(await shortly(server, fits), 'RUNNING wait:IN_PROGRESS', 'nobody is woken');
    assert.equal(at((await server.call('GET', `/api/metadata/webhook/${hook}`)).json, 'urlVerified'), false);

    const { url, headers, body } = at(shown, 'request') as {
      url: string;
      headers: Record<string, string>;
      body: string;
    };
    assert.equal(url, `http://localhost:80/webhook/${hook}`);
    assert.equal((await server.call('POST', `/webhook/${hook}`, body, headers)).status, 200);
    await server.settle();
    assert.equal(await shortly(server, fits), 'COMPLETED wait:COMPLETED');
    const again = await dryRun(server, hook, { body: '{"id":"A1"}' });
    assert.deepEqual(at(again, 'events.0.resumes'), []);
    assert.equal(typeof at(again, 'events.0.starts.0.existing'), 'string');
  });

  test('deliver, start-or-resume and a pause count as they would', async (t) => {
    const server = await open(t);
    await define(server, 'hold', [WAIT]);
    const more = { workflowsToStart: { hold: 1, idempotencyKey: '${workflow.input.id}' } };
    const hook = async (matching: object) => create(server, { ...HOOK, ...more, matching });
    const first = await start(server, 'hold', { id: 'A1' });
    await server.advance(10);
    const second = await start(server, 'hold', { id: 'A1' });
    await server.settle();
    const resumed = async (id: string): Promise<readonly unknown[]> => {
      const shown = await dryRun(server, id, { body: '{"id":"A1"}' });
      return (at(shown, 'events.0.resumes') as { workflowId: string }[]).map(({ workflowId }) => workflowId);
    };
    assert.deepEqual(await resumed(await hook({})), [first, second]);
    assert.deepEqual(await resumed(await hook({ deliver: 'oldest' })), [first]);
    assert.deepEqual(await resumed(await hook({ deliver: 'newest' })), [second]);
    assert.deepEqual(await resumed(await hook({ deliver: 'one' })), []);
    const resumes = await hook({ startOrResume: true });
    assert.deepEqual(at(await dryRun(server, resumes, { body: '{"id":"A1"}' }), 'events.0.starts'), []);
    assert.equal(at(await dryRun(server, resumes, { body: '{"id":"B"}' }), 'events.0.starts.0.name'), 'hold');
    await server.call('POST', `/api/webhooks/${resumes}/pause`);
    const held = await dryRun(server, resumes, { body: '{"id":"A1"}' });
    assert.deepEqual([at(held, 'held'), (at(held, 'events.0.resumes') as unknown[]).length], [true, 1]);
  });
});

test('each platform: its sample as it would be sent, without what may not be seen', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [WAIT]);
  for (const platform of PLATFORMS) {
    const { credentials, config, keys } = senderOf(platform);
    const { secrets, fields, headers } = credentials;
    const { name, receiverWorkflowNamesToVersions } = HOOK;
    const id = await create(server, {
      ...{ name, receiverWorkflowNamesToVersions, verifier: 'PLATFORM', sourcePlatform: platform.id },
      ...{ secrets, fields, headers },
    });
    const shown = await dryRun(server, id);
    const isOurs = !('privateKey' in keys);
    assert.equal(at(shown, 'signed'), isOurs, platform.id);
    assert.equal(at(shown, 'verdict'), isOurs ? 'verified' : 'observed', platform.id);
    assert.ok((at(shown, 'events') as unknown[]).length > 0, platform.id);
    const text = JSON.stringify(at(shown, 'request'));
    for (const { value } of config.secrets)
      if (platform.scheme.type !== 'public-key') assert.ok(!text.includes(value), `${platform.id} shows a secret`);
    for (const value of Object.values(headers ?? {})) assert.ok(!text.includes(value), `${platform.id} shows a header`);
  }
  assert.equal((await eventsOf(server)).length, 0);
});

test('an unknown webhook, a body that is none, and one that the webhook cannot read', async (t) => {
  const server = await openServer(t);
  assert.equal((await server.call('POST', '/api/webhooks/none/sample/dry-run')).status, 404);
  const id = await create(server, HOOK);
  assert.equal((await server.call('POST', `/api/webhooks/${id}/sample/dry-run`, { bodi: 'x' })).status, 400);
  const shown = await dryRun(server, id, { body: '{"a":' });
  assert.deepEqual([at(shown, 'verdict'), at(shown, 'answer.status')], ['refused', 400]);
  assert.match(String(at(shown, 'reason')), /not valid JSON/);
  const sent = await server.call('POST', `/api/webhooks/${id}/sample`, { body: '{"a":' });
  assert.equal(at(sent.json, 'status'), 400);
});
