// One sender for each platform: what a person would enter here, and the keys with which the platform would sign.

import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type Credentials, configure } from '../../src/inbound/platforms/configure.ts';
import { PLATFORMS } from '../../src/inbound/platforms/index.ts';
import type { Platform } from '../../src/inbound/platforms/platform.ts';
import { sampleDraft } from '../../src/inbound/platforms/sample.ts';
import type { VerifierConfig } from '../../src/inbound/verifiers/config.ts';
import { sign, verify } from '../../src/inbound/verifiers/index.ts';
import type { Documents, Draft, SigningKeys, Verdict } from '../../src/inbound/verifiers/verifier.ts';
import { arrived } from '../../src/inbound/verifiers/verifier.ts';
import { makeCertificate } from './certificate-fixture.ts';

export const NOW_MS = Date.UTC(2026, 10, 22, 10, 0, 0);
export const PUBLIC_URL = 'https://hooks.example.test/webhook/0b5c';
export const SNS_CERTIFICATE_URL = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem';
export const PAYPAL_CERTIFICATE_URL = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-test';
export const GOOGLE_KEYS_URL = 'https://www.googleapis.com/oauth2/v3/certs';
const TENANT = '84bd8158-0000-4000-8000-000000000001';
export const ENTRA_KEYS_URL = `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`;
const YEAR_MS = 365 * 24 * 3600 * 1000;

const rsa = makeCertificate('messages.example.test', NOW_MS - YEAR_MS, NOW_MS + YEAR_MS);
const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

export const RSA_PRIVATE_KEY = rsa.privateKey;
export const RSA_CERTIFICATE = rsa.certificate;
export const ED25519_RAW_PUBLIC = ed25519.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
export const P256_PUBLIC = p256.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

const pem = (key: typeof ed25519.privateKey) => key.export({ format: 'pem', type: 'pkcs8' }).toString();

function keySet(): string {
  const jwk = createPublicKey(RSA_PRIVATE_KEY).export({ format: 'jwk' });
  return JSON.stringify({ keys: [{ ...jwk, kid: 'key-1', alg: 'RS256', use: 'sig' }] });
}

const found = (text: string) => ({ type: 'found', text, fetchedMs: NOW_MS }) as const;

export const DOCUMENTS: Documents = {
  [SNS_CERTIFICATE_URL]: found(RSA_CERTIFICATE),
  [PAYPAL_CERTIFICATE_URL]: found(RSA_CERTIFICATE),
  [GOOGLE_KEYS_URL]: found(keySet()),
  [ENTRA_KEYS_URL]: found(keySet()),
};

/** The secret that every platform with a shared secret gets; long enough to be found in any text that leaks it. */
export const SECRET = 'c29tZS1zZWNyZXQtd2hpY2gtaXMtYWxzby1iYXNlNjQ=';

const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  basic: { username: 'clara' },
  facebook: { verifyToken: 'our-own-verify-token' },
  sendgrid: { verificationKey: P256_PUBLIC },
  discord: { publicKey: ED25519_RAW_PUBLIC.toString('hex') },
  sns: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:orchestra' },
  pubsub: { audience: PUBLIC_URL, serviceAccount: 'push@acme.iam.gserviceaccount.com' },
  'eventgrid-entra': { tenantId: TENANT, audience: 'api://fermata' },
  paypal: { webhookId: '4JH86294D6297924G' },
};

const KEYS: Readonly<Record<string, SigningKeys>> = {
  sendgrid: { privateKey: pem(p256.privateKey) },
  discord: { privateKey: pem(ed25519.privateKey) },
  sns: { privateKey: RSA_PRIVATE_KEY, certificateUrl: SNS_CERTIFICATE_URL },
  paypal: { privateKey: RSA_PRIVATE_KEY, certificateUrl: PAYPAL_CERTIFICATE_URL },
  pubsub: { privateKey: RSA_PRIVATE_KEY, keyId: 'key-1' },
  'eventgrid-entra': { privateKey: RSA_PRIVATE_KEY, keyId: 'key-1' },
};

export interface Sender {
  readonly platform: Platform;
  readonly credentials: Credentials;
  readonly config: VerifierConfig;
  readonly keys: SigningKeys;
}

export function senderOf(platform: Platform): Sender {
  const fields = { ...FIELDS[platform.id] };
  const secret = platform.fields.find((field) => field.to.type === 'secret');
  if (secret !== undefined && fields[secret.name] === undefined) fields[secret.name] = SECRET;
  const headers = { 'X-Shop': SECRET, 'X-Stage': 'main' };
  const credentials: Credentials = platform.id === 'custom' ? { headers } : { fields };
  const configured = configure(platform, credentials);
  assert.ok(configured.ok, `${platform.id}: ${JSON.stringify(configured)}`);
  return { platform, credentials, config: configured.config, keys: KEYS[platform.id] ?? {} };
}

export const SENDERS: readonly Sender[] = PLATFORMS.map(senderOf);

/** The platform's sample, signed for this sender. */
export function signedSample(sender: Sender, nowMs = NOW_MS): Draft {
  const signed = sign(sender.config, sampleDraft(sender.platform, PUBLIC_URL), nowMs, sender.keys);
  assert.ok(signed.ok, `${sender.platform.id}: ${signed.ok ? '' : signed.reason}`);
  return signed.request;
}

export function judge(sender: Sender, draft: Draft, nowMs = NOW_MS): Verdict {
  return verify(sender.config, arrived(draft), nowMs, DOCUMENTS);
}
