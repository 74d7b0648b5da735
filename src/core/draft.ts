// The execution while it is being decided: what it was, what it is now, what it says. Knows how to find and change tasks;
// knows no rule about when.

import type { Outcome } from './command.ts';
import { deadlineOf } from './deadline.ts';
import type { Decision, Env } from './decision.ts';
import { iterationOf, partReference } from './iteration.ts';
import type { JsonObject } from './json.ts';
import { MAX_TASKS_PER_DECISION } from './limits.ts';
import { type Made, madePlacesOf, named, placeOfMade } from './made-places.ts';
import { maskedNames } from './mask.ts';
import type { Message } from './message.ts';
import type { Task, TaskStatus, Workflow, WorkflowTask } from './model.ts';
import { hasEnded } from './model.ts';
import type { Node, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import { shortReason } from './reason.ts';
import { brokenByTask } from './schema/enforce.ts';
import { TaskList } from './task-list.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a new attempt needs beyond its place. */
export type NewTask = Pick<Task, 'place' | 'scope' | 'type' | 'name' | 'status' | 'input'> & Partial<Task>;

/** Where a task stands: its place in the plan, and its definition, which for a DYNAMIC task is not the place's. */
export interface Standing {
  readonly node: Node;
  readonly place: WorkflowTask;
}

/** What a task type is to the rules: how an attempt begins, how it moves by itself, where the flow goes after it. */
export interface TaskType {
  /** A worker, ours or the user's, polls it and reports. It may still `begin`, and end at once. */
  readonly queued?: true;
  /**
   * Acts on a task that has just been made (SCHEDULED, input resolved) or whose delay is over.
   * Must not walk on: what follows from an end is decided when the end is settled.
   */
  begin?(draft: Draft, task: Task, at: Standing): void;
  /** Looks at an open task at every decision; changes it only when there is something to do. */
  advance?(draft: Draft, task: Task, at: Standing): void;
  /** Nothing else moves and never will: an open task that only looks at others draws its conclusion. */
  stall?(draft: Draft, task: Task, at: Standing): void;
  /** The task's own alarm (`wakeAt`) has rung. */
  alarm?(draft: Draft, task: Task): void;
  /** The task ends without its own doing: tell whoever works for it. */
  cancel?(draft: Draft, task: Task, reason: string): void;
  /** Goes on after COMPLETED. Absent, or after another good end: the next place in the list. */
  follow?(draft: Draft, task: Task, at: Standing): void;
}

/** Ends that a task may meet without having begun. */
const NEVER_BEGUN: ReadonlySet<TaskStatus> = new Set(['CANCELED', 'TIMED_OUT']);

/** Types nobody knows are worker tasks, as in Conductor. */
const UNKNOWN: TaskType = { queued: true };

export class Draft {
  readonly env: Env;
  readonly before: Workflow;
  readonly tasks: TaskList;
  readonly messages: Message[] = [];
  readonly outcomes: Outcome[] = [];
  /** Grows with each change, so that passes can tell whether anything moved. */
  version = 0;
  private readonly current: Mutable<Workflow>;
  private readonly types: ReadonlyMap<string, TaskType>;
  private made: readonly Made[] | undefined;
  private planned = 0;

  constructor(before: Workflow, env: Env, types: ReadonlyMap<string, TaskType>) {
    this.before = before;
    this.env = env;
    this.types = types;
    this.current = { ...before };
    this.tasks = new TaskList(before.tasks, (task) => this.typeOf(task).advance !== undefined);
  }

  /** The execution as it is now, but for its tasks, which are in `tasks`. */
  get workflow(): Omit<Workflow, 'tasks'> {
    return this.current;
  }

  get plan(): Plan {
    return planOf(this.current.def);
  }

  /** True when anything differs from before. */
  get touched(): boolean {
    return this.version > 0;
  }

  /** True when this decision has planned its share; the rest waits for the next one. */
  get full(): boolean {
    return this.planned >= MAX_TASKS_PER_DECISION;
  }

  typeOf(task: Pick<Task, 'type'>): TaskType {
    return this.types.get(task.type) ?? UNKNOWN;
  }

  knows(type: string): boolean {
    return this.types.has(type);
  }

  /** Changes fields of the execution itself. */
  set(fields: Partial<Omit<Workflow, 'tasks'>>): void {
    if (fields.def && fields.def !== this.current.def) this.made = undefined;
    Object.assign(this.current, fields);
    this.version++;
  }

  add(fields: NewTask): Task {
    const { now } = this.env;
    const n = this.current.nextN;
    const task: Task = {
      output: {},
      retryCount: 0,
      iteration: iterationOf(fields.scope),
      scheduledAt: now,
      updatedAt: now,
      pollCount: 0,
      ...(hasEnded(fields) && { startedAt: now, endedAt: now }),
      ...fields,
      n,
    };
    this.current.nextN = n + 1;
    this.tasks.push(task);
    this.planned++;
    this.version++;
    return task;
  }

  /** Changes a task; answers its current form. */
  update(task: Pick<Task, 'n'>, fields: Partial<Task>): Task {
    this.version++;
    return this.tasks.write(task.n, fields);
  }

  /** The task is under way: IN_PROGRESS from now on. */
  run(task: Task, fields: Partial<Task> = {}): Task {
    const { now } = this.env;
    return this.update(task, { status: 'IN_PROGRESS', startedAt: now, updatedAt: now, ...fields });
  }

  /** Ends a task: status, time, reason, output. What breaks the schema of its output has failed. */
  end(task: Task, wish: TaskStatus, fields: { output?: JsonObject; reason?: string } = {}): Task {
    const { taskDefinition } = (wish === 'COMPLETED' && this.placeOf(task)) || {};
    const broken = brokenByTask(taskDefinition, 'output', fields.output ?? task.output);
    return broken ? this.close(task, 'FAILED', { ...fields, reason: broken.reason }) : this.close(task, wish, fields);
  }

  private close(task: Task, status: TaskStatus, fields: { output?: JsonObject; reason?: string }): Task {
    const { now } = this.env;
    const reason = fields.reason === undefined ? undefined : shortReason(fields.reason);
    return this.update(task, {
      status,
      ...(!NEVER_BEGUN.has(status) && { startedAt: task.startedAt ?? now }),
      endedAt: now,
      updatedAt: now,
      wakeAt: undefined,
      availableAt: undefined,
      ...(fields.output && { output: fields.output }),
      ...(reason !== undefined && { reason }),
    });
  }

  /** Opens an ended task again. */
  reopen(task: Task, fields: Partial<Task> = {}): Task {
    return this.update(task, {
      status: 'IN_PROGRESS',
      endedAt: undefined,
      reason: undefined,
      executed: false,
      updatedAt: this.env.now,
      ...fields,
    });
  }

  /** Takes tasks out of the record: old iterations, a restart, a rerun. */
  remove(gone: (task: Task) => boolean): void {
    if (this.tasks.remove(gone) === 0) return;
    this.made = undefined;
    this.version++;
  }

  /** What is given to others is masked there as it is here. */
  emit(message: Message): void {
    const masked = message.type === 'start' || message.type === 'event' ? maskedNames(this.workflow) : [];
    this.messages.push(masked.length > 0 ? ({ ...message, masked } as Message) : message);
  }

  /** A place by its reference name; places made at run time are found through the tasks that carry them. */
  nodeNamed(place: string): Node | undefined {
    return this.plan.nodes.get(place) ?? named(this.madePlaces(), place);
  }

  /** Places were made just now: look for them again. */
  placesChanged(): void {
    this.made = undefined;
  }

  nodeOf(task: Task): Node | undefined {
    return this.plan.nodes.get(task.place) ?? placeOfMade(this.madePlaces(), task);
  }

  /** Where a task stands that is open or not yet settled. Those that were settled before an upgrade may stand nowhere. */
  standingOf(task: Task): Standing {
    const node = this.nodeOf(task);
    if (!node) throw new Error(`task ${task.place} stands nowhere in the definition`);
    return { node, place: task.def ?? node.task };
  }

  placeOf(task: Task): WorkflowTask | undefined {
    return task.def ?? this.nodeOf(task)?.task;
  }

  /** The latest task under a public reference name, with or without loop suffix; without: the one made last. */
  named(reference: string): Task | undefined {
    const exact = this.tasks.latest(reference, '') ?? this.tasks.last(reference, '');
    if (exact) return exact;
    const parts = partReference(reference);
    return parts && this.tasks.latest(parts.place, parts.scope);
  }

  /** When an open task must be looked at (epoch ms). */
  momentOf(task: Task): number | undefined {
    return deadlineOf(this.placeOf(task), task)?.at;
  }

  decision(): Decision {
    this.tasks.carryOn(this.current.def, (task) => this.momentOf(task));
    const ascending = (a: number, b: number): number => a - b;
    return {
      after: { ...this.current, tasks: this.tasks.all },
      changed: [...this.tasks.changed].sort(ascending),
      removed: [...this.tasks.removed].filter((n) => n < this.before.nextN).sort(ascending),
      messages: this.messages,
      outcomes: this.outcomes,
    };
  }

  private madePlaces(): readonly Made[] {
    this.made ??= madePlacesOf(this.tasks.forkTasks(), this.tasks.all, this.plan.nodes);
    return this.made;
  }
}
