// From a decision to rows: what one execution writes in one cycle. All that can be derived (queue, waits, alarm) is
// compared before and after; only the difference is written.

import { CACHE, cacheEntryOf } from '../../core/cache.ts';
import type { Decision } from '../../core/decision.ts';
import { limitedQueueOf, type QueueEntry, queueEntryOf, wakeAtOf } from '../../core/derive.ts';
import { matchText, type Wait, waitOf } from '../../core/match.ts';
import type { Task, Workflow } from '../../core/model.ts';
import { isTerminal } from '../../core/model.ts';
import type { Cell, Change, Row } from '../drivers/driver.ts';
import { packTasks, SPILLED, taskRow, workflowRow } from '../rows/rows.ts';
import { toStored } from '../rows/text.ts';
import { type OnMessages, removal } from './item.ts';
import { matchKey } from './keys.ts';
import type { State } from './states.ts';

export const WAIT_ENTRY = 0;
export const EVENT_ENTRY = 1;

export interface OpenedWait {
  readonly wf: number;
  readonly n: number;
  readonly key: Uint8Array;
  readonly wait: Wait;
  readonly at: number;
  /** Shape whose entries for past events must be made before looking back; 0: none. Known after the shapes are stored. */
  shape: number;
}

/** What a decision writes, and what it sets off. */
export interface Written {
  readonly state: State;
  readonly row: Row;
  readonly changes: Change[];
  readonly opened: readonly OpenedWait[];
  readonly queues: readonly string[];
  /** Executions that were told something. */
  readonly told: readonly string[];
}

export interface Reason {
  readonly wf: number;
  readonly def: Uint8Array;
  readonly rev: number;
  readonly now: number;
  /** Earliest next alarm, when the one due has changed nothing. */
  readonly notBefore?: number;
  readonly onMessages: OnMessages;
}

const FIELDS_BESIDE = new Set<keyof Workflow>(['tasks', 'def']);

/** True when a decision leaves all as it was. */
export function changesNothing(before: Workflow, { after, changed, removed, messages }: Decision): boolean {
  if (changed.length || removed.length || messages.length) return false;
  if (after === before) return true;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Workflow>;
  for (const name of names) if (!FIELDS_BESIDE.has(name) && before[name] !== after[name]) return false;
  return before.def === after.def;
}

/** True when the columns that hardly ever change have not: those of `rare` in tables.ts. */
export function keepsRare({ def, workflow: a }: State, { def: newDef, workflow: b }: State): boolean {
  return (
    def === newDef &&
    a.version === b.version &&
    a.priority === b.priority &&
    a.correlationId === b.correlationId &&
    a.startedAt === b.startedAt
  );
}

export function written(before: State | undefined, decision: Decision, reason: Reason): Written {
  const { after } = decision;
  const { wf, def, rev } = reason;
  const derivedWakeAt = wakeAtOf(after);
  const wakeAt =
    derivedWakeAt !== undefined && reason.notBefore !== undefined
      ? Math.max(derivedWakeAt, reason.notBefore)
      : derivedWakeAt;
  const packing = packingOf(before, decision);
  const state: State = { wf, def, rev, wakeAt, workflow: after, packed: packing.packed };
  const derived = new Derived(wf, before?.workflow, after, reason.now, packing.hasRows);
  for (const n of decision.removed) derived.removed(n);
  for (const n of decision.changed) derived.changed(n);
  if (before && derivesDifferently(before.workflow, after)) derived.rest(decision.changed);
  const changes = derived.changes;
  if (packing.cell === SPILLED)
    for (const task of after.tasks) changes.push({ op: 'insert', table: 'task', row: taskRow(wf, task) });
  turnRows(wf, before?.workflow, after, changes);
  const told = messageRows(decision, wf, rev, reason.now, changes);
  if (derived.kept.length) {
    const command: LookForKept = { type: 'lookForKept', tasks: derived.kept };
    // Behind the indexes of the messages; those below 0 are answers to them (commands.ts).
    changes.push(inboxRow(after.id, wf, rev, decision.messages.length, reason.now, command));
    told.push(after.id);
  }
  changes.push(...reason.onMessages(after, decision.messages, wf));
  return {
    state,
    row: workflowRow(after, state, before?.workflow, packing.cell),
    changes,
    opened: derived.opened,
    queues: derived.queues,
    told,
  };
}

interface Packing {
  /** What goes into the row of the execution; null: as it was. */
  readonly cell: Cell;
  readonly packed: boolean;
  /** Tasks had rows of their own before. */
  readonly hasRows: boolean;
}

