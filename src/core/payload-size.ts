// How large a payload is as JSON text, in bytes, and what is said of one that is too large (contract 5.4).

import type { Json, JsonObject } from './json.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

/** The reason why a payload is refused; undefined when it is not. */
export const oversize = (what: string, value: JsonObject): string | undefined =>
  isLarger(value, MAX_PAYLOAD_BYTES)
    ? `the ${what} is larger than ${MAX_PAYLOAD_BYTES} bytes as JSON, the most that one may have`
    : undefined;

/** Most payloads are small: only one that might be too large has its characters counted. */
export function isLarger(value: Json, limit: number): boolean {
  return sizeUpTo(value, limit, atMost) > limit && sizeUpTo(value, limit, exactly) > limit;
}

/** Bytes as JSON; past the limit the counting stops somewhere. */
export const bytesOf = (value: Json): number => sizeUpTo(value, Number.POSITIVE_INFINITY, exactly);

function sizeUpTo(value: Json, limit: number, sizeOf: (text: string) => number): number {
  let size = 0;
  // A list of what is still to be counted instead of a recursion: payloads may be nested thousands of times.
  const left: Json[] = [value];
  while (left.length > 0 && size <= limit) {
    const next = left.pop() as Json;
    if (typeof next === 'string') size += sizeOf(next);
    else if (Array.isArray(next)) {
      size += Math.max(next.length + 1, BRACKETS);
      for (const one of next) left.push(one);
    } else if (typeof next === 'object' && next !== null) {
      const entries = Object.entries(next);
      size += Math.max(1 + 2 * entries.length, BRACKETS);
      for (const [name, one] of entries) {
        size += sizeOf(name);
        left.push(one);
      }
    } else size += String(next).length;
  }
  return size;
}

/** A pair of them with nothing between. */
const BRACKETS = 2;

/** A character takes six bytes at most: `\u001f`. */
const atMost = (text: string): number => 6 * text.length + 2;

function exactly(text: string): number {
  let size = 2;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22 || code === 0x5c) size += 2;
    else if (code < 0x20) size += SHORT_ESCAPES.has(code) ? 2 : 6;
    else if (code < 0x80) size += 1;
    else if (code < 0x800) size += 2;
    else if (code < 0xd800 || code > 0xdfff) size += 3;
    else {
      const isPair = code < 0xdc00 && isLowHalf(text.charCodeAt(i + 1));
      size += isPair ? 4 : 6;
      if (isPair) i++;
    }
  }
  return size;
}

const SHORT_ESCAPES: ReadonlySet<number> = new Set([8, 9, 10, 12, 13]);
const isLowHalf = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
