// Bearer JWTs of an identity provider (Google Pub/Sub push, Event Grid with Entra ID). RFC 7519, 7515, 8725.
// A token proves the sender, not the body. Algorithm, key set and issuers come from the configuration, never from the token.

import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey, sign as signBytes } from 'node:crypto';
import { documentRefused, ownDocument } from './certificate.ts';
import type { JwtScheme, VerifierConfig } from './config.ts';
import { decodeBase64Url, equalText } from './encoding.ts';
import { checkSignature, readPrivateKey } from './public-key.ts';
import { atPath, requireHeader } from './request.ts';
import type { Documents, Draft, NeedsFetch, Refused, SchemeCode, Signed, SigningKeys } from './verifier.ts';
import { refuse, verified } from './verifier.ts';

/** Google's and Entra's tokens are one to two kilobytes. */
const MAX_TOKEN_LENGTH = 16 * 1024;
/** A key that is not in the cached set makes us fetch the set again, but at most this often. */
const REFETCH_AFTER_MS = 60_000;
const SAMPLE_LIFETIME_SECONDS = 300;
const BEARER = /^bearer +/i;

interface Token {
  readonly header: unknown;
  readonly claims: unknown;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

export const jwt: SchemeCode<JwtScheme> = {
  verify(scheme, config, request, nowMs, documents) {
    const authorization = requireHeader(request, 'Authorization');
    if (typeof authorization !== 'string') return authorization;
    const token = readToken(authorization);
    if (token === undefined) {
      return refuse(401, 'malformed_token', 'The header Authorization does not hold a bearer token of JWT form.');
    }
    const kid = atPath(token.header, 'kid');
    // `crit` names extensions that must be understood (RFC 7515, section 4.1.11); we understand none.
    if (
      atPath(token.header, 'alg') !== scheme.algorithm ||
      atPath(token.header, 'crit') !== undefined ||
      typeof kid !== 'string'
    ) {
      return refuse(401, 'malformed_token', `The token must be signed with ${scheme.algorithm} and name its key.`);
    }
    const claims = checkClaims(scheme, config, token.claims, nowMs);
    if (claims !== undefined) return claims;
    const found = findKey(fill(scheme.jwksUrl, config), kid, documents, nowMs);
    if (!('key' in found)) return found;
    return checkSignature(token.signed, found.key, token.signature)
      ? verified('sender', false)
      : refuse(401, 'wrong_token', 'The signature of the token does not fit the key of its issuer.');
  },
  sign: signToken,
  check(scheme, config) {
    const texts = [scheme.jwksUrl, scheme.audience, ...scheme.issuers];
    const required = [...new Set(texts.flatMap(names))].filter((name) => (config.values[name] ?? '') === '');
    const missing = required.map((name) => ({ at: `values.${name}`, message: 'A value is needed.' }));
    // A tenant becomes part of an address that we fetch, so it must be a plain id.
    const tenant = names(scheme.jwksUrl).filter((name) => !/^[A-Za-z0-9-]{1,64}$/.test(config.values[name] ?? ''));
    return [
      ...missing,
      ...tenant.map((name) => ({ at: `values.${name}`, message: 'Only letters, digits and hyphens.' })),
    ];
  },
};

/** Names in braces. */
function names(text: string): readonly string[] {
  return [...text.matchAll(/\{([A-Za-z]+)\}/g)].map((match) => match[1] ?? '');
}

function fill(text: string, config: VerifierConfig): string {
  return text.replace(/\{([A-Za-z]+)\}/g, (_all, name: string) => config.values[name] ?? '');
}

function readToken(authorization: string): Token | undefined {
  const prefix = BEARER.exec(authorization)?.[0];
  if (prefix === undefined || authorization.length > MAX_TOKEN_LENGTH) return undefined;
  const parts = authorization.slice(prefix.length).split('.');
  const [head, body, tail] = parts.map(decodeBase64Url);
  if (parts.length !== 3 || head === undefined || body === undefined || tail === undefined) return undefined;
  try {
    const header: unknown = JSON.parse(head.toString('utf8'));
    const claims: unknown = JSON.parse(body.toString('utf8'));
    return { header, claims, signed: Buffer.from(`${parts[0]}.${parts[1]}`, 'ascii'), signature: tail };
  } catch {
    return undefined;
  }
}

function checkClaims(scheme: JwtScheme, config: VerifierConfig, claims: unknown, nowMs: number): Refused | undefined {
  const wrong = (what: string) => refuse(401, 'wrong_token', what);
  const issuer = atPath(claims, 'iss');
  if (!scheme.issuers.some((known) => fill(known, config) === issuer)) {
    return wrong('The token comes from another issuer than the one this webhook trusts.');
  }
  const audience = fill(scheme.audience, config);
  const audiences = atPath(claims, 'aud');
  const named = Array.isArray(audiences) ? audiences : [audiences];
  if (audience === '') return refuse(401, 'not_configured', 'No audience is set for this webhook.');
  if (!named.some((one) => typeof one === 'string' && equalText(one, audience))) {
    return wrong('The token is for another audience than the one set for this webhook.');
  }
  for (const { names: spellings, equals } of scheme.claims) {
    const wanted = equals === true ? true : fill(equals, config);
    if (wanted !== '' && !spellings.some((name) => atPath(claims, name) === wanted)) {
      return wrong(`The token does not have the expected ${spellings.join(' or ')}.`);
    }
  }
  return checkTimes(scheme, claims, nowMs);
}

function checkTimes(scheme: JwtScheme, claims: unknown, nowMs: number): Refused | undefined {
  const now = Math.floor(nowMs / 1000);
  const [expires, issued, from] = ['exp', 'iat', 'nbf'].map((name) => atPath(claims, name));
  if (typeof expires !== 'number' || typeof issued !== 'number' || (from !== undefined && typeof from !== 'number')) {
    return refuse(401, 'malformed_token', 'The token must say when it was issued and when it expires.');
  }
  if (expires + scheme.leewaySeconds < now) return refuse(401, 'stale_timestamp', 'The token has expired.');
  if (Math.max(issued, from ?? issued) - scheme.leewaySeconds > now) {
    return refuse(401, 'stale_timestamp', 'The token is not valid yet: a clock is wrong.');
  }
  return undefined;
}

function findKey(
  url: string,
  kid: string,
  documents: Documents,
  nowMs: number,
): { readonly key: KeyObject } | NeedsFetch | Refused {
  const document = ownDocument(documents, url);
  if (document === undefined) return { type: 'needsFetch', kind: 'jwks', url };
  if (document.type !== 'found') return documentRefused(document, "the issuer's keys");
  const key = keyFromSet(document.text, kid);
  if (key !== undefined) return { key };
  // Issuers rotate keys: an unknown one may be newer than our copy.
  if (nowMs - document.fetchedMs > REFETCH_AFTER_MS) {
    return { type: 'needsFetch', kind: 'jwks', url, newerThanMs: document.fetchedMs };
  }
  return refuse(401, 'wrong_token', 'The token names a key that its issuer does not have.');
}

function keyFromSet(text: string, kid: string): KeyObject | undefined {
  try {
    const keys = atPath(JSON.parse(text), 'keys');
    const jwk: unknown = Array.isArray(keys) ? keys.find((key) => atPath(key, 'kid') === kid) : undefined;
    if (atPath(jwk, 'kty') !== 'RSA') return undefined;
    const [n, e] = [atPath(jwk, 'n'), atPath(jwk, 'e')];
    if (typeof n !== 'string' || typeof e !== 'string') return undefined;
    return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function signToken(scheme: JwtScheme, config: VerifierConfig, draft: Draft, nowMs: number, keys: SigningKeys): Signed {
  const key = readPrivateKey(keys.privateKey);
  if (key === undefined || keys.keyId === undefined) {
    return { ok: false, reason: 'Only the identity provider can sign this. To try it out, use a key set of your own.' };
  }
  const issued = Math.floor(nowMs / 1000);
  const claims: Record<string, unknown> = {
    iss: fill(scheme.issuers[0] ?? '', config),
    aud: fill(scheme.audience, config),
    iat: issued,
    exp: issued + SAMPLE_LIFETIME_SECONDS,
    jti: createHash('sha256').update(draft.body).digest('hex').slice(0, 16),
  };
  for (const { names: spellings, equals } of scheme.claims) {
    if (spellings[0] !== undefined) claims[spellings[0]] = equals === true ? true : fill(equals, config);
  }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: scheme.algorithm, typ: 'JWT', kid: keys.keyId })}.${encode(claims)}`;
  const signature = signBytes('sha256', Buffer.from(signed), key).toString('base64url');
  return {
    ok: true,
    request: { ...draft, headers: { ...draft.headers, Authorization: `Bearer ${signed}.${signature}` } },
  };
}
