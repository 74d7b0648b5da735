// One condition of a query as the store compares it: by text, by number, by moment.

import type { Filter } from '../store/filter.ts';
import type { Condition, Tree } from './query-language.ts';

/** What a field holds, and its name in the store. */
export interface Meaning {
  readonly to: string;
  readonly holds: 'text' | 'number' | 'time';
  /** The only values that a text may have. */
  readonly known?: readonly string[];
}

export type Meanings = Readonly<Record<string, Meaning>>;

const MAX_VALUES = 1_000;

/** A tree of conditions as a filter; a text says what cannot be compared. */
export function filterOf(tree: Tree, meanings: Meanings): Filter | string {
  if (tree.type === 'one') return conditionFilter(tree.condition, meanings);
  if (tree.type === 'not') {
    const of = filterOf(tree.of, meanings);
    return typeof of === 'string' ? of : { not: of };
  }
  const parts: Filter[] = [];
  for (const part of tree.of) {
    const filter = filterOf(part, meanings);
    if (typeof filter === 'string') return filter;
    parts.push(filter);
  }
  return tree.type === 'all' ? { all: parts } : { any: parts };
}

function conditionFilter({ field, operator, values }: Condition, meanings: Meanings): Filter | string {
  const meaning = Object.hasOwn(meanings, field) ? meanings[field] : undefined;
  if (!meaning) return `"${field}" is not a field; use one of ${Object.keys(meanings).join(', ')}`;
  if (operator === 'IS') return { field: meaning.to, absent: true };
  if (values.length > MAX_VALUES) return `${field} IN takes ${MAX_VALUES} values at most`;
  return meaning.holds === 'text'
    ? textFilter(field, operator, values, meaning)
    : numberFilter(field, operator, values, meaning);
}

function textFilter(
  field: string,
  operator: string,
  values: readonly string[],
  { to, known }: Meaning,
): Filter | string {
  if (operator === 'STARTS_WITH') return { field: to, like: [values[0] ?? '', ''] };
  if (operator !== '=' && operator !== 'IN')
    return `${field} can be compared with =, !=, IN, STARTS_WITH and IS NULL, not with ${operator}`;
  const wrong = known && values.find((value) => !known.includes(value));
  if (wrong !== undefined) return `"${wrong}" is not a ${field}; use one of ${known?.join(', ')}`;
  const patterns = values.filter((value) => value.includes('*'));
  const oneOf = values.filter((value) => !value.includes('*'));
  if (patterns.length === 0) return { field: to, oneOf };
  return { any: [{ field: to, oneOf }, ...patterns.map((one) => ({ field: to, like: one.split('*') }))] };
}

function numberFilter(
  field: string,
  operator: string,
  values: readonly string[],
  { to, holds }: Meaning,
): Filter | string {
  const numbers: number[] = [];
  for (const text of values) {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : holds === 'time' ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(value))
      return holds === 'time'
        ? `"${text}" is not a time; write epoch milliseconds or ISO 8601`
        : `"${text}" is not a whole number, as ${field} is`;
    numbers.push(value);
  }
  const [least = 0, most = least] = numbers;
  switch (operator) {
    case '=':
    case 'IN':
      return { field: to, oneOf: numbers };
    case '>':
      return { field: to, from: least + 1, within: true };
    case '>=':
      return { field: to, from: least, within: true };
    case '<':
      return { field: to, to: least - 1, within: true };
    case '<=':
      return { field: to, to: least, within: true };
    case 'BETWEEN':
      return { field: to, from: least, to: most, within: true };
    default:
      return `${field} can be compared with =, !=, >, >=, <, <=, IN, BETWEEN and IS NULL, not with ${operator}`;
  }
}