/** Few and small tasks lie in the row of their execution; when they become many or big, they move to rows of their own, for good. */
function packingOf(before: State | undefined, { after, changed, removed }: Decision): Packing {
  if (before && !before.packed) return { cell: null, packed: false, hasRows: true };
  if (before && !changed.length && !removed.length) return { cell: null, packed: true, hasRows: false };
  const text = packTasks(after.tasks, after.createdAt);
  return { cell: text ?? SPILLED, packed: text !== undefined, hasRows: false };
}

/** True when waits and queue entries of tasks that did not change may be different now. */
const derivesDifferently = (a: Workflow, b: Workflow): boolean =>
  a.name !== b.name || a.version !== b.version || a.startedAt !== b.startedAt || a.priority !== b.priority;

/** Task with this number in a list that is in the order of numbers. */
export function findTask(tasks: readonly Task[], n: number): Task | undefined {
  let low = 0;
  let high = tasks.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const task = tasks[middle] as Task;
    if (task.n === n) return task;
    if (task.n < n) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

export const queueRow = (wf: number, n: number, entry: QueueEntry, leasedUntil = 0): Row => [
  toStored(entry.queue),
  toStored(entry.domain ?? ''),
  -entry.priority,
  entry.availableAt,
  wf,
  n,
  leasedUntil,
];

const sameCells = (a: readonly Cell[], b: readonly Cell[]): boolean => a.every((cell, i) => cell === b[i]);

/** Collects the difference of rows between two states of an execution. */
class Derived {
  readonly changes: Change[] = [];
  readonly opened: OpenedWait[] = [];
  readonly queues: string[] = [];
  /** Tasks that have come to a queue, and whose output may be kept. */
  readonly kept: number[] = [];
  readonly #wf: number;
  readonly #before: Workflow | undefined;
  readonly #after: Workflow;
  readonly #now: number;
  readonly #hasRows: boolean;

  constructor(wf: number, before: Workflow | undefined, after: Workflow, now: number, hasRows: boolean) {
    this.#now = now;
    this.#hasRows = hasRows;
    this.#wf = wf;
    this.#before = before;
    this.#after = after;
  }

  removed(n: number): void {
    const old = this.#before && findTask(this.#before.tasks, n);
    if (!old) return;
    if (this.#hasRows) this.changes.push(removal('task', [this.#wf, n]));
    this.#queue(old, undefined);
    this.#running(old, undefined);
    this.#wait(old, undefined);
  }

  changed(n: number): void {
    const old = this.#before && findTask(this.#before.tasks, n);
    const task = findTask(this.#after.tasks, n);
    if (!task) return;
    if (this.#hasRows)
      this.changes.push({ op: old ? 'put' : 'insert', table: 'task', row: taskRow(this.#wf, task, old) });
    this.#queue(old, task);
    this.#running(old, task);
    this.#keep(old, task);
    this.#wait(old, task);
    if (task.status === 'SCHEDULED' && !old && cacheEntryOf(this.#after, task)) this.kept.push(n);
  }

  /** Looks at the tasks that did not change, after a change of what all of them derive from. */
  rest(changed: readonly number[]): void {
    const done = new Set(changed);
    for (const task of this.#after.tasks) {
      const old = done.has(task.n) ? undefined : this.#before && findTask(this.#before.tasks, task.n);
      if (!old) continue;
      this.#queue(old, task);
      this.#wait(old, task);
    }
  }

  #queue(old: Task | undefined, task: Task | undefined): void {
    const from = old && this.#before && queueEntryOf(this.#before, old);
    const to = task && queueEntryOf(this.#after, task);
    const fromRow = from && queueRow(this.#wf, (old as Task).n, from);
    const toRow = to && queueRow(this.#wf, (task as Task).n, to);
    if (fromRow && toRow && sameCells(fromRow, toRow)) return;
    if (fromRow) this.changes.push(removal('queue', fromRow.slice(0, -1)));
    if (toRow) {
      this.changes.push({ op: 'put', table: 'queue', row: toRow });
      this.queues.push((to as QueueEntry).queue);
    }
  }

  /** Tasks in progress of queues with a limit. Whoever polls one hears when there is room again. */
  #running(old: Task | undefined, task: Task | undefined): void {
    const from = old && this.#before && limitedQueueOf(this.#before, old);
    const to = task && limitedQueueOf(this.#after, task);
    if (from === to) return;
    if (from !== undefined) {
      this.changes.push(removal('running', [toStored(from), this.#wf, (old as Task).n]));
      this.queues.push(from);
    }
    if (to !== undefined)
      this.changes.push({ op: 'put', table: 'running', row: [toStored(to), this.#wf, (task as Task).n] });
  }

  /** An output that is to be kept for others with the same key. */
  #keep(old: Task | undefined, task: Task): void {
    if (task.status !== 'COMPLETED' || old?.status === 'COMPLETED' || task.workerId === CACHE) return;
    const entry = cacheEntryOf(this.#after, task);
    if (!entry) return;
    const { name, key, ttlMs } = entry;
    const row = [toStored(name), toStored(key), this.#now + ttlMs, JSON.stringify(task.output)];
    this.changes.push({ op: 'put', table: 'task_cache', row });
  }

  #wait(old: Task | undefined, task: Task | undefined): void {
    const from = old && this.#before && waitOf(this.#before, old);
    const to = task && waitOf(this.#after, task);
    if (!from && !to) return;
    const fromRow = from && waitRow(this.#wf, (old as Task).n, from);
    const toRow = to && waitRow(this.#wf, (task as Task).n, to);
    if (fromRow && toRow && sameBytes(fromRow[0] as Uint8Array, toRow[0] as Uint8Array) && fromRow[2] === toRow[2])
      return;
    if (fromRow) this.changes.push(removal('rendezvous', fromRow));
    if (toRow) {
      this.changes.push({ op: 'ignore', table: 'rendezvous', row: toRow });
      this.opened.push({
        wf: this.#wf,
        n: (task as Task).n,
        key: toRow[0] as Uint8Array,
        wait: to as Wait,
        at: this.#now,
        shape: 0,
      });
    }
  }
}

const waitRow = (wf: number, n: number, wait: Wait): Row => [
  matchKey(matchText(wait, wait.values), wait.values),
  WAIT_ENTRY,
  wait.since,
  wf,
  n,
];

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Under which executions with a rateLimitConfig take turns: a definition and a key, as they are stored. */
export type TurnKey = readonly [name: string, key: string];

export const turnKeyOf = ({ name, rateLimitKey = '' }: Workflow): TurnKey => [toStored(name), toStored(rateLimitKey)];

/** The row of an execution under a rateLimitConfig: it waits for its turn (held), or has it. */
function turnRow(wf: number, workflow: Workflow | undefined): Row | undefined {
  if (workflow?.rateLimitKey === undefined || isTerminal(workflow.status)) return undefined;
  return [...turnKeyOf(workflow), workflow.held ? 1 : 0, workflow.createdAt, wf];
}

function turnRows(wf: number, before: Workflow | undefined, after: Workflow | undefined, changes: Change[]): void {
  const [from, to] = [turnRow(wf, before), turnRow(wf, after)];
  if (from && to && sameCells(from, to)) return;
  if (from) changes.push(removal('turn', from));
  if (to) changes.push({ op: 'put', table: 'turn', row: to });
}

/** Rows of all that can be derived from an execution, to be removed with it. */
export function removalsOf({ wf, workflow, packed }: State): Change[] {
  const derived = new Derived(wf, workflow, { ...workflow, tasks: [] }, 0, !packed);
  for (const task of workflow.tasks) derived.removed(task.n);
  turnRows(wf, workflow, undefined, derived.changes);
  return derived.changes;
}

/** Inbox rows of what is said to others. Starts wait in the inbox of the execution that is to be. Answers the targets. */
function messageRows(decision: Decision, wf: number, rev: number, now: number, changes: Change[]): string[] {
  const told: string[] = [];
  let idx = 0;
  for (const message of decision.messages) {
    if (message.type !== 'tell' && message.type !== 'start') continue;
    const target = message.type === 'tell' ? message.workflowId : message.id;
    const command = message.type === 'tell' ? message.command : message;
    changes.push(inboxRow(target, wf, rev, idx++, now, command));
    told.push(target);
  }
  return told;
}

/** What the store says to an execution by itself: the outputs of these tasks may be kept. */
export interface LookForKept {
  readonly type: 'lookForKept';
  readonly tasks: readonly number[];
}

export const inboxRow = (
  target: string,
  source: number,
  rev: number,
  idx: number,
  now: number,
  command: object,
): Change => ({
  op: 'ignore',
  table: 'inbox',
  row: [toStored(target), source, rev, idx, now, 0, null, JSON.stringify(command)],
});
