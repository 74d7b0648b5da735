// Conductor's verifier names and source platforms.

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { verify } from '../verifiers/index.ts';
import { arrived, type Verdict } from '../verifiers/verifier.ts';
import { verifierFor, type WebhookVerification } from './conductor.ts';

const BODY = '{"event":{"type":"message"}}';

function judged(webhook: WebhookVerification, headers: Record<string, string>, body = BODY, nowMs = 0): Verdict {
  const found = verifierFor(webhook);
  assert.ok(found.ok, JSON.stringify(found));
  const draft = { method: 'POST', publicUrl: 'https://a.test/webhook/1', headers, body: Buffer.from(body) };
  return verify(found.config, arrived(draft), nowMs);
}

function problems(webhook: WebhookVerification): readonly string[] {
  const found = verifierFor(webhook);
  return found.ok ? [] : found.problems.map(({ at }) => at);
}

const mac = (key: string | Buffer, encoding: 'hex' | 'base64', text = BODY) =>
  createHmac('sha256', key).update(text).digest(encoding);

test('HEADER_BASED: all headers, exactly once, exactly that value', () => {
  const webhook = {
    verifier: 'HEADER_BASED',
    sourcePlatform: 'Custom',
    headers: { 'x-shop': 'demo', appName: 'demoApp' },
  };
  assert.equal(judged(webhook, { 'X-Shop': 'demo', appname: 'demoApp' }).type, 'verified');
  assert.equal(judged(webhook, { 'X-Shop': 'demo' }).type, 'refused');
  assert.equal(judged(webhook, { 'X-Shop': 'Demo', appname: 'demoApp' }).type, 'refused');
  assert.deepEqual(problems({ verifier: 'HEADER_BASED' }), ['headers']);
  assert.deepEqual(problems({ verifier: 'HEADER_BASED', headers: {} }), ['headers']);
  assert.equal(problems({ verifier: 'HEADER_BASED', headers: { 'a b': 'c' } }).length, 1);
});

test('SIGNATURE_BASED: GitHub by default, under the header that was named', () => {
  const headers = { 'X-Hub-Signature-256': `sha256=${mac('s', 'hex')}` };
  const webhook = { verifier: 'SIGNATURE_BASED', secretValue: 's', headerKey: 'X-Hub-Signature-256' };
  assert.equal(judged({ ...webhook, sourcePlatform: 'Github' }, headers).type, 'verified');
  assert.equal(judged({ ...webhook, sourcePlatform: 'Custom' }, headers).type, 'verified');
  const named = { verifier: 'SIGNATURE_BASED', secretValue: 's', headerKey: 'X-Sig' };
  assert.equal(judged(named, { 'x-sig': `sha256=${mac('s', 'hex')}` }).type, 'verified');
  assert.equal(judged(named, headers).type, 'refused');
  assert.equal(problems({ verifier: 'SIGNATURE_BASED', sourcePlatform: 'GITHUB' }).length, 1);
});

test('SIGNATURE_BASED: the source platform decides the scheme', () => {
  const base = { verifier: 'SIGNATURE_BASED', secretValue: 's' };
  const pagerduty = { 'x-pagerduty-signature': `v1=${mac('s', 'hex')}` };
  assert.equal(judged({ ...base, sourcePlatform: 'PagerDuty' }, pagerduty).type, 'verified');
  assert.equal(
    judged({ ...base, sourcePlatform: 'Pagerduty' }, { 'X-Hub-Signature-256': `sha256=${mac('s', 'hex')}` }).type,
    'refused',
  );
  const time = '2026-11-22T10:00:00Z';
  const zendesk = {
    'X-Zendesk-Webhook-Signature-Timestamp': time,
    'X-Zendesk-Webhook-Signature': mac('s', 'base64', time + BODY),
  };
  assert.equal(judged({ ...base, sourcePlatform: 'Zendesk' }, zendesk).type, 'verified');
  const facebook = verifierFor({ ...base, sourcePlatform: 'Facebook', secretKey: 'verify-me' });
  assert.ok(facebook.ok);
  assert.equal(facebook.config.values.verifyToken, 'verify-me');
});

