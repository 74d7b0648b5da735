// How two values out of a payload compare: by type, and a number or a boolean also with its text,
// since form bodies and query strings carry every value as text (contract 3.3).

import type { Json } from '../json.ts';

const NUMBER_TEXT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The number that a value is or spells as JSON does; undefined for everything else. */
function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER_TEXT.test(value) ? Number(value) : undefined;
}

/** Equality of scalars. Objects and lists equal nothing, a missing value equals nothing. */
export function sameScalar(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (typeof a === 'object' || typeof b === 'object') return a === null && b === null;
  if (typeof a === typeof b) return a === b;
  if (typeof a === 'boolean' || typeof b === 'boolean') return String(a) === String(b);
  return numberOf(a) === numberOf(b);
}

/**
 * -1, 0 or 1 for two numbers (or a number and a text that spells one) and for two texts (by UTF-16 unit);
 * undefined where there is no order.
 */
function orderOf(a: Json | undefined, b: Json | undefined): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return sign(a, b);
  const left = numberOf(a);
  const right = numberOf(b);
  return left === undefined || right === undefined ? undefined : sign(left, right);
}

const sign = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** `!=` is the opposite of `==`; where there is no order, no ordering holds. */
export function compares(comparator: Comparator, a: Json | undefined, b: Json | undefined): boolean {
  if (comparator === '==') return sameScalar(a, b);
  if (comparator === '!=') return !sameScalar(a, b);
  const order = orderOf(a, b);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
