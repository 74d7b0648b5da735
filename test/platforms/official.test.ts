// The vendors' own libraries as the other side: what they sign we accept, what we sign they accept.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import https from 'node:https';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { mock, test } from 'node:test';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import * as octokit from '@octokit/webhooks-methods';
import * as sanity from '@sanity/webhook';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { isValidSlackRequest } from '@slack/bolt';
import { verifyKey } from 'discord-interactions';
import fc from 'fast-check';
import { OAuth2Client } from 'google-auth-library';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import twilio from 'twilio';
import { configure } from '../../src/inbound/platforms/configure.ts';
import { findPlatform } from '../../src/inbound/platforms/index.ts';
import { sign } from '../../src/inbound/verifiers/index.ts';
import type { Draft } from '../../src/inbound/verifiers/verifier.ts';
import {
  ED25519_RAW_PUBLIC,
  judge,
  NOW_MS,
  P256_PUBLIC,
  PUBLIC_URL,
  RSA_CERTIFICATE,
  SECRET,
  type Sender,
  SNS_CERTIFICATE_URL,
  senderOf,
  signedSample,
} from './senders.ts';

const RUNS = { numRuns: 200 };
/** Bodies as text: JSON values, with everything that JSON strings may hold. */
const bodies = fc.json({ depthSize: 'small' }).filter((body) => body !== '');

function sender(id: string): Sender {
  const platform = findPlatform(id);
  assert.ok(platform);
  return senderOf(platform);
}

function signedBy(one: Sender, body: string, nowMs = NOW_MS): Draft {
  const draft = { method: 'POST', publicUrl: PUBLIC_URL, headers: {}, body: Buffer.from(body) };
  const signed = sign(one.config, draft, nowMs, one.keys);
  assert.ok(signed.ok);
  return signed.request;
}

function received(body: string, headers: Record<string, string>): Draft {
  return { method: 'POST', publicUrl: PUBLIC_URL, headers, body: Buffer.from(body) };
}

test('GitHub: @octokit/webhooks-methods, both ways', async () => {
  const github = sender('github');
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const theirs = received(body, { 'X-Hub-Signature-256': await octokit.sign(SECRET, body) });
      assert.equal(judge(github, theirs).type, 'verified');
      const ours = signedBy(github, body).headers['X-Hub-Signature-256'] ?? '';
      assert.equal(await octokit.verify(SECRET, body, ours), true);
    }),
    RUNS,
  );
});

test('Stripe: the official package, both ways, several secrets', () => {
  const stripe = sender('stripe');
  const official = new Stripe('sk_test_sample');
  fc.assert(
    fc.property(bodies, (payload) => {
      const timestamp = NOW_MS / 1000;
      const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp });
      assert.equal(judge(stripe, received(payload, { 'Stripe-Signature': header })).type, 'verified');
      const other = Stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_other', timestamp });
      const rolled = `${other},v1=${header.split('v1=')[1]}`;
      assert.equal(judge(stripe, received(payload, { 'Stripe-Signature': rolled })).type, 'verified');
      const ours = signedBy(stripe, payload).headers['Stripe-Signature'] ?? '';
      const event = official.webhooks.constructEvent(payload, ours, SECRET, 300, undefined, NOW_MS);
      assert.deepEqual(event, JSON.parse(payload));
    }),
    RUNS,
  );
});

for (const [id, Official, family] of [
  ['standardwebhooks', StandardWebhook, 'webhook-'],
  ['svix', SvixWebhook, 'svix-'],
  ['gitlab-signed', StandardWebhook, 'webhook-'],
] as const) {
  test(`${id}: the official package, both ways`, (context) => {
    context.mock.timers.enable({ apis: ['Date'], now: NOW_MS });
    const one = sender(id);
    const official = new Official(SECRET);
    fc.assert(
      fc.property(bodies, (body) => {
        const headers = {
          [`${family}id`]: 'msg_1',
          [`${family}timestamp`]: String(NOW_MS / 1000),
          [`${family}signature`]: official.sign('msg_1', new Date(NOW_MS), body),
        };
        assert.equal(judge(one, received(body, headers)).type, 'verified');
        const ours = { ...signedBy(one, body).headers };
        assert.doesNotThrow(() => official.verify(body, ours));
        assert.throws(() => official.verify(`${body} `, ours));
      }),
      RUNS,
    );
  });
}

