// A received event as paths, conditions and workflows see it.

import type { Json, JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import { bytesText } from './rows/text.ts';
import type { NewEvent } from './store.ts';

/**
 * What paths and conditions see: the payload, and beside it `$headers` and `$query`, each name with its first value.
 * These two are read only when a path asks for them, and no wildcard finds them.
 */
export function documentOf(event: Pick<NewEvent, 'payload' | 'body' | 'headers' | 'url'>): JsonObject | undefined {
  const payload = payloadOf(event);
  return payload && withRequest(payload, event);
}

export function withRequest(payload: JsonObject, { headers, url }: Pick<NewEvent, 'headers' | 'url'>): JsonObject {
  const lazily = (read: () => Json): PropertyDescriptor => ({ get: read, enumerable: false });
  return Object.defineProperties(
    { ...payload },
    {
      $headers: lazily(() => firsts(Object.entries(JSON.parse(headers) as Record<string, string[]>))),
      $query: lazily(() => firsts([...new URLSearchParams(queryOf(url))].map(([k, v]) => [k, [v]]))),
    },
  ) as JsonObject;
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

/** The first value of each name. */
function firsts(lists: readonly (readonly [string, readonly string[]])[]): JsonObject {
  const values = new Map<string, string>();
  for (const [name, [value]] of lists) if (value !== undefined && !values.has(name)) values.set(name, value);
  return Object.fromEntries(values);
}

const parsed = new WeakMap<object, JsonObject | false>();

/** The payload as an object, parsed once while the event is in memory; undefined when it is none, and then it matches nothing. */
export function payloadOf(event: Pick<NewEvent, 'payload' | 'body'>): JsonObject | undefined {
  let payload = parsed.get(event);
  if (payload === undefined) {
    payload = parseRecord(event.payload ?? bytesText(event.body)) ?? false;
    parsed.set(event, payload);
  }
  return payload || undefined;
}

function parseRecord(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
