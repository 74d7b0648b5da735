// Lists of cells in PostgreSQL's binary array format (src/backend/utils/adt/arrayfuncs.c, array_recv): a column of a whole
// commit is one parameter. No quoting, so nothing to escape, and no hexadecimal for bytes.

import type { Kind } from '../rows/tables.ts';
import type { Cell } from './driver.ts';

/** OIDs of int8, text and bytea (pg_type.dat). */
const OID = { int: 20, text: 25, bytes: 17 } as const;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const INT_BYTES = 8;
const NULL_LENGTH = -1;
const HALF = 2 ** 32;

/** One parameter from many cells. */
export function arrayOf(kind: Kind, cells: readonly Cell[]): Buffer {
  const sizes = cells.map((cell) => sizeOf(kind, cell));
  const buffer = Buffer.allocUnsafe(
    HEADER_BYTES + sizes.reduce((sum, size) => sum + LENGTH_BYTES + Math.max(0, size), 0),
  );
  buffer.writeInt32BE(cells.length ? 1 : 0, 0);
  buffer.writeInt32BE(sizes.includes(NULL_LENGTH) ? 1 : 0, 4);
  buffer.writeInt32BE(OID[kind], 8);
  buffer.writeInt32BE(cells.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  cells.forEach((cell, i) => {
    const size = sizes[i] as number;
    buffer.writeInt32BE(size, at);
    at += LENGTH_BYTES;
    if (size === NULL_LENGTH) return;
    writeCell(buffer, at, size, kind, cell);
    at += size;
  });
  // No elements means no dimension, so the header ends early.
  return cells.length ? buffer : buffer.subarray(0, 12);
}

function sizeOf(kind: Kind, cell: Cell): number {
  if (cell === null) return NULL_LENGTH;
  if (kind === 'int') return INT_BYTES;
  return typeof cell === 'string' ? Buffer.byteLength(cell) : (cell as Uint8Array).byteLength;
}

function writeCell(buffer: Buffer, at: number, size: number, kind: Kind, cell: Cell): void {
  if (kind === 'int') writeInt(buffer, at, Math.trunc(cell as number));
  else if (typeof cell === 'string') buffer.write(cell, at, size, 'utf8');
  else buffer.set(cell as Uint8Array, at);
}

/** Two halves: a BigInt would be made and thrown away for each. */
function writeInt(buffer: Buffer, at: number, value: number): void {
  buffer.writeInt32BE(Math.floor(value / HALF), at);
  buffer.writeInt32BE(value | 0, at + INT_BYTES / 2);
}
