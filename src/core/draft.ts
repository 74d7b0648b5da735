// The execution while it is being decided: copy on write over the state before, so a decision that throws leaves no trace.
// Knows how to find and change tasks; knows no rule about when.

import type { Outcome } from './command.ts';
import type { Decision, Env } from './decision.ts';
import type { JsonObject } from './json.ts';
import { MAX_REASON_LENGTH, MAX_TASKS_PER_DECISION } from './limits.ts';
import type { Message } from './message.ts';
import type { Task, TaskStatus, Workflow } from './model.ts';
import { hasEnded, referenceName } from './model.ts';
import type { Node, Plan } from './plan.ts';
import { compileList, planOf } from './plan.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a new attempt needs beyond its place. */
export type NewTask = Pick<Task, 'place' | 'scope' | 'type' | 'name' | 'status' | 'input'> & Partial<Task>;

/** What a task type is to the rules: how an attempt begins, how it moves by itself, where the flow goes after it. */
export interface TaskType {
  /**
   * Acts on a task that has just been made (SCHEDULED, input resolved) or whose delay is over.
   * Must not walk on: what follows from an end is decided when the end is settled. Absent: it waits in a queue for a worker.
   */
  begin?(draft: Draft, task: Task, node: Node): void;
  /** Looks at an open task at every decision; changes it only when there is something to do. */
  advance?(draft: Draft, task: Task, node: Node): void;
  /** The task's own alarm (`wakeAt`) has rung. */
  alarm?(draft: Draft, task: Task): void;
  /** The task is being cancelled: tell whoever works for it. */
  cancel?(draft: Draft, task: Task, reason: string): void;
  /** Goes on after a good end. Absent: the next place in the list. */
  follow?(draft: Draft, task: Task, node: Node): void;
}

/** A type that lives in a queue: a worker, ours or the user's, polls it and reports. */
export const QUEUED: TaskType = {};

/** Linear searches for one reference before an index pays. */
const SEARCHES_BEFORE_INDEX = 16;

export class Draft {
  readonly env: Env;
  readonly before: Workflow;
  workflow: Mutable<Workflow>;
  tasks: Task[];
  readonly messages: Message[] = [];
  readonly outcomes: Outcome[] = [];
  private readonly types: ReadonlyMap<string, TaskType>;
  private readonly changed = new Set<number>();
  private readonly removed = new Set<number>();
  private readonly owned = new Set<Task>();
  private searches = 0;
  private index: Map<string, Task> | undefined;
  private overlay: Map<string, Node> | undefined;
  private planned = 0;
  /** Grows with each change, so that passes can tell whether anything moved. */
  version = 0;

  constructor(before: Workflow, env: Env, types: ReadonlyMap<string, TaskType>) {
    this.before = before;
    this.env = env;
    this.types = types;
    this.workflow = { ...before };
    this.tasks = before.tasks.slice();
  }

  get plan(): Plan {
    return planOf(this.workflow.def);
  }

  /** Rules of a type; one that nobody knows waits for a worker of that name, as in Conductor. */
  typeOf(type: string): TaskType {
    return this.types.get(type) ?? QUEUED;
  }

  /** Changes the execution's task to run: IN_PROGRESS from now on. */
  run(task: Task, fields: Partial<Task> = {}): Task {
    const { now } = this.env;
    return this.update(task, { status: 'IN_PROGRESS', startedAt: now, updatedAt: now, ...fields });
  }

  /** True when this decision has planned its share; the rest waits for the next one. */
  get full(): boolean {
    return this.planned >= MAX_TASKS_PER_DECISION;
  }

  /** Changes fields of the execution itself. */
  set(fields: Partial<Workflow>): void {
    Object.assign(this.workflow, fields);
    this.version++;
  }

  /** Changes a task; answers its current form. */
  update(task: Task, fields: Partial<Task>): Task {
    const at = this.position(task.n);
    const current = this.tasks[at] as Task;
    this.version++;
    this.changed.add(task.n);
    if (this.owned.has(current)) {
      Object.assign(current, fields);
      return current;
    }
    const next: Task = { ...current, ...fields };
    this.owned.add(next);
    this.tasks[at] = next;
    if (this.index?.get(referenceName(next)) === current) this.index.set(referenceName(next), next);
    return next;
  }

  /** Ends a task: status, time, reason, output. */
  end(task: Task, status: TaskStatus, fields: { output?: JsonObject; reason?: string } = {}): Task {
    const reason = fields.reason?.slice(0, MAX_REASON_LENGTH);
    return this.update(task, {
      status,
      startedAt: task.startedAt ?? this.env.now,
      endedAt: this.env.now,
      updatedAt: this.env.now,
      wakeAt: undefined,
      ...(fields.output && { output: fields.output }),
      ...(reason !== undefined && { reason }),
    });
  }

