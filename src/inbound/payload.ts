// What of a request is matched and given to workflows (contract 3.2): the body as an object, query parameters on top.
// Headers are no part of it.

import type { Json, JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import { mediaType, parseForm } from './verifiers/request.ts';
import type { RawRequest } from './verifiers/verifier.ts';

/** Lists and objects in one another. Rules and SQL walk payloads recursively; real ones stay below 20. */
export const MAX_PAYLOAD_DEPTH = 200;

export interface ParsedPayload {
  readonly type: 'payload';
  /** The parsed body alone: what names an event is looked up in it. */
  readonly body: Json;
  readonly value: JsonObject;
  /** JSON text of `value`; absent when the body itself is that text. */
  readonly text?: string;
}

export type Payload =
  | ParsedPayload
  /** Nothing that could be matched, such as a picture. */
  | { readonly type: 'opaque' }
  /** It says that it is JSON, and is not. */
  | { readonly type: 'malformed'; readonly reason: string };

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export function payloadOf(request: RawRequest): Payload {
  const media = mediaType(request);
  const text = utf8.decode(request.body);
  const isForm = media === 'application/x-www-form-urlencoded';
  if (text.trim() === '') return assemble({}, request.query, false);
  // A form has its braces percent-encoded; what begins with one is JSON from a client that did not say so, such as curl.
  const body = isForm && !/^\s*[[{]/.test(text) ? undefined : parse(text);
  if (body === undefined && isForm) return assemble(objectOf(parseForm(text)), request.query, false);
  if (body === undefined)
    return isJson(media) ? { type: 'malformed', reason: 'the body is not valid JSON' } : { type: 'opaque' };
  if (!isShallow(body, MAX_PAYLOAD_DEPTH)) return { type: 'malformed', reason: TOO_DEEP };
  return assemble(body, request.query, true);
}

const TOO_DEEP = `the body holds more than ${MAX_PAYLOAD_DEPTH} lists and objects in one another`;

/** The payload of one event out of a request that carries several. */
export const payloadOfPart = (body: Json, query: string): ParsedPayload => assemble(body, query, false);

/** No content type counts as JSON too: most senders that leave it out send JSON. */
const isJson = (media: string): boolean => media === '' || media === 'application/json' || media.endsWith('+json');

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function assemble(body: Json, query: string, isBodyText: boolean): ParsedPayload {
  if (isRecord(body) && query === '')
    return isBodyText
      ? { type: 'payload', body, value: body }
      : { type: 'payload', body, value: body, text: JSON.stringify(body) };
  const object: JsonObject = isRecord(body) ? body : { request: body };
  const value = Object.fromEntries([...Object.entries(object), ...pairsOf(new URLSearchParams(query))]);
  return { type: 'payload', body, value, text: JSON.stringify(value) };
}

const objectOf = (pairs: readonly (readonly [string, string])[]): JsonObject => Object.fromEntries(pairsOf(pairs));

/** A name that comes several times becomes a list. */
function pairsOf(pairs: Iterable<readonly [string, string]>): Iterable<[string, Json]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const list = values.get(name);
    if (list) list.push(value);
    else values.set(name, [value]);
  }
  return [...values].map(([name, list]): [string, Json] => [name, list.length === 1 ? (list[0] ?? '') : list]);
}

/** True when no path into the value is longer than `depth`. Stops there, so that it cannot run out of stack itself. */
function isShallow(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isShallow(item, depth - 1)) return false;
    return true;
  }
  for (const key in value) if (!isShallow((value as JsonObject)[key] ?? null, depth - 1)) return false;
  return true;
}
