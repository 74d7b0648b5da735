// Conditions of a search as SQL.

import type { Cell, Driver } from '../drivers/driver.ts';
import type { Filter } from '../filter.ts';
import { toStored } from './text.ts';

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
