// A world on the bare core: executions in memory, a clock that is set by hand, ids `id-1`, `id-2`, …, randomness from a seed.
// Does what a store does, as simply as possible: delivers messages, rings alarms, keeps queues and waits by deriving them.

import assert from 'node:assert/strict';
import type { Command, Outcome, StartRequest } from '../../src/core/command.ts';
import { answerOfNobody } from '../../src/core/commands/child.ts';
import type { Decision, Env } from '../../src/core/decision.ts';
import { type QueueEntry, queueEntryOf, wakeAtOf } from '../../src/core/derive.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { valuesFor, waitOf } from '../../src/core/match.ts';
import type { Message } from '../../src/core/message.ts';
import type { Task, TaskDef, Workflow, WorkflowDef, WorkflowTask } from '../../src/core/model.ts';
import { isTerminal } from '../../src/core/model.ts';
import { begin, transition } from '../../src/core/transition.ts';

/** One decision, for those who check what must hold after each. */
export interface Decided {
  readonly before: Workflow | undefined;
  readonly commands: readonly Command[];
  readonly decision: Decision;
  readonly env: Env;
}

export interface WorldOptions {
  readonly evaluate?: Env['evaluate'];
  /** As if the process were restarted after each decision: all state goes through JSON. */
  readonly forgets?: boolean;
  readonly seed?: number;
  readonly now?: number;
  readonly onDecided?: (decided: Decided) => void;
  /** Domains that somebody polls. */
  readonly liveDomains?: ReadonlySet<string>;
}

export type Wish = Partial<Omit<StartRequest, 'def' | 'id'>> & {
  readonly id?: string;
  readonly version?: number;
  readonly def?: WorkflowDef;
  readonly idempotencyStrategy?: string;
};

export type Started =
  | { readonly type: 'started' | 'existing' | 'conflict'; readonly id: string }
  | { readonly type: 'noDefinition' };

/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;

const NO_SCRIPTS: Env['evaluate'] = () => ({ ok: false, reason: 'this world runs no scripts' });

/** Far more than any test needs; a world that does not come to rest is a bug. */
const MAX_DELIVERIES = 200_000;

export class World {
  now: number;
  readonly workflows = new Map<string, Workflow>();
  readonly events: Extract<Message, { type: 'event' }>[] = [];
  /** Everything but what is delivered inside the world. */
  readonly messages: { readonly from: string; readonly message: Message }[] = [];
  private readonly options: WorldOptions;
  private readonly defs: WorkflowDef[] = [];
  private readonly taskDefs = new Map<string, TaskDef>();
  private readonly inbox: { readonly target: string; readonly command: Command }[] = [];
  private readonly starts: Extract<Message, { type: 'start' }>[] = [];
  private ids = 0;
  private state: number;

  constructor(options: WorldOptions = {}) {
    this.options = options;
    this.now = options.now ?? START;
    this.state = options.seed ?? 1;
  }

  define(...defs: readonly WorkflowDef[]): this {
    this.defs.push(...defs);
    return this;
  }

  defineTask(...defs: readonly TaskDef[]): this {
    for (const def of defs) this.taskDefs.set(def.name, def);
    return this;
  }

  /** The definition with this version, or the latest, with its task definitions embedded as a start finds them. */
  definition(name: string, version?: number): WorkflowDef | undefined {
    const found = this.defs
      .filter((def) => def.name === name && (!version || def.version === version))
      .sort((a, b) => a.version - b.version)
      .at(-1);
    return found && { ...found, tasks: this.embedded(found.tasks) };
  }

  start(name: string, wish: Wish = {}): Started {
    const started = this.startOnly(name, wish);
    this.settle();
    return started;
  }

  /** Starts what must be there. */
  run(name: string, input: JsonObject = {}, wish: Wish = {}): string {
    const started = this.start(name, { ...wish, input });
    assert.equal(started.type, 'started');
    return (started as { id: string }).id;
  }

  /** Applies commands in one transition, then lets the world come to rest. */
  tell(id: string, ...commands: readonly Command[]): Outcome {
    const outcomes = this.decide(id, commands);
    this.settle();
    return outcomes.at(-1) ?? { type: 'done' };
  }

