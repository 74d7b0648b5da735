// HMAC over a text that is put together from the request. Every platform that signs so is data for this file.
// The algorithm, the encoding and the signed text come from the configuration, never from the request.

import { hmacOf } from '../../lib/hmac.ts';
import type { DigestEncoding, HmacAlgorithm, HmacScheme, KeyEncoding, VerifierConfig } from './config.ts';
import { decodeBase64Key, decodeHex, equalSignature } from './encoding.ts';
import { HEADER_NAME } from './header-equality.ts';
import { atPath, headerValues, jsonBody, requireHeader, textAt } from './request.ts';
import { covers, renderTemplate, templateProblem } from './template.ts';
import { checkAge, formatTimestamp, malformedTimestamp, parseTimestamp } from './timestamp.ts';
import type { ConfigProblem, Draft, RawRequest, Refused, SchemeCode, Signed } from './verifier.ts';
import { arrived, noSecret, refuse, verified } from './verifier.ts';

/** More signatures than this in one request are not looked at; rotation needs two, DocuSign allows a hundred keys. */
const MAX_SIGNATURES = 100;

const SIGNATURE_LENGTH: Readonly<Record<HmacAlgorithm, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

interface Candidate {
  readonly text: string;
  readonly algorithm: HmacAlgorithm;
}

interface Found {
  readonly candidates: readonly Candidate[];
  /** Items of a list header that are no signatures: where `t=…` stands. */
  readonly items: readonly string[];
  readonly header: string;
}

export const hmac: SchemeCode<HmacScheme> = {
  verify(scheme, config, request, nowMs) {
    const found = findSignatures(scheme, request);
    if ('type' in found) return found;
    const time = readTime(scheme, request, found);
    if (typeof time !== 'string') return time;
    const template = templateFor(scheme, request.method);
    const body = bodyCoverage(scheme, template, request);
    if (typeof body !== 'string') return body;
    const pieces = renderTemplate(template, request, { timestamp: time, urlDecodes: scheme.urlDecodes });
    if ('type' in pieces) return pieces;
    if (config.secrets.every((secret) => secret.value === '')) return noSecret();
    const fitting = config.secrets.find((secret) => {
      const key = decodeKey(secret.value, scheme.key);
      return key !== undefined && anyFits(key, pieces, found.candidates, scheme.encoding);
    });
    if (fitting === undefined) return mismatch(scheme, config, found.header, request);
    const late = judgeTime(scheme, request, time, nowMs);
    return late ?? verified(body, covers(template, 'query'), fitting.id);
  },
  sign: signHmac,
  check(scheme, config) {
    const problems: ConfigProblem[] = [];
    for (const template of [scheme.template, ...Object.values(scheme.templateByMethod ?? {})]) {
      const problem = templateProblem(template);
      if (problem !== undefined) problems.push({ at: 'scheme.template', message: problem });
      if (covers(template, 'timestamp') && scheme.timestamp?.name === undefined) {
        problems.push({
          at: 'scheme.timestamp.name',
          message: 'The signed text holds {timestamp}: say where it stands.',
        });
      }
    }
    if (!scheme.headers.every((name) => HEADER_NAME.test(name))) {
      problems.push({ at: 'scheme.headers.0', message: 'Name the header that holds the signature.' });
    }
    if (scheme.timestamp?.from === 'header' && !HEADER_NAME.test(scheme.timestamp.name)) {
      problems.push({ at: 'scheme.timestamp.name', message: 'Name the header that holds the time.' });
    }
    return [...problems, ...keyProblems(config, scheme.key)];
  },
};

/** Key bytes of a secret, or undefined when it is not of that form. */
export function decodeKey(secret: string, encoding: KeyEncoding): Uint8Array | undefined {
  if (secret === '') return undefined;
  switch (encoding) {
    case 'text':
      return Buffer.from(secret, 'utf8');
    case 'hex':
      return decodeHex(secret, true);
    case 'base64':
      return decodeBase64Key(secret);
    case 'whsec':
      return decodeBase64Key(secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret);
  }
}

export function keyProblems(config: VerifierConfig, encoding: KeyEncoding): readonly ConfigProblem[] {
  if (config.secrets.length === 0) return [{ at: 'secrets', message: 'A secret is needed.' }];
  return config.secrets.flatMap((secret) => {
    if (secret.value === '') return [{ at: 'secrets', message: 'A secret must not be empty.' }];
    if (secret.value !== secret.value.trim()) {
      return [{ at: 'secrets', message: 'The secret has blanks or a line break around it: copy it again.' }];
    }
    if (decodeKey(secret.value, encoding) !== undefined) return [];
    const form = encoding === 'hex' ? 'hexadecimal' : 'base64';
    return [{ at: 'secrets', message: `The secret is not valid ${form}: copy it exactly as the platform shows it.` }];
  });
}

