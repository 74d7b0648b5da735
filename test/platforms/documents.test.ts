// Schemes that need a public document: they ask for a pinned address, and judge only with what was found there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '../../src/inbound/verifiers/index.ts';
import { jsonBody } from '../../src/inbound/verifiers/request.ts';
import { arrived, type Documents, type Verdict } from '../../src/inbound/verifiers/verifier.ts';
import { makeCertificate } from './certificate-fixture.ts';
import {
  DOCUMENTS,
  GOOGLE_KEYS_URL,
  NOW_MS,
  PAYPAL_CERTIFICATE_URL,
  SENDERS,
  type Sender,
  SNS_CERTIFICATE_URL,
  signedSample,
} from './senders.ts';

const DAY_MS = 24 * 3600 * 1000;

function sender(id: string): Sender {
  const found = SENDERS.find(({ platform }) => platform.id === id);
  assert.ok(found);
  return found;
}

function judged(id: string, documents: Documents): Verdict {
  const one = sender(id);
  return verify(one.config, arrived(signedSample(one)), NOW_MS, documents);
}

for (const [id, url, kind] of [
  ['sns', SNS_CERTIFICATE_URL, 'certificate'],
  ['paypal', PAYPAL_CERTIFICATE_URL, 'certificate'],
  ['pubsub', GOOGLE_KEYS_URL, 'jwks'],
] as const) {
  test(`${id}: asks for its document, then verifies with it`, () => {
    assert.deepEqual(judged(id, {}), { type: 'needsFetch', kind, url });
    assert.equal(judged(id, DOCUMENTS).type, 'verified');
  });

  test(`${id}: 503 when the document cannot be had now, 401 when there is none or it is no good`, () => {
    const waiting = judged(id, { [url]: { type: 'unavailable' } });
    assert.ok(waiting.type === 'refused' && waiting.status === 503);
    const missing = judged(id, { [url]: { type: 'missing' } });
    assert.ok(missing.type === 'refused' && missing.status === 401);
    for (const text of ['', 'junk', '{"keys":{}}', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
      const bad = judged(id, { [url]: { type: 'found', text, fetchedMs: NOW_MS } });
      assert.ok(bad.type === 'refused' && bad.status === 401, text);
    }
  });
}

test('a certificate of another key, or out of its time, does not do', () => {
  for (const [fromMs, toMs, code] of [
    [NOW_MS - DAY_MS, NOW_MS + DAY_MS, 'wrong_signature'],
    [NOW_MS - DAY_MS, NOW_MS - 1000, 'bad_certificate'],
    [NOW_MS + 1000, NOW_MS + DAY_MS, 'bad_certificate'],
  ] as const) {
    const { certificate: text } = makeCertificate('sns.amazonaws.com', fromMs, toMs);
    const verdict = judged('sns', { [SNS_CERTIFICATE_URL]: { type: 'found', text, fetchedMs: NOW_MS } });
    assert.equal(verdict.type === 'refused' && verdict.code, code);
  }
});

test('an unknown key id makes us fetch a newer key set, but not again right after', () => {
  const stale = { [GOOGLE_KEYS_URL]: { type: 'found', text: '{"keys":[]}', fetchedMs: NOW_MS - 61_000 } } as const;
  assert.deepEqual(judged('pubsub', stale), {
    type: 'needsFetch',
    kind: 'jwks',
    url: GOOGLE_KEYS_URL,
    newerThanMs: NOW_MS - 61_000,
  });
  const fresh = { [GOOGLE_KEYS_URL]: { type: 'found', text: '{"keys":[]}', fetchedMs: NOW_MS } } as const;
  const verdict = judged('pubsub', fresh);
  assert.equal(verdict.type === 'refused' && verdict.code, 'wrong_token');
});

test('SNS: a signed confirmation asks for a visit of its pinned URL, and is no event', () => {
  const sns = sender('sns');
  const message = JSON.parse(sns.platform.sample.body) as Record<string, string>;
  const confirmation = (SubscribeURL: string, Type = 'SubscriptionConfirmation') => {
    const { Subject: _subject, ...rest } = message;
    const body = JSON.stringify({ ...rest, Type, Token: 'abc', SubscribeURL });
    const platform = { ...sns.platform, sample: { ...sns.platform.sample, body } };
    return verify(sns.config, arrived(signedSample({ ...sns, platform })), NOW_MS, DOCUMENTS);
  };
  const url = 'https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc';
  const verdict = confirmation(url);
  assert.ok(verdict.type === 'challenge' && verdict.proven);
  assert.equal(verdict.visit, url);
  for (const bad of [
    'https://evil.example/',
    'http://sns.eu-central-1.amazonaws.com/',
    'https://a@sns.eu-central-1.amazonaws.com/',
  ]) {
    const refused = confirmation(bad);
    assert.equal(refused.type === 'refused' && refused.code, 'untrusted_url', bad);
  }
  assert.equal(confirmation(url, 'UnsubscribeConfirmation').type, 'verified');
});

test('SNS: version 1 is checked as SHA-1, and a null subject counts as none', () => {
  const sns = sender('sns');
  const message = JSON.parse(sns.platform.sample.body) as Record<string, string>;
  const sample = { ...sns.platform.sample, body: JSON.stringify({ ...message, Subject: null }) };
  const draft = signedSample({ ...sns, platform: { ...sns.platform, sample } });
  assert.equal(verify(sns.config, arrived(draft), NOW_MS, DOCUMENTS).type, 'verified');
  const relabelled = { ...(jsonBody(arrived(draft))?.value as object), SignatureVersion: '1' };
  const request = arrived({ ...draft, body: Buffer.from(JSON.stringify(relabelled)) });
  assert.equal(verify(sns.config, request, NOW_MS, DOCUMENTS).type, 'refused');
});