test('HMAC_BASED: Teams, the prefix stripped where it stands; a secret that is no base64 is a problem at creation', () => {
  const key = Buffer.from('security token');
  const webhook = {
    verifier: 'HMAC_BASED',
    sourcePlatform: 'Microsoft Teams',
    headerKey: 'Authorization',
    secretValue: key.toString('base64'),
  };
  assert.equal(judged(webhook, { Authorization: `HMAC ${mac(key, 'base64')}` }).type, 'verified');
  assert.equal(judged(webhook, { Authorization: mac(key, 'base64') }).type, 'verified');
  assert.equal(judged(webhook, { Authorization: `HMAC ${mac('other', 'base64')}` }).type, 'refused');
  assert.deepEqual(problems({ ...webhook, secretValue: 'not base64!' }), ['securityToken']);
});

test('STRIPE, SENDGRID and TWITTER keep their documented fields', () => {
  const signed = mac('whsec_s', 'hex', `1700000000.${BODY}`);
  const stripe = { verifier: 'STRIPE', secretValue: 'whsec_s', headerKey: 'Stripe-Signature' };
  assert.equal(
    judged(stripe, { 'Stripe-Signature': `t=1700000000,v1=${signed}` }, BODY, 1_700_000_000_000).type,
    'verified',
  );
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  assert.deepEqual(problems({ verifier: 'SENDGRID', secretKey: key }), []);
  assert.deepEqual(problems({ verifier: 'SENDGRID', secretValue: key }), []);
  assert.deepEqual(problems({ verifier: 'SENDGRID', secretKey: 'MFkw' }), ['verificationKey']);
  const twitter = { verifier: 'TWITTER', secretValue: 's' };
  assert.equal(judged(twitter, { 'x-twitter-webhooks-signature': `sha256=${mac('s', 'base64')}` }).type, 'verified');
});

test('SLACK_BASED without a secret: only a challenge at first, then everything, and it says that nothing is proven', () => {
  const webhook = { verifier: 'SLACK_BASED', sourcePlatform: 'Slack' };
  const challenge = '{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}';
  const before = judged(webhook, {});
  assert.ok(before.type === 'refused' && before.code === 'url_not_verified');
  const asked = judged(webhook, {}, challenge);
  assert.ok(asked.type === 'challenge' && asked.body.startsWith('3eZbrw1') && !asked.proven);
  const after = judged({ ...webhook, urlVerified: true }, {});
  assert.equal(after.type === 'verified' && after.authenticates, 'nothing');
  assert.equal(judged({ ...webhook, urlVerified: true }, {}, challenge).type, 'challenge');
});

test('SLACK_BASED with a secret: everything is signed, the challenge too, whatever was verified before', () => {
  const webhook = { verifier: 'SLACK_BASED', sourcePlatform: 'Slack', secretValue: 's', urlVerified: true };
  assert.equal(judged(webhook, {}).type, 'refused');
  const headers = {
    'X-Slack-Request-Timestamp': '1700000000',
    'X-Slack-Signature': `v0=${mac('s', 'hex', `v0:1700000000:${BODY}`)}`,
  };
  assert.equal(judged(webhook, headers, BODY, 1_700_000_000_000).type, 'verified');
});

test('further secrets are accepted beside the one of the definition', () => {
  const webhook = {
    verifier: 'SIGNATURE_BASED',
    sourcePlatform: 'GitHub',
    secretValue: 'new',
    secrets: [{ id: 'old', value: 'old' }],
  };
  const verdict = judged(webhook, { 'X-Hub-Signature-256': `sha256=${mac('old', 'hex')}` });
  assert.equal(verdict.type === 'verified' && verdict.secretId, 'old');
});

test('our own presets by name, unknown names are problems', () => {
  const shopify = { verifier: 'PLATFORM', sourcePlatform: 'shopify', fields: { clientSecret: 's' } };
  assert.equal(judged(shopify, { 'X-Shopify-Hmac-Sha256': mac('s', 'base64') }).type, 'verified');
  assert.equal(
    judged({ sourcePlatform: 'GitLab (secret token)', secretValue: 't' }, { 'X-Gitlab-Token': 't' }).type,
    'verified',
  );
  assert.equal(judged({ verifier: 'NONE' }, {}).type, 'verified');
  assert.equal(judged({ headers: { a: 'b' } }, { a: 'b' }).type, 'verified');
  assert.deepEqual(problems({ verifier: 'FOO' }), ['verifier']);
  assert.deepEqual(problems({ verifier: '__proto__' }), ['verifier']);
  assert.deepEqual(problems({ verifier: 'PLATFORM', sourcePlatform: 'nobody' }), ['sourcePlatform']);
  assert.deepEqual(problems({}), ['sourcePlatform']);
});
