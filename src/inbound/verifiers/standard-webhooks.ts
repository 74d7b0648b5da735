// Standard Webhooks: v1 is HMAC-SHA256, v1a is Ed25519, both over `id.timestamp.body` (standardwebhooks.com, specification).
// The kind of key decides the version, never the request: `whpk_` checks v1a only, everything else v1 only.

import { createHash, createHmac, sign as signBytes } from 'node:crypto';
import type { StandardWebhooksScheme, TimestampRule } from './config.ts';
import { decodeBase64, decodeBase64Key, equalSignature } from './encoding.ts';
import { decodeKey } from './hmac.ts';
import { checkSignature, ed25519PrivateKey, ed25519PublicKey, readPrivateKey } from './public-key.ts';
import { headerValues, requireHeader } from './request.ts';
import { checkAge, formatTimestamp, malformedTimestamp, parseTimestamp } from './timestamp.ts';
import type { ConfigProblem, Draft, RawRequest, Refused, SchemeCode, Signed, SigningKeys } from './verifier.ts';
import { noSecret, refuse, verified } from './verifier.ts';

/** More signatures than this in one header are not looked at; rotation needs two. */
const MAX_SIGNATURES = 32;
/** The specification does not bound ids; ours are about 30 characters. */
const MAX_ID_LENGTH = 256;
const PUBLIC_KEY_PREFIX = 'whpk_';
const PRIVATE_KEY_PREFIX = 'whsk_';
const ED25519_SEED_BYTES = 32;
const TIME: TimestampRule = { from: 'header', name: 'timestamp', format: 'seconds' };

interface Parts {
  readonly id: string;
  readonly time: string;
  readonly timeMs: number;
  readonly signatures: string;
  readonly family: string;
}

export const standardWebhooks: SchemeCode<StandardWebhooksScheme> = {
  verify(scheme, config, request, nowMs) {
    const parts = readParts(scheme, request);
    if ('type' in parts) return parts;
    const items = parts.signatures.split(' ', MAX_SIGNATURES);
    const texts = (version: string) =>
      items.filter((item) => item.startsWith(version)).map((item) => item.slice(version.length));
    const shared = texts('v1,').filter((text) => decodeBase64(text)?.length === 32);
    const asymmetric = texts('v1a,').filter((text) => decodeBase64(text)?.length === 64);
    if (shared.length + asymmetric.length === 0) {
      return refuse(
        401,
        'malformed_signature',
        `The header ${parts.family}signature holds no whole signature of the form v1,<base64> or v1a,<base64>.`,
      );
    }
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    const signed = signedBytes(parts.id, parts.time, request.body);
    const fitting = config.secrets.find((secret) =>
      secret.value.startsWith(PUBLIC_KEY_PREFIX)
        ? fitsPublic(secret.value, signed, asymmetric)
        : fitsShared(secret.value, signed, shared),
    );
    if (fitting === undefined) {
      return refuse(
        401,
        'wrong_signature',
        `No signature in ${parts.family}signature fits the request with the secrets of this webhook. Usual causes: the secret of another endpoint, or a proxy that changes the body.`,
      );
    }
    const where = `the header ${parts.family}timestamp`;
    return checkAge(parts.timeMs, scheme.toleranceSeconds, nowMs, where) ?? verified('body', false, fitting.id);
  },
  sign: signStandard,
  check(_scheme, config) {
    if (config.secrets.length === 0) return [{ at: 'secrets', message: 'A secret is needed.' }];
    return config.secrets.flatMap(({ value }): ConfigProblem[] => {
      if (value.startsWith(PRIVATE_KEY_PREFIX)) {
        return [
          { at: 'secrets', message: 'This is the private key (whsk_); the public one (whpk_) is needed to verify.' },
        ];
      }
      if (value.startsWith(PUBLIC_KEY_PREFIX) ? readPublic(value) !== undefined : sharedKey(value) !== undefined)
        return [];
      return [{ at: 'secrets', message: 'The secret must be whsec_ or whpk_ followed by base64: copy it again.' }];
    });
  },
};

