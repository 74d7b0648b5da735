// Reads a JSONPath into steps: the spellings of Jayway (what Conductor's definitions use) and the part of RFC 9535
// that needs no regular expressions and no script.

import type { Json } from '../json.ts';
import type { Comparator } from './compare.ts';
import {
  atEnd,
  atQuote,
  eat,
  expect,
  isSpace,
  peek,
  peekWord,
  type Refused,
  readNumber,
  readQuoted,
  refuse,
  type Scanner,
  scannerOf,
  skipSpace,
} from './scanner.ts';
import { MAX_FILTER_DEPTH, MAX_PATH_LENGTH, MAX_PATH_STEPS } from './text-limits.ts';

/** Steps that lead from one value to at most one. `pick` makes an object of some members. */
export type SingleStep =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'pick'; readonly names: readonly string[] }
  | { readonly type: 'count' };

export type ManyStep =
  | { readonly type: 'names'; readonly names: readonly string[] }
  | { readonly type: 'indexes'; readonly indexes: readonly number[] }
  | { readonly type: 'slice'; readonly start: number; readonly end: number }
  | { readonly type: 'all' }
  | { readonly type: 'descend' }
  | { readonly type: 'filter'; readonly test: Test };

export type Step = SingleStep | ManyStep;

export interface PathOperand {
  readonly type: 'path';
  readonly from: 'root' | 'current';
  readonly steps: readonly Step[];
}

export type Operand = { readonly type: 'value'; readonly value: Json } | PathOperand;

export type Test =
  | { readonly type: 'and' | 'or'; readonly parts: readonly Test[] }
  | { readonly type: 'not'; readonly part: Test }
  | { readonly type: 'exists'; readonly path: PathOperand }
  | { readonly type: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand };

export type ParsedPath = { readonly ok: true; readonly steps: readonly Step[] } | Refused;

/** Reads a whole text as one path. `$` in front is optional (contract 3.1). */
export function parsePath(text: string): ParsedPath {
  if (text.length > MAX_PATH_LENGTH) {
    return { ok: false, reason: `a path has at most ${MAX_PATH_LENGTH} characters`, at: MAX_PATH_LENGTH };
  }
  const scanner = scannerOf(text);
  skipSpace(scanner);
  const steps = readPath(scanner, 0);
  skipSpace(scanner);
  if (!atEnd(scanner)) refuse(scanner, `unexpected ${peek(scanner)}; names with such characters go into ['…']`);
  return scanner.refused ?? { ok: true, steps };
}

/** Reads the path at the cursor and stops behind it; used for paths inside conditions as well. */
export function readPath(scanner: Scanner, depth: number): readonly Step[] {
  const steps: Step[] = [];
  if (eat(scanner, '$')) {
    if (isNameChar(peek(scanner))) steps.push(readBeside(scanner));
  } else if (peek(scanner) !== '[' && peek(scanner) !== '.') {
    steps.push(readDotted(scanner));
  }
  readSteps(scanner, steps, depth);
  return steps;
}

/** What came beside the payload of an event: `$headers['x-github-event']`, `$query.team`. The member carries the `$`. */
function readBeside(scanner: Scanner): SingleStep {
  const at = scanner.at;
  const { name } = readName(scanner);
  if (name !== 'headers' && name !== 'query') refuse(scanner, 'expected . or [ after $, or $headers or $query', at);
  return { type: 'name', name: `$${name}` };
}

/** True when each step leads to one value. */
export const isSingle = (steps: readonly Step[]): steps is readonly SingleStep[] =>
  steps.every(({ type }) => type === 'name' || type === 'index' || type === 'pick' || type === 'count');

/** A definite path names at most one value; any other path yields a list (Jayway's word and rule). A count is one value. */
export const isDefinite = (steps: readonly Step[]): boolean => isSingle(steps) || steps.at(-1)?.type === 'count';

function readSteps(scanner: Scanner, steps: Step[], depth: number): void {
  for (;;) {
    const last = steps.at(-1);
    if (steps.length > MAX_PATH_STEPS) refuse(scanner, `a path has at most ${MAX_PATH_STEPS} steps`);
    if (eat(scanner, '..')) {
      steps.push({ type: 'descend' });
      steps.push(peek(scanner) === '[' ? readBracket(scanner, depth) : readDotted(scanner));
    } else if (eat(scanner, '.')) {
      steps.push(peek(scanner) === '[' ? readBracket(scanner, depth) : readDotted(scanner));
    } else if (peek(scanner) === '[') {
      steps.push(readBracket(scanner, depth));
    } else {
      if (last?.type === 'names') steps.splice(-1, 1, { type: 'pick', names: last.names });
      return;
    }
    if (last?.type === 'count') refuse(scanner, 'length() and size() can only end a path');
  }
}

const isNameChar = (char: string): boolean => char !== '' && !isSpace(char) && !'.[]()=<>!&|,\'"*'.includes(char);

function readDotted(scanner: Scanner): Step {
  if (eat(scanner, '*')) return { type: 'all' };
  const start = scanner.at;
  const step = readName(scanner);
  if (peek(scanner) !== '(') return step;
  if (step.name !== 'length' && step.name !== 'size') {
    refuse(scanner, `${step.name}() is not supported; only length() and size() are`, start);
  }
  expect(scanner, '()');
  return { type: 'count' };
}

function readName(scanner: Scanner): { readonly type: 'name'; readonly name: string } {
  const start = scanner.at;
  while (isNameChar(peek(scanner))) scanner.at += 1;
  const name = scanner.text.slice(start, scanner.at);
  if (name === '') refuse(scanner, 'expected a name');
  return { type: 'name', name };
}

