// The questions by which platforms see whether an address is ours, and what must not be got by asking.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { configure } from '../../src/inbound/platforms/configure.ts';
import { findPlatform } from '../../src/inbound/platforms/index.ts';
import { verify } from '../../src/inbound/verifiers/index.ts';
import { arrived, type Draft, type Verdict } from '../../src/inbound/verifiers/verifier.ts';
import { judge, NOW_MS, PUBLIC_URL, SECRET, type Sender, senderOf, signedSample } from './senders.ts';

const EMPTY = Buffer.alloc(0);

function sender(id: string): Sender {
  const platform = findPlatform(id);
  assert.ok(platform);
  return senderOf(platform);
}

function ask(id: string, draft: Partial<Draft>): Verdict {
  return judge(sender(id), { method: 'GET', publicUrl: PUBLIC_URL, headers: {}, body: EMPTY, ...draft });
}

/** The verdict on a body that is signed like an event of that platform. */
function askSigned(id: string, body: unknown): Verdict {
  const asking = sender(id);
  const { platform } = asking;
  const sample = { ...platform.sample, body: JSON.stringify(body) };
  return judge(asking, signedSample({ ...asking, platform: { ...platform, sample } }));
}

function refused(verdict: Verdict, status: number, code: string): void {
  assert.ok(verdict.type === 'refused', JSON.stringify(verdict));
  assert.deepEqual([verdict.status, verdict.code], [status, code]);
}

function echoed(verdict: Verdict, text: string): void {
  assert.ok(verdict.type === 'challenge', JSON.stringify(verdict));
  assert.deepEqual([verdict.status, verdict.body], [200, text]);
  assert.match(verdict.headers['Content-Type'] ?? '', /^text\/plain/);
  assert.equal(verdict.headers['X-Content-Type-Options'], 'nosniff');
}

test('Facebook: the challenge is given back only with our verify token', () => {
  const url = (token: string, mode = 'subscribe', challenge = '1158201444') =>
    `${PUBLIC_URL}?hub.mode=${mode}&hub.challenge=${challenge}&hub.verify_token=${token}`;
  echoed(ask('facebook', { publicUrl: url('our-own-verify-token') }), '1158201444');
  refused(ask('facebook', { publicUrl: url('another') }), 403, 'wrong_credential');
  refused(ask('facebook', { publicUrl: url('') }), 403, 'wrong_credential');
  refused(ask('facebook', { publicUrl: url('our-own-verify-token', 'unsubscribe') }), 400, 'bad_challenge');
  refused(ask('facebook', { publicUrl: url('our-own-verify-token', 'subscribe', '') }), 400, 'bad_challenge');
  refused(
    ask('facebook', { publicUrl: `${url('another')}&hub.verify_token=our-own-verify-token` }),
    403,
    'wrong_credential',
  );
  refused(ask('facebook', {}), 405, 'method_not_allowed');
});

test('Facebook: an empty verify token on our side opens nothing', () => {
  const platform = findPlatform('facebook');
  assert.ok(platform);
  const configured = configure(platform, { fields: { appSecret: SECRET } });
  assert.ok(configured.ok);
  const publicUrl = `${PUBLIC_URL}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=`;
  const request = arrived({ method: 'GET', publicUrl, headers: {}, body: EMPTY });
  refused(verify(configured.config, request, NOW_MS), 403, 'not_configured');
});

test('Facebook: an answered challenge does not let unsigned events in', () => {
  refused(
    ask('facebook', { method: 'POST', body: Buffer.from('{"object":"page","entry":[]}') }),
    401,
    'missing_header',
  );
});

test('Dropbox and Graph: the token is given back as plain text, whatever it holds', () => {
  const script = '<script>alert(1)</script>';
  echoed(ask('dropbox', { publicUrl: `${PUBLIC_URL}?challenge=${encodeURIComponent(script)}` }), script);
  const token = 'Validation: Testing client application reachability for subscription Request-Id: 1+1';
  const publicUrl = `${PUBLIC_URL}?validationToken=${encodeURIComponent(token)}`;
  echoed(ask('msgraph', { method: 'POST', publicUrl }), token);
  refused(ask('dropbox', { publicUrl: `${PUBLIC_URL}?challenge=${'a'.repeat(5000)}` }), 400, 'bad_challenge');
  refused(ask('msgraph', { method: 'GET', publicUrl }), 405, 'method_not_allowed');
});

test('X: what could be the body of an event is not signed on demand', () => {
  const crc = (token: string) => ask('twitter', { publicUrl: `${PUBLIC_URL}?crc_token=${encodeURIComponent(token)}` });
  const answer = crc('MTIzNDU2Nzg5MA==');
  assert.ok(answer.type === 'challenge');
  const expected = createHmac('sha256', SECRET).update('MTIzNDU2Nzg5MA==').digest('base64');
  assert.deepEqual(JSON.parse(answer.body), { response_token: `sha256=${expected}` });
  refused(crc('{"for_user_id":"1"}'), 400, 'bad_challenge');
  refused(crc('"text"'), 400, 'bad_challenge');
  refused(crc('a b'), 400, 'bad_challenge');
  refused(crc('a'.repeat(257)), 400, 'bad_challenge');
  refused(crc(''), 400, 'bad_challenge');
});

