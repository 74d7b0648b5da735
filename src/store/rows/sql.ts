// Statement texts of both dialects, built from the tables and look-ups as data, so that neither driver repeats a column list.

import { type Look, type LookName, lookOf } from './looks.ts';
import { type Kind, type TableName, tableOf } from './tables.ts';

const list = <T = string>(items: readonly T[], form: (item: T, i: number) => string = String): string =>
  items.map(form).join(', ');

/** What a look reads and under which conditions; `value` says how its i-th key is written. */
function looked(name: LookName, value: (i: number) => string): { readonly columns: string[]; readonly where: string } {
  const { columns, by, where }: Look = lookOf(name);
  const given = by.flatMap(({ column, op }, i) => (op === 'given' ? [[`:${column}`, value(i)] as const] : []));
  const filled = (text: string): string => given.reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
  const conditions = by.flatMap(({ column, op = '=' }, i) => (op === 'given' ? [] : [`${column} ${op} ${value(i)}`]));
  return {
    columns: Object.keys(columns).map(filled),
    where: [...conditions, ...(where ? [filled(where)] : [])].join(' and ') || 'true',
  };
}

/** A cell of its own row for each parameter: SQLite runs one prepared statement per row (1 to 3 us; json_each is 2.4 times slower). */
export const sqlite = {
  look(name: LookName): string {
    const { from, order, limit }: Look = lookOf(name);
    const { columns, where } = looked(name, (i) => `?${i + 1}`);
    return `select ${list(columns)} from ${from} where ${where}${order ? ` order by ${order}` : ''}${limit ? ` limit ${limit}` : ''}`;
  },
  insert(name: TableName, clause = ''): string {
    const { columns, reserve } = tableOf(name);
    const names = Object.keys(columns);
    const given = list(names, (_, i) => `?${i + 1}`);
    if (reserve === undefined) return `insert into ${name} (${list(names)}) values (${given})${clause}`;
    const isOpen = `?${names.indexOf('ended_at') + 1} is null`;
    return `insert into ${name} (${list(names)}, reserve) values (${given}, case when ${isOpen} then zeroblob(${reserve}) end)${clause}`;
  },
  ignore: (name: TableName): string => sqlite.insert(name, ' on conflict do nothing'),
  put: (name: TableName): string => sqlite.insert(name, onConflict(name, '')),
  remove: (name: TableName): string =>
    `delete from ${name} where ${tableOf(name)
      .key.map((column) => `${column} = ?`)
      .join(' and ')}`,
  /** Parameters: the columns of `swapColumns`, then the expected value. Numbered, since a column may be used twice. */
  swap(name: TableName, op: 'swap' | 'swapAll'): string {
    const { key, expect, keep = [], reserve } = tableOf(name);
    const columns = swapColumns(name, op);
    const at = (column: string): string => `?${columns.indexOf(column) + 1}`;
    const set = columns
      .filter((column) => !key.includes(column))
      .map((column) => `${column} = ${keep.includes(column) ? `coalesce(${at(column)}, ${column})` : at(column)}`);
    if (reserve !== undefined) set.push('reserve = null');
    const where = key.map((column) => `${column} = ${at(column)}`);
    return `update ${name} set ${set.join(', ')} where ${where.join(' and ')} and ${expect} = ?${columns.length + 1}`;
  },
  removeExpected(name: TableName): string {
    return `${sqlite.remove(name)} and ${tableOf(name).expect} = ?`;
  },
};

/** Key and columns that a swap writes. */
export function swapColumns(name: TableName, op: 'swap' | 'swapAll'): string[] {
  const { columns, fixed = [], rare = [] } = tableOf(name);
  return Object.keys(columns).filter(
    (column) => !fixed.includes(column) && (op === 'swapAll' || !rare.includes(column)),
  );
}

function onConflict(name: TableName, prefix: string): string {
  const { columns, key, keep = [], adds = [] } = tableOf(name);
  const rest = Object.keys(columns).filter((column) => !key.includes(column));
  const set = rest.map((column) => {
    const given = `excluded.${column}`;
    if (adds.includes(column)) return `${column} = ${name}.${column} + ${given}`;
    return `${column} = ${keep.includes(column) ? `coalesce(${given}, ${name}.${column})` : given}`;
  });
  return ` on conflict (${list(key.map((k) => prefix + k))}) do ${set.length ? `update set ${set.join(', ')}` : 'nothing'}`;
}

/** Kinds as PostgreSQL names them. */
const POSTGRES_TYPE = { int: 'int8', text: 'text', bytes: 'bytea' } as const;

export type Op =
  | 'insert'
  | 'put'
  | 'ignore'
  | 'remove'
  | 'guard insert'
  | 'guard swap'
  | 'guard swapAll'
  | 'guard remove';
/** What is done to one table in a commit. There is one object for each. */
export interface Part {
  readonly op: Op;
  readonly table: TableName;
  readonly name: string;
}

const parts = new Map<Op, Map<TableName, Part>>();

export function partOf(op: Op, table: TableName): Part {
  const ofOp = parts.get(op) ?? new Map<TableName, Part>();
  parts.set(op, ofOp);
  const part = ofOp.get(table) ?? { op, table, name: `${op} ${table}` };
  ofOp.set(table, part);
  return part;
}

