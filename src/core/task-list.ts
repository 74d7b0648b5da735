// The tasks of an execution while it is being decided: copy on write over the state before, so a decision that throws
// leaves no trace. Knows which tasks are open and which have ended without anything planned for it yet.

import { isInScope } from './iteration.ts';
import type { Task } from './model.ts';
import { hasEnded } from './model.ts';

/** Linear searches for one reference before an index pays. */
const SEARCHES_BEFORE_INDEX = 16;

const byNumber = (a: number, b: number): number => a - b;

export class TaskList {
  /** In the order of n, with gaps where some were removed. */
  all: readonly Task[];
  /** Numbers of new or different tasks. */
  readonly changed = new Set<number>();
  readonly removed = new Set<number>();
  private items: Task[];
  private readonly owned = new Set<Task>();
  private readonly open = new Set<number>();
  private readonly unsettled = new Set<number>();
  /** Place -> scope -> latest task. */
  private index: Map<string, Map<string, Task>> | undefined;
  private searches = 0;

  constructor(before: readonly Task[]) {
    this.items = before.slice();
    this.all = this.items;
    for (const task of before) {
      if (!hasEnded(task)) this.open.add(task.n);
      else if (!task.executed) this.unsettled.add(task.n);
    }
  }

  get size(): number {
    return this.items.length;
  }

  get openCount(): number {
    return this.open.size;
  }

  get unsettledCount(): number {
    return this.unsettled.size;
  }

  /** Open tasks as they are now, in the order of n. */
  openTasks(): Task[] {
    return this.current(this.open);
  }

  /** Ended tasks for whose end nothing has been planned yet, in the order of n. */
  unsettledTasks(): Task[] {
    return this.current(this.unsettled);
  }

  /** True when a task that is open or not yet settled fits. */
  someMoving(fits: (task: Task) => boolean): boolean {
    for (const n of this.open) if (fits(this.get(n) as Task)) return true;
    for (const n of this.unsettled) if (fits(this.get(n) as Task)) return true;
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
    if (this.index) this.reindex(current, next);
    this.note(next);
    return next;
  }

  push(task: Task): void {
    this.items.push(task);
    this.owned.add(task);
    this.changed.add(task.n);
    if (this.index) this.enter(task);
    this.note(task);
  }

  /** Takes tasks out of the record; answers how many. */
  remove(gone: (task: Task) => boolean): number {
    const kept = this.items.filter((task) => {
      if (!gone(task)) return true;
      this.removed.add(task.n);
      this.changed.delete(task.n);
      this.open.delete(task.n);
      this.unsettled.delete(task.n);
      return false;
    });
    const count = this.items.length - kept.length;
    if (count > 0) {
      this.items = kept;
      this.all = kept;
      this.index = undefined;
    }
    return count;
  }

  /** Latest attempt at a place in exactly this iteration. */
  latest(place: string, scope: string): Task | undefined {
    if (!this.index && ++this.searches > SEARCHES_BEFORE_INDEX) {
      this.index = new Map();
      for (const task of this.items) this.enter(task);
    }
    if (this.index) return this.index.get(place)?.get(scope);
    return this.items.findLast((task) => task.place === place && task.scope === scope && !task.retried);
  }

  /** The task at a place that was made last, in any iteration inside `scope`. */
  last(place: string, scope: string): Task | undefined {
    return this.items.findLast((task) => task.place === place && !task.retried && isInScope(task.scope, scope));
  }

  private current(numbers: ReadonlySet<number>): Task[] {
    return [...numbers].sort(byNumber).map((n) => this.get(n) as Task);
  }

  private note(task: Task): void {
    const ended = hasEnded(task);
    if (ended) this.open.delete(task.n);
    else this.open.add(task.n);
    if (ended && !task.executed) this.unsettled.add(task.n);
    else this.unsettled.delete(task.n);
    if (task.retried && this.index) this.leave(task);
  }

  private enter(task: Task): void {
    if (task.retried) return;
    const scopes = this.index?.get(task.place);
    if (scopes) scopes.set(task.scope, task);
    else this.index?.set(task.place, new Map([[task.scope, task]]));
  }

  private reindex(before: Task, after: Task): void {
    const scopes = this.index?.get(before.place);
    if (scopes?.get(before.scope) === before) scopes.set(before.scope, after);
  }

  private leave(task: Task): void {
    const scopes = this.index?.get(task.place);
    if (scopes?.get(task.scope) === task) scopes.delete(task.scope);
  }
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
