// Executions and tasks as rows and back. What is empty or a default is not stored; large texts that did not change are
// not written again (null means "as it was" in those columns).

import type { JsonObject } from '../../core/json.ts';
import type { Task, TaskStatus, Workflow, WorkflowDef, WorkflowStatus } from '../../core/model.ts';
import type { Cell, Row } from '../drivers/driver.ts';
import { PACKED_CHARACTERS, PACKED_TASKS } from '../limits.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from './text.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the row of an execution holds beside the execution itself. */
export interface WorkflowMeta {
  readonly wf: number;
  readonly def: Uint8Array;
  readonly rev: number;
  readonly wakeAt: number | undefined;
  readonly fault?: string;
  /** Its tasks lie in its own row. */
  readonly packed: boolean;
}

const EMPTY: JsonObject = Object.freeze({});
const NOBODY: readonly string[] = Object.freeze([]);

/** Fields with a column of their own. All others are kept together as one JSON text, so that the rules may add some. */
const WORKFLOW_COLUMNS: ReadonlySet<string> = new Set<keyof Workflow>([
  'id',
  'name',
  'version',
  'def',
  'status',
  'input',
  'output',
  'correlationId',
  'priority',
  'idempotencyKey',
  'createdAt',
  'startedAt',
  'updatedAt',
  'endedAt',
  'nextN',
  'tasks',
]);
const TASK_COLUMNS: ReadonlySet<string> = new Set<keyof Task>([
  'n',
  'place',
  'scope',
  'type',
  'name',
  'status',
  'input',
  'output',
  'outputEvent',
  'retried',
  'executed',
  'scheduledAt',
  'startedAt',
  'updatedAt',
  'endedAt',
]);

/** Values that are not stored, because reading puts them back. */
const WORKFLOW_DEFAULTS: Partial<Workflow> = { variables: EMPTY, depth: 0, failedRefs: NOBODY, failedNames: NOBODY };
const TASK_DEFAULTS: Partial<Task> = { retryCount: 0, iteration: 0, pollCount: 0 };

const EXECUTED = 1;
const RETRIED = 2;

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

function isDefault(value: unknown, fallback: unknown): boolean {
  if (value === undefined || value === fallback) return true;
  return typeof fallback === 'object' && typeof value === 'object' && value !== null && isEmpty(value);
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields without a column that differ from their default; undefined when none does. */
function restOf(value: Fields, columns: ReadonlySet<string>, defaults: Fields): Fields | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const name in value) {
    if (columns.has(name) || isDefault(value[name], defaults[name])) continue;
    rest ??= {};
    rest[name] = value[name];
  }
  return rest;
}

function sameRest(a: Fields, b: Fields, columns: ReadonlySet<string>, defaults: Fields): boolean {
  const same = (name: string): boolean =>
    columns.has(name) ||
    a[name] === b[name] ||
    (isDefault(a[name], defaults[name]) && isDefault(b[name], defaults[name]));
  for (const name in a) if (!same(name)) return false;
  for (const name in b) if (!(name in a) && !same(name)) return false;
  return true;
}

/** The rest as a cell: null when there is none, or when it is as it was. */
function restCell(value: object, before: object | undefined, columns: ReadonlySet<string>, defaults: Fields): Cell {
  if (before && sameRest(value as Fields, before as Fields, columns, defaults)) return null;
  const rest = restOf(value as Fields, columns, defaults);
  return rest ? JSON.stringify(rest) : before ? '{}' : null;
}

/** Text of an object, null when it is empty or (with `before` being the same object) unchanged. */
function objectCell(value: JsonObject, before: JsonObject | undefined): Cell {
  if (before === undefined) return isEmpty(value) ? null : JSON.stringify(value);
  return value === before || (isEmpty(value) && isEmpty(before)) ? null : JSON.stringify(value);
}

/** `tasks`: text of the packed tasks, SPILLED, or null for "as it was". */
export function workflowRow(workflow: Workflow, meta: WorkflowMeta, before?: Workflow, tasks: Cell = null): Row {
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
    restCell(workflow, before, WORKFLOW_COLUMNS, WORKFLOW_DEFAULTS),
    tasks,
  ];
}

