// Ed25519 (Discord) and ECDSA on P-256 (SendGrid): anyone can check such a signature, only the platform can make one.
// Time and body are signed without a separator there, so the exact number of digits of the time is part of the check.

import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import type { PublicKeyScheme, VerifierConfig } from './config.ts';
import { decodeBase64, decodeHex } from './encoding.ts';
import { requireHeader } from './request.ts';
import { covers, renderTemplate } from './template.ts';
import { checkAge, formatTimestamp, malformedTimestamp, parseTimestamp } from './timestamp.ts';
import type { ConfigProblem, Draft, Refused, SchemeCode, Signed, SigningKeys } from './verifier.ts';
import { arrived, noSecret, refuse, verified } from './verifier.ts';

/** DER of a SubjectPublicKeyInfo up to the 32 raw bytes of an Ed25519 key (RFC 8410, section 4). */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** DER of a PrivateKeyInfo up to the 32 bytes of an Ed25519 seed (RFC 8410, section 7). */
const ED25519_PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
/** A DER SEQUENCE of two 33-byte INTEGERs at most. */
const MAX_ECDSA_SIGNATURE_BYTES = 72;

export const publicKey: SchemeCode<PublicKeyScheme> = {
  verify(scheme, config, request, nowMs) {
    const text = requireHeader(request, scheme.header);
    if (typeof text !== 'string') return text;
    const time = requireHeader(request, scheme.timestamp.name);
    if (typeof time !== 'string') return time;
    const timeMs = parseTimestamp(time, scheme.timestamp);
    if (timeMs === undefined) return malformedTimestamp(`the header ${scheme.timestamp.name}`, scheme.timestamp);
    const signature = decodeSignature(scheme, text);
    if (signature === undefined) {
      const form = scheme.algorithm === 'ed25519' ? '64 bytes in hex' : 'a DER signature in base64';
      return refuse(401, 'malformed_signature', `The header ${scheme.header} is not ${form}.`);
    }
    const pieces = renderTemplate(scheme.template, request, { timestamp: time });
    if ('type' in pieces) return pieces;
    const signed = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
    const fitting = config.secrets.find((secret) => {
      const key = readPublicKey(scheme, secret.value);
      return key !== undefined && checkSignature(signed, key, signature);
    });
    if (fitting === undefined) return noneFits(scheme, config);
    return (
      checkAge(timeMs, scheme.timestamp.toleranceSeconds, nowMs, 'the signed request') ??
      verified('body', covers(scheme.template, 'query'), fitting.id)
    );
  },
  sign(scheme, _config, draft, nowMs, keys) {
    return signWithKey(scheme, draft, nowMs, keys);
  },
  check(scheme, config) {
    if (config.secrets.length === 0) return [{ at: 'secrets', message: 'The public key of the platform is needed.' }];
    return config.secrets.flatMap((secret): ConfigProblem[] => {
      if (readPublicKey(scheme, secret.value) !== undefined) return [];
      const form = scheme.key === 'hex' ? '64 hexadecimal digits' : 'base64 of a P-256 public key';
      return [{ at: 'secrets', message: `The public key must be ${form}: copy it exactly as the platform shows it.` }];
    });
  },
};

/** An Ed25519 public key from its 32 raw bytes. */
export function ed25519PublicKey(raw: Uint8Array): KeyObject | undefined {
  if (raw.length !== ED25519_KEY_BYTES) return undefined;
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** An Ed25519 private key from its 32-byte seed. */
export function ed25519PrivateKey(seed: Uint8Array): KeyObject | undefined {
  if (seed.length !== ED25519_KEY_BYTES) return undefined;
  return createPrivateKey({ key: Buffer.concat([ED25519_PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

/** Signature check that answers false instead of throwing on malformed signatures. */
export function checkSignature(
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
  hash?: 'sha1' | 'sha256',
): boolean {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : (hash ?? 'sha256');
  try {
    return verifyBytes(algorithm, data, key, signature);
  } catch {
    return false;
  }
}

/** A PEM private key; undefined when it is none. */
export function readPrivateKey(pem: string | undefined): KeyObject | undefined {
  try {
    return pem === undefined ? undefined : createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function readPublicKey(scheme: PublicKeyScheme, text: string): KeyObject | undefined {
  if (scheme.key === 'hex') {
    const raw = decodeHex(text.trim(), true);
    return raw === undefined ? undefined : ed25519PublicKey(raw);
  }
  const der = decodeBase64(text.replace(/-----(?:BEGIN|END) PUBLIC KEY-----/g, '').replace(/\s/g, ''));
  if (der === undefined || der.length === 0) return undefined;
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}

function decodeSignature(scheme: PublicKeyScheme, text: string): Buffer | undefined {
  // Discord documents no case for its hex, so both are read.
  const bytes = scheme.encoding === 'hex' ? decodeHex(text, true) : decodeBase64(text);
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (scheme.algorithm === 'ed25519') return bytes.length === ED25519_SIGNATURE_BYTES ? bytes : undefined;
  return bytes.length <= MAX_ECDSA_SIGNATURE_BYTES ? bytes : undefined;
}

function noneFits(scheme: PublicKeyScheme, config: VerifierConfig): Refused {
  if (!config.secrets.some((secret) => readPublicKey(scheme, secret.value) !== undefined)) return noSecret();
  return refuse(
    401,
    'wrong_signature',
    `The signature in ${scheme.header} does not fit the request with the public key. Usual causes: the key of another account, or a proxy that changes the body.`,
  );
}

function signWithKey(scheme: PublicKeyScheme, draft: Draft, nowMs: number, keys: SigningKeys): Signed {
  const key = readPrivateKey(keys.privateKey);
  if (key === undefined) {
    return { ok: false, reason: 'Only the platform can sign this. To try it out, use a key pair of your own.' };
  }
  const time = formatTimestamp(nowMs, scheme.timestamp);
  const headers: Record<string, string> = { ...draft.headers, [scheme.timestamp.name]: time };
  const stamped = { ...draft, headers };
  const pieces = renderTemplate(scheme.template, arrived(stamped), { timestamp: time });
  if ('type' in pieces) return { ok: false, reason: pieces.reason };
  const data = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  headers[scheme.header] = signBytes(scheme.algorithm === 'ed25519' ? null : 'sha256', data, key).toString(
    scheme.encoding,
  );
  return { ok: true, request: stamped };
}
