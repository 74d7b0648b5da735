// What is wrong with a definition, with its place, and the checks of single values that all definitions share.

import { isList, isRecord } from '../json.ts';
import { MAX_NAME_LENGTH } from '../limits.ts';

/** One thing that is wrong; the shape is that of Conductor's `validationErrors`. */
export interface Problem {
  /** As `tasks[2].loopOver[0].taskReferenceName`. */
  readonly path: string;
  readonly message: string;
  /** The value, when it is short; else what kind of value it is. */
  readonly invalidValue: string | number | boolean | null;
}

/** More help nobody, and a hostile definition would make a large answer. */
const MAX_PROBLEMS = 50;

const MAX_SHOWN_LENGTH = 200;

export class Problems {
  readonly list: Problem[] = [];

  add(path: string, message: string, value?: unknown): void {
    if (this.list.length < MAX_PROBLEMS) this.list.push({ path, message, invalidValue: shown(value) });
  }
}

function shown(value: unknown): Problem['invalidValue'] {
  if (typeof value === 'string') return value.slice(0, MAX_SHOWN_LENGTH);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** Says what is wrong with a value, or undefined. */
export type Check = (value: unknown) => string | undefined;

export const text: Check = (value) => (typeof value === 'string' ? undefined : 'must be a text');
export const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
export const record: Check = (value) => (isRecord(value) ? undefined : 'must be an object');
export const list: Check = (value) => (isList(value) ? undefined : 'must be a list');
export const texts: Check = (value) =>
  isList(value) && value.every((item) => typeof item === 'string') ? undefined : 'must be a list of texts';

export const nonEmptyText: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'must be a text that is not empty';

export const name: Check = (value) => {
  const problem = nonEmptyText(value);
  if (problem) return problem;
  return String(value).length > MAX_NAME_LENGTH ? `must have at most ${MAX_NAME_LENGTH} characters` : undefined;
};

/** What is larger would not fit into a column, as milliseconds. */
export const atLeast =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= Number.MAX_SAFE_INTEGER
      ? undefined
      : `must be a number from ${least} to ${Number.MAX_SAFE_INTEGER}`;

export const integerFrom =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least ? undefined : `must be a whole number from ${least} on`;

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value as string) ? undefined : `must be one of ${allowed.join(', ')}`;

/** Looks at the fields that are there; null counts as not there, as Conductor's clients in Java write it. */
export function checkFields(
  value: Readonly<Record<string, unknown>>,
  path: string,
  checks: Readonly<Record<string, Check>>,
  problems: Problems,
): void {
  for (const [field, check] of Object.entries(checks)) {
    const given = own(value, field);
    const problem = given === undefined ? undefined : check(given);
    if (problem) problems.add(under(path, field), problem, given);
  }
}

/** The value of a field; undefined when it is missing or null. */
export const own = (value: Readonly<Record<string, unknown>>, field: string): unknown =>
  Object.hasOwn(value, field) ? (value[field] ?? undefined) : undefined;

export const under = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`);
