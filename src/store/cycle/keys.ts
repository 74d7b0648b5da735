// Hashes that rows are found by: 16 bytes of SHA-256 (a collision needs about 2^64 of them).

import { hash } from 'node:crypto';

const BYTES = 16;

/** Key of a text of any length: a match text, a definition. */
export const hashKey = (text: string): Uint8Array => hash('sha256', text, 'buffer').subarray(0, BYTES);

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
