// What senders hear: fixed answers, the words of a flow, 202 when it takes longer; callback URLs; the examples as they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slackCommand } from '../../examples/slack-command.ts';
import { teamsReply } from '../../examples/teams-reply.ts';
import { twilioSms } from '../../examples/twilio-sms.ts';
import { callbackPath } from '../../src/inbound/callback.ts';
import { startServer } from '../../src/server.ts';
import { at, define, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const NONE = { name: 'hook', verifier: 'NONE' };
const respond = (input: object) => task('say', 'RESPOND', { inputParameters: input });

async function create(server: TestServer, config: object): Promise<string> {
  const reply = await server.call('POST', '/api/metadata/webhook', { ...NONE, ...config });
  assert.equal(reply.status, 200, reply.text);
  return String(at(reply.json, 'id'));
}

test('a fixed answer, and the default of a platform', async (t) => {
  const server = await openServer(t);
  const workflowsToStart = { none: 1 };
  const answer = { type: 'fixed', status: 201, headers: { 'X-A': 'b' }, body: 'thanks' };
  const fixed = await server.call('POST', `/webhook/${await create(server, { workflowsToStart, answer })}`, {});
  assert.deepEqual([fixed.status, fixed.text, fixed.headers['x-a']], [201, 'thanks', 'b']);
  const silent = await server.call('POST', `/webhook/${await create(server, { workflowsToStart })}`, {});
  assert.deepEqual([silent.status, silent.text], [200, '']);
  for (const name of ['Transfer-Encoding', 'content-length', 'Connection']) {
    const framing = { workflowsToStart, answer: { type: 'fixed', headers: { [name]: 'chunked' } } };
    const refused = await server.call('POST', '/api/metadata/webhook', { ...NONE, ...framing });
    assert.equal(refused.status, 400, name);
    assert.match(refused.text, /frames the message/);
  }
  const bad = { workflowsToStart, answer: { type: 'fixed', headers: { 'a b': 'c\r\nd' } } };
  assert.equal((await server.call('POST', '/api/metadata/webhook', { ...NONE, ...bad })).status, 400);
});

test('a flow answers by RESPOND or by its output, with any status; headers that cannot be sent are left out', async (t) => {
  const server = await openServer(t);
  const answer = { type: 'workflow', waitSeconds: 5 };
  const headers = { 'X-Ok': 'yes', 'bad name': 'x', 'X-Bad': 'a\r\nb', 'Content-Length': '1' };
  await define(server, 'says', [
    respond({ status: 404, headers, body: { code: '${workflow.input.code}' } }),
    task('work', 'SIMPLE'),
  ]);
  const says = await create(server, { workflowsToStart: { says: 1 }, answer });
  const said = await server.call('POST', `/webhook/${says}`, { code: 7 });
  assert.deepEqual([said.status, said.json, said.headers['x-ok']], [404, { code: 7 }, 'yes']);
  assert.equal(said.headers['x-bad'], undefined);
  await define(server, 'ends', [task('noop', 'NOOP')], {
    outputParameters: { response: { status: '202', body: 'ok' } },
  });
  const ends = await create(server, { workflowsToStart: { ends: 1 }, answer });
  const ended = await server.call('POST', `/webhook/${ends}`, {});
  assert.deepEqual([ended.status, ended.text], [202, 'ok']);
  const nobody = await create(server, { receiverWorkflowNamesToVersions: { ends: 1 }, answer });
  assert.equal((await server.call('POST', `/webhook/${nobody}`, {})).status, 200, 'nobody to answer');
});

test('an execution that is resumed answers the event that resumed it', async (t) => {
  const server = await openServer(t);
  const wait = (ref: string) => task(ref, 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': 1 } } });
  const says = (ref: string) => task(ref, 'RESPOND', { inputParameters: { body: ref } });
  await define(server, 'talk', [wait('a'), says('first'), wait('b'), says('second'), wait('c')]);
  await start(server, 'talk');
  const id = await create(server, {
    receiverWorkflowNamesToVersions: { talk: 1 },
    answer: { type: 'workflow', waitSeconds: 5 },
  });
  assert.equal((await server.call('POST', `/webhook/${id}`, { id: 1, n: 1 })).text, 'first');
  assert.equal((await server.call('POST', `/webhook/${id}`, { id: 1, n: 2 })).text, 'second');
});

test('when it takes longer the sender hears 202 and the id of the execution', async (t) => {
  const server = await openServer(t);
  await define(server, 'slow', [task('work', 'SIMPLE')]);
  const id = await create(server, { workflowsToStart: { slow: 1 }, answer: { type: 'workflow', waitSeconds: 3 } });
  let done = false;
  const reply = server.call('POST', `/webhook/${id}`, {}).finally(() => {
    done = true;
  });
  for (let i = 0; i < 100 && !done; i += 1) await server.clock.advance(100);
  const { status, json } = await reply;
  assert.equal(status, 202);
  assert.match(await shortly(server, String(at(json, 'workflowId'))), /^RUNNING work:SCHEDULED/);
});

test('an event that is kept in order is answered by the workflow when its turn has come', async (t) => {
  const server = await openServer(t);
  await define(server, 'says', [respond({ body: 'heard ${workflow.input.n}' })]);
  const id = await create(server, {
    workflowsToStart: { says: 1 },
    matching: { orderBy: '$.key' },
    answer: { type: 'workflow', waitSeconds: 5 },
  });
  let open = 2;
  const replies = [1, 2].map((n) =>
    server.call('POST', `/webhook/${id}`, { key: 'a', n }).finally(() => {
      open -= 1;
    }),
  );
  for (let i = 0; i < 40 && open > 0; i += 1) await server.advance(100);
  assert.deepEqual(
    (await Promise.all(replies)).map(({ text }) => text),
    ['heard 1', 'heard 2'],
  );
});

test('a callback URL completes its task once, and nobody can guess another', async (t) => {
  const server = await openServer(t);
  await define(server, 'hold', [
    task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.never': 1 } } }),
    task('work', 'SIMPLE'),
  ]);
  const id = await start(server, 'hold');
  const path = callbackPath(await server.store.installationKey(), `${id}.1`);
  assert.equal(
    (
      await server.call(
        'POST',
        path.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')),
        {},
      )
    ).status,
    404,
  );
  // Its last character holds two bits that no byte needs: other spellings of the same bytes are other addresses.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const spelling = path.replace(/.$/, (c) => alphabet[alphabet.indexOf(c) ^ 1] ?? '');
  assert.equal((await server.call('POST', spelling, {})).status, 404);
  assert.equal((await server.call('POST', path.replace('.1.', '.2.'), {})).status, 404);
  assert.equal((await server.call('POST', '/callback/x', {})).status, 404);
  assert.equal((await server.call('POST', path, 'no json', { 'content-type': 'application/json' })).status, 400);
  assert.equal((await server.call('DELETE', path)).status, 405);
  assert.equal((await server.call('GET', `${path}?ok=yes`)).status, 200);
  await server.settle();
  assert.equal(await shortly(server, id), 'RUNNING wait:COMPLETED work:SCHEDULED');
  const { json } = await server.call('GET', `/api/workflow/${id}`);
  assert.deepEqual(at(json, 'tasks.0.outputData'), { ok: 'yes' });
  assert.equal((await server.call('POST', path, {})).status, 410);
});

test('a definition may ask for its own callback URL; terms that can never work are refused with their reason', async (t) => {
  const server = await openServer(t);
  const wait = (more: object) => task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {}, ...more } });
  await define(server, 'asks', [wait({ url: '${task.callbackUrl}', when: '${workflow.input.when}' })]);
  for (const more of [{ when: 'a >' }, { lookBack: 'soon' }, { deliver: 'some' }]) {
    const def = { name: 'bad', version: 1, tasks: [wait(more)] };
    const reply = await server.call('POST', '/api/metadata/workflow', def);
    assert.equal(reply.status, 400, reply.text);
    assert.match(reply.text, /inputParameters/);
  }
});

test('the examples of Teams, Slack and Twilio run as they are', async () => {
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, database: { type: 'sqlite', path: ':memory:' } },
    ...{ allowedNetworks: [], logLevel: 'error' },
  });
  try {
    const teams = await teamsReply(server.url);
    assert.deepEqual([teams.status, JSON.parse(teams.text).text], [200, 'Hello Clara, I will see to it.']);
    const slack = await slackCommand(server.url);
    assert.equal(JSON.parse(slack.text).text, 'clara asked for bar 12');
    const twilio = await twilioSms(server.url);
    assert.match(`${twilio.status} ${twilio.type} ${twilio.text}`, /^200 text\/xml.*<Message>Thank you/);
  } finally {
    await server.close();
  }
});