  /** Takes up to `count` tasks from a queue, the most important and oldest first. */
  poll(
    queue: string,
    options: { workerId?: string; count?: number; domain?: string } = {},
  ): { id: string; task: Task }[] {
    const { workerId = 'worker', count = 1, domain } = options;
    const taken: { id: string; task: Task }[] = [];
    for (const { id, n } of this.queue(queue, domain).slice(0, count)) {
      const outcome = this.tell(id, { type: 'pollTask', n, workerId });
      if (outcome.type === 'done' && outcome.task) taken.push({ id, task: outcome.task });
    }
    return taken;
  }

  /** What can be taken from a queue now. */
  queue(queue: string, domain?: string): { id: string; n: number; entry: QueueEntry }[] {
    const rows = [...this.workflows.values()].flatMap((workflow) =>
      workflow.tasks.flatMap((task) => {
        const entry = queueEntryOf(workflow, task);
        return entry?.queue === queue && entry.domain === domain && entry.availableAt <= this.now
          ? [{ id: workflow.id, n: task.n, entry }]
          : [];
      }),
    );
    return rows.sort((a, b) => b.entry.priority - a.entry.priority || a.entry.availableAt - b.entry.availableAt);
  }

  /** A received event: completes every wait that it matches, in all executions. Answers their ids. */
  event(payload: JsonObject): string[] {
    const matched: string[] = [];
    for (const workflow of [...this.workflows.values()])
      for (const task of workflow.tasks) {
        const wait = waitOf(workflow, task);
        const values = wait && valuesFor(wait, payload);
        if (!wait || values?.join() !== wait.values.join()) continue;
        matched.push(workflow.id);
        this.decide(workflow.id, [{ type: 'eventArrived', n: task.n, eventId: matched.length, payload }]);
      }
    this.settle();
    return matched;
  }

  /** Moves the clock, stopping at each alarm on the way. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (let alarm = this.nextAlarm(); alarm !== undefined && alarm <= end; alarm = this.nextAlarm()) {
      this.now = Math.max(this.now, alarm);
      this.ring();
    }
    this.now = end;
  }

  /** Jumps: alarms in between ring late, all at once. */
  jump(ms: number): void {
    this.now += ms;
    this.ring();
  }

  get(id: string): Workflow {
    const workflow = this.workflows.get(id);
    assert.ok(workflow, `there is no execution ${id}`);
    return workflow;
  }

  /** The latest attempt under a reference name. */
  task(id: string, ref: string): Task {
    const task = this.get(id).tasks.findLast((one) => one.place + one.scope === ref);
    assert.ok(task, `execution ${id} has no task ${ref}`);
    return task;
  }

  /** Reference name and status of every task, in order: the whole course of an execution at a glance. */
  course(id: string): string {
    return this.get(id)
      .tasks.map((task) => `${task.place}${task.scope} ${task.status}`)
      .join(', ');
  }

  /** Lets messages arrive and unfinished decisions finish until nothing moves. */
  settle(): void {
    for (let i = 0; i < MAX_DELIVERIES; i++) {
      const start = this.starts.shift();
      const letter = start ? undefined : this.inbox.shift();
      const unfinished = start || letter ? undefined : this.unfinished();
      if (start) this.startAsAsked(start);
      else if (letter) this.deliver(letter);
      else if (unfinished !== undefined) this.decide(unfinished, [{ type: 'decide' }]);
      else return;
    }
    assert.fail('the world does not come to rest');
  }

  private deliver({ target, command }: { readonly target: string; readonly command: Command }): void {
    const answer = this.workflows.has(target) ? undefined : answerOfNobody(target, command);
    if (answer) this.inbox.push({ target: answer.workflowId, command: answer.command });
    else this.decide(target, [command]);
  }

  private unfinished(): string | undefined {
    for (const { id, unfinished, status } of this.workflows.values()) if (unfinished && status === 'RUNNING') return id;
    return undefined;
  }