function readBracket(scanner: Scanner, depth: number): Step {
  scanner.at += 1;
  skipSpace(scanner);
  let step: Step;
  if (atQuote(scanner)) step = readNames(scanner);
  else if (eat(scanner, '*')) step = { type: 'all' };
  else if (eat(scanner, '?')) step = { type: 'filter', test: readFilter(scanner, depth) };
  else step = readIndexes(scanner);
  skipSpace(scanner);
  expect(scanner, ']');
  return step;
}

function readNames(scanner: Scanner): Step {
  const names: string[] = [];
  do {
    skipSpace(scanner);
    if (!atQuote(scanner)) refuse(scanner, 'expected a name in quotes');
    names.push(readQuoted(scanner));
    skipSpace(scanner);
  } while (eat(scanner, ','));
  const [name] = names;
  return names.length === 1 && name !== undefined ? { type: 'name', name } : { type: 'names', names };
}

function readIndexes(scanner: Scanner): Step {
  if (peek(scanner) === ':') return readSlice(scanner, 0);
  const indexes = [readIndex(scanner)];
  skipSpace(scanner);
  if (peek(scanner) === ':') return readSlice(scanner, indexes[0] ?? 0);
  while (eat(scanner, ',')) {
    skipSpace(scanner);
    indexes.push(readIndex(scanner));
    skipSpace(scanner);
  }
  const [index] = indexes;
  return indexes.length === 1 && index !== undefined ? { type: 'index', index } : { type: 'indexes', indexes };
}

function readSlice(scanner: Scanner, start: number): Step {
  scanner.at += 1;
  skipSpace(scanner);
  const end = peek(scanner) === ']' ? Number.POSITIVE_INFINITY : readIndex(scanner);
  return { type: 'slice', start, end };
}

function readIndex(scanner: Scanner): number {
  const start = scanner.at;
  const index = readNumber(scanner);
  if (index === undefined) refuse(scanner, 'expected a number, a name in quotes, * or ?(…) in [ ]');
  else if (!Number.isSafeInteger(index)) refuse(scanner, 'an index is a whole number', start);
  return index ?? 0;
}

function readFilter(scanner: Scanner, depth: number): Test {
  if (depth >= MAX_FILTER_DEPTH) refuse(scanner, `filters and their brackets nest at most ${MAX_FILTER_DEPTH} deep`);
  const parts = [readConjunction(scanner, depth)];
  while (eat(scanner, '||')) parts.push(readConjunction(scanner, depth));
  return single('or', parts);
}

function readConjunction(scanner: Scanner, depth: number): Test {
  const parts = [readTerm(scanner, depth)];
  while (eat(scanner, '&&')) parts.push(readTerm(scanner, depth));
  return single('and', parts);
}

function single(type: 'and' | 'or', parts: readonly Test[]): Test {
  const [part] = parts;
  return parts.length === 1 && part ? part : { type, parts };
}

function readTerm(scanner: Scanner, depth: number): Test {
  skipSpace(scanner);
  let test: Test;
  if (eat(scanner, '!')) {
    if (depth >= MAX_FILTER_DEPTH) refuse(scanner, `filters and their brackets nest at most ${MAX_FILTER_DEPTH} deep`);
    test = { type: 'not', part: readTerm(scanner, depth + 1) };
  } else if (eat(scanner, '(')) {
    test = readFilter(scanner, depth + 1);
    expect(scanner, ')');
  } else {
    test = readComparison(scanner, depth);
  }
  skipSpace(scanner);
  return test;
}

const COMPARATORS: readonly Comparator[] = ['==', '!=', '<=', '>=', '<', '>'];

export const readComparator = (scanner: Scanner): Comparator | undefined =>
  COMPARATORS.find((comparator) => eat(scanner, comparator));

/** Stands where a filter was refused; it is never asked. */
const NEVER: Test = { type: 'or', parts: [] };

function readComparison(scanner: Scanner, depth: number): Test {
  const start = scanner.at;
  const left = readOperand(scanner, depth);
  skipSpace(scanner);
  const comparator = readComparator(scanner);
  if (comparator) {
    skipSpace(scanner);
    const right = readOperand(scanner, depth);
    const sides = [left, right];
    if (sides.some((side) => side.type === 'path' && !isDefinite(side.steps))) {
      refuse(scanner, 'only a path to one value can be compared', start);
    }
    return { type: 'compare', comparator, left, right };
  }
  if (left.type === 'path') return { type: 'exists', path: left };
  refuse(scanner, 'a filter needs a path or a comparison', start);
  return NEVER;
}

function readOperand(scanner: Scanner, depth: number): Operand {
  const from = peek(scanner);
  if (from === '$' || from === '@') {
    scanner.at += 1;
    const steps: Step[] = [];
    readSteps(scanner, steps, depth + 1);
    return { type: 'path', from: from === '$' ? 'root' : 'current', steps };
  }
  return { type: 'value', value: readLiteral(scanner) };
}

/** A text in quotes, a number, true, false or null. */
export function readLiteral(scanner: Scanner): Json {
  if (atQuote(scanner)) return readQuoted(scanner);
  const number = readNumber(scanner);
  if (number !== undefined) return number;
  const word = peekWord(scanner);
  if (word === 'true' || word === 'false' || word === 'null') {
    scanner.at += word.length;
    return word === 'null' ? null : word === 'true';
  }
  refuse(scanner, 'expected a value: a text in quotes, a number, true, false or null');
  return null;
}
