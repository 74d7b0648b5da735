// Signatures against what the platforms publish, or against node:crypto where they publish none.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { sign } from './signature.ts';
import { platformOf, WEBHOOK_PLATFORMS } from './webhook-platform.ts';

const recipe = (id: string) => {
  const platform = platformOf({ sourcePlatform: id });
  assert.ok(platform, id);
  return platform.recipe;
};
const request = (body: string, url = 'https://example.com/webhook/x', now = 1_531_420_618_000) => ({
  url,
  body,
  contentType: 'application/json',
  now,
});
const headersOf = async (id: string, secret: string, r: ReturnType<typeof request>) => {
  const signed = await sign(recipe(id), secret, {}, r);
  assert.ok(signed.ok);
  return signed.headers;
};

test('GitHub: the example of its documentation', async () => {
  assert.deepEqual(await headersOf('GitHub', "It's a Secret to Everybody", request('Hello, World!')), {
    'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  });
});

test('Slack: the example of its documentation', async () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  assert.deepEqual(await headersOf('Slack', '8f742231b10e8888abcd99yyyzzz85a5', request(body)), {
    'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    'X-Slack-Request-Timestamp': '1531420618',
  });
});

test('Twilio: the example of its documentation', async () => {
  const form = new URLSearchParams({
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675310',
    Digits: '1234',
    From: '+14158675310',
    To: '+18005551212',
  }).toString();
  const headers = await headersOf('Twilio', '12345', request(form, 'https://example.com/myapp.php?foo=1&bar=2'));
  assert.deepEqual(headers, { 'X-Twilio-Signature': 'L/OH5YylLD5NRKLltdqwSvS0BnU=' });
});

test('Stripe, PagerDuty, Zendesk, Teams, X against node:crypto', async () => {
  const hmac = (key: string | Buffer, text: string, as: 'hex' | 'base64') =>
    createHmac('sha256', key).update(text).digest(as);
  const r = request('{"ü":1}');
  assert.deepEqual(await headersOf('Stripe', 's', r), {
    'Stripe-Signature': `t=1531420618,v1=${hmac('s', `1531420618.${r.body}`, 'hex')}`,
  });
  assert.deepEqual(await headersOf('pagerduty', 's', r), { 'X-PagerDuty-Signature': `v1=${hmac('s', r.body, 'hex')}` });
  const iso = '2018-07-12T18:36:58.000Z';
  assert.deepEqual(await headersOf('Zendesk', 's', r), {
    'X-Zendesk-Webhook-Signature': hmac('s', iso + r.body, 'base64'),
    'X-Zendesk-Webhook-Signature-Timestamp': iso,
  });
  const token = Buffer.from('security').toString('base64');
  assert.deepEqual(await headersOf('Microsoft Teams', token, r), {
    Authorization: `HMAC ${hmac(Buffer.from('security'), r.body, 'base64')}`,
  });
  assert.deepEqual(await headersOf('Twitter', 's', r), {
    'x-twitter-webhooks-signature': `sha256=${hmac('s', r.body, 'base64')}`,
  });
});

test('what cannot be signed says why', async () => {
  for (const [id, secret] of [
    ['SendGrid', 'key'],
    ['GitHub', ''],
    ['Microsoft Teams', '*** not base64'],
  ] as const) {
    const signed = await sign(recipe(id), secret, {}, request('{}'));
    assert.equal(signed.ok, false);
  }
});

test('header-based webhooks are proven by their headers', async () => {
  const signed = await sign(recipe('Custom'), '', { 'x-shop': 'demo' }, request('{}'));
  assert.deepEqual(signed, { ok: true, headers: { 'x-shop': 'demo' } });
});

test('stored webhooks find their platform in any spelling, or by a verifier of one platform', () => {
  assert.equal(platformOf({ sourcePlatform: 'GITHUB' })?.id, 'Github');
  assert.equal(platformOf({ sourcePlatform: 'microsoft-teams' })?.id, 'Microsoft Teams');
  assert.equal(platformOf({ sourcePlatform: 'unknown', verifier: 'STRIPE' })?.id, 'Stripe');
  assert.equal(platformOf({ sourcePlatform: 'unknown', verifier: 'SIGNATURE_BASED' }), undefined);
  for (const { guide, sample } of WEBHOOK_PLATFORMS) assert.ok(guide.length >= 3 && sample.body.length > 0);
});