function templateFor(scheme: HmacScheme, method: string): string {
  const byMethod = scheme.templateByMethod ?? {};
  return (Object.hasOwn(byMethod, method) ? byMethod[method] : undefined) ?? scheme.template;
}

function findSignatures(scheme: HmacScheme, request: RawRequest): Found | Refused {
  if (scheme.layout === 'numbered') return findNumbered(scheme, request);
  const header = scheme.headers.find((name) => headerValues(request, name).length > 0) ?? scheme.headers[0] ?? '';
  const value = requireHeader(request, header);
  if (typeof value !== 'string') return value;
  const items =
    scheme.layout === 'list'
      ? value.split(scheme.separator ?? ',', MAX_SIGNATURES).map((item) => item.trim())
      : [value];
  return collect(scheme, items, header);
}

function findNumbered(scheme: HmacScheme, request: RawRequest): Found | Refused {
  const base = scheme.headers[0] ?? '';
  const items: string[] = [];
  for (let number = 1; number <= MAX_SIGNATURES; number += 1) {
    if (headerValues(request, `${base}-${number}`).length === 0) break;
    const value = requireHeader(request, `${base}-${number}`);
    if (typeof value !== 'string') return value;
    items.push(value);
  }
  if (items.length === 0) {
    const missing = requireHeader(request, `${base}-1`);
    if (typeof missing !== 'string') return missing;
  }
  return collect(scheme, items, `${base}-1`);
}

function collect(scheme: HmacScheme, items: readonly string[], header: string): Found | Refused {
  const candidates = items.flatMap((item): Candidate[] => {
    const prefix = scheme.prefixes.find((known) => item.startsWith(known));
    if (prefix === undefined) return [];
    const byPrefix = scheme.algorithmByPrefix ?? {};
    const algorithm = (Object.hasOwn(byPrefix, prefix) ? byPrefix[prefix] : undefined) ?? scheme.algorithm;
    const text = item.slice(prefix.length);
    return [{ text: scheme.encoding === 'base64url' ? unpadded(text) : text, algorithm }];
  });
  const plausible = candidates.filter((candidate) => hasForm(candidate, scheme.encoding));
  if (plausible.length > 0) return { candidates: plausible, items, header };
  const first = candidates[0]?.algorithm ?? scheme.algorithm;
  const wanted = scheme.prefixes.filter((prefix) => prefix !== '').map((prefix) => `${prefix}…`);
  const form = `${SIGNATURE_LENGTH[first]} bytes in ${scheme.encoding === 'hex' ? 'lower-case hex' : scheme.encoding}`;
  const after = wanted.length > 0 ? ` as ${wanted.join(' or ')}` : '';
  return refuse(
    401,
    'malformed_signature',
    `The header ${header} holds no signature of the expected form: ${form}${after}.`,
  );
}

/** Padding is a matter of taste in base64url (RFC 4648, 3.2): Python's library writes it, JWTs leave it out. */
const unpadded = (text: string): string => (text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text);

function hasForm(candidate: Candidate, encoding: DigestEncoding): boolean {
  const bytes = Buffer.from(candidate.text, encoding);
  return bytes.length === SIGNATURE_LENGTH[candidate.algorithm] && bytes.toString(encoding) === candidate.text;
}

/** The text of the signed time; '' when none is needed before the proof. */
function readTime(scheme: HmacScheme, request: RawRequest, found: Found): string | Refused {
  const rule = scheme.timestamp;
  if (rule === undefined || rule.from === 'body') return '';
  if (rule.from === 'header') {
    const text = requireHeader(request, rule.name);
    if (typeof text !== 'string') return text;
    return parseTimestamp(text, rule) === undefined ? malformedTimestamp(`the header ${rule.name}`, rule) : text;
  }
  const times = found.items.filter((item) => item.startsWith(rule.name));
  const text = (times[0] ?? '').slice(rule.name.length);
  // Of several times the official Stripe library takes the last one; two are no sender's habit, so none is taken.
  if (times.length !== 1 || parseTimestamp(text, rule) === undefined) {
    return malformedTimestamp(`${rule.name}… of the header ${found.header}`, rule);
  }
  return text;
}

