// Conditions on an event beyond its match key (`when` of a wait, filter of a webhook): as text or as data, checked once,
// asked often, and able to tell what they wanted and what they got.

import type { Json, JsonObject } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { remember } from '../remember.ts';
import { compares, sameScalar } from './compare.ts';
import { compilePath, type Path } from './json-path.ts';
import { compilePattern } from './pattern.ts';
import { type Clause, type Condition, OPERATORS, type Operator, parseCondition } from './predicate-parser.ts';
import type { Refused } from './scanner.ts';
import {
  MAX_CLAUSES,
  MAX_CONDITION_DEPTH,
  MAX_LIST_VALUES,
  MAX_PATTERN_STEPS,
  MAX_PREDICATE_LENGTH,
} from './text-limits.ts';

const MAX_REMEMBERED_PREDICATES = 1_000;

export interface ClauseResult {
  /** The comparison as text, with `not` in front where it is turned round. */
  readonly clause: string;
  readonly expected: Json;
  /** undefined: the payload has nothing there. */
  readonly received: Json | undefined;
  readonly held: boolean;
}

export interface Predicate {
  readonly ok: true;
  /** The data form. */
  readonly condition: Condition;
  /** The text form; compiling it yields the same condition. */
  readonly text: string;
  readonly evaluate: (payload: Json) => boolean;
  /** Every comparison on its own, in the order of the text. */
  readonly explain: (payload: Json) => readonly ClauseResult[];
}

/**
 * Compiles `event.type == 'x' and amount >= 10 and (status in ['a','b'] or not exists note)`, or the same as data:
 * `{ all: [{ path: 'event.type', op: '==', value: 'x' }, …] }`. A missing path makes its comparison false, `!=` and `not in`
 * included; a path to several values holds when one of them does; `contains` looks into texts and lists. Numbers and
 * booleans equal their text. `matches` searches; write ^ and $ for the whole text.
 */
export function compilePredicate(source: Json): Predicate | Refused {
  return typeof source === 'string' ? compileText(source) : compileData(source);
}

const compileText = remember(MAX_REMEMBERED_PREDICATES, (text): Predicate | Refused => {
  const parsed = parseCondition(text);
  return parsed.ok ? compileData(parsed.condition) : parsed;
});

function compileData(source: unknown): Predicate | Refused {
  const check: Check = { clauses: 0, refused: undefined };
  const compiled = checked(source, 'condition', 0, check);
  if (check.clauses > MAX_CLAUSES) object(check, 'condition', `has at most ${MAX_CLAUSES} comparisons`);
  if (check.refused) return check.refused;
  const text = textOf(compiled);
  if (text.length > MAX_PREDICATE_LENGTH) return refusal(`a condition has at most ${MAX_PREDICATE_LENGTH} characters`);
  return {
    ok: true,
    condition: conditionOf(compiled),
    text,
    evaluate: (payload) => holds(compiled, payload, { steps: 0 }),
    explain: (payload) => explain(compiled, payload, false, { steps: 0 }),
  };
}

/** A condition whose paths and patterns are compiled. */
type Compiled =
  | CompiledClause
  | { readonly type: 'all' | 'any'; readonly parts: readonly Compiled[] }
  | { readonly type: 'not'; readonly part: Compiled };

interface CompiledClause {
  readonly type: 'clause';
  readonly clause: Clause;
  readonly path: Path;
  readonly test: Test;
}

/** What a comparison asks of one value. */
type Test = (received: Json, work: Work) => boolean;

/** Steps that patterns spent in one evaluation: a hostile payload may offer a pattern many long texts. */
interface Work {
  steps: number;
}

interface Check {
  clauses: number;
  refused: Refused | undefined;
}

const refusal = (reason: string): Refused => ({ ok: false, reason, at: 0 });

/** Stands where something was refused; it is never asked. */
const NOTHING: Compiled = { type: 'any', parts: [] };