/** In place of packed tasks: they have rows of their own. */
export const SPILLED = '';

const flagsOf = (task: Task): number => (task.executed ? EXECUTED : 0) | (task.retried ? RETRIED : 0);
const objectOrNull = (value: JsonObject): JsonObject | null => (isEmpty(value) ? null : value);

/**
 * Tasks as one text: for each the cells of its row but the first. Shorter, since every byte is one of a page: moments count
 * from `since`, a name that is the place is null, an output that is the input is 1. Undefined: too much for one row.
 */
export function packTasks(tasks: readonly Task[], since: number): string | undefined {
  if (tasks.length > PACKED_TASKS) return undefined;
  const moment = (at: number | undefined): number | null => (at === undefined ? null : at - since);
  const text = JSON.stringify(
    tasks.map((task) => [
      task.n,
      toStored(task.place),
      task.scope,
      task.type,
      task.name === task.place ? null : toStored(task.name),
      task.status,
      flagsOf(task),
      moment(task.scheduledAt),
      moment(task.startedAt),
      moment(task.updatedAt),
      moment(task.endedAt),
      task.outputEvent ?? null,
      objectOrNull(task.input),
      task.outputEvent === undefined ? packedOutput(task) : null,
      restOf(task as unknown as Fields, TASK_COLUMNS, TASK_DEFAULTS) ?? null,
    ]),
  );
  return text.length <= PACKED_CHARACTERS ? text : undefined;
}

const SAME_AS_INPUT = 1;
const packedOutput = ({ input, output }: Task): JsonObject | number | null => {
  if (isEmpty(output)) return null;
  return output === input ? SAME_AS_INPUT : output;
};

function unpackTask(wf: Cell | undefined, since: number, packed: readonly unknown[]): TaskCells {
  const [n, place, scope, type, name, status, flags, ...rest] = packed;
  const [scheduledAt, startedAt, updatedAt, endedAt, event, input, output, others] = rest;
  const moments = [scheduledAt, startedAt, updatedAt, endedAt].map((at) =>
    typeof at === 'number' ? at + since : null,
  );
  const result = output === SAME_AS_INPUT ? input : output;
  return [wf, n, place, scope, type, name ?? place, status, flags, ...moments, event, input, result, others];
}

/** Cells of a task row; packed ones hold objects where rows hold their text. */
export type TaskCells = readonly unknown[];

/** The packed tasks of a workflow row, undefined when they have rows of their own. */
export function packedTasks(row: Row): TaskCells[] | undefined {
  const text = row[TASKS];
  if (text === SPILLED) return undefined;
  if (typeof text !== 'string') return [];
  const createdAt = row[13] as number;
  return (JSON.parse(text) as unknown[][]).map((packed) => unpackTask(row[0], createdAt, packed));
}

const TASKS = 21;

export function taskRow(wf: number, task: Task, before?: Task): Row {
  const output = task.outputEvent === undefined ? task.output : EMPTY;
  return [
    wf,
    task.n,
    toStored(task.place),
    task.scope,
    task.type,
    toStored(task.name),
    task.status,
    flagsOf(task),
    task.scheduledAt,
    task.startedAt ?? null,
    task.updatedAt,
    task.endedAt ?? null,
    task.outputEvent ?? null,
    objectCell(task.input, before?.input),
    objectCell(output, before && (before.outputEvent === undefined ? before.output : EMPTY)),
    restCell(task, before, TASK_COLUMNS, TASK_DEFAULTS),
  ];
}

const parse = (cell: unknown): JsonObject =>
  typeof cell === 'string' ? JSON.parse(cell) : ((cell as JsonObject | null | undefined) ?? EMPTY);
const number = (cell: unknown): number | undefined => (typeof cell === 'number' ? cell : undefined);

export const metaOf = (row: Row): WorkflowMeta => ({
  wf: row[0] as number,
  def: row[4] as Uint8Array,
  rev: row[6] as number,
  wakeAt: number(row[9]),
  ...(typeof row[17] === 'string' && { fault: row[17] }),
  packed: row[TASKS] !== SPILLED,
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
export function taskOf(row: TaskCells, payload?: JsonObject): Task {
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
export const outputEventOf = (row: TaskCells): number | undefined => number(row[12]);
