// Rows that hold still while someone points at or has selected some: they change in place, new ones are counted, none moves.

export interface HeldRows<T> {
  readonly rows: readonly T[];
  /** Rows that came since and are not shown. */
  readonly fresh: number;
}

/** `held`: ids in the order in which they were shown; undefined: show what there is. */
export function heldRows<T>(
  rows: readonly T[],
  held: readonly string[] | undefined,
  id: (row: T) => string,
  before: readonly T[],
): HeldRows<T> {
  if (!held) return { rows, fresh: 0 };
  const now = new Map(rows.map((row) => [id(row), row]));
  const then = new Map(before.map((row) => [id(row), row]));
  const shown = held.flatMap((key) => now.get(key) ?? then.get(key) ?? []);
  const known = new Set(held);
  return { rows: shown, fresh: rows.filter((row) => !known.has(id(row))).length };
}
