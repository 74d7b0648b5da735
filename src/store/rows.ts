// Executions and tasks as rows and back. What is empty or a default is not stored; large texts that did not change are
// not written again (null means "as it was" in those columns).

import type { JsonObject } from '../core/json.ts';
import type { Task, TaskStatus, Workflow, WorkflowDef, WorkflowStatus } from '../core/model.ts';
import type { Cell, Row } from './drivers/driver.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from './text.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the row of an execution holds beside the execution itself. */
export interface WorkflowMeta {
  readonly wf: number;
  readonly def: Uint8Array;
  readonly rev: number;
  readonly wakeAt: number | undefined;
  readonly fault?: string;
}

/** Fields kept together as one JSON text. Those with a default are left out while they have it. */
type Rest<T> = readonly (readonly [name: keyof T & string, fallback?: unknown])[];

const EMPTY: JsonObject = Object.freeze({});
const NOBODY: readonly string[] = Object.freeze([]);

const WORKFLOW_REST: Rest<Workflow> = [
  ['variables', EMPTY],
  ['taskToDomain'],
  ['createdBy'],
  ['event'],
  ['parent'],
  ['depth', 0],
  ['traceId'],
  ['lastRetriedAt'],
  ['reason'],
  ['failedRefs', NOBODY],
  ['failedNames', NOBODY],
  ['reRunFrom'],
  ['unfinished'],
];

const TASK_REST: Rest<Task> = [
  ['retryCount', 0],
  ['retryOf'],
  ['iteration', 0],
  ['firstStartedAt'],
  ['availableAt'],
  ['wakeAt'],
  ['pollCount', 0],
  ['workerId'],
  ['domain'],
  ['reason'],
  ['callbackAfterSeconds'],
  ['subWorkflowId'],
  ['def'],
  ['dynamic'],
  ['memo'],
];

const EXECUTED = 1;
const RETRIED = 2;

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

const isFallback = (value: unknown, fallback: unknown): boolean =>
  value === fallback ||
  value === undefined ||
  (typeof fallback === 'object' && typeof value === 'object' && value !== null && isEmpty(value));

/** JSON text of the fields that differ from their default; null when none does. */
function restOf<T extends object>(value: T, names: Rest<T>): string | null {
  let rest: Partial<T> | undefined;
  for (const [name, fallback] of names) {
    if (isFallback(value[name], fallback)) continue;
    rest ??= {};
    rest[name] = value[name];
  }
  return rest ? JSON.stringify(rest) : null;
}

const sameRest = <T extends object>(a: T, b: T, names: Rest<T>): boolean =>
  names.every(
    ([name, fallback]) => a[name] === b[name] || (isFallback(a[name], fallback) && isFallback(b[name], fallback)),
  );

/** Text of an object, null when it is empty or (with `before` being the same object) unchanged. */
function objectCell(value: JsonObject, before: JsonObject | undefined): Cell {
  if (before === undefined) return isEmpty(value) ? null : JSON.stringify(value);
  return value === before || (isEmpty(value) && isEmpty(before)) ? null : JSON.stringify(value);
}

export function workflowRow(workflow: Workflow, meta: WorkflowMeta, before?: Workflow): Row {
  const same = before !== undefined && sameRest(workflow, before, WORKFLOW_REST);
  return [
    meta.wf,
    toStored(workflow.id),
    toStored(workflow.name),
    workflow.version,
    meta.def,
    workflow.status,
    meta.rev,
    workflow.priority,
    workflow.nextN,
    meta.wakeAt ?? null,
    toStoredOrNull(workflow.parent?.workflowId),
    toStoredOrNull(workflow.correlationId),
    toStoredOrNull(workflow.idempotencyKey),
    workflow.createdAt,
    workflow.startedAt,
    workflow.updatedAt,
    workflow.endedAt ?? null,
    meta.fault ?? null,
    objectCell(workflow.input, before?.input),
    objectCell(workflow.output, before?.output),
    same ? null : (restOf(workflow, WORKFLOW_REST) ?? (before ? '{}' : null)),
  ];
}

