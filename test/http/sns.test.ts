// AWS SNS from the subscription to the first message, with its certificate and its confirmation address played by the test.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallOut } from '../../src/engine/workers/http.ts';
import { findPlatform } from '../../src/inbound/platforms/index.ts';
import { NOW_MS, RSA_CERTIFICATE, SNS_CERTIFICATE_URL, senderOf, signedSample } from '../platforms/senders.ts';
import { at, define, openServer, shortly, start, type TestServer, task } from './test-server.ts';

const SUBSCRIBE_URL = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc';
const sns = findPlatform('sns');
assert.ok(sns);
const sender = senderOf(sns);

/** A message of SNS with these fields, as it would be posted: JSON that calls itself text. */
function message(fields: Readonly<Record<string, string>>): string {
  const { Subject: _, ...sample } = JSON.parse(sender.platform.sample.body) as Record<string, string>;
  const body = JSON.stringify({ ...sample, ...fields });
  const platform = { ...sender.platform, sample: { ...sender.platform.sample, body } };
  return Buffer.from(signedSample({ ...sender, platform }).body).toString();
}

const CONFIRMATION = { Type: 'SubscriptionConfirmation', Token: 'abc', SubscribeURL: SUBSCRIBE_URL };

/** Answers calls out with these statuses, and notes them. */
function outside(statuses: Readonly<Record<string, number>>, called: string[]): CallOut {
  return async ({ url, method }) => {
    called.push(`${method} ${url}`);
    const body = Buffer.from(url === SNS_CERTIFICATE_URL ? RSA_CERTIFICATE : '');
    return { type: 'response', status: statuses[url] ?? 200, reason: '', headers: {}, body, truncated: false };
  };
}

async function open(
  server: TestServer,
): Promise<{ readonly id: string; post(body: string): ReturnType<TestServer['call']> }> {
  await server.clock.advance(NOW_MS - server.clock.now());
  const wait = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.MessageId': 'm1' } } });
  await define(server, 'hold', [wait]);
  const made = await server.call('POST', '/api/metadata/webhook', {
    name: 'topic',
    verifier: 'PLATFORM',
    sourcePlatform: 'sns',
    fields: sender.credentials.fields,
    receiverWorkflowNamesToVersions: { hold: 1 },
  });
  assert.equal(made.status, 200, made.text);
  const id = String(at(made.json, 'id'));
  const type = { 'content-type': 'text/plain; charset=UTF-8' };
  return { id, post: (body) => server.call('POST', `/webhook/${id}`, body, type) };
}

const verdicts = async (server: TestServer): Promise<unknown[]> =>
  ((await server.call('GET', '/api/webhook-events')).json as { verdict: string }[]).map(({ verdict }) => verdict);

test('a subscription is confirmed by a call of its own address, then messages end waits', async (t) => {
  const called: string[] = [];
  const server = await openServer(t, { callOut: outside({}, called) });
  const { id, post } = await open(server);
  const one = await start(server, 'hold');
  const confirmed = await post(message(CONFIRMATION));
  assert.deepEqual([confirmed.status, confirmed.text], [200, '']);
  assert.deepEqual(called, [`GET ${SNS_CERTIFICATE_URL}`, `GET ${SUBSCRIBE_URL}`]);
  assert.equal(at((await server.call('GET', `/api/metadata/webhook/${id}`)).json, 'urlVerified'), true);
  assert.equal(await shortly(server, one), 'RUNNING wait:IN_PROGRESS');
  const sent = await post(message({ MessageId: 'm1' }));
  assert.equal(sent.status, 200, sent.text);
  await server.settle();
  assert.equal(await shortly(server, one), 'COMPLETED wait:COMPLETED');
  assert.equal(called.length, 2, 'the certificate is kept');
  assert.deepEqual(await verdicts(server), ['verified', 'challenge']);
});

test('a confirmation that fails now is answered with 503, so that SNS asks again', async (t) => {
  const called: string[] = [];
  const server = await openServer(t, { callOut: outside({ [SUBSCRIBE_URL]: 500 }, called) });
  const { id, post } = await open(server);
  assert.equal((await post(message(CONFIRMATION))).status, 503);
  assert.equal(at((await server.call('GET', `/api/metadata/webhook/${id}`)).json, 'urlVerified'), false);
});

test('a confirmation of another topic, a forged one, and one that leads elsewhere call nobody', async (t) => {
  const called: string[] = [];
  const server = await openServer(t, { callOut: outside({}, called) });
  const { post } = await open(server);
  const TopicArn = 'arn:aws:sns:eu-central-1:123456789012:other';
  assert.equal((await post(message({ ...CONFIRMATION, TopicArn }))).status, 403);
  assert.equal((await post(message({ ...CONFIRMATION, SubscribeURL: 'https://evil.example/?a' }))).status, 403);
  const forged = message(CONFIRMATION).replace('Token=abc', 'Token=abd');
  assert.equal((await post(forged)).status, 401);
  const elsewhere = message(CONFIRMATION).replace(
    SNS_CERTIFICATE_URL,
    'https://sns.eu-central-1.amazonaws.com.evil.example/a.pem',
  );
  assert.equal((await post(elsewhere)).status, 403);
  assert.deepEqual(called, [`GET ${SNS_CERTIFICATE_URL}`]);
  assert.ok((await verdicts(server)).every((verdict) => verdict === 'refused'));
});
