// The rows of a commit by what is done to which table: each group is one part of the one statement, each column of it one
// parameter.

import { columnOf, type Op, type Part, parameterColumns, partColumns, partOf } from '../rows/sql.ts';
import { type Kind, type TableName, tableOf } from '../rows/tables.ts';
import type { Cell, Row, Unit } from './driver.ts';
import { arrayOf } from './postgres-arrays.ts';

export interface Group {
  readonly part: Part;
  readonly units: number[];
  readonly expected: Cell[];
  readonly rows: Row[];
}

const GUARD = {
  insert: 'guard insert',
  swap: 'guard swap',
  swapAll: 'guard swapAll',
  remove: 'guard remove',
} as const;

/** Rows by what is done to which table, executions in the order of their keys, so that commits of nodes do not lock crosswise. */
export function groupsOf(units: readonly Unit[]): Group[] {
  const groups = new Map<Part, Group>();
  const group = (op: Op, table: TableName): Group => {
    const part = partOf(op, table);
    const found = groups.get(part);
    if (found) return found;
    const made: Group = { part, units: [], expected: [], rows: [] };
    groups.set(part, made);
    return made;
  };
  for (const { key, guard, changes } of units.toSorted((a, b) => a.key - b.key)) {
    if (guard) {
      const guards = group(GUARD[guard.op], guard.table);
      guards.units.push(key);
      guards.expected.push(guard.expected ?? null);
      guards.rows.push(guard.row);
    }
    for (const { op, table, row } of changes) {
      const changed = group(op, table);
      changed.units.push(guard ? key : 0);
      changed.rows.push(row);
    }
  }
  return [...groups.values()].sort((a, b) => (a.part.name < b.part.name ? -1 : 1)).map(onceEach);
}

/**
 * PostgreSQL refuses to put one row twice in one statement; of unguarded rows with the same key the last one counts, and
 * what is added is added up. Then they go by their key, so that nodes that add to the same rows do not wait crosswise.
 */
function onceEach(group: Group): Group {
  const { part, units, rows } = group;
  if (part.op !== 'put' || !units.includes(0)) return group;
  const { key, adds } = tableOf(part.table);
  if (adds) return { ...group, ...addedUp(part.table, rows) };
  const width = key.length;
  const last = new Map(rows.map((row, i) => [JSON.stringify([units[i] === 0 ? 0 : 1, row.slice(0, width)]), i]));
  const kept = [...last.values()];
  return { part, units: kept.map((i) => units[i] as number), expected: [], rows: kept.map((i) => rows[i] as Row) };
}

/** Rows of a table to which puts add (its key is one number), one for each key. */
function addedUp(table: TableName, rows: readonly Row[]): Pick<Group, 'units' | 'rows'> {
  const { columns, adds = [] } = tableOf(table);
  const isAdded = Object.keys(columns).map((column) => adds.includes(column));
  const sums = new Map<number, Row>();
  for (const row of rows) {
    const before = sums.get(row[0] as number);
    const sum = before ? row.map((cell, i) => (isAdded[i] ? Number(before[i]) + Number(cell) : cell)) : row;
    sums.set(row[0] as number, sum);
  }
  const sorted = [...sums].sort(([a], [b]) => a - b).map(([, row]) => row);
  return { units: sorted.map(() => 0), rows: sorted };
}

/** One parameter of a part: of which kind, and whether it lists units, expected values or a cell of each row. */
interface Parameter {
  readonly kind: Kind;
  readonly lists: 'units' | 'expected' | number;
}

const known = { all: new Map<Part, readonly Parameter[]>(), each: new Map<Part, readonly Parameter[]>() };

/** Worked out once: this is asked for each part of each commit. */
function parametersFor(part: Part, mode: 'all' | 'each'): readonly Parameter[] {
  const found = known[mode].get(part);
  if (found) return found;
  const { columns } = tableOf(part.table);
  // A removal brings its key alone, everything else the whole row.
  const given = part.op === 'remove' || part.op === 'guard remove' ? partColumns(part) : Object.keys(columns);
  const parameters = parameterColumns(part, mode).map((name): Parameter => {
    if (name === 'u') return { kind: 'int', lists: 'units' };
    const kind = columns[columnOf(part, name)] as Kind;
    return { kind, lists: name === 'x' ? 'expected' : given.indexOf(name) };
  });
  known[mode].set(part, parameters);
  return parameters;
}

export function parametersOf({ part, units, expected, rows }: Group, mode: 'all' | 'each'): Buffer[] {
  return parametersFor(part, mode).map(({ kind, lists }) => {
    if (lists === 'units') return arrayOf(kind, units);
    if (lists === 'expected') return arrayOf(kind, expected);
    return arrayOf(
      kind,
      rows.map((row) => row[lists] as Cell),
    );
  });
}