/** Columns that a part takes. */
export function partColumns({ op, table }: Part): readonly string[] {
  if (op === 'guard swap' || op === 'guard swapAll')
    return swapColumns(table, op === 'guard swap' ? 'swap' : 'swapAll');
  return op === 'remove' || op === 'guard remove' ? tableOf(table).key : Object.keys(tableOf(table).columns);
}

const isGuard = ({ op }: Part): boolean => op.startsWith('guard');

/** Names of the parameters of a part: `u` is the key of its unit, `x` the expected value, the others are columns. */
export function parameterColumns(part: Part, mode: 'all' | 'each'): readonly string[] {
  const hasExpected = isGuard(part) && part.op !== 'guard insert';
  const hasUnit = isGuard(part) || mode === 'each';
  return [...(hasUnit ? ['u'] : []), ...(hasExpected ? ['x'] : []), ...partColumns(part)];
}

/** The column that a parameter is about. */
export const columnOf = ({ table }: Part, name: string): string =>
  name === 'x' ? (tableOf(table).expect as string) : name;

function guardText(part: Part, source: string): string {
  const { op, table } = part;
  const { columns, key, unit, expect, keep = [] } = tableOf(table);
  const all = Object.keys(columns);
  const same = key.map((column) => `t.${column} = v.${column}`).join(' and ');
  if (op === 'guard insert')
    return `insert into ${table} (${list(all)}) select ${list(all, (c) => `v.${c}`)} from ${source} on conflict do nothing returning ${unit} as u`;
  if (op === 'guard remove')
    return `delete from ${table} t using ${source} where ${same} and t.${expect} = v.x returning v.u`;
  const set = partColumns(part)
    .filter((column) => !key.includes(column))
    .map((column) => `${column} = ${keep.includes(column) ? `coalesce(v.${column}, t.${column})` : `v.${column}`}`);
  return `update ${table} t set ${set.join(', ')} from ${source} where ${same} and t.${expect} = v.x returning v.u`;
}

function changeText({ op, table }: Part, source: string, mode: 'all' | 'each'): string {
  const { columns, key } = tableOf(table);
  const gate = mode === 'each' ? 'v.u in (select u from ok)' : 'true';
  if (op === 'remove')
    return `delete from ${table} t using ${source} where ${key.map((c) => `t.${c} = v.${c}`).join(' and ')} and ${gate}`;
  const all = Object.keys(columns);
  const insert = `insert into ${table} (${list(all)}) select ${list(all, (c) => `v.${c}`)} from ${source} where ${gate}`;
  if (op === 'put') return insert + onConflict(table, '');
  return op === 'ignore' ? `${insert} on conflict do nothing` : insert;
}

export const postgres = {
  /** One statement for all keys: `$i` is the list of the i-th key column. The first column of the answer is the number of the key. */
  look(name: LookName): string {
    const { from, by, order, limit, unsorted }: Look = lookOf(name);
    const { columns: names, where } = looked(name, (i) => `k.k${i}`);
    const arrays = list(by, ({ kind }, i) => `$${i + 1}::${POSTGRES_TYPE[kind]}[]`);
    const ordered = order !== undefined && !unsorted;
    const number = ordered ? `, row_number() over (order by ${order}) as o` : '';
    const cut = limit ? `${order ? ` order by ${order}` : ''} limit ${limit}` : '';
    const body = `select ${list(names, (c, i) => `${c} as c${i}`)}${number} from ${from} where ${where}${cut}`;
    return (
      `select k.u, ${list(names, (_, i) => `r.c${i}`)} from unnest(${arrays}) with ordinality as k(${list(by, (_, i) => `k${i}`)}, u) ` +
      `cross join lateral (${body}) r${ordered ? ' order by k.u, r.o' : ''}`
    );
  },
  /**
   * One statement for a whole commit. `all`: it fails (division by zero) unless as many guards hold as the last parameter
   * says; the guards run first, so nothing else was done then. `each`: every other row is written only for units whose guard held.
   */
  write(parts: readonly Part[], mode: 'all' | 'each'): string {
    let p = 0;
    const pieces = parts.map((part) => {
      const kinds = tableOf(part.table).columns;
      const names = parameterColumns(part, mode);
      const types = names.map((name) => POSTGRES_TYPE[name === 'u' ? 'int' : (kinds[columnOf(part, name)] as Kind)]);
      return { part, source: `unnest(${list(types, (type) => `$${++p}::${type}[]`)}) as v(${list(names)})` };
    });
    const guards = pieces.filter(({ part }) => isGuard(part));
    const ctes = guards.map(({ part, source }, i) => `g${i} as (${guardText(part, source)})`);
    if (mode === 'each')
      ctes.push(`ok as (select 0::int8 as u${guards.map((_, i) => ` union all select u from g${i}`).join('')})`);
    for (const { part, source } of pieces.filter((piece) => !isGuard(piece.part)))
      ctes.push(`w${ctes.length} as (${changeText(part, source, mode)})`);
    if (mode === 'each') return `with ${ctes.join(', ')} select u from ok where u <> 0`;
    const held = guards.map((_, i) => `(select count(*) from g${i})`).join(' + ');
    return `with ${ctes.join(', ')} select 1 / (case when ${held || '0'} = $${p + 1}::int8 then 1 else 0 end)`;
  },
};