/** After the proof: is the time near enough, also where it stands in the signed body. */
function judgeTime(scheme: HmacScheme, request: RawRequest, time: string, nowMs: number): Refused | undefined {
  const rule = scheme.timestamp;
  if (rule === undefined) return undefined;
  const where = rule.from === 'body' ? `the field ${rule.name} of the body` : 'the signed request';
  const text = rule.from === 'body' ? (textAt(jsonBody(request)?.value, rule.name) ?? '') : time;
  const timeMs = parseTimestamp(text, rule);
  return timeMs === undefined ? malformedTimestamp(where, rule) : checkAge(timeMs, rule.toleranceSeconds, nowMs, where);
}

function bodyCoverage(scheme: HmacScheme, template: string, request: RawRequest): 'body' | 'sender' | Refused {
  if (covers(template, 'body') || request.body.length === 0) return 'body';
  // Designer Cloud signs only the URL of GET and DELETE: a body put under such a request would be anybody's.
  if (covers(scheme.template, 'body')) {
    return refuse(
      401,
      'body_not_signed',
      `A ${request.method} request is signed without its body, so it must not have one.`,
    );
  }
  return 'sender';
}

function anyFits(
  key: Uint8Array,
  pieces: readonly (string | Uint8Array)[],
  candidates: readonly Candidate[],
  encoding: DigestEncoding,
): boolean {
  const digests = new Map<HmacAlgorithm, string>();
  return candidates.some((candidate) => {
    const known = digests.get(candidate.algorithm);
    const expected = known ?? digest(candidate.algorithm, key, pieces, encoding);
    digests.set(candidate.algorithm, expected);
    return equalSignature(candidate.text, expected);
  });
}

function digest(
  algorithm: HmacAlgorithm,
  key: Uint8Array,
  pieces: readonly (string | Uint8Array)[],
  encoding: DigestEncoding,
): string {
  const mac = hmacOf(algorithm, key);
  for (const piece of pieces) mac.update(piece);
  return mac.digest(encoding);
}

function mismatch(scheme: HmacScheme, config: VerifierConfig, header: string, request: RawRequest): Refused {
  const secrets = config.secrets.length === 1 ? 'the secret' : `any of the ${config.secrets.length} secrets`;
  const url = covers(templateFor(scheme, request.method), 'query')
    ? ' The sender also signs the URL: the public URL of this server must be exactly the one entered there.'
    : '';
  return refuse(
    401,
    'wrong_signature',
    `The signature in ${header} does not fit the request with ${secrets}. Usual causes: another secret than the sender's, or a proxy that changes the body.${url}`,
  );
}

function signHmac(scheme: HmacScheme, config: VerifierConfig, draft: Draft, nowMs: number): Signed {
  const key = decodeKey(config.secrets[0]?.value ?? '', scheme.key);
  if (key === undefined) return { ok: false, reason: noSecret().reason };
  const rule = scheme.timestamp;
  const time = rule === undefined ? '' : formatTimestamp(nowMs, rule);
  const headers: Record<string, string> = { ...draft.headers };
  if (rule?.from === 'header') headers[rule.name] = time;
  const body = rule?.from === 'body' ? withTime(draft.body, rule.name, time) : draft.body;
  const stamped = { ...draft, headers, body };
  const request = arrived(stamped);
  const template = templateFor(scheme, draft.method);
  const pieces = renderTemplate(template, request, { timestamp: time, urlDecodes: scheme.urlDecodes });
  if ('type' in pieces) return { ok: false, reason: pieces.reason };
  const prefix = scheme.prefixes[0] ?? '';
  const byPrefix = scheme.algorithmByPrefix ?? {};
  const algorithm = (Object.hasOwn(byPrefix, prefix) ? byPrefix[prefix] : undefined) ?? scheme.algorithm;
  const item = `${prefix}${digest(algorithm, key, pieces, scheme.encoding)}`;
  const name = scheme.layout === 'numbered' ? `${scheme.headers[0]}-1` : (scheme.headers[0] ?? '');
  headers[name] = rule?.from === 'signature' ? `${rule.name}${time}${scheme.separator ?? ','}${item}` : item;
  return { ok: true, request: stamped };
}

/** A JSON object body with its signed time set to now, so that a sample is fresh; other bodies stay. */
function withTime(body: Uint8Array, path: string, time: string): Uint8Array {
  const parsed: unknown = jsonBody(arrived({ method: 'POST', publicUrl: '', headers: {}, body }))?.value;
  if (typeof parsed !== 'object' || parsed === null || atPath(parsed, path) === undefined) return body;
  return Buffer.from(JSON.stringify({ ...parsed, [path]: Number(time) }));
}
