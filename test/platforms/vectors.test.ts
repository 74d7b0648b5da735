// Every published vector, bit by bit, through the presets that people use.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { configure } from '../../src/inbound/platforms/configure.ts';
import { findPlatform } from '../../src/inbound/platforms/index.ts';
import type { Scheme, VerifierConfig } from '../../src/inbound/verifiers/config.ts';
import { decodeHex } from '../../src/inbound/verifiers/encoding.ts';
import { verify } from '../../src/inbound/verifiers/index.ts';
import { checkSignature, ed25519PublicKey } from '../../src/inbound/verifiers/public-key.ts';
import { arrived } from '../../src/inbound/verifiers/verifier.ts';

interface Vector {
  readonly platform: string;
  readonly name: string;
  readonly receiver: Readonly<Record<string, string>>;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly body: string;
    readonly headers: Record<string, string>;
  };
  readonly expect: boolean;
  readonly nowMs?: number;
  readonly digestOnly?: boolean;
}

interface Vectors {
  readonly vectors: readonly Vector[];
  readonly challenges: readonly {
    readonly platform: string;
    readonly secret?: string;
    readonly input: Record<string, string>;
    readonly output: Record<string, string>;
  }[];
  readonly primitives: readonly Record<string, string | number>[];
  readonly others: readonly Record<string, string>[];
}

const DAY_OF_WRITING = Date.UTC(2026, 10, 22);
const all = JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')) as Vectors;

function configOf(platformId: string, fields: Readonly<Record<string, string>>): VerifierConfig {
  const platform = findPlatform(platformId);
  assert.ok(platform, platformId);
  const configured = configure(platform, { fields });
  assert.ok(configured.ok, JSON.stringify(configured));
  return configured.config;
}

/** Zendesk's only vector has a time that is no ISO time: there the digest alone is compared. */
function withoutTimeForm(config: VerifierConfig): VerifierConfig {
  assert.equal(config.scheme.type, 'hmac');
  const { timestamp, ...rest } = config.scheme as Extract<Scheme, { type: 'hmac' }>;
  return {
    ...config,
    scheme: { ...rest, template: rest.template.replace('{timestamp}', `{header:${timestamp?.name}}`) },
  };
}

test('the file holds the vectors this suite was written for', () => {
  assert.equal(all.vectors.length, 65);
  assert.equal(all.others.length, 3);
});

for (const vector of all.vectors) {
  test(`${vector.platform}: ${vector.name} ${vector.expect ? 'verifies' : 'is refused'}`, () => {
    const config = configOf(vector.platform, vector.receiver);
    const { method, url, body, headers } = vector.request;
    const request = arrived({ method, publicUrl: url, headers, body: Buffer.from(body, 'utf8') });
    const judged = vector.digestOnly === true ? withoutTimeForm(config) : config;
    const verdict = verify(judged, request, vector.nowMs ?? DAY_OF_WRITING);
    if (vector.expect) {
      assert.equal(verdict.type, 'verified', JSON.stringify(verdict));
    } else {
      assert.ok(verdict.type === 'refused' && verdict.status >= 400 && verdict.status < 500, JSON.stringify(verdict));
    }
  });
}

test("X's CRC question is answered as published", () => {
  const vector = all.challenges.find(({ platform }) => platform === 'twitter');
  assert.ok(vector?.secret);
  const config = configOf('twitter', { consumerSecret: vector.secret });
  const publicUrl = `https://hooks.example.test/webhook/1?crc_token=${vector.input.crc_token}`;
  const verdict = verify(config, arrived({ method: 'GET', publicUrl, headers: {}, body: Buffer.alloc(0) }), 0);
  assert.ok(verdict.type === 'challenge');
  assert.deepEqual(JSON.parse(verdict.body), vector.output);
});

test("Slack's url_verification is answered as published, once it is signed", () => {
  const vector = all.challenges.find(({ platform }) => platform === 'slack');
  assert.ok(vector);
  const config = configOf('slack', { signingSecret: 'sample' });
  const body = JSON.stringify(vector.input);
  const signature = createHmac('sha256', 'sample').update(`v0:1700000000:${body}`).digest('hex');
  const draft = {
    method: 'POST',
    publicUrl: 'https://hooks.example.test/webhook/1',
    headers: { 'X-Slack-Request-Timestamp': '1700000000', 'X-Slack-Signature': `v0=${signature}` },
    body: Buffer.from(body),
  };
  const verdict = verify(config, arrived(draft), 1_700_000_000_000);
  assert.ok(verdict.type === 'challenge' && verdict.proven);
  assert.equal(verdict.body, vector.output.challenge);
  const unsigned = verify(config, arrived({ ...draft, headers: {} }), 1_700_000_000_000);
  assert.ok(unsigned.type === 'refused' && unsigned.status === 401);
});

