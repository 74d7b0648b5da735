// How a request is cut into events and how each event is named: the key for duplicates and the type.
// The caller hands in the parsed payload, so that bodies are parsed once, however they were written.

import type { Identity, IdentityPart, VerifierConfig } from './config.ts';
import { atPath, headerValues, queryValues, textAt } from './request.ts';
import type { RawRequest } from './verifier.ts';

/** More events than this in one request are handed on as one event: Meta sends up to 1000, Event Grid 5000. */
const MAX_EVENTS = 10_000;
/** Longer ids are cut off from dedup: an index entry should stay small. */
const MAX_KEY_LENGTH = 512;

export interface InboundEvent {
  /** The event alone. */
  readonly payload: unknown;
  /** The whole payload as if this event had come alone: the array around it has one item. Equals `payload` without a batch. */
  readonly envelope: unknown;
  readonly dedupeKey?: string;
  readonly eventType?: string;
  /** Whether the proof covers `dedupeKey`; if not, a replay under another id is told only by comparing contents. */
  readonly idSigned: boolean;
}

/**
 * The events of one verified request, in order, at least one.
 *
 * @param payload the parsed body (JSON value, form as an object, …); undefined for none
 * @param split false keeps several events in one
 */
export function eventsOf(
  config: VerifierConfig,
  request: RawRequest,
  payload: unknown,
  split = true,
): readonly InboundEvent[] {
  const items = split && config.batch !== undefined ? atPath(payload, config.batch) : undefined;
  if (config.batch === undefined || !Array.isArray(items) || items.length === 0 || items.length > MAX_EVENTS) {
    return [name(config.identity, request, payload, payload)];
  }
  return items.map((item) => name(config.identity, request, item, alone(payload, config.batch ?? '', item)));
}

function name(identity: Identity, request: RawRequest, payload: unknown, envelope: unknown): InboundEvent {
  const dedupeKey = firstComplete(identity.dedupe, request, payload, asKey);
  const eventType = firstComplete(identity.eventType, request, payload, (parts) => parts.join('.'));
  return {
    payload,
    envelope,
    idSigned: identity.idSigned,
    ...(dedupeKey !== undefined && { dedupeKey }),
    ...(eventType !== undefined && { eventType }),
  };
}

function firstComplete(
  alternatives: readonly (readonly IdentityPart[])[],
  request: RawRequest,
  payload: unknown,
  join: (parts: readonly string[]) => string,
): string | undefined {
  for (const parts of alternatives) {
    const texts = parts.map((part) => readPart(part, request, payload)).filter((text) => text !== undefined);
    if (texts.length > 0 && texts.length === parts.length) {
      const key = join(texts);
      return key.length <= MAX_KEY_LENGTH ? key : undefined;
    }
  }
  return undefined;
}

/** Several parts are kept apart, or `a.b` + `c` would be taken for `a` + `b.c`. */
function asKey(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : JSON.stringify(parts);
}

function readPart(part: IdentityPart, request: RawRequest, payload: unknown): string | undefined {
  if ('body' in part) return textAt(payload, part.body);
  const values = 'header' in part ? headerValues(request, part.header) : queryValues(request, part.query);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

/** The payload with the array at `path` reduced to one item; objects on the way are copied, nothing is changed in place. */
function alone(payload: unknown, path: string, item: unknown): unknown {
  if (path === '') return [item];
  const [step, ...rest] = path.split('.');
  if (step === undefined || typeof payload !== 'object' || payload === null) return payload;
  const inner: unknown = (payload as Record<string, unknown>)[step];
  return { ...payload, [step]: alone(inner, rest.join('.'), item) };
}