function readParts(scheme: StandardWebhooksScheme, request: RawRequest): Parts | Refused {
  const complete = scheme.families.find((name) =>
    ['id', 'timestamp', 'signature'].every((part) => headerValues(request, name + part).length > 0),
  );
  // All three must come from one family: an id from one and a signature from another were never signed together.
  const family = complete ?? scheme.families[0] ?? 'webhook-';
  const id = requireHeader(request, `${family}id`);
  if (typeof id !== 'string') return id;
  const time = requireHeader(request, `${family}timestamp`);
  if (typeof time !== 'string') return time;
  const signatures = requireHeader(request, `${family}signature`);
  if (typeof signatures !== 'string') return signatures;
  const timeMs = parseTimestamp(time, TIME);
  if (timeMs === undefined) return malformedTimestamp(`the header ${family}timestamp`, TIME);
  // The specification forbids full stops in ids: `a.1` + `2` and `a` + `1.2` would be the same signed text.
  if (id === '' || id.length > MAX_ID_LENGTH || id.includes('.')) {
    return refuse(401, 'malformed_signature', `The header ${family}id is empty, too long or holds a full stop.`);
  }
  return { id, time, timeMs, signatures, family };
}

function signedBytes(id: string, time: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${time}.`, 'utf8'), body]);
}

function sharedKey(secret: string): Uint8Array | undefined {
  return secret.startsWith(PRIVATE_KEY_PREFIX) ? undefined : decodeKey(secret, 'whsec');
}

function fitsShared(secret: string, signed: Uint8Array, signatures: readonly string[]): boolean {
  const key = sharedKey(secret);
  if (key === undefined || signatures.length === 0) return false;
  const expected = createHmac('sha256', key).update(signed).digest('base64');
  return signatures.some((signature) => equalSignature(signature, expected));
}

function fitsPublic(secret: string, signed: Uint8Array, signatures: readonly string[]): boolean {
  const key = readPublic(secret);
  return key !== undefined && signatures.some((text) => checkSignature(signed, key, Buffer.from(text, 'base64')));
}

function readPublic(secret: string) {
  const raw = decodeBase64Key(secret.slice(PUBLIC_KEY_PREFIX.length));
  return raw === undefined ? undefined : ed25519PublicKey(raw);
}

/** A private key for v1a, as `whsk_` (32 bytes of seed, or seed and public key) or as PEM. */
function readPrivate(text: string | undefined) {
  if (text?.startsWith(PRIVATE_KEY_PREFIX) !== true) return readPrivateKey(text);
  const raw = decodeBase64Key(text.slice(PRIVATE_KEY_PREFIX.length));
  return raw === undefined ? undefined : ed25519PrivateKey(raw.subarray(0, ED25519_SEED_BYTES));
}

function signStandard(
  scheme: StandardWebhooksScheme,
  config: { readonly secrets: readonly { readonly value: string }[] },
  draft: Draft,
  nowMs: number,
  keys: SigningKeys,
): Signed {
  const family = scheme.families[0] ?? 'webhook-';
  const time = formatTimestamp(nowMs, TIME);
  const id = keys.id ?? `msg_${createHash('sha256').update(time).update(draft.body).digest('hex').slice(0, 27)}`;
  const signed = signedBytes(id, time, draft.body);
  const secret = config.secrets[0]?.value ?? '';
  const signature = secret.startsWith(PUBLIC_KEY_PREFIX) ? signV1a(signed, keys) : signV1(signed, secret);
  if (signature === undefined) {
    return {
      ok: false,
      reason: 'No usable key to sign with: a whsec_ secret, or the private key that belongs to whpk_.',
    };
  }
  const own = { [`${family}id`]: id, [`${family}timestamp`]: time, [`${family}signature`]: signature };
  return { ok: true, request: { ...draft, headers: { ...draft.headers, ...own } } };
}

function signV1(signed: Uint8Array, secret: string): string | undefined {
  const key = sharedKey(secret);
  return key === undefined ? undefined : `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

function signV1a(signed: Uint8Array, keys: SigningKeys): string | undefined {
  const key = readPrivate(keys.privateKey);
  return key?.asymmetricKeyType === 'ed25519' ? `v1a,${signBytes(null, signed, key).toString('base64')}` : undefined;
}
