// The examples of outgoing webhooks, run as they are written; only addresses and the token are put in.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { at, define, openServer, shortly, start, type TestServer, task } from '../http/test-server.ts';
import { type Received, receive } from './local-receiver.ts';

const example = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../examples/outgoing/${name}.json`, import.meta.url), 'utf8'));

/** What Slack's incoming webhooks answer: plain text, and 400 for a body that is no message. */
function likeSlack({ method, headers, body }: Received, _incoming: IncomingMessage, outgoing: ServerResponse): void {
  const refuse = (text: string): void => void outgoing.writeHead(400, { 'content-type': 'text/html' }).end(text);
  if (method !== 'POST' || !headers['content-type']?.startsWith('application/json')) return refuse('invalid_payload');
  try {
    const { text } = JSON.parse(body.toString()) as { text?: unknown };
    if (typeof text === 'string' && text !== '') outgoing.end('ok');
    else refuse('no_text');
  } catch {
    refuse('invalid_payload');
  }
}

const results = (json: unknown) => at(json, 'results') as readonly Record<string, unknown>[];

async function save(server: TestServer, flow: string, webhook: object, headers = {}): Promise<void> {
  const tested = await server.call('POST', `/api/flows/${flow}/webhooks/test`, webhook, headers);
  assert.equal(at(tested.json, 'result'), 'ok', tested.text);
  const saved = await server.call('POST', `/api/flows/${flow}/webhooks`, webhook, headers);
  assert.equal(saved.status, 200, saved.text);
}

test('Slack channel message: tested, sent, and listed at the job', async (t) => {
  const slack = await receive(t, likeSlack);
  const server = await openServer(t);
  await define(server, 'import_orders', [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })]);
  await save(server, 'import_orders', { ...example('slack-message'), url: `${slack.url}/services/T0/B0/X` });
  const job = await start(server, 'import_orders');
  await server.settle();
  const said = slack.requests.map(({ body }) => (JSON.parse(body.toString()) as { text: string }).text);
  assert.equal(said.at(-1), `Job ${job} has completed. Status: COMPLETED.`);
  const [delivery] = results((await server.call('GET', `/api/workflow/${job}/deliveries`)).json);
  const whole = await server.call('GET', `/api/deliveries/${delivery?.id}`);
  assert.deepEqual([delivery?.status, at(whole.json, 'attemptList.0.response.body')], ['DELIVERED', 'ok']);
});

test('run another job: a webhook of one flow starts another one through our own API, with an access token', async (t) => {
  const apiKey = 'the-key-of-this-installation';
  const server = await openServer(t, { settings: { apiKey } });
  const owner = { authorization: `Bearer ${apiKey}` };
  for (const [name, more] of [
    ['import_orders', { outputParameters: { rows: 7 } }],
    ['report', {}],
  ] as const) {
    const def = { name, version: 1, tasks: [task('v', 'SET_VARIABLE', { inputParameters: { seen: true } })], ...more };
    const reply = await server.call('POST', '/api/metadata/workflow', def, owner);
    assert.equal(reply.status, 200, reply.text);
  }
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const issued = await server.call('POST', '/api/token', { keySecret: apiKey });
  const webhook = example('run-another-job');
  const headers = { ...(webhook.headers as object), Authorization: `Bearer ${at(issued.json, 'token')}` };
  await save(
    server,
    'import_orders',
    { ...webhook, url: `http://127.0.0.1:${port}/api/workflow/report`, headers },
    owner,
  );
  const started = await server.call('POST', '/api/workflow/import_orders', {}, owner);
  await server.settle();
  const found = await server.call('GET', '/api/workflow/search-v2?query=workflowType%3Dreport', undefined, owner);
  const inputs = results(found.json).map(({ input }) => input);
  assert.ok(
    inputs.some((input) => at(input, 'importJob') === started.text && at(input, 'rows') === 7),
    JSON.stringify(inputs),
  );
});

test('a wrong token is an attempt that failed, and the job of the other flow does not start', async (t) => {
  const apiKey = 'the-key-of-this-installation';
  const server = await openServer(t, { settings: { apiKey } });
  const owner = { authorization: `Bearer ${apiKey}` };
  const def = { name: 'import_orders', version: 1, tasks: [task('v', 'SET_VARIABLE', { inputParameters: { a: 1 } })] };
  await server.call('POST', '/api/metadata/workflow', def, owner);
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const webhook = { ...example('run-another-job'), url: `http://127.0.0.1:${port}/api/workflow/report` };
  const tested = await server.call('POST', '/api/flows/import_orders/webhooks/test', webhook, owner);
  assert.deepEqual([at(tested.json, 'result'), at(tested.json, 'outcome.response.status')], ['4xx', 401]);
});

test('an execution that has not ended says nothing', async (t) => {
  const slack = await receive(t, likeSlack);
  const server = await openServer(t);
  await define(server, 'waits', [task('w', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': 'x' } } })]);
  const saved = await server.call('POST', '/api/flows/waits/webhooks', { ...example('slack-message'), url: slack.url });
  assert.equal(saved.status, 200, saved.text);
  const job = await start(server, 'waits');
  await server.settle();
  assert.equal(await shortly(server, job), 'RUNNING w:IN_PROGRESS');
  assert.equal(slack.requests.length, 0);
});
