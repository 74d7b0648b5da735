// Recognises callers: the key of the installation, or a token that was given for it (Conductor's SDKs ask for one).
// Compared in constant time, by hash, so that neither the length nor the beginning of a key can be felt.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { KEY_HOLDER, LOCAL, type Principal } from './need.ts';

export interface Gate {
  /** True when there is no key: then everybody who can reach the server may do everything. */
  readonly open: boolean;
  /** Who shows this credential; undefined when it is nobody's or absent. */
  recognise(credential: string | undefined): Principal | undefined;
  /** A token for the holder of `secret` (POST /api/token); undefined when it is wrong. */
  issueToken(secret: string): string | undefined;
}

export interface GateSettings {
  readonly apiKey?: string;
  readonly secretKey?: string;
  readonly now: () => number;
}

/** SDKs ask for a new token after some 45 minutes, or when a call is refused. */
const TOKEN_LIFE_MS = 24 * 60 * 60 * 1000;
const TOKEN_FORM = /^fermata\.(\d{1,16})\.([A-Za-z0-9_-]{43})$/;
/** What an open installation answers: clients want some token, nobody looks at it. */
const OPEN_TOKEN = 'open';

export function createGate({ apiKey, secretKey, now }: GateSettings): Gate {
  if (apiKey === undefined) return { open: true, recognise: () => LOCAL, issueToken: () => OPEN_TOKEN };
  const signingKey = digest(`token:${secretKey ?? ''}:${apiKey}`);
  const keyDigest = digest(apiKey);
  const isKey = (text: string): boolean => timingSafeEqual(digest(text), keyDigest);
  const sign = (expiresAt: string): string => createHmac('sha256', signingKey).update(expiresAt).digest('base64url');

  const isToken = (text: string): boolean => {
    const [, expiresAt = '', signature = ''] = TOKEN_FORM.exec(text) ?? [];
    return expiresAt !== '' && timingSafeEqual(digest(signature), digest(sign(expiresAt))) && now() < Number(expiresAt);
  };

  return {
    open: false,
    recognise: (credential) =>
      credential !== undefined && (isKey(credential) || isToken(credential)) ? KEY_HOLDER : undefined,
    issueToken(secret) {
      if (!isKey(secret)) return undefined;
      const expiresAt = String(now() + TOKEN_LIFE_MS);
      return `fermata.${expiresAt}.${sign(expiresAt)}`;
    },
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
