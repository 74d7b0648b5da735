// Reads the text form of a condition, such as `event.type == 'x' and amount >= 10 and not exists note`, into its data form.

import type { Json } from '../json.ts';
import { readComparator, readLiteral, readPath } from './json-path-parser.ts';
import { compilePattern } from './pattern.ts';
import {
  atEnd,
  atQuote,
  eat,
  expect,
  isSpace,
  peek,
  peekWord,
  type Refused,
  readQuoted,
  refuse,
  type Scanner,
  scannerOf,
  skipSpace,
} from './scanner.ts';
import { MAX_CONDITION_DEPTH, MAX_PREDICATE_LENGTH } from './text-limits.ts';

export const OPERATORS = [
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  'in',
  'not in',
  'exists',
  'between',
  'startsWith',
  'endsWith',
  'contains',
  'matches',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** One comparison. `value`: a list for `in` and `not in`, [low, high] for `between`, absent for `exists`, else one value. */
export interface Clause {
  readonly path: string;
  readonly op: Operator;
  readonly value?: Json;
}

export type Condition =
  | Clause
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

export function parseCondition(text: string): { readonly ok: true; readonly condition: Condition } | Refused {
  if (text.length > MAX_PREDICATE_LENGTH) {
    return {
      ok: false,
      reason: `a condition has at most ${MAX_PREDICATE_LENGTH} characters`,
      at: MAX_PREDICATE_LENGTH,
    };
  }
  const scanner = scannerOf(text);
  const condition = readAny(scanner, 0);
  if (!atEnd(scanner)) refuse(scanner, 'expected and, or, or the end');
  return scanner.refused ?? { ok: true, condition };
}

function readAny(scanner: Scanner, depth: number): Condition {
  const parts = [readAll(scanner, depth)];
  while (eatWord(scanner, 'or') || eat(scanner, '||')) parts.push(readAll(scanner, depth));
  return parts.length === 1 ? parts[0]! : { any: parts };
}

function readAll(scanner: Scanner, depth: number): Condition {
  const parts = [readOne(scanner, depth)];
  while (eatWord(scanner, 'and') || eat(scanner, '&&')) parts.push(readOne(scanner, depth));
  return parts.length === 1 ? parts[0]! : { all: parts };
}

function readOne(scanner: Scanner, depth: number): Condition {
  if (depth > MAX_CONDITION_DEPTH) refuse(scanner, `conditions nest at most ${MAX_CONDITION_DEPTH} deep`);
  skipSpace(scanner);
  let condition: Condition;
  if (eatWord(scanner, 'not') || eat(scanner, '!')) condition = { not: readOne(scanner, depth + 1) };
  else if (eat(scanner, '(')) {
    condition = readAny(scanner, depth + 1);
    expect(scanner, ')');
  } else if (eatWord(scanner, 'exists')) condition = { path: readPathText(scanner), op: 'exists' };
  else condition = readClause(scanner);
  skipSpace(scanner);
  return condition;
}

/** Steps over a word of the grammar, in small or capital letters; `not.a` and `in[0]` at the start of a clause are paths. */
function eatWord(scanner: Scanner, word: string): boolean {
  const after = peek(scanner, word.length);
  const ends =
    after === '' ||
    isSpace(after) ||
    after === '(' ||
    after === "'" ||
    after === '"' ||
    (after === '[' && word === 'in');
  if (!ends || peekWord(scanner).toLowerCase() !== word) return false;
  scanner.at += word.length;
  return true;
}

function readPathText(scanner: Scanner): string {
  skipSpace(scanner);
  const start = scanner.at;
  readPath(scanner, 0);
  return scanner.text.slice(start, scanner.at);
}

function readClause(scanner: Scanner): Clause {
  const path = readPathText(scanner);
  skipSpace(scanner);
  const op = readOperator(scanner);
  skipSpace(scanner);
  switch (op) {
    case 'in':
    case 'not in':
      return { path, op, value: readList(scanner) };
    case 'between': {
      const low = readLiteral(scanner);
      skipSpace(scanner);
      if (!eatWord(scanner, 'and')) refuse(scanner, 'expected and: between 1 and 5');
      skipSpace(scanner);
      return { path, op, value: [low, readLiteral(scanner)] };
    }
    case 'matches':
      return { path, op, value: readPattern(scanner) };
    default:
      return { path, op, value: readLiteral(scanner) };
  }
}

function readOperator(scanner: Scanner): Operator {
  const comparator = readComparator(scanner);
  if (comparator) return comparator;
  const start = scanner.at;
  if (eatWord(scanner, 'not')) {
    skipSpace(scanner);
    if (eatWord(scanner, 'in')) return 'not in';
    refuse(scanner, 'only in can follow not here; write not before the whole comparison', start);
  }
  const word = OPERATORS.find((operator) => operator !== 'exists' && eatWord(scanner, operator.toLowerCase()));
  if (word) return word;
  refuse(scanner, peek(scanner) === '=' ? 'write == for equal' : `expected one of ${OPERATORS.join(', ')}`);
  return '==';
}

function readList(scanner: Scanner): readonly Json[] {
  const values: Json[] = [];
  expect(scanner, '[');
  do {
    skipSpace(scanner);
    values.push(readLiteral(scanner));
    skipSpace(scanner);
  } while (eat(scanner, ','));
  expect(scanner, ']');
  return values;
}

function readPattern(scanner: Scanner): string {
  const start = scanner.at;
  if (!atQuote(scanner)) refuse(scanner, 'expected a pattern in quotes');
  const pattern = readQuoted(scanner);
  const compiled = compilePattern(pattern);
  if (!compiled.ok) refuse(scanner, compiled.reason, start);
  return pattern;
}