function object(check: Check, where: string, problem: string): Compiled {
  check.refused ??= refusal(`${where} ${problem}`);
  return NOTHING;
}

function checked(source: unknown, where: string, depth: number, check: Check): Compiled {
  if (depth > MAX_CONDITION_DEPTH) return object(check, where, `nests more than ${MAX_CONDITION_DEPTH} deep`);
  if (!isRecord(source)) return object(check, where, 'must be an object with all, any, not, or path and op');
  const [kind = ''] = Object.keys(source);
  if (kind !== 'all' && kind !== 'any' && kind !== 'not') return checkedClause(source, where, check);
  if (Object.keys(source).length > 1) return object(check, where, `has more members than ${kind}`);
  if (kind === 'not') return { type: 'not', part: checked(source.not, `${where}.not`, depth + 1, check) };
  const list = source[kind];
  if (!isList(list) || list.length === 0) return object(check, `${where}.${kind}`, 'must be a list that is not empty');
  if (list.length === 1) return checked(list[0], `${where}.${kind}[0]`, depth, check);
  // Counted before they are read, so that a list of a million conditions costs nothing.
  if (list.length > MAX_CLAUSES) return object(check, `${where}.${kind}`, `has at most ${MAX_CLAUSES} members`);
  return { type: kind, parts: list.map((part, n) => checked(part, `${where}.${kind}[${n}]`, depth + 1, check)) };
}

function checkedClause(source: JsonObject, where: string, check: Check): Compiled {
  check.clauses += 1;
  const { path: pathText, op: opText, value: givenValue, ...others } = source;
  const value = givenValue === undefined ? undefined : plainZero(givenValue);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return object(check, where, `has an unknown member ${unknown}`);
  const op = OPERATORS.find((operator) => operator === opText);
  if (!op) return object(check, `${where}.op`, `must be one of ${OPERATORS.join(', ')}`);
  if (typeof pathText !== 'string') return object(check, `${where}.path`, 'must be a text');
  const path = compilePath(pathText);
  if (!path.ok) return object(check, `${where}.path`, `is not a path: ${path.reason}`);
  const test = testOf(op, value);
  if (typeof test === 'string') return object(check, `${where}.value`, test);
  // A path that is spelled like a word of the text form would be read as that word.
  const spelled = /^(?:not|exists)$/i.test(pathText.trim()) ? `$.${pathText.trim()}` : pathText.trim();
  return { type: 'clause', clause: { path: spelled, op, ...(value === undefined ? {} : { value }) }, path, test };
}

type Scalar = null | boolean | number | string;
/** -0 as 0: they are equal, and the text of a condition knows only one of them. */
const plainZero = (value: Json): Json =>
  isList(value) ? value.map((item) => (item === 0 ? 0 : item)) : value === 0 ? 0 : value;

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['boolean', 'number', 'string'].includes(typeof value);
const isOrdered = (value: unknown): value is number | string => typeof value === 'number' || typeof value === 'string';

/** The test of an operator with its value, or what is wrong with the value. */
function testOf(op: Operator, value: Json | undefined): Test | string {
  switch (op) {
    case 'exists':
      return value === undefined ? () => true : 'is not taken by exists';
    case 'in':
    case 'not in':
      if (!isList(value) || value.length === 0 || value.length > MAX_LIST_VALUES || !value.every(isScalar)) {
        return `must be a list of 1 to ${MAX_LIST_VALUES} texts, numbers, booleans or nulls`;
      }
      return (received) => value.some((item) => sameScalar(received, item)) === (op === 'in');
    case 'between':
      if (!isList(value) || value.length !== 2 || !value.every(isOrdered) || typeof value[0] !== typeof value[1]) {
        return 'must be a list of two numbers or two texts';
      }
      return (received) => compares('>=', received, value[0]) && compares('<=', received, value[1]);
    case '==':
    case '!=':
      return isScalar(value)
        ? (received) => compares(op, received, value)
        : 'must be a text, a number, a boolean or null';
    case 'contains':
      return isScalar(value) ? (received) => contains(received, value) : 'must be a text, a number, a boolean or null';
    case 'startsWith':
      return typeof value === 'string'
        ? (received) => onText(received, (text) => text.startsWith(value))
        : 'must be a text';
    case 'endsWith':
      return typeof value === 'string'
        ? (received) => onText(received, (text) => text.endsWith(value))
        : 'must be a text';
    case 'matches':
      return matchOf(value);
    default:
      return isOrdered(value) ? (received) => compares(op, received, value) : 'must be a number or a text';
  }
}

