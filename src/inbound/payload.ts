// What of a request is matched and given to workflows (contract 3.2): the body as an object, query parameters on top.
// JSON, forms, XML, parts with files, texts, and any other bytes: docs/guides/webhook-formats.md shows each.

import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Json, JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import { type Part, readParts } from './multipart.ts';
import type { Unpacked } from './unpack.ts';
import { headerValues, mediaType, parseForm } from './verifiers/request.ts';
import type { RawRequest } from './verifiers/verifier.ts';
import { readXml, xmlCharset } from './xml.ts';

/** Lists and objects in one another. Rules and SQL walk payloads recursively; real ones stay below 20. */
const MAX_PAYLOAD_DEPTH = 200;

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
  /** It says what it is, and is not. */
  | { readonly type: 'malformed'; readonly reason: string; readonly status?: 415 };

export interface PayloadSource {
  readonly request: RawRequest;
  readonly unpacked: Extract<Unpacked, { ok: true }>;
  /** The query without credentials. */
  readonly query: string;
  /** Where file `n` of the event can be fetched. */
  readonly linkTo: (n: number) => string;
}

/** Plain JSON is read at once, since most events are that; forms with files take a moment. */
export function payloadOf(source: PayloadSource): Payload | Promise<Payload> {
  const { request, unpacked, query } = source;
  const media = mediaType(request);
  const { body } = unpacked;
  if (media === 'multipart/form-data') return multipartPayload(source);
  if (media === 'application/x-www-form-urlencoded') return checked(formOf(body, charsetOf(request)), query);
  if (body.length === 0) return assemble({}, query, false);
  const named = charsetOf(request);
  const charset = isJson(media) ? jsonCharset(body, named) : (named ?? (isXml(media) ? xmlCharset(body) : 'utf-8'));
  const text = isBinary(media, body) ? undefined : textOf(body, charset);
  if (text === undefined) return assemble(describe(source, 0, { type: media, name: '' }, body), query, false);
  if (text.trim() === '') return assemble({}, query, false);
  if (isXml(media)) {
    const xml = readXml(text);
    return xml.ok ? checked(xml.value, query) : { type: 'malformed', reason: xml.reason };
  }
  const json = parse(text);
  if (json === undefined && (media === '' ? /^\s*[[{]/.test(text) : isJson(media)))
    return { type: 'malformed', reason: 'the body is not valid JSON' };
  // A text of its own is not a number because it happens to look like one.
  const isData = json !== undefined && (isJson(media) || typeof json === 'object');
  if (!isData) return assemble(text, query, false);
  return checked(json, query, !unpacked.wasPacked && charset === 'utf-8' && body[0] !== BYTE_ORDER_MARK);
}

/** First byte of the mark in UTF-8; no JSON begins with it. */
const BYTE_ORDER_MARK = 0xef;

/** The payload of one event out of a request that carries several. */
export const payloadOfPart = (body: Json, query: string): ParsedPayload => assemble(body, query, false);

/** No content type counts as JSON too: most senders that leave it out send JSON. */
const isJson = (media: string): boolean => media === '' || media === 'application/json' || media.endsWith('+json');
const isXml = (media: string): boolean => media === 'application/xml' || media === 'text/xml' || media.endsWith('+xml');

const TEXT_TYPES = /^(text\/|application\/(json|xml|javascript|graphql|yaml|x-ndjson|x-yaml))|\+(json|xml|yaml)$/;

/**
 * Bytes that no text has: those of another type, unless they read as JSON, which some senders send as anything; and those of
 * no type that are no UTF-8.
 */
function isBinary(media: string, body: Uint8Array): boolean {
  if (media === '') return !isUtf8(body) || body.includes(0);
  if (TEXT_TYPES.test(media)) return false;
  const first = body.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return (first !== 0x7b && first !== 0x5b) || parse(textOf(body, 'utf-8') ?? '') === undefined;
}

const CHARSET = /;\s*charset\s*=\s*"?([\w:.-]{1,40})"?/i;

const charsetOf = (request: RawRequest): string | undefined =>
  CHARSET.exec(headerValues(request, 'content-type')[0] ?? '')?.[1]?.toLowerCase();

/** JSON is UTF-8 (RFC 8259, 8.1); what a sender names counts only where the bytes are none. */
const jsonCharset = (body: Uint8Array, named: string | undefined): string =>
  named === undefined || named === 'utf-8' || (isUtf8(body) && !body.includes(0)) ? 'utf-8' : named;

/** Undefined for a charset that nobody knows. A byte order mark is no part of the text. */
function textOf(body: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return undefined;
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** curl says form when nobody tells it otherwise: a JSON object is taken as what it is. */
function formOf(body: Uint8Array, charset: string | undefined): Json {
  const text = textOf(body, 'utf-8') ?? '';
  const json = text.startsWith('{') ? parse(text) : undefined;
  return isRecord(json) ? json : unwrapped(objectOf(pairsOf(text, body, charset)));
}

/** What is percent-encoded in a form are bytes of the charset that it names (PayPal's notifications: windows-1252). */
function pairsOf(text: string, body: Uint8Array, charset: string | undefined): readonly (readonly [string, string])[] {
  if (charset === undefined || charset === 'utf-8' || textOf(body, charset) === undefined) return parseForm(text);
  // One character for each byte, until the bytes are whole again.
  const bytes = (part: string): Buffer =>
    Buffer.from(
      part
        .replaceAll('+', ' ')
        .replaceAll(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
  const plain = (part: string): string => textOf(bytes(part), charset) ?? '';
  return Buffer.from(body)
    .toString('latin1')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const at = pair.indexOf('=');
      return at < 0 ? [plain(pair), ''] : [plain(pair.slice(0, at)), plain(pair.slice(at + 1))];
    });
}

/** `payload={…}` alone in a form is how GitHub and Slack send JSON in one. */
function unwrapped(form: JsonObject): Json {
  const { payload } = form;
  if (typeof payload !== 'string' || Object.keys(form).length !== 1) return form;
  const inner = parse(payload);
  return isRecord(inner) ? inner : form;
}

function checked(body: Json, query: string, isBodyText = false): Payload {
  if (isShallow(body, MAX_PAYLOAD_DEPTH)) return assemble(body, query, isBodyText);
  const reason = `the body holds more than ${MAX_PAYLOAD_DEPTH} lists and objects in one another`;
  return { type: 'malformed', reason };
}

/** What a workflow sees of a file; the bytes stay with the event. */
function describe(
  { linkTo }: PayloadSource,
  n: number,
  { name, type }: { readonly name: string; readonly type: string },
  body: Uint8Array,
): JsonObject {
  return {
    name,
    type: type === '' ? 'application/octet-stream' : type,
    size: body.length,
    sha256: hash('sha256', body, 'hex'),
    link: linkTo(n),
  };
}

async function multipartPayload(source: PayloadSource): Promise<Payload> {
  const { request, unpacked, query } = source;
  const read = await readParts(request, unpacked.body);
  if (!read.ok) return { type: 'malformed', reason: read.reason };
  let files = 0;
  const members = read.parts.map((part): readonly [string, Json] => [
    part.field,
    part.file ? describe(source, files++, part.file, part.body) : textOfPart(part),
  ]);
  return checked(Object.fromEntries(grouped(members)), query);
}

const textOfPart = ({ body }: Part): string => Buffer.from(body).toString('utf8');

function assemble(body: Json, query: string, isBodyText: boolean): ParsedPayload {
  if (isRecord(body) && query === '')
    return isBodyText
      ? { type: 'payload', body, value: body }
      : { type: 'payload', body, value: body, text: JSON.stringify(body) };
  const object: JsonObject = isRecord(body) ? body : { request: body };
  const value = Object.fromEntries([...Object.entries(object), ...grouped(new URLSearchParams(query))]);
  return { type: 'payload', body, value, text: JSON.stringify(value) };
}

const objectOf = (pairs: readonly (readonly [string, string])[]): JsonObject => Object.fromEntries(grouped(pairs));

/** A name that comes several times becomes a list. */
function grouped(pairs: Iterable<readonly [string, Json]>): Iterable<[string, Json]> {
  const values = new Map<string, Json[]>();
  for (const [name, value] of pairs) {
    const list = values.get(name);
    if (list) list.push(value);
    else values.set(name, [value]);
  }
  return [...values].map(([name, list]): [string, Json] => [name, list.length === 1 ? (list[0] ?? null) : list]);
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
