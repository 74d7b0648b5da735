// One schema over one value: the walk, its bounds, and the telling of problems. The keywords come with the run.

import type { Json, JsonObject } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { MAX_SCHEMA_STEPS, MAX_VALUE_DEPTH } from '../limits.ts';
import { type Problems, under } from '../validate/problems.ts';
import { type Schema, type SchemaDocument, targetOf } from './document.ts';

/** Parts of one value that schemas have looked at. */
export interface Seen {
  readonly properties: Set<string>;
  readonly items: Set<number>;
}

/** One schema over one value, as the keywords see it. */
export interface Look {
  readonly run: Run;
  readonly schema: JsonObject;
  readonly value: Json;
  readonly path: string;
  readonly seen: Seen | undefined;
}

export interface Run {
  readonly document: SchemaDocument;
  /** In the order in which they are asked. */
  readonly keywords: ReadonlyMap<string, Rule>;
  /** Values that are not known yet satisfy everything. */
  readonly passes: (value: Json) => boolean;
  /** Where problems are told; undefined while alternatives are tried. */
  problems: Problems | undefined;
  steps: number;
  depth: number;
  exhausted: boolean;
}

export type Rule = (look: Look) => boolean;

const rules = new WeakMap<object, readonly Rule[]>();

function rulesOf(schema: JsonObject, { document, keywords }: Run): readonly Rule[] {
  let list = rules.get(schema);
  if (!list) {
    const only = document.isOld && Object.hasOwn(schema, '$ref') ? ['$ref'] : undefined;
    list = [...keywords].flatMap(([name, rule]) =>
      Object.hasOwn(schema, name) && (!only || only.includes(name)) ? [rule] : [],
    );
    rules.set(schema, list);
  }
  return list;
}

/** True when the value satisfies the schema; else the problems are told, unless alternatives are being tried. */
export function holds(run: Run, schema: Schema, value: Json, path: string, seen?: Seen): boolean {
  if (schema === true || run.passes(value)) return true;
  if (schema === false) return no(run, path, 'is not allowed', value);
  if (!spend(run) || run.depth >= MAX_VALUE_DEPTH) {
    run.exhausted = true;
    return false;
  }
  run.depth++;
  const own: Seen | undefined = run.document.tracks ? { properties: new Set(), items: new Set() } : undefined;
  const look: Look = { run, schema, value, path, seen: own };
  let ok = true;
  for (const rule of rulesOf(schema, run)) {
    ok = rule(look) && ok;
    if (!ok && !run.problems) break;
  }
  run.depth--;
  if (ok && own && seen) {
    for (const name of own.properties) seen.properties.add(name);
    for (const i of own.items) seen.items.add(i);
  }
  return ok;
}

/** Counts work; false when there was too much. */
export function spend(run: Run, steps = 1): boolean {
  run.steps += steps;
  if (run.steps > MAX_SCHEMA_STEPS) run.exhausted = true;
  return !run.exhausted;
}

/** Tells a problem; always false. */
export function no(run: Run, path: string, message: string, value?: Json): false {
  run.problems?.add(path, message, value);
  return false;
}

/** The same, without telling what is wrong. */
export function tries(run: Run, schema: Schema, value: Json, path: string, seen?: Seen): boolean {
  const { problems } = run;
  run.problems = undefined;
  const ok = holds(run, schema, value, path, seen);
  run.problems = problems;
  return ok;
}

/** What a reference points at; every reference was looked up when the schema was read. */
export const resolved = (run: Run, reference: Json | undefined): Schema => targetOf(run.document, reference) as Schema;

export const inside = (path: string, step: string | number): string =>
  typeof step === 'number' ? `${path}[${step}]` : under(path, step);

/** Equal as JSON values are: whatever the order of members. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}
