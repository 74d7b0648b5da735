// Reading a raw request: headers that must be there once, query and form parameters, JSON bodies, dotted paths.
// Nothing here throws on hostile input, and only own properties are read, so `__proto__` is a name like any other.

import type { RawRequest, Refused } from './verifier.ts';
import { refuse } from './verifier.ts';

/** All values of a header, in order of arrival; empty when it is absent. */
export function headerValues(request: RawRequest, name: string): readonly string[] {
  const key = name.toLowerCase();
  return Object.hasOwn(request.headers, key) ? (request.headers[key] ?? []) : [];
}

/** The one value of a header, or why there is none: 401 when it is missing, 400 when it came twice. */
export function requireHeader(request: RawRequest, name: string): string | Refused {
  const values = headerValues(request, name);
  const value = values[0];
  if (value === undefined) {
    return refuse(
      401,
      'missing_header',
      `The header ${name} is missing. Switch on signing at the sender, and see that no proxy removes the header.`,
    );
  }
  return values.length === 1 ? value : repeated(name, values.length);
}

/** As `requireHeader`, for a header that need not be there. */
export function optionalHeader(request: RawRequest, name: string): string | undefined | Refused {
  const values = headerValues(request, name);
  return values.length > 1 ? repeated(name, values.length) : values[0];
}

function repeated(name: string, count: number): Refused {
  return refuse(400, 'repeated_header', `The header ${name} came ${count} times; exactly one is accepted.`);
}

/** Decoded values of a query parameter, in order. */
export function queryValues(request: RawRequest, name: string): readonly string[] {
  return request.query === '' ? [] : new URLSearchParams(request.query).getAll(name);
}

/** The media type without parameters, lower case; empty when none or several are given. */
export function mediaType(request: RawRequest): string {
  const values = headerValues(request, 'content-type');
  return values.length === 1 ? (values[0] ?? '').split(';', 1)[0]!.trim().toLowerCase() : '';
}

/** Decoded pairs of a form body, in order; undefined when the body is no form. */
export function formPairs(request: RawRequest): readonly (readonly [string, string])[] | undefined {
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return undefined;
  return parseForm(Buffer.from(request.body).toString('utf8'));
}

/** Pairs of `application/x-www-form-urlencoded` text. */
export function parseForm(text: string): readonly (readonly [string, string])[] {
  // A leading '?' would be dropped by URLSearchParams, but it is data in a body.
  return [...new URLSearchParams(text.startsWith('?') ? `&${text}` : text)];
}

/** The body as JSON; undefined when it is not valid UTF-8 or not valid JSON. */
export function jsonBody(request: Pick<RawRequest, 'body'>): { readonly value: unknown } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(request.body);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** What lies at a dotted path, through own properties and array indices; '' is the value itself. */
export function atPath(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path === '' ? [] : path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}

/** As `atPath`, as text: strings, numbers and booleans only. An empty string counts as absent. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = atPath(value, path);
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