test('Slack: ssl_check is answered unsigned and carries nothing in', () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const body = Buffer.from('ssl_check=1&command=%2Fpay&text=everything');
  const verdict = ask('slack', { method: 'POST', headers, body });
  assert.ok(verdict.type === 'challenge' && verdict.body === '' && !verdict.proven);
  refused(
    ask('slack', { method: 'POST', headers, body: Buffer.from('ssl_check=0&command=%2Fpay') }),
    401,
    'missing_header',
  );
  refused(ask('slack', { method: 'POST', body }), 401, 'missing_header');
});

test('Slack: an event that merely quotes the question is an event', () => {
  const verdict = askSigned('slack', { type: 'event_callback', event: { type: 'message', text: 'url_verification' } });
  assert.equal(verdict.type, 'verified');
});

test('Zoom: the token is answered after proof only, and never a text that an event would be signed as', () => {
  const question = (plainToken: string) => ({ event: 'endpoint.url_validation', payload: { plainToken } });
  const verdict = askSigned('zoom', question('qgg8vlvZRS6UYooatFL8Aw'));
  assert.ok(verdict.type === 'challenge' && verdict.proven);
  const encryptedToken = createHmac('sha256', SECRET).update('qgg8vlvZRS6UYooatFL8Aw').digest('hex');
  assert.deepEqual(JSON.parse(verdict.body), { plainToken: 'qgg8vlvZRS6UYooatFL8Aw', encryptedToken });
  refused(askSigned('zoom', question('v0:1700000000:{}')), 400, 'bad_challenge');
  const body = Buffer.from(JSON.stringify(question('abc')));
  refused(ask('zoom', { method: 'POST', body }), 401, 'missing_header');
});

test('Discord: interactions are answered with type 1, webhook events with 204, both after proof', () => {
  const interaction = askSigned('discord', { type: 1, id: '1', application_id: '2', token: 't', version: 1 });
  assert.ok(interaction.type === 'challenge' && interaction.status === 200 && interaction.body === '{"type":1}');
  const events = askSigned('discord', { version: 1, application_id: '2', type: 0 });
  assert.ok(events.type === 'challenge' && events.status === 204 && events.body === '');
  const event = askSigned('discord', { version: 1, application_id: '2', type: 1, event: { type: 'X' } });
  assert.equal(event.type, 'verified');
  assert.equal(askSigned('discord', [1]).type, 'verified');
  refused(ask('discord', { method: 'POST', body: Buffer.from('{"type":1}') }), 401, 'missing_header');
});

test('Okta: the header is given back as JSON', () => {
  const verdict = ask('okta', { headers: { 'x-okta-verification-challenge': 'abc"def' } });
  assert.ok(verdict.type === 'challenge');
  assert.deepEqual(JSON.parse(verdict.body), { verification: 'abc"def' });
  refused(ask('okta', {}), 405, 'method_not_allowed');
});

test('Intercom: HEAD is answered', () => {
  const verdict = ask('intercom', { method: 'HEAD' });
  assert.ok(verdict.type === 'challenge' && verdict.status === 200 && verdict.body === '');
});

test('CloudEvents: OPTIONS consents to the asking origin, and names a rate when one is asked for', () => {
  const plain = ask('cloudevents', { method: 'OPTIONS', headers: { 'WebHook-Request-Origin': 'events.example.com' } });
  assert.ok(plain.type === 'challenge' && plain.status === 200);
  assert.deepEqual(plain.headers, { Allow: 'POST', 'WebHook-Allowed-Origin': 'events.example.com' });
  const headers = { 'WebHook-Request-Origin': 'events.example.com', 'WebHook-Request-Rate': '120' };
  const rated = ask('cloudevents', { method: 'OPTIONS', headers });
  assert.equal(rated.type === 'challenge' && rated.headers['WebHook-Allowed-Rate'], '120');
  const odd = ask('cloudevents', { method: 'OPTIONS', headers: { ...headers, 'WebHook-Request-Rate': '1e9' } });
  assert.equal(odd.type === 'challenge' && odd.headers['WebHook-Allowed-Rate'], '*');
  refused(ask('cloudevents', { method: 'OPTIONS' }), 405, 'method_not_allowed');
  const split = { 'WebHook-Request-Origin': 'a\r\nSet-Cookie: b' };
  refused(ask('cloudevents', { method: 'OPTIONS', headers: split }), 400, 'bad_challenge');
});

test('a method without a question is 405 with Allow, so a GET never becomes an event', () => {
  const verdict = ask('github', {});
  refused(verdict, 405, 'method_not_allowed');
  assert.equal(verdict.type === 'refused' && verdict.headers.Allow, 'POST');
});
