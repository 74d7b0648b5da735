// Conditions of a search that are more than lists and bounds: alternatives, negations, wildcards, absent values. Read as
// SQL for rows, and as they are for what is looked through in memory.

import type { Cell, Driver } from '../drivers/driver.ts';
import { toStored } from './text.ts';

export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: string; readonly oneOf: readonly (string | number)[] }
  /** What stands between the wildcards of a pattern. */
  | { readonly field: string; readonly like: readonly string[] }
  /** Inclusive both. */
  | { readonly field: string; readonly from?: number; readonly to?: number; readonly within: true }
  | { readonly field: string; readonly absent: true };

type Dialect = Driver['dialect'];

/** The condition in SQL; what it compares with is added to `params`. `columnOf` knows every field that may come. */
export function filterSql(
  filter: Filter,
  columnOf: (field: string) => string,
  dialect: Dialect,
  params: Cell[],
): string {
  const inner = (one: Filter): string => filterSql(one, columnOf, dialect, params);
  if ('all' in filter) return filter.all.length ? `(${filter.all.map(inner).join(' and ')})` : 'true';
  if ('any' in filter) return filter.any.length ? `(${filter.any.map(inner).join(' or ')})` : 'false';
  // A value that is not there is not equal to any.
  if ('not' in filter) return `((${inner(filter.not)}) is not true)`;
  const column = columnOf(filter.field);
  if ('absent' in filter) return `${column} is null`;
  if ('oneOf' in filter) {
    params.push(...filter.oneOf.map((value) => (typeof value === 'string' ? toStored(value) : value)));
    return filter.oneOf.length ? `${column} in (${filter.oneOf.map(() => '?').join(', ')})` : 'false';
  }
  if ('like' in filter) {
    params.push(patternOf(filter.like, dialect));
    return dialect === 'postgres' ? `${column} like ? escape '\\'` : `${column} glob ?`;
  }
  const bounds = [
    ['>=', filter.from],
    ['<=', filter.to],
  ].filter((bound): bound is ['>=' | '<=', number] => bound[1] !== undefined);
  params.push(...bounds.map(([, value]) => value));
  return bounds.length ? `(${bounds.map(([op]) => `${column} ${op} ?`).join(' and ')})` : `${column} is not null`;
}

/** SQLite's LIKE does not tell capitals, so GLOB is asked there; both would take characters of the text for signs. */
const patternOf = (parts: readonly string[], dialect: Dialect): string =>
  dialect === 'postgres'
    ? parts.map((part) => toStored(part).replaceAll(/[\\%_]/g, '\\$&')).join('%')
    : parts.map((part) => toStored(part).replaceAll(/[*?[]/g, '[$&]')).join('*');

/** `valuesOf`: what a field holds; nothing when it is absent, several when it goes by several names. */
export function fits(filter: Filter, valuesOf: (field: string) => readonly (string | number)[]): boolean {
  if ('all' in filter) return filter.all.every((one) => fits(one, valuesOf));
  if ('any' in filter) return filter.any.some((one) => fits(one, valuesOf));
  if ('not' in filter) return !fits(filter.not, valuesOf);
  const values = valuesOf(filter.field);
  if ('absent' in filter) return values.length === 0;
  if ('oneOf' in filter) return values.some((value) => filter.oneOf.includes(value));
  if ('like' in filter) return values.some((value) => isLike(String(value), filter.like));
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
  return values.some((value) => Number(value) >= from && Number(value) <= to);
}

/** In one pass: each part is taken where it comes first. */
function isLike(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
