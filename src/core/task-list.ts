// The tasks of an execution while it is being decided: copy on write over the state before, so a decision that throws
// leaves no trace. What is known about the list as a whole goes on from one decision to the next, so that a decision about
// one task among ten thousand costs what one task costs.

import { Alarms } from './alarms.ts';
import { isInScope } from './iteration.ts';
import type { Task } from './model.ts';
import { hasEnded } from './model.ts';

/** Shorter lists are looked through each time: to keep track of a few tasks costs more than to look at them. */
const LOOKED_THROUGH = 16;

/** What can be known by looking at all tasks once. Sets hold task numbers. */
interface Bearings {
  readonly open: Set<number>;
  /** Ended, and nothing planned for that yet. */
  readonly unsettled: Set<number>;
  /** Open ones of types that look at others. */
  readonly looking: Set<number>;
  /** Forks that have made places at run time. */
  readonly forks: Set<number>;
  /** Place -> scope -> number of the attempt that counts. Made when it is first asked for. */
  index?: Map<string, Map<string, number>>;
  /** Made when it is first asked for; `def` is the definition whose timeouts are in it. */
  alarms?: { readonly def: object; readonly moments: Alarms };
}

/**
 * By the list that they describe. They are taken away by the decision that goes on from there and change with it, so a list
 * has right ones or none; then they are found again by looking.
 */
const carried = new WeakMap<readonly Task[], Bearings>();

/** When a task must be looked at (epoch ms). */
export type MomentOf = (task: Task) => number | undefined;

