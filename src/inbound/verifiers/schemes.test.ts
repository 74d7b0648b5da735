// Corners of single schemes that no platform's sample reaches.

import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { configure } from '../platforms/configure.ts';
import { findPlatform } from '../platforms/index.ts';
import type { VerifierConfig } from './config.ts';
import { checkConfig, sign, verify } from './index.ts';
import { arrived, type Draft, type Verdict } from './verifier.ts';

const NOW_MS = 1_700_000_000_000;

function configOf(id: string, fields: Readonly<Record<string, string>>): VerifierConfig {
  const platform = findPlatform(id);
  assert.ok(platform);
  const configured = configure(platform, { fields });
  assert.ok(configured.ok, JSON.stringify(configured));
  return configured.config;
}

function post(publicUrl: string, headers: Record<string, string>, body = ''): Draft {
  return { method: 'POST', publicUrl, headers, body: Buffer.from(body) };
}

function codeOf(verdict: Verdict): string {
  return verdict.type === 'refused' ? `${verdict.status} ${verdict.code}` : verdict.type;
}

test('Standard Webhooks v1a: a public key checks Ed25519 signatures, and never serves as an HMAC key', () => {
  const pair = generateKeyPairSync('ed25519');
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const seed = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const config = configOf('standardwebhooks', { secret: `whpk_${raw.toString('base64')}` });
  const draft = post('https://a.test/', {}, '{"type":"a"}');
  for (const privateKey of [
    `whsk_${seed.toString('base64')}`,
    `whsk_${Buffer.concat([seed, raw]).toString('base64')}`,
    pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  ]) {
    const signed = sign(config, draft, NOW_MS, { privateKey, id: 'msg_1' });
    assert.ok(signed.ok);
    assert.match(signed.request.headers['webhook-signature'] ?? '', /^v1a,/);
    assert.equal(verify(config, arrived(signed.request), NOW_MS).type, 'verified');
  }
  const forged = createHmac('sha256', raw)
    .update(`msg_1.${NOW_MS / 1000}.{"type":"a"}`)
    .digest('base64');
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(NOW_MS / 1000),
    'webhook-signature': `v1,${forged}`,
  };
  assert.equal(codeOf(verify(config, arrived({ ...draft, headers }), NOW_MS)), '401 wrong_signature');
  assert.equal(sign(config, draft, NOW_MS).ok, false);
  const confused = { ...config, secrets: [{ id: 'x', value: `whsk_${seed.toString('base64')}` }] };
  assert.match(checkConfig(confused)[0]?.message ?? '', /private key/);
});