  private startOnly(name: string, wish: Wish): Started {
    const def = wish.def ?? this.definition(name, wish.version);
    if (!def) return { type: 'noDefinition' };
    const { id = this.newId(), idempotencyKey, idempotencyStrategy = 'FAIL' } = wish;
    const existing =
      idempotencyKey === undefined
        ? undefined
        : [...this.workflows.values()].findLast(
            (one) => one.name === def.name && one.idempotencyKey === idempotencyKey,
          );
    if (existing && !(idempotencyStrategy === 'FAIL_ON_RUNNING' && isTerminal(existing.status)))
      return { type: idempotencyStrategy === 'RETURN_EXISTING' ? 'existing' : 'conflict', id: existing.id };
    const env = this.env();
    const decision = begin({ ...wish, id, def, input: wish.input ?? {} }, env);
    this.keep(undefined, [], decision, env);
    return { type: 'started', id };
  }

  private startAsAsked(message: Extract<Message, { type: 'start' }>): void {
    const { by, type: _, ...wish } = message;
    const started = this.startOnly(message.name, {
      ...wish,
      ...(by?.waits && { parent: { workflowId: by.workflowId, n: by.n } }),
    });
    if (!by) return;
    const about = { n: by.n, childId: message.id };
    if (started.type === 'noDefinition' || started.type === 'conflict') {
      const reason =
        started.type === 'conflict' ? `execution ${started.id} has the key` : `no workflow ${message.name}`;
      this.inbox.push({ target: by.workflowId, command: { type: 'startFailed', ...about, reason, status: 404 } });
    } else if (!by.waits || started.id !== message.id)
      this.inbox.push({ target: by.workflowId, command: { type: 'startedAs', ...about, existingId: started.id } });
  }

  private decide(id: string, commands: readonly Command[]): readonly Outcome[] {
    const before = this.workflows.get(id);
    if (!before) return [{ type: 'refused', code: 'notFound', reason: `no execution ${id}` }];
    const env = this.env();
    const decision = transition(before, commands, env);
    this.keep(before, commands, decision, env);
    return decision.outcomes;
  }

  private keep(before: Workflow | undefined, commands: readonly Command[], decision: Decision, env: Env): void {
    this.options.onDecided?.({ before, commands, decision, env });
    const after = this.options.forgets ? JSON.parse(JSON.stringify(decision.after)) : decision.after;
    this.workflows.set(after.id, freeze(after));
    for (const message of decision.messages) {
      if (message.type === 'tell') this.inbox.push({ target: message.workflowId, command: message.command });
      else if (message.type === 'start') this.starts.push(message);
      else this.messages.push({ from: after.id, message });
      if (message.type === 'event') this.events.push(message);
    }
  }

  private env(): Env {
    const { liveDomains } = this.options;
    return {
      now: this.now,
      newId: () => this.newId(),
      random: () => this.random(),
      evaluate: this.options.evaluate ?? NO_SCRIPTS,
      taskDef: (name) => this.taskDefs.get(name),
      ...(liveDomains && { pickDomain: (_, domains) => domains.find((domain) => liveDomains.has(domain)) }),
    };
  }

  private newId(): string {
    this.ids++;
    return `id-${this.ids}`;
  }

  /** Mulberry32. */
  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  private nextAlarm(): number | undefined {
    const alarms = [...this.workflows.values()].map(wakeAtOf).filter((at) => at !== undefined);
    return alarms.length === 0 ? undefined : Math.min(...alarms);
  }

  private ring(): void {
    for (const workflow of [...this.workflows.values()]) {
      const at = wakeAtOf(workflow);
      if (at !== undefined && at <= this.now) this.decide(workflow.id, [{ type: 'decide' }]);
    }
    this.settle();
  }

  private embedded(tasks: readonly WorkflowTask[]): readonly WorkflowTask[] {
    const inner = (list: readonly WorkflowTask[]): readonly WorkflowTask[] => this.embedded(list);
    return tasks.map((task) => {
      const taskDefinition = task.taskDefinition ?? this.taskDefs.get(task.name);
      return {
        ...task,
        ...(taskDefinition && { taskDefinition }),
        ...(task.loopOver && { loopOver: inner(task.loopOver) }),
        ...(task.defaultCase && { defaultCase: inner(task.defaultCase) }),
        ...(task.forkTasks && { forkTasks: task.forkTasks.map(inner) }),
        ...(task.decisionCases && {
          decisionCases: Object.fromEntries(
            Object.entries(task.decisionCases).map(([name, list]) => [name, inner(list)]),
          ),
        }),
      };
    });
  }
}

/** Frozen to the bottom, so that a rule that writes on the state before it throws. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