function matchOf(value: Json | undefined): Test | string {
  const pattern = typeof value === 'string' ? compilePattern(value) : undefined;
  if (!pattern) return 'must be a text';
  if (!pattern.ok) return pattern.reason;
  return (received, work) =>
    onText(received, (text) => {
      if (work.steps > MAX_PATTERN_STEPS) return false;
      const { found, steps } = pattern.search(text);
      work.steps += steps;
      return found;
    });
}

function contains(received: Json, value: Scalar): boolean {
  if (isList(received)) return received.some((item) => sameScalar(item, value));
  return value !== null && onText(received, (text) => text.includes(String(value)));
}

/** Asks the text form of a text, a number or a boolean. */
const onText = (value: Json, ask: (text: string) => boolean): boolean =>
  value !== null && typeof value !== 'object' && ask(String(value));

function conditionOf(compiled: Compiled): Condition {
  if (compiled.type === 'clause') return compiled.clause;
  if (compiled.type === 'not') return { not: conditionOf(compiled.part) };
  const parts = compiled.parts.map(conditionOf);
  return compiled.type === 'all' ? { all: parts } : { any: parts };
}

function textOf(compiled: Compiled): string {
  if (compiled.type === 'clause') return clauseText(compiled.clause);
  if (compiled.type === 'not') return `not ${bracketed(compiled.part)}`;
  return compiled.parts.map(bracketed).join(compiled.type === 'all' ? ' and ' : ' or ');
}

const bracketed = (compiled: Compiled): string =>
  compiled.type === 'all' || compiled.type === 'any' ? `(${textOf(compiled)})` : textOf(compiled);

function clauseText({ path, op, value }: Clause): string {
  if (op === 'exists') return `exists ${path}`;
  if (op === 'between' && isList(value)) return `${path} between ${value.map(literalText).join(' and ')}`;
  return `${path} ${op} ${isList(value) ? `[${value.map(literalText).join(', ')}]` : literalText(value)}`;
}

const literalText = (value: Json | undefined): string =>
  typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : JSON.stringify(value);

function holds(compiled: Compiled, payload: Json, work: Work): boolean {
  switch (compiled.type) {
    case 'all':
      return compiled.parts.every((part) => holds(part, payload, work));
    case 'any':
      return compiled.parts.some((part) => holds(part, payload, work));
    case 'not':
      return !holds(compiled.part, payload, work);
    case 'clause':
      return clauseHolds(compiled, compiled.path.get(payload), work);
  }
}

function explain(compiled: Compiled, payload: Json, negated: boolean, work: Work): readonly ClauseResult[] {
  switch (compiled.type) {
    case 'all':
    case 'any':
      return compiled.parts.flatMap((part) => explain(part, payload, negated, work));
    case 'not':
      return explain(compiled.part, payload, !negated, work);
    case 'clause': {
      const received = compiled.path.get(payload);
      const held = clauseHolds(compiled, received, work) !== negated;
      const text = clauseText(compiled.clause);
      return [{ clause: negated ? `not ${text}` : text, expected: compiled.clause.value ?? null, received, held }];
    }
  }
}

function clauseHolds({ path, test }: CompiledClause, received: Json | undefined, work: Work): boolean {
  if (received === undefined) return false;
  const candidates = isList(received) && !path.definite ? received : [received];
  return candidates.some((value) => test(value, work));
}
