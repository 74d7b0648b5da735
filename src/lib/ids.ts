// The only place that is random: ids and jitter. Seeded by whoever creates it, so that a simulation repeats itself.
// Ids that are stored in order are UUIDs of version 7 (RFC 9562, section 5.7): they grow with time, so indexes grow at their end.

import { randomFillSync } from 'node:crypto';

export interface Ids {
  /** Version 7: sorted by time, and strictly growing within one instance. */
  next(): string;
  /** Version 4: 122 random bits, for what must not be guessed. */
  secret(): string;
  /** In [0, 1). */
  random(): number;
}

export type FillRandom = (bytes: Uint8Array) => void;

/** Random bytes are drawn in stock: one call of the system per id would cost more than the id itself. */
const STOCK_BYTES = 4_096;
const UUID_BYTES = 16;
/** Counter of version 7 within one millisecond: 12 bits (RFC 9562, section 6.2, method 1). */
const COUNTER_LIMIT = 0x1000;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function createIds(now: () => number, fill: FillRandom = (bytes) => void randomFillSync(bytes)): Ids {
  const stock = new Uint8Array(STOCK_BYTES);
  let used = STOCK_BYTES;
  let lastMs = 0;
  let counter = 0;

  const take = (): number => {
    if (used + UUID_BYTES > STOCK_BYTES) {
      fill(stock);
      used = 0;
    }
    used += UUID_BYTES;
    return used - UUID_BYTES;
  };

  const next = (): string => {
    const at = take();
    const ms = Math.max(lastMs, Math.floor(now()));
    // Half of the counter stays free at the start of a millisecond; when it is used up, the next millisecond is borrowed.
    if (ms > lastMs) counter = (((stock[at + 6] ?? 0) << 8) | (stock[at + 7] ?? 0)) & (COUNTER_LIMIT / 2 - 1);
    else counter += 1;
    lastMs = counter < COUNTER_LIMIT ? ms : ms + 1;
    if (counter >= COUNTER_LIMIT) counter = 0;
    for (let i = 0, rest = lastMs; i < 6; i += 1, rest = Math.floor(rest / 256)) stock[at + 5 - i] = rest % 256;
    stock[at + 6] = 0x70 | (counter >> 8);
    stock[at + 7] = counter & 0xff;
    return spell(stock, at);
  };

  const secret = (): string => {
    const at = take();
    stock[at + 6] = 0x40 | ((stock[at + 6] ?? 0) & 0x0f);
    return spell(stock, at);
  };

  const random = (): number => {
    const at = take();
    const high = new DataView(stock.buffer, at, UUID_BYTES).getUint32(0) >>> 5;
    const low = new DataView(stock.buffer, at, UUID_BYTES).getUint32(4) >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };

  return { next, secret, random };
}

function spell(bytes: Uint8Array, at: number): string {
  bytes[at + 8] = 0x80 | ((bytes[at + 8] ?? 0) & 0x3f);
  let text = '';
  for (let i = 0; i < UUID_BYTES; i += 1) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[at + i] ?? 0];
  }
  return text;
}