test("Event Grid's validation code is answered as published", () => {
  const vector = all.challenges.find(({ platform }) => platform === 'eventgrid');
  assert.ok(vector);
  const config = configOf('eventgrid', { secret: 'sample' });
  const event = { id: '1', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: vector.input };
  const body = Buffer.from(JSON.stringify([event]));
  const headers = { 'aeg-event-type': 'SubscriptionValidation' };
  const url = 'https://hooks.example.test/webhook/1';
  const verdict = verify(config, arrived({ method: 'POST', publicUrl: `${url}?code=sample`, headers, body }), 0);
  assert.ok(verdict.type === 'challenge' && verdict.status === 200);
  assert.deepEqual(JSON.parse(verdict.body), vector.output);
  const unproven = verify(config, arrived({ method: 'POST', publicUrl: url, headers, body }), 0);
  assert.equal(unproven.type, 'refused');
});

test('primitives agree with their RFCs', () => {
  for (const vector of all.primitives) {
    const data = Buffer.from(String(vector.data));
    if (vector.kind === 'hmac') {
      assert.equal(createHmac(String(vector.algorithm), String(vector.key)).update(data).digest('hex'), vector.hex);
    } else if (vector.kind === 'crc32') {
      assert.equal(crc32(data), vector.decimal);
    } else {
      const key = ed25519PublicKey(decodeHex(String(vector.publicKeyHex)) ?? Buffer.alloc(0));
      assert.ok(key);
      assert.equal(
        checkSignature(Buffer.from('72', 'hex'), key, Buffer.from(String(vector.signatureHex), 'hex')),
        true,
      );
      assert.equal(
        checkSignature(Buffer.from('73', 'hex'), key, Buffer.from(String(vector.signatureHex), 'hex')),
        false,
      );
    }
  }
});

test('LINE is a configuration of the generic HMAC, not code', () => {
  const vector = all.others.find(({ platform }) => platform === 'line');
  assert.ok(vector?.key && vector.data && vector.digest);
  const config = configOf('hmac', { secret: vector.key, header: 'X-Line-Signature', encoding: 'base64' });
  const headers = { 'x-line-signature': vector.digest };
  const draft = { method: 'POST', publicUrl: 'https://a.test/', headers, body: Buffer.from(vector.data) };
  assert.equal(verify(config, arrived(draft), 0).type, 'verified');
  const longer = { ...draft, headers: { 'x-line-signature': `${vector.digest}junk` } };
  assert.equal(verify(config, arrived(longer), 0).type, 'refused');
});

test('Sanity is a configuration of the generic HMAC, not code', () => {
  const vector = all.others.find(({ platform }) => platform === 'sanity');
  assert.ok(vector?.key && vector.data && vector.digest);
  const config = configOf('hmac', {
    secret: vector.key,
    header: 'sanity-webhook-signature',
    encoding: 'base64url',
    layout: 'list',
    prefix: 'v1=',
    template: '{timestamp}.{body}',
    timestampFrom: 'signature',
    timestampName: 't=',
    timestampFormat: 'milliseconds',
    toleranceSeconds: '300',
  });
  const [time = '', ...rest] = vector.data.split('.');
  const headers = { 'sanity-webhook-signature': `t=${time},v1=${vector.digest}` };
  const draft = { method: 'POST', publicUrl: 'https://a.test/', headers, body: Buffer.from(rest.join('.')) };
  assert.equal(verify(config, arrived(draft), Number(time)).type, 'verified');
  const late = verify(config, arrived(draft), Number(time) + 301_000);
  assert.ok(late.type === 'refused' && late.code === 'stale_timestamp');
});

test('a key in hex, as Adyen uses it, is decoded first', () => {
  const vector = all.others.find(({ platform }) => platform === 'adyen');
  assert.ok(vector?.keyHex && vector.data && vector.digest);
  const config = configOf('hmac', {
    secret: vector.keyHex,
    keyEncoding: 'hex',
    encoding: 'base64',
    header: 'hmac-signature',
  });
  const headers = { 'hmac-signature': vector.digest };
  const draft = { method: 'POST', publicUrl: 'https://a.test/', headers, body: Buffer.from(vector.data) };
  assert.equal(verify(config, arrived(draft), 0).type, 'verified');
});