export function taskRow(wf: number, task: Task, before?: Task): Row {
  const same = before !== undefined && sameRest(task, before, TASK_REST);
  const output = task.outputEvent === undefined ? task.output : EMPTY;
  return [
    wf,
    task.n,
    toStored(task.place),
    task.scope,
    task.type,
    toStored(task.name),
    task.status,
    (task.executed ? EXECUTED : 0) | (task.retried ? RETRIED : 0),
    task.scheduledAt,
    task.startedAt ?? null,
    task.updatedAt,
    task.endedAt ?? null,
    task.outputEvent ?? null,
    objectCell(task.input, before?.input),
    objectCell(output, before && (before.outputEvent === undefined ? before.output : EMPTY)),
    same ? null : (restOf(task, TASK_REST) ?? (before ? '{}' : null)),
  ];
}

const parse = (cell: Cell | undefined): JsonObject => (typeof cell === 'string' ? JSON.parse(cell) : EMPTY);
const number = (cell: Cell | undefined): number | undefined => (typeof cell === 'number' ? cell : undefined);

export const metaOf = (row: Row): WorkflowMeta => ({
  wf: row[0] as number,
  def: row[4] as Uint8Array,
  rev: row[6] as number,
  wakeAt: number(row[9]),
  ...(typeof row[17] === 'string' && { fault: row[17] }),
});

export function workflowOf(row: Row, def: WorkflowDef, tasks: readonly Task[]): Workflow {
  const workflow = {
    id: fromStored(row[1] as string),
    name: fromStored(row[2] as string),
    version: row[3] as number,
    def,
    status: row[5] as WorkflowStatus,
    input: parse(row[18]),
    output: parse(row[19]),
    variables: EMPTY,
    priority: row[7] as number,
    depth: 0,
    createdAt: row[13] as number,
    startedAt: row[14] as number,
    updatedAt: row[15] as number,
    failedRefs: NOBODY,
    failedNames: NOBODY,
    nextN: row[8] as number,
    ...(parse(row[20]) as Partial<Workflow>),
    tasks,
  } satisfies Workflow as Mutable<Workflow>;
  const correlationId = fromStoredOrNothing(row[11]);
  if (correlationId !== undefined) workflow.correlationId = correlationId;
  const idempotencyKey = fromStoredOrNothing(row[12]);
  if (idempotencyKey !== undefined) workflow.idempotencyKey = idempotencyKey;
  const endedAt = number(row[16]);
  if (endedAt !== undefined) workflow.endedAt = endedAt;
  return workflow;
}

/** `output` is given when the row points at an event. */
export function taskOf(row: Row, payload?: JsonObject): Task {
  const flags = row[7] as number;
  const task = {
    n: row[1] as number,
    place: fromStored(row[2] as string),
    scope: row[3] as string,
    type: row[4] as string,
    name: fromStored(row[5] as string),
    status: row[6] as TaskStatus,
    input: parse(row[13]),
    output: payload ?? parse(row[14]),
    retryCount: 0,
    iteration: 0,
    scheduledAt: row[8] as number,
    updatedAt: row[10] as number,
    pollCount: 0,
    ...(parse(row[15]) as Partial<Task>),
  } satisfies Task as Mutable<Task>;
  if (flags & EXECUTED) task.executed = true;
  if (flags & RETRIED) task.retried = true;
  const startedAt = number(row[9]);
  if (startedAt !== undefined) task.startedAt = startedAt;
  const endedAt = number(row[11]);
  if (endedAt !== undefined) task.endedAt = endedAt;
  const outputEvent = number(row[12]);
  if (outputEvent !== undefined) task.outputEvent = outputEvent;
  return task;
}

/** Key of the event that a task row points at. */
export const outputEventOf = (row: Row): number | undefined => number(row[12]);