test('Twilio: the official package, both ways, forms with repeated fields and bodies with a hash in the address', () => {
  const one = sender('twilio');
  const words = fc.string({ unit: 'grapheme', maxLength: 20 });
  const forms = fc.dictionary(
    fc.stringMatching(/^[A-Za-z]\w{0,8}$/),
    fc.oneof(words, fc.uniqueArray(words, { minLength: 2 })),
  );
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  fc.assert(
    fc.property(forms, (fields) => {
      const pairs = Object.entries(fields).flatMap(([name, values]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      );
      const body = new URLSearchParams(pairs).toString();
      const theirs = twilio.getExpectedTwilioSignature(SECRET, PUBLIC_URL, fields);
      assert.equal(judge(one, received(body, { ...form, 'X-Twilio-Signature': theirs })).type, 'verified');
      const ours = sign(one.config, received(body, form), NOW_MS, one.keys);
      assert.ok(ours.ok);
      const signature = ours.request.headers['X-Twilio-Signature'] ?? '';
      assert.equal(twilio.validateRequest(SECRET, signature, PUBLIC_URL, fields), true);
      assert.equal(twilio.validateRequest(SECRET, signature, `${PUBLIC_URL}/`, fields), false);
    }),
    RUNS,
  );
  fc.assert(
    fc.property(bodies, (body) => {
      const publicUrl = `${PUBLIC_URL}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
      const theirs = twilio.getExpectedTwilioSignature(SECRET, publicUrl, {});
      assert.equal(twilio.validateRequestWithBody(SECRET, theirs, publicUrl, body), true);
      const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': theirs };
      assert.equal(judge(one, { ...received(body, headers), publicUrl }).type, 'verified');
      assert.equal(judge(one, { ...received(`${body} `, headers), publicUrl }).type, 'refused');
    }),
    RUNS,
  );
});

test('Slack: @slack/bolt verifies what we sign, and nothing else', () => {
  const slack = sender('slack');
  fc.assert(
    fc.property(bodies, (body) => {
      const { headers } = signedBy(slack, body);
      const isValid = (text: string, nowMilliseconds = NOW_MS) =>
        isValidSlackRequest({
          signingSecret: SECRET,
          body: text,
          headers: {
            'x-slack-signature': headers['X-Slack-Signature'] ?? '',
            'x-slack-request-timestamp': Number(headers['X-Slack-Request-Timestamp']),
          },
          nowMilliseconds,
        });
      assert.equal(isValid(body), true);
      assert.equal(isValid(`${body} `), false);
      const late = NOW_MS + 301_000;
      assert.equal(isValid(body, late), false);
      assert.equal(judge(slack, received(body, headers), late).type, 'refused');
    }),
    RUNS,
  );
});

test('Linear: @linear/sdk verifies what we sign; both refuse what is older than a minute', (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: NOW_MS });
  const linear = sender('linear');
  const official = new LinearWebhookClient(SECRET);
  const request = signedSample(linear);
  const signature = request.headers['Linear-Signature'] ?? '';
  const body = Buffer.from(request.body);
  assert.equal(official.verify(body, signature), true);
  assert.throws(() => official.verify(Buffer.concat([body, Buffer.from(' ')]), signature));
  const late = NOW_MS + 61_000;
  assert.equal(judge(linear, request, late).type, 'refused');
  context.mock.timers.setTime(late);
  assert.throws(() => official.verify(body, signature), /timestamp/);
});

test('SendGrid: @sendgrid/eventwebhook verifies what we sign with a key of our own', () => {
  const sendgrid = sender('sendgrid');
  const official = new EventWebhook();
  const key = official.convertPublicKeyToECDSA(P256_PUBLIC);
  const { headers, body } = signedSample(sendgrid);
  const signature = headers['X-Twilio-Email-Event-Webhook-Signature'] ?? '';
  const time = headers['X-Twilio-Email-Event-Webhook-Timestamp'] ?? '';
  assert.equal(official.verifySignature(key, Buffer.from(body), signature, time), true);
  assert.equal(official.verifySignature(key, Buffer.from(body), signature, `${time}0`), false);
});

test('Discord: discord-interactions verifies what we sign; ours refuses a digit moved from time to body', async () => {
  const discord = sender('discord');
  const key = ED25519_RAW_PUBLIC.toString('hex');
  const { headers, body } = signedSample(discord);
  const signature = headers['X-Signature-Ed25519'] ?? '';
  const time = headers['X-Signature-Timestamp'] ?? '';
  assert.equal(await verifyKey(Buffer.from(body), signature, time, key), true);
  const moved = Buffer.concat([Buffer.from(time.slice(-1)), body]);
  assert.equal(await verifyKey(moved, signature, time.slice(0, -1), key), true);
  const request = {
    ...signedSample(discord),
    headers: { ...headers, 'X-Signature-Timestamp': time.slice(0, -1) },
    body: moved,
  };
  assert.equal(judge(discord, request).type, 'refused');
});

test('AWS SNS: sns-validator verifies what we sign, with its certificate fetch replaced', async () => {
  const Validator = createRequire(import.meta.url)('sns-validator') as new () => {
    validate(message: unknown, done: (error: Error | null) => void): void;
  };
  const fetched: string[] = [];
  const get = mock.method(https, 'get', (url: string, answer: (response: PassThrough) => void) => {
    fetched.push(url);
    const response = Object.assign(new PassThrough(), { statusCode: 200 });
    answer(response);
    response.end(RSA_CERTIFICATE);
    return response;
  });
  const message: unknown = JSON.parse(Buffer.from(signedSample(sender('sns')).body).toString());
  const validate = (value: unknown) =>
    new Promise<string>((resolve) => new Validator().validate(value, (error) => resolve(error?.message ?? 'valid')));
  assert.equal(await validate(message), 'valid');
  assert.notEqual(await validate({ ...(message as object), Message: 'another' }), 'valid');
  assert.deepEqual(fetched, [SNS_CERTIFICATE_URL]);
  get.mock.restore();
});

test('Google Pub/Sub: google-auth-library verifies the token that we sign', async (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: NOW_MS });
  const token = (signedSample(sender('pubsub')).headers.Authorization ?? '').slice('Bearer '.length);
  const issuers = ['https://accounts.google.com', 'accounts.google.com'];
  const verifyToken = (audience: string) =>
    new OAuth2Client().verifySignedJwtWithCertsAsync(token, { 'key-1': RSA_CERTIFICATE }, audience, issuers);
  const ticket = await verifyToken(PUBLIC_URL);
  assert.equal(ticket.getPayload()?.email, 'push@acme.iam.gserviceaccount.com');
  await assert.rejects(verifyToken('https://evil.example'));
});

test('Sanity: @sanity/webhook, both ways, as a configuration of the generic HMAC', async () => {
  const platform = findPlatform('hmac');
  assert.ok(platform);
  const fields = {
    secret: SECRET,
    header: sanity.SIGNATURE_HEADER_NAME,
    encoding: 'base64url',
    layout: 'list',
    prefix: 'v1=',
    template: '{timestamp}.{body}',
    timestampFrom: 'signature',
    timestampName: 't=',
    timestampFormat: 'milliseconds',
    toleranceSeconds: '300',
  };
  const configured = configure(platform, { fields });
  assert.ok(configured.ok, JSON.stringify(configured));
  const one: Sender = { platform, credentials: { fields }, config: configured.config, keys: {} };
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const header = await sanity.encodeSignatureHeader(body, NOW_MS, SECRET);
      assert.equal(judge(one, received(body, { [sanity.SIGNATURE_HEADER_NAME]: header })).type, 'verified');
      const ours = signedBy(one, body).headers[sanity.SIGNATURE_HEADER_NAME] ?? '';
      assert.equal(await sanity.isValidSignature(body, ours, SECRET), true);
    }),
    RUNS,
  );
});
