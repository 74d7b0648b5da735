// HTTP Basic authentication, RFC 7617: scheme name in any case, split at the first colon, UTF-8.
// A refusal carries WWW-Authenticate, since some senders (Twilio) only then send their credentials.

import type { BasicScheme } from './config.ts';
import { decodeBase64, equalText } from './encoding.ts';
import { keyProblems } from './hmac.ts';
import { optionalHeader } from './request.ts';
import type { RefusalCode, Refused, SchemeCode } from './verifier.ts';
import { noSecret, refuse, verified } from './verifier.ts';

export const BASIC_CHALLENGE = { 'WWW-Authenticate': 'Basic realm="webhook", charset="UTF-8"' } as const;
const SCHEME_NAME = /^basic +/i;

export const basic: SchemeCode<BasicScheme> = {
  verify(_scheme, config, request) {
    const header = optionalHeader(request, 'Authorization');
    if (typeof header === 'object') return header;
    if (header === undefined)
      return unauthorized('missing_credential', 'No user name and password came with the request.');
    const given = readCredentials(header);
    if (given === undefined) {
      return unauthorized('wrong_credential', 'The header Authorization does not hold Basic credentials in base64.');
    }
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    const userFits = equalText(given.user, config.values.username ?? '');
    const fitting = config.secrets.find((secret) => secret.value !== '' && equalText(given.password, secret.value));
    if (!userFits || fitting === undefined) return unauthorized('wrong_credential', 'User name or password is wrong.');
    return verified('sender', false, fitting.id);
  },
  sign(_scheme, config, draft) {
    const pair = `${config.values.username ?? ''}:${config.secrets[0]?.value ?? ''}`;
    const authorization = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
    return { ok: true, request: { ...draft, headers: { ...draft.headers, Authorization: authorization } } };
  },
  check(_scheme, config) {
    const colon = config.values.username?.includes(':')
      ? [{ at: 'values.username', message: 'A user name must not hold a colon (RFC 7617).' }]
      : [];
    return [...colon, ...keyProblems(config, 'text')];
  },
};

/** User and password of an Authorization header; undefined when it is no strict Basic one. */
export function readCredentials(header: string): { readonly user: string; readonly password: string } | undefined {
  const name = SCHEME_NAME.exec(header)?.[0];
  const bytes = name === undefined ? undefined : decodeBase64(header.slice(name.length));
  const text = bytes?.toString('utf8') ?? '';
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function unauthorized(code: RefusalCode, reason: string): Refused {
  return refuse(401, code, reason, BASIC_CHALLENGE);
}
