// Which event ends which wait (contract, chapter 3). Both sides meet on one key: the hash of
// (workflow, version, place, expected values in the order of their paths), each part with its length, so no value can forge another.

import type { Json, JsonObject } from './json.ts';
import { isRecord } from './json.ts';
import { readPath } from './language/json-path.ts';
import type { Task, Workflow } from './model.ts';
import { lookBackFrom } from './wait-terms.ts';

/** The set of paths that one place waits for; matching costs one look-up per shape, never per waiting execution. */
export interface WaitShape {
  readonly workflowName: string;
  readonly version: number;
  readonly place: string;
  /** Sorted, without duplicates; empty: any event. */
  readonly paths: readonly string[];
}

export interface Wait extends WaitShape {
  /** Text of the expected values, in the order of `paths`. */
  readonly values: readonly string[];
  /** Events received at or after this moment may end it (epoch ms). */
  readonly since: number;
}

/** The pairs that a task waits for: `matches`, or, when absent, the inputs whose keys look like paths (contract 3.1). */
export function matchesOf(input: JsonObject): JsonObject {
  if (isRecord(input.matches)) return input.matches;
  return Object.fromEntries(Object.entries(input).filter(([key]) => key.startsWith('$')));
}

/** True for an open task that a webhook can end. A plain WAIT with `matches` counts (contract 3.3). */
export const isWaiting = (task: Task): boolean =>
  task.status === 'IN_PROGRESS' &&
  (task.type === 'WAIT_FOR_WEBHOOK' || (task.type === 'WAIT' && isRecord(task.input.matches)));

/** The wait of a task, if it is one. */
export function waitOf(workflow: Workflow, task: Task): Wait | undefined {
  if (!isWaiting(task)) return undefined;
  const pairs = Object.entries(matchesOf(task.input)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    workflowName: workflow.name,
    version: workflow.version,
    place: task.place,
    paths: pairs.map(([path]) => path),
    values: pairs.map(([, value]) => textOf(value)),
    since: lookBackFrom(workflow, task),
  };
}

/** What an event offers to a shape, or undefined when a path yields nothing: then no wait of this shape can match. */
export function valuesFor(shape: WaitShape, payload: Json): readonly string[] | undefined {
  const values: string[] = [];
  for (const path of shape.paths) {
    let value = readPath(path, payload);
    if (Array.isArray(value)) value = value[0];
    if (value === undefined || value === null) return undefined;
    values.push(textOf(value));
  }
  return values;
}

/** Comparison is on text (contract 3.3): numbers and booleans by their text form, objects as JSON. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The text that is hashed into the match key. The store hashes it, since core knows no hash function. */
export function matchText(shape: WaitShape, values: readonly string[]): string {
  const parts = [shape.workflowName, String(shape.version), shape.place, ...shape.paths, ...values];
  return parts.map((part) => `${part.length}:${part}`).join('');
}