test('Standard Webhooks: the three headers must come from one family', () => {
  const config = configOf('svix', { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
  const signed = sign(config, post('https://a.test/', {}, '{}'), NOW_MS);
  assert.ok(signed.ok);
  const { 'svix-id': id = '', ...rest } = signed.request.headers;
  const mixed = { ...signed.request, headers: { ...rest, 'webhook-id': id } };
  assert.equal(codeOf(verify(config, arrived(mixed), NOW_MS)), '401 missing_header');
});

test('Twilio: credentials of the URL come in a header and are put back into the signed URL', () => {
  const config = configOf('twilio', { authToken: '12345' });
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const signed = sign(config, post('https://user:pass@a.test/hook', headers, 'A=1'), NOW_MS);
  assert.ok(signed.ok);
  const seen = { ...signed.request, publicUrl: 'https://a.test/hook' };
  const first = verify(config, arrived(seen), NOW_MS);
  assert.ok(first.type === 'refused' && first.status === 401);
  assert.match(first.headers['WWW-Authenticate'] ?? '', /^Basic /);
  const authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`;
  const repeated = { ...seen, headers: { ...seen.headers, Authorization: authorization } };
  assert.equal(verify(config, arrived(repeated), NOW_MS).type, 'verified');
  const odd = sign(config, post('https://clara:p%40s%C3%9F@a.test/hook', headers, 'A=1'), NOW_MS);
  assert.ok(odd.ok);
  const basic = `Basic ${Buffer.from('clara:p@sß').toString('base64')}`;
  const escaped = { ...seen, headers: { ...odd.request.headers, Authorization: basic } };
  assert.equal(verify(config, arrived(escaped), NOW_MS).type, 'verified');
});

test('Twilio: GET signs the URL alone, so a body under it is refused', () => {
  const config = configOf('twilio', { authToken: '12345' });
  const signed = sign(config, { ...post('https://a.test/hook?CallSid=1', {}), method: 'GET' }, NOW_MS);
  assert.ok(signed.ok);
  assert.equal(verify(config, arrived(signed.request), NOW_MS).type, 'verified');
  const smuggled = { ...signed.request, body: Buffer.from('Admin=1') };
  assert.equal(codeOf(verify(config, arrived(smuggled), NOW_MS)), '401 body_not_signed');
});

test('Designer Cloud: GET signs the URL, and its body is refused', () => {
  const config = configOf('designer', { secret: 'mySecret' });
  const signed = sign(config, { ...post('https://a.test/hook?job=1', {}), method: 'GET' }, NOW_MS);
  assert.ok(signed.ok);
  const verdict = verify(config, arrived(signed.request), NOW_MS);
  assert.ok(verdict.type === 'verified' && verdict.coversQuery);
  const moved = { ...signed.request, publicUrl: 'https://a.test/hook?job=2' };
  assert.equal(codeOf(verify(config, arrived(moved), NOW_MS)), '401 wrong_signature');
  const smuggled = { ...signed.request, body: Buffer.from('{}') };
  assert.equal(codeOf(verify(config, arrived(smuggled), NOW_MS)), '401 body_not_signed');
});

test('a signature over the body says nothing about the query', () => {
  const config = configOf('github', { secret: 's' });
  const signed = sign(config, post('https://a.test/hook', {}, '{}'), NOW_MS);
  assert.ok(signed.ok);
  const verdict = verify(config, arrived({ ...signed.request, publicUrl: 'https://a.test/hook?admin=1' }), NOW_MS);
  assert.ok(verdict.type === 'verified' && !verdict.coversQuery);
});

test('Stripe: two times in one header are one too many, v0 never counts', () => {
  const config = configOf('stripe', { endpointSecret: 'whsec_x' });
  const signed = sign(config, post('https://a.test/', {}, '{}'), NOW_MS);
  assert.ok(signed.ok);
  const header = signed.request.headers['Stripe-Signature'] ?? '';
  const judged = (value: string) =>
    codeOf(verify(config, arrived({ ...signed.request, headers: { 'Stripe-Signature': value } }), NOW_MS));
  assert.equal(judged(header), 'verified');
  assert.equal(judged(`t=1,${header}`), '401 malformed_timestamp');
  assert.equal(judged(header.replace('v1=', 'v0=')), '401 malformed_signature');
  assert.equal(judged(header.replace(',', ', ')), 'verified');
  assert.equal(judged(header.slice(header.indexOf('v1='))), '401 malformed_timestamp');
});

test('Jira: the header may name SHA-384 or SHA-512, never an older method', () => {
  const config = configOf('jira', { secret: 's' });
  const judged = (algorithm: string) => {
    const digest = createHmac(algorithm, 's').update('{}').digest('hex');
    return codeOf(
      verify(config, arrived(post('https://a.test/', { 'X-Hub-Signature': `${algorithm}=${digest}` }, '{}')), 0),
    );
  };
  assert.deepEqual(['sha256', 'sha384', 'sha512', 'sha1', 'md5'].map(judged), [
    ...['verified', 'verified', 'verified'],
    ...['401 malformed_signature', '401 malformed_signature'],
  ]);
});

test('DocuSign: any numbered signature may fit, up to the first gap', () => {
  const config = configOf('docusign', { hmacKey: 'k' });
  const right = createHmac('sha256', 'k').update('{}').digest('base64');
  const wrong = createHmac('sha256', 'z').update('{}').digest('base64');
  const judged = (headers: Record<string, string>) =>
    codeOf(verify(config, arrived(post('https://a.test/', headers, '{}')), 0));
  assert.equal(judged({ 'X-DocuSign-Signature-1': wrong, 'X-DocuSign-Signature-2': right }), 'verified');
  assert.equal(judged({ 'X-DocuSign-Signature-2': right }), '401 missing_header');
});

test('Linear: without its time a body is refused, though it is signed', () => {
  const config = configOf('linear', { secret: 's' });
  const body = '{"type":"Issue"}';
  const signature = createHmac('sha256', 's').update(body).digest('hex');
  const draft = post('https://a.test/', { 'Linear-Signature': signature }, body);
  assert.equal(codeOf(verify(config, arrived(draft), NOW_MS)), '401 malformed_timestamp');
});

test('Mailgun: the older form webhooks verify as well, each field once', () => {
  const config = configOf('mailgun', { signingKey: 'k' });
  const token = 'a'.repeat(50);
  const signature = createHmac('sha256', 'k').update(`1700000000${token}`).digest('hex');
  const form = `timestamp=1700000000&token=${token}&signature=${signature}&event=delivered`;
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  assert.equal(codeOf(verify(config, arrived(post('https://a.test/', headers, form)), NOW_MS)), 'verified');
  const twice = `${form}&token=${token}`;
  assert.equal(
    codeOf(verify(config, arrived(post('https://a.test/', headers, twice)), NOW_MS)),
    '401 missing_credential',
  );
});

test('CloudEvents: a right header does not cover a wrong query, and the other way round', () => {
  const config = configOf('cloudevents', { token: 'secret-token' });
  const judged = (query: string, headers: Record<string, string>) =>
    codeOf(verify(config, arrived(post(`https://a.test/${query}`, headers, '{}')), 0));
  assert.equal(judged('?access_token=secret-token', {}), 'verified');
  assert.equal(judged('', { Authorization: 'bearer secret-token' }), 'verified');
  assert.equal(judged('?access_token=guess', { Authorization: 'Bearer secret-token' }), '403 wrong_credential');
  assert.equal(judged('?access_token=secret-token', { Authorization: 'Bearer guess' }), '403 wrong_credential');
});

test('Basic: the password may hold colons and letters beyond ASCII; the first colon divides', () => {
  const config = configOf('basic', { username: 'clara', password: 'a:b:\u00e4' });
  const signed = sign(config, post('https://a.test/', {}, '{}'), 0);
  assert.ok(signed.ok);
  assert.equal(verify(config, arrived(signed.request), 0).type, 'verified');
  const refused = verify(config, arrived(post('https://a.test/', {}, '{}')), 0);
  assert.ok(refused.type === 'refused' && refused.headers['WWW-Authenticate']?.startsWith('Basic '));
});

test('a generic HMAC that leaves the body out vouches for the sender only', () => {
  const config = configOf('hmac', { secret: 's', template: '{header:X-Id}' });
  const signed = sign(config, post('https://a.test/', { 'X-Id': '1' }, 'anything'), 0);
  assert.ok(signed.ok);
  const verdict = verify(config, arrived(signed.request), 0);
  assert.equal(verdict.type === 'verified' && verdict.authenticates, 'sender');
});

test('base64url may be padded or not, and is canonical all the same', () => {
  const config = configOf('hmac', { secret: 's', encoding: 'base64url' });
  const bare = createHmac('sha256', 's').update('{}').digest('base64url');
  const judged = (signature: string) =>
    codeOf(verify(config, arrived(post('https://a.test/', { 'X-Signature': signature }, '{}')), 0));
  assert.deepEqual([judged(bare), judged(`${bare}=`)], ['verified', 'verified']);
  for (const spoilt of [`${bare}==`, `${bare}A`, `=${bare}`, bare.slice(0, -1), `${bare.slice(0, -1)}=`])
    assert.equal(judged(spoilt), '401 malformed_signature', spoilt);
});
