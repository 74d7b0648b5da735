// Twilio: HMAC-SHA1 over the URL as the sender was given it, followed by the form's keys and values, sorted by key.
// Source: Twilio's security documentation; the URL spellings that are tried are those of the official Node library.

import { createHash, createHmac } from 'node:crypto';
import { BASIC_CHALLENGE, readCredentials } from './basic.ts';
import type { TwilioScheme } from './config.ts';
import { decodeBase64, decodeHex, equalSignature } from './encoding.ts';
import { keyProblems } from './hmac.ts';
import { formPairs, optionalHeader, parseForm, requireHeader } from './request.ts';
import type { Draft, RawRequest, Refused, SchemeCode } from './verifier.ts';
import { arrived, noSecret, refuse, verified } from './verifier.ts';

const HEADER = 'X-Twilio-Signature';
const BODY_HASH = 'bodySHA256';
const SHA1_BYTES = 20;
/** Keys in one form; Twilio sends a few dozen. Bounds the sorting of what anybody may post. */
const MAX_FORM_PAIRS = 10_000;

export const twilio: SchemeCode<TwilioScheme> = {
  verify(_scheme, config, request) {
    const signature = requireHeader(request, HEADER);
    if (typeof signature !== 'string') return signature;
    if (decodeBase64(signature)?.length !== SHA1_BYTES) {
      return refuse(401, 'malformed_signature', `The header ${HEADER} is not ${SHA1_BYTES} bytes in base64.`);
    }
    const form = signedForm(request);
    if (typeof form !== 'string') return form;
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    const urls = candidateUrls(request);
    const fitting = config.secrets.find(
      ({ value }) => value !== '' && urls.some((url) => equalSignature(signature, mac(value, url, form))),
    );
    if (fitting !== undefined) return verified('body', true, fitting.id);
    // Twilio sends the credentials of a URL only after it was asked for them with a 401.
    return refuse(
      401,
      'wrong_signature',
      `The signature in ${HEADER} does not fit the request. Usual causes: the auth token of another (sub-)account, or a public URL that differs from the one entered at Twilio (scheme, host, port, path, query).`,
      BASIC_CHALLENGE,
    );
  },
  sign(_scheme, config, draft) {
    const token = config.secrets[0]?.value ?? '';
    const prepared = withBodyHash(draft);
    const form = signedForm(arrived(prepared));
    if (typeof form !== 'string') return { ok: false, reason: form.reason };
    const headers = { ...prepared.headers, [HEADER]: mac(token, prepared.publicUrl, form) };
    return { ok: true, request: { ...prepared, headers } };
  },
  check: (_scheme, config) => keyProblems(config, 'text'),
};

function mac(token: string, url: string, form: string): string {
  return createHmac('sha1', token).update(url).update(form).digest('base64');
}

/** What follows the URL in the signed text; refused when the body would not be covered by anything. */
function signedForm(request: RawRequest): string | Refused {
  const hashes = new URLSearchParams(request.query).getAll(BODY_HASH);
  if (hashes.length > 0) {
    const expected = createHash('sha256').update(request.body).digest('hex');
    const given = hashes[0] ?? '';
    if (hashes.length === 1 && decodeHex(given) !== undefined && equalSignature(given, expected)) return '';
    return refuse(401, 'wrong_signature', `The query parameter ${BODY_HASH} is not the SHA-256 of the body.`);
  }
  if (request.body.length === 0) return '';
  const pairs = formPairs(request);
  if (pairs === undefined) {
    return refuse(
      401,
      'body_not_signed',
      `Twilio signs a form, or else names the hash of the body as ${BODY_HASH} in the URL; this body is neither.`,
    );
  }
  if (pairs.length > MAX_FORM_PAIRS)
    return refuse(400, 'malformed_body', `The form has more than ${MAX_FORM_PAIRS} fields.`);
  return sortedForm(pairs);
}

function sortedForm(pairs: readonly (readonly [string, string])[]): string {
  const values = new Map<string, Set<string>>();
  for (const [key, value] of pairs) {
    const known = values.get(key) ?? new Set();
    values.set(key, known.add(value));
  }
  const keys = [...values.keys()].sort(byCodeUnit);
  return keys
    .map((key) =>
      [...(values.get(key) ?? [])]
        .sort(byCodeUnit)
        .map((value) => key + value)
        .join(''),
    )
    .join('');
}

function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The spellings under which Twilio may have signed this address, most likely first, each once. */
function candidateUrls(request: RawRequest): readonly string[] {
  const spellings = [request.publicUrl, normalised(request.publicUrl), requoted(request.publicUrl)];
  const known = spellings.filter((url) => url !== undefined);
  const ports = known.flatMap((url) => [url, withoutPort(url), withDefaultPort(url)]);
  const header = optionalHeader(request, 'Authorization');
  const user = typeof header === 'string' ? readCredentials(header) : undefined;
  // The URL is signed as it was entered, where letters with a meaning of their own stand as escapes.
  const spelled = user === undefined ? [] : [user, escaped(user)];
  const users = spelled.flatMap((one) => ports.map((url) => withUser(url, one)));
  return [...new Set([...ports, ...users])];
}

function normalised(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).href : undefined;
}

/** The query decoded and written again, as older receivers did: `%20` for a blank, values of a key side by side. */
function requoted(url: string): string | undefined {
  const mark = url.indexOf('?');
  if (mark < 0 || !url.isWellFormed()) return undefined;
  const values = new Map<string, string[]>();
  for (const [key, value] of parseForm(url.slice(mark + 1))) {
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  const pairs = [...values].flatMap(([key, list]) => list.map((value) => `${quote(key)}=${quote(value)}`));
  return `${url.slice(0, mark)}?${pairs.join('&')}`;
}

function quote(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Scheme and user info, host, port with its colon, the rest. Host names and bracketed addresses, nothing else. */
const AUTHORITY = /^(https?:\/\/(?:[^/?#@]*@)?)(\[[0-9A-Fa-f:.]*\]|[^/?#@:[\]]*)(:\d{1,5})?(.*)$/s;

function withoutPort(url: string): string {
  return url.replace(AUTHORITY, (_all, start: string, host: string, _port, rest: string) => start + host + rest);
}

function withDefaultPort(url: string): string {
  const port = url.startsWith('http:') ? ':80' : ':443';
  return url.replace(AUTHORITY, (_all, start: string, host: string, given: string | undefined, rest: string) =>
    given === undefined ? start + host + port + rest : url,
  );
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

const escaped = ({ user, password }: Credentials): Credentials => ({ user: quote(user), password: quote(password) });

function withUser(url: string, user: Credentials): string {
  const after = url.indexOf('://') + 3;
  const authority = url.slice(after).split(/[/?#]/, 1)[0] ?? '';
  return authority.includes('@') ? url : `${url.slice(0, after)}${user.user}:${user.password}@${url.slice(after)}`;
}

/** A body that is no form is announced by its hash in the URL. */
function withBodyHash(draft: Draft): Draft {
  if (draft.body.length === 0 || formPairs(arrived(draft)) !== undefined) return draft;
  const hash = createHash('sha256').update(draft.body).digest('hex');
  const mark = draft.publicUrl.includes('?') ? '&' : '?';
  return { ...draft, publicUrl: `${draft.publicUrl}${mark}${BODY_HASH}=${hash}` };
}
