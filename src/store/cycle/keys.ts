// Hashes that rows are found by: 16 bytes of SHA-256 (a collision needs about 2^64 of them).

import { hash } from 'node:crypto';

const BYTES = 16;

/** Key of a text of any length: a match text, a definition. */
export const hashKey = (text: string): Uint8Array => hash('sha256', text, 'buffer').subarray(0, BYTES);

const PLACE_BYTES = 4;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Longer values differ early or are alike. */
const PLACE_CHARS = 64;

/**
 * Key of a match text. Before its hash stands where it lies: a sum of the longest value, which is the same in all shapes
 * that look at it. So what one event leaves for 200 shapes lies on a few pages beside each other, not on 200.
 */
export function matchKey(text: string, values: readonly string[]): Uint8Array {
  const key = Buffer.allocUnsafe(PLACE_BYTES + BYTES);
  key.writeUInt32BE(placeOf(values), 0);
  key.set(hashKey(text), PLACE_BYTES);
  return key;
}

/** FNV-1a. It decides nothing but the order of rows, so it need not be hard to forge. */
function placeOf(values: readonly string[]): number {
  let longest = '';
  for (const value of values)
    if (value.length > longest.length || (value.length === longest.length && value > longest)) longest = value;
  let sum = FNV_OFFSET;
  for (let i = 0; i < longest.length && i < PLACE_CHARS; i += 1)
    sum = Math.imul(sum ^ longest.charCodeAt(i), FNV_PRIME);
  return sum >>> 0;
}

/** A hash key as a text, for maps in memory. */
export const keyText = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');

/**
 * Id of the execution that an event starts: the same however often the event is routed, so the unique index on ids
 * keeps it from starting twice. Shaped like a UUIDv7 of the moment of receipt, so that ids keep growing with time.
 */
export function startId(eventId: string, receivedAt: number, name: string, version: number): string {
  const digest = hash('sha256', `${eventId.length}:${eventId}${version}:${name}`, 'hex');
  const time = Math.max(0, Math.floor(receivedAt)).toString(16).padStart(12, '0').slice(-12);
  const variant = ((Number.parseInt(digest[3] as string, 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}