/** The first moment at which a task of a list must be looked at; `def` says which timeouts are meant. */
export function firstMoment(tasks: readonly Task[], def: object, momentOf: MomentOf): number | undefined {
  const known = carried.get(tasks)?.alarms;
  if (known?.def === def) return known.moments.first();
  let first: number | undefined;
  for (const task of tasks) {
    const at = hasEnded(task) ? undefined : momentOf(task);
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first;
}

export class TaskList {
  /** In the order of n, with gaps where some were removed. */
  all: readonly Task[];
  /** Numbers of new or different tasks. */
  readonly changed = new Set<number>();
  readonly removed = new Set<number>();
  private items: Task[];
  private readonly owned = new Set<Task>();
  private readonly looks: (task: Task) => boolean;
  private readonly bearings: Bearings;
  /** Taken from the alarms, to be set again. */
  private readonly taken = new Set<number>();

  /** `looks`: whether tasks of this type look at others at every decision. */
  constructor(before: readonly Task[], looks: (task: Task) => boolean) {
    this.looks = looks;
    this.items = before.slice();
    this.all = this.items;
    const known = carried.get(before);
    carried.delete(before);
    this.bearings = known ?? { open: new Set(), unsettled: new Set(), looking: new Set(), forks: new Set() };
    if (!known) for (const task of before) this.note(task);
  }

  get size(): number {
    return this.items.length;
  }

  get openCount(): number {
    return this.bearings.open.size;
  }

  get unsettledCount(): number {
    return this.bearings.unsettled.size;
  }

  /** Open tasks as they are now, in the order of n. */
  openTasks(): Task[] {
    return this.current(this.bearings.open);
  }

  /** Open tasks that look at others, in the order of n. */
  lookingTasks(): Task[] {
    return this.current(this.bearings.looking);
  }

  /** Ended tasks for whose end nothing has been planned yet, in the order of n. */
  unsettledTasks(): Task[] {
    return this.current(this.bearings.unsettled);
  }

  /** Tasks that have made places at run time, in the order of n. */
  forkTasks(): Task[] {
    return this.current(this.bearings.forks);
  }

  /** Open tasks whose moment has come, in the order of n. */
  dueTasks(now: number, def: object, momentOf: MomentOf): Task[] {
    const { alarms } = this.bearings;
    if (alarms?.def !== def) return this.openTasks().filter((task) => (momentOf(task) ?? Infinity) <= now);
    // Those that were changed since have not been set again.
    const candidates = new Set([...alarms.moments.takeDue(now), ...this.changed]);
    for (const n of candidates) this.taken.add(n);
    return this.current(candidates).filter((task) => !hasEnded(task) && (momentOf(task) ?? Infinity) <= now);
  }

  /** Keeps what is known for the decision that goes on from here. */
  carryOn(def: object, momentOf: MomentOf): void {
    if (this.items.length < LOOKED_THROUGH) return;
    const { bearings } = this;
    if (bearings.alarms?.def !== def) {
      bearings.alarms = { def, moments: new Alarms() };
      for (const n of bearings.open) this.taken.add(n);
    }
    const { moments } = bearings.alarms;
    for (const n of [...this.taken, ...this.changed, ...this.removed]) {
      const task = this.get(n);
      moments.set(n, task && !hasEnded(task) ? momentOf(task) : undefined);
    }
    carried.set(this.all, bearings);
  }

  /** True when a task that is open or not yet settled fits. */
  someMoving(fits: (task: Task) => boolean): boolean {
    for (const n of this.bearings.open) if (fits(this.get(n) as Task)) return true;
    for (const n of this.bearings.unsettled) if (fits(this.get(n) as Task)) return true;
    return false;
  }

  get(n: number): Task | undefined {
    return taskNumbered(this.items, n);
  }

  /** Tasks from this number on. */
  from(n: number): readonly Task[] {
    return this.items.slice(positionOf(this.items, n));
  }

  write(n: number, fields: Partial<Task>): Task {
    const at = positionOf(this.items, n);
    const current = this.items[at] as Task;
    this.changed.add(n);
    if (this.owned.has(current)) {
      Object.assign(current, fields);
      this.note(current);
      return current;
    }
    const next: Task = { ...current, ...fields };
    this.owned.add(next);
    this.items[at] = next;
    this.note(next);
    return next;
  }

  push(task: Task): void {
    this.items.push(task);
    this.owned.add(task);
    this.changed.add(task.n);
    this.note(task);
  }

  /** Takes tasks out of the record; answers how many. */
  remove(gone: (task: Task) => boolean): number {
    const { open, unsettled, looking, forks } = this.bearings;
    const kept = this.items.filter((task) => {
      if (!gone(task)) return true;
      for (const set of [this.changed, open, unsettled, looking, forks]) set.delete(task.n);
      this.removed.add(task.n);
      return false;
    });
    const count = this.items.length - kept.length;
    if (count > 0) {
      this.items = kept;
      this.all = kept;
      delete this.bearings.index;
    }
    return count;
  }

  /** Latest attempt at a place in exactly this iteration. */
  latest(place: string, scope: string): Task | undefined {
    if (this.items.length < LOOKED_THROUGH)
      return this.items.findLast((task) => task.place === place && task.scope === scope && !task.retried);
    if (!this.bearings.index) {
      this.bearings.index = new Map();
      for (const task of this.items) this.enter(task);
    }
    const n = this.bearings.index.get(place)?.get(scope);
    return n === undefined ? undefined : this.get(n);
  }

  /** The task at a place that was made last, in any iteration inside `scope`. */
  last(place: string, scope: string): Task | undefined {
    return this.items.findLast((task) => task.place === place && !task.retried && isInScope(task.scope, scope));
  }

  private current(numbers: ReadonlySet<number>): Task[] {
    let last = 0;
    let isSorted = true;
    const tasks: Task[] = [];
    for (const n of numbers) {
      if (n < last) isSorted = false;
      last = n;
      const task = this.get(n);
      if (task) tasks.push(task);
    }
    return isSorted ? tasks : tasks.sort((a, b) => a.n - b.n);
  }

  /** Brings what is known about the list up to date with one task. */
  private note(task: Task): void {
    const { open, unsettled, looking, forks } = this.bearings;
    const ended = hasEnded(task);
    put(open, task.n, !ended);
    put(unsettled, task.n, ended && !task.executed);
    put(looking, task.n, !ended && this.looks(task));
    put(forks, task.n, task.dynamic !== undefined);
    this.enter(task);
  }

  /** Enters an attempt into the index, or takes out one that no longer counts. */
  private enter({ n, place, scope, retried }: Task): void {
    const { index } = this.bearings;
    if (!index) return;
    const scopes = index.get(place);
    const counting = scopes?.get(scope) ?? 0;
    if (retried) {
      if (counting === n) scopes?.delete(scope);
    } else if (!scopes) index.set(place, new Map([[scope, n]]));
    else if (n > counting) scopes.set(scope, n);
  }
}

function put(set: Set<number>, n: number, belongs: boolean): void {
  if (belongs) set.add(n);
  else set.delete(n);
}

/** Where a number is, or would be, in a list in the order of n. Without gaps that is known at once. */
function positionOf(tasks: readonly Task[], n: number): number {
  if (tasks[n - 1]?.n === n) return n - 1;
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tasks[middle] as Task).n < n) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The task with a number in a list in the order of n. */
export function taskNumbered(tasks: readonly Task[], n: number): Task | undefined {
  const task = tasks[positionOf(tasks, n)];
  return task?.n === n ? task : undefined;
}
