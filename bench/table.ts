// Results of a bench as rows, printed as a table and kept as JSON.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

export type Cell = string | number;
export type Row = Readonly<Record<string, Cell>>;

/** Middle value; half way between two. NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** What the numbers were measured on. */
export function machine(): Row {
  const model = cpus()[0]?.model ?? 'unknown';
  return {
    cores: cpus().length,
    model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
}

const shown = (cell: Cell | undefined): string =>
  cell === undefined
    ? ''
    : typeof cell === 'string'
      ? cell
      : Math.abs(cell) >= 100
        ? Math.round(cell).toLocaleString('en')
        : String(Number(cell.toPrecision(3)));

/** Markdown, so that it can go into a document as it is. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => `| ${columns.map((column) => shown(row[column])).join(' | ')} |`);
  return [`| ${columns.join(' | ')} |`, `| ${columns.map(() => '---').join(' | ')} |`, ...lines].join('\n');
}

/** Writes the results beside the benches; answers the path. */
export function keep(name: string, results: unknown): string {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify({ machine: machine(), results }, null, 2)}\n`);
  return path;
}