  add(fields: NewTask): Task {
    const { now } = this.env;
    const n = this.workflow.nextN;
    const started = fields.status === 'SCHEDULED' ? undefined : now;
    const task: Task = {
      output: {},
      retryCount: 0,
      iteration: iterationOf(fields.scope),
      scheduledAt: now,
      updatedAt: now,
      pollCount: 0,
      ...(started !== undefined && { startedAt: started }),
      ...(hasEnded(fields) && { endedAt: now }),
      ...fields,
      n,
    };
    this.workflow.nextN = n + 1;
    this.tasks.push(task);
    this.owned.add(task);
    this.changed.add(n);
    this.index?.set(referenceName(task), task);
    this.planned++;
    this.version++;
    return task;
  }

  /** Takes tasks out of the record: old iterations, a restart, a rerun. */
  remove(gone: (task: Task) => boolean): void {
    const kept = this.tasks.filter((task) => {
      if (!gone(task)) return true;
      this.removed.add(task.n);
      this.changed.delete(task.n);
      return false;
    });
    if (kept.length === this.tasks.length) return;
    this.tasks = kept;
    this.index = undefined;
    this.overlay = undefined;
    this.version++;
  }

  byNumber(n: number): Task | undefined {
    const task = this.tasks[this.position(n)];
    return task?.n === n ? task : undefined;
  }

  /** Current form of a task that may have been changed since it was read. */
  now(task: Task): Task {
    return this.byNumber(task.n) ?? task;
  }

  /** Latest attempt under a full reference name (with loop suffix). */
  latest(reference: string): Task | undefined {
    if (this.index) return this.index.get(reference);
    if (++this.searches > SEARCHES_BEFORE_INDEX) {
      this.index = new Map(this.tasks.map((task) => [referenceName(task), task]));
      return this.index.get(reference);
    }
    return this.tasks.findLast((task) => referenceName(task) === reference);
  }

  /**
   * The task that `reference` means seen from `scope`: the same iteration, else the iteration around it, else outside,
   * else the last one that ran at this place (a loop seen from behind it).
   */
  visible(reference: string, scope: string): Task | undefined {
    for (let s = scope; ; s = outerScope(s)) {
      const task = this.latest(reference + s);
      if (task) return task;
      if (s === '') break;
    }
    return this.tasks.findLast((task) => task.place === reference);
  }

  /** Its place in the plan; places made at run time are found through the task that made them. */
  nodeOf(task: Pick<Task, 'place' | 'scope'>): Node | undefined {
    return this.plan.nodes.get(task.place) ?? this.madeAtRunTime().get(task.place);
  }

  /** Forgets compiled run-time places, after a dynamic fork has made some. */
  placesChanged(): void {
    this.overlay = undefined;
  }

  emit(message: Message): void {
    this.messages.push(message);
  }

  decision(): Decision {
    const after: Workflow = { ...this.workflow, tasks: this.tasks };
    const ascending = (a: number, b: number): number => a - b;
    return {
      after,
      changed: [...this.changed].sort(ascending),
      removed: [...this.removed].filter((n) => n < this.before.nextN).sort(ascending),
      messages: this.messages,
      outcomes: this.outcomes,
    };
  }

  /** True when anything differs from before. */
  get touched(): boolean {
    return this.version > 0;
  }

  private madeAtRunTime(): Map<string, Node> {
    if (this.overlay) return this.overlay;
    const nodes = new Map<string, Node>();
    for (const task of this.tasks) {
      if (!task.dynamic) continue;
      const parent = this.plan.nodes.get(task.place) ?? nodes.get(task.place);
      if (!parent) continue;
      task.dynamic.forEach((made, i) => {
        compileList([made], { node: parent, branch: `fork:${i}` }, parent.loops, nodes);
      });
    }
    this.overlay = nodes;
    return nodes;
  }

  /** Tasks lie in the order of n, with gaps where some were removed. */
  private position(n: number): number {
    const guess = this.tasks[n - 1];
    if (guess?.n === n) return n - 1;
    let low = 0;
    let high = this.tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.tasks[middle] as Task).n < n) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** `__1__2` -> `__1`; `__1` -> ''. */
export const outerScope = (scope: string): string => scope.slice(0, Math.max(0, scope.lastIndexOf('__')));

/** Iteration of the innermost loop; 0 outside of loops. */
export const iterationOf = (scope: string): number =>
  scope === '' ? 0 : Number(scope.slice(scope.lastIndexOf('__') + 2));

/** True when `scope` is `outer` or lies inside it. */
export const isInScope = (scope: string, outer: string): boolean =>
  scope === outer || (scope.startsWith(outer) && scope.startsWith('__', outer.length));
