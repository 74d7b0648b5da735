// Lists of cells in PostgreSQL's binary array format (src/backend/utils/adt/arrayfuncs.c, array_recv): a column of a whole
// commit is one parameter. No quoting, so nothing to escape, and no hexadecimal for bytes.

import type { Kind } from '../rows/tables.ts';
import type { Cell } from './driver.ts';

/** OIDs of int8, text and bytea (pg_type.dat). */
const OID = { int: 20, text: 25, bytes: 17 } as const;
const HEADER_BYTES = 20;
const EMPTY_HEADER_BYTES = 12;
const LENGTH_BYTES = 4;
const INT_BYTES = 8;
const NULL_LENGTH = -1;
const HALF = 2 ** 32;

/** One parameter from many cells. */
export function arrayOf(kind: Kind, cells: readonly Cell[]): Buffer {
  return kind === 'int' ? integersOf(cells as readonly (number | null)[]) : textsOf(kind, cells);
}

function integersOf(cells: readonly (number | null)[]): Buffer {
  let nulls = 0;
  for (const cell of cells) if (cell === null) nulls += 1;
  const buffer = started('int', cells.length, nulls, (cells.length - nulls) * INT_BYTES);
  let at = HEADER_BYTES;
  for (const cell of cells) {
    buffer.writeInt32BE(cell === null ? NULL_LENGTH : INT_BYTES, at);
    at += LENGTH_BYTES;
    if (cell === null) continue;
    writeInt(buffer, at, Math.trunc(cell));
    at += INT_BYTES;
  }
  return buffer;
}

/** Texts and bytes. */
function textsOf(kind: Kind, cells: readonly Cell[]): Buffer {
  let [nulls, bytes] = [0, 0];
  const sizes: number[] = [];
  for (const cell of cells) {
    const size = sizeOf(cell);
    if (size === NULL_LENGTH) nulls += 1;
    else bytes += size;
    sizes.push(size);
  }
  const buffer = started(kind, cells.length, nulls, bytes);
  let at = HEADER_BYTES;
  for (const [i, size] of sizes.entries()) {
    buffer.writeInt32BE(size, at);
    at += LENGTH_BYTES;
    if (size === NULL_LENGTH) continue;
    const cell = cells[i];
    if (typeof cell === 'string') buffer.write(cell, at, size, 'utf8');
    else buffer.set(cell as Uint8Array, at);
    at += size;
  }
  return buffer;
}

function sizeOf(cell: Cell): number {
  if (cell === null) return NULL_LENGTH;
  return typeof cell === 'string' ? Buffer.byteLength(cell) : (cell as Uint8Array).byteLength;
}

/** Room for the array, with its header written. No elements means no dimension, so the header ends early. */
function started(kind: Kind, count: number, nulls: number, bytes: number): Buffer {
  const header = count ? HEADER_BYTES : EMPTY_HEADER_BYTES;
  const buffer = Buffer.allocUnsafe(header + count * LENGTH_BYTES + bytes);
  buffer.writeInt32BE(count ? 1 : 0, 0);
  buffer.writeInt32BE(nulls ? 1 : 0, 4);
  buffer.writeInt32BE(OID[kind], 8);
  if (count === 0) return buffer;
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

/** Two halves: a BigInt would be made and thrown away for each. */
function writeInt(buffer: Buffer, at: number, value: number): void {
  buffer.writeInt32BE(Math.floor(value / HALF), at);
  buffer.writeInt32BE(value | 0, at + INT_BYTES / 2);
}
