// JSONPath on plain JSON, in steps bounded by the size of the value; the value is never run and never changed.
// Own properties only, so `__proto__` and `constructor` are names like any other.

import type { Json } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { remember } from '../remember.ts';
import { compares } from './compare.ts';
import {
  isDefinite,
  isSingle,
  type Operand,
  parsePath,
  type SingleStep,
  type Step,
  type Test,
} from './json-path-parser.ts';
import type { Refused } from './scanner.ts';
import { MAX_VISITED_VALUES } from './text-limits.ts';

const MAX_REMEMBERED_PATHS = 2_000;

export interface Path {
  readonly ok: true;
  readonly steps: readonly Step[];
  /** True when the path names at most one value; otherwise it yields a list, empty when nothing is found. */
  readonly definite: boolean;
  /** undefined: nothing there (or more than {@link MAX_VISITED_VALUES} touched). */
  readonly get: (value: Json) => Json | undefined;
}

/**
 * Reads a path once and keeps it. Spellings: `$.a.b`, `$['a']["b"]`, `a.b[0]` (the `$` may be missing), `[-1]`, `[0:2]`,
 * `['a','b']` (at the end: an object with those members, as Jayway does), `[*]`, `.*`, `..name`, `[?(@.x == 'y')]` with
 * `&&`, `||`, `!`, and `.length()` or `.size()` at the end. Source: RFC 9535 and Jayway's README, regular expressions left out.
 */
export const compilePath: (text: string) => Path | Refused = remember(MAX_REMEMBERED_PATHS, (text) => {
  const parsed = parsePath(text);
  if (!parsed.ok) return parsed;
  const { steps } = parsed;
  return { ok: true, steps, definite: isDefinite(steps), get: (value) => find(steps, value) };
});

/** The value at `text` in `value`; undefined when it is not there or the path is malformed. */
export function readPath(text: string, value: Json): Json | undefined {
  const path = compilePath(text);
  return path.ok ? path.get(value) : undefined;
}

interface Visit {
  readonly root: Json;
  left: number;
}

function find(steps: readonly Step[], root: Json): Json | undefined {
  const visit: Visit = { root, left: MAX_VISITED_VALUES };
  const found = walk(steps, root, visit);
  return visit.left < 0 ? undefined : found;
}

const walk = (steps: readonly Step[], start: Json, visit: Visit): Json | undefined =>
  isSingle(steps) ? follow(steps, start) : search(steps, start, visit);

function follow(steps: readonly SingleStep[], start: Json): Json | undefined {
  let value: Json | undefined = start;
  for (const step of steps) {
    if (value === undefined) return undefined;
    value = take(step, value);
  }
  return value;
}

function take(step: SingleStep, value: Json): Json | undefined {
  switch (step.type) {
    case 'name':
      return memberOf(value, step.name);
    case 'index':
      return isList(value) ? value.at(step.index) : undefined;
    case 'pick':
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).filter(([name]) => step.names.includes(name)))
        : undefined;
    case 'count':
      return countOf(value);
  }
}

function memberOf(value: Json, name: string): Json | undefined {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function countOf(value: Json): number | undefined {
  if (isList(value) || typeof value === 'string') return value.length;
  return isRecord(value) ? Object.keys(value).length : undefined;
}

function search(steps: readonly Step[], start: Json, visit: Visit): Json | undefined {
  let values: readonly Json[] = [start];
  for (const step of steps) {
    if (step.type === 'count') return values.length;
    const next: Json[] = [];
    for (const value of values) {
      expand(step, value, visit, next);
      if (visit.left < 0) return undefined;
    }
    values = next;
  }
  return values;
}

/** Puts what one step finds in `value` into `out`, and pays for it. */
function expand(step: Step, value: Json, visit: Visit, out: Json[]): void {
  if (step.type === 'descend') {
    descend(value, visit, out);
    return;
  }
  visit.left -= 1;
  for (const found of candidatesOf(step, value)) {
    visit.left -= 1;
    if (visit.left < 0) return;
    if (found !== undefined && (step.type !== 'filter' || holds(step.test, found, visit))) out.push(found);
  }
}

function candidatesOf(step: Exclude<Step, { type: 'descend' }>, value: Json): readonly (Json | undefined)[] {
  switch (step.type) {
    case 'names':
      return step.names.map((name) => memberOf(value, name));
    case 'indexes':
      return isList(value) ? step.indexes.map((index) => value.at(index)) : [];
    case 'slice':
      return isList(value) ? value.slice(step.start, step.end) : [];
    case 'all':
      return childrenOf(value);
    case 'filter':
      // On an object Jayway asks the object itself, not its members: a list of one that came as an object still works.
      return isList(value) ? value : [value];
    default:
      return [take(step, value)];
  }
}

const childrenOf = (value: Json): readonly Json[] =>
  isList(value) ? value : isRecord(value) ? Object.values(value) : [];

/** The value and everything below it, parents first. With a stack of our own, since payloads nest as deep as a sender likes. */
function descend(start: Json, visit: Visit, out: Json[]): void {
  const open: Json[] = [start];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    visit.left -= 1;
    if (visit.left < 0) return;
    out.push(value);
    const children = childrenOf(value);
    for (let at = children.length - 1; at >= 0; at -= 1) open.push(children[at] ?? null);
  }
}

/** Whether a path found anything: null counts, the empty list of an indefinite path does not. */
const isFound = (found: Json | undefined, definite: boolean): boolean =>
  found !== undefined && (definite || !isList(found) || found.length > 0);

function holds(test: Test, current: Json, visit: Visit): boolean {
  switch (test.type) {
    case 'and':
      return test.parts.every((part) => holds(part, current, visit));
    case 'or':
      return test.parts.some((part) => holds(part, current, visit));
    case 'not':
      return !holds(test.part, current, visit);
    case 'exists': {
      const found = operandOf(test.path, current, visit);
      return isFound(found, isDefinite(test.path.steps));
    }
    case 'compare':
      return compares(test.comparator, operandOf(test.left, current, visit), operandOf(test.right, current, visit));
  }
}

function operandOf(operand: Operand, current: Json, visit: Visit): Json | undefined {
  if (operand.type === 'value') return operand.value;
  return walk(operand.steps, operand.from === 'root' ? visit.root : current, visit);
}
