// One cycle of group commit: look up what all items need, decide every touched execution once, write all of it as one
// commit. All reads and all decisions come before the first write, so a throwing rule leaves no trace.

import type { Command, Outcome, StartRequest } from '../../core/command.ts';
import type { Decision, Env } from '../../core/decision.ts';
import type { WaitShape } from '../../core/match.ts';
import type { Workflow, WorkflowDef } from '../../core/model.ts';
import { isTerminal } from '../../core/model.ts';
import type { Broken } from '../../core/schema/enforce.ts';
import type { Change, Driver, Session, Unit } from '../drivers/driver.ts';
import { FAULT_BACKOFF_MS, STALE_ALARM_MS } from '../limits.ts';
import type { PolledTask } from '../poll.ts';
import { workflowRow } from '../rows/rows.ts';
import type { Texts } from '../verbs/texts.ts';
import type { Busy } from './busy.ts';
import { type Definitions, hashed, type Snapshot } from './definitions.ts';
import { handOver } from './hand-over.ts';
import { type Item, type ItemOf, isAboutOne, type OnMessages, type Planned, type Step } from './item.ts';
import { type Latest, readLatest } from './latest.ts';
import { hasChoice, type LiveDomains } from './live-domains.ts';
import { nothingLeft, nothingNew } from './news.ts';
import { type Shapes, shapesOf } from './shapes.ts';
import type { State, States } from './states.ts';
import { changesNothing, keepsRare, type OpenedWait, type Reason, turnKeyOf, type Written, written } from './turn.ts';
import type { WaitingPolls } from './waiting-polls.ts';

export interface Rules {
  readonly transition: (workflow: Workflow, commands: readonly Command[], env: Env) => Decision;
  readonly begin: (request: StartRequest, env: Env) => Decision;
  /** Absent: nothing keeps one from beginning. */
  readonly whyNotBegun?: (request: Pick<StartRequest, 'def' | 'input'>) => Broken | undefined;
}

/** All that a cycle works with; the same for all cycles of a store. */
export interface Context {
  readonly driver: Driver;
  readonly rules: Rules;
  readonly env: Pick<Env, 'newId' | 'random' | 'evaluate' | 'callbackUrl'>;
  readonly states: States;
  readonly shapes: Shapes;
  readonly definitions: Definitions;
  readonly texts: Texts;
  readonly waiting: WaitingPolls;
  readonly busy: Busy;
  readonly domains: LiveDomains;
  readonly onMessages: OnMessages;
}

interface Turn {
  readonly state: State;
  readonly steps: Step[];
}

export class Cycle {
  readonly context: Context;
  readonly session: Session;
  readonly news = nothingNew();
  readonly left = nothingLeft();
  readonly planned: Planned[] = [];
  /** Routes of events that this very commit stores: where there is one writer, nobody can come between. */
  fresh: readonly ItemOf<'route'>[] = [];
  /** Who begins an execution under a key, by name and key: one in each cycle. */
  readonly keys = new Map<string, Item>();
  /** All that is done in this cycle. Polls that wait come in when there is something for them, and step out when there is not. */
  readonly items: Set<Item>;
  /** Who has an event for one wait alone, by its key: one in each cycle. */
  readonly takers = new Map<number, Item>();
  /** Items that are done in the next cycle instead: they cannot share a turn. */
  readonly deferred = new Set<Item>();
  /** Items whose guard failed or whose company threw. */
  readonly again = new Set<Item>();
  /** Items that may be answered although a unit of theirs failed, when this says so. */
  readonly partial = new Map<Item, () => boolean>();
  /** Definitions are as the database has them once this is done. */
  definitionsReady: Promise<void> = Promise.resolve();
  /** Run after the commit for items all of whose units passed. */
  readonly finishes = new Map<Item, () => void>();
  /** Run after all is decided, before the commit. */
  readonly closings: (() => void)[] = [];
  /** Run when the commit is done, or has failed. */
  readonly afterwards: (() => Promise<void>)[] = [];
  /** Latest moment of a start in this cycle. */
  startedAt = 0;
  /** Definitions that are stored for the first time. */
  readonly newDefs: WorkflowDef[] = [];
  readonly #turns = new Map<number, Turn>();
  #latest: Promise<Latest> | undefined;
  /** Made when all guarded units are planned. */
  #guarded: Map<Item, Planned[]> | undefined;
  /** Waits that open with this commit, and the rows of their unit. */
  readonly #opened: { wait: OpenedWait; changes: Change[] }[] = [];

  constructor(context: Context, session: Session, items: Set<Item>) {
    this.context = context;
    this.session = session;
    this.items = items;
  }

  env(now: number): Env {
    const { env, definitions, domains } = this.context;
    const pickDomain: Env['pickDomain'] = (queue, names) => domains.pick(queue, names, now);
    return { ...env, now, taskDef: definitions.taskDef, pickDomain };
  }

  /** What others may have changed, as this cycle found it. */
  latest(): Promise<Latest> {
    this.#latest ??= readLatest(this.session);
    return this.#latest;
  }

  /** Adds a command for an execution to this cycle; what can wait does so while another cycle is at that execution. */
  step(state: State, step: Step): void {
    const { busy, states } = this.context;
    const isFree = busy.hold(state.workflow.id, this.items);
    if (isAboutOne(step.item) && (!isFree || states.isOutdated(state))) {
      this.defer(step.item, isFree ? undefined : state.workflow.id);
      return;
    }
    const turn = this.#turns.get(state.wf);
    if (!turn) this.#turns.set(state.wf, { state, steps: [step] });
    else if (turn.steps.some(({ item }) => item !== step.item && (item.alone || step.item.alone)))
      this.deferred.add(step.item);
    else turn.steps.push(step);
  }

  /** Not in this cycle; not before another one that is at an execution has ended. */
  defer(item: Item, awaits?: string): void {
    this.deferred.add(item);
    item.awaits = awaits;
  }

  plan(unit: Unit, items: readonly Item[], then: { passed?: () => void; failed?: () => void } = {}): void {
    this.planned.push({ unit, items, ...then });
  }

  /** Units of an item whose guard may fail. */
  guarded(item: Item): Planned[] {
    if (!this.#guarded) {
      this.#guarded = new Map();
      for (const planned of this.planned)
        for (const one of planned.unit.guard ? planned.items : []) {
          const list = this.#guarded.get(one);
          if (list) list.push(planned);
          else this.#guarded.set(one, [planned]);
        }
    }
    return this.#guarded.get(item) ?? [];
  }

  /** Rows that need no guard. */
  note(changes: readonly Change[], items: readonly Item[]): void {
    if (changes.length) this.plan({ key: 0, changes: [...changes] }, items);
  }

  /** After the commit: the tasks that a poll was given; without any it goes on waiting, if it may. */
  answerPoll(poll: ItemOf<'poll'>, tasks: readonly PolledTask[]): void {
    const { waiting } = this.context;
    const again = poll.found !== undefined;
    this.finishes.set(poll, () => {
      poll.found = undefined;
      if (tasks.length || (!again && !waiting.mayWait(poll))) poll.resolve(tasks);
      else if (again || !waiting.stand(poll)) this.left.items.push(poll);
    });
    // What it was given is committed: it must be answered, even if another node took the rest.
    this.partial.set(poll, () => tasks.length > 0);
  }

  /**
   * What a decision makes ready goes to polls that wait for it; not when those who asked for it are to be alone.
   * `give` is called when the decision is committed: another node may have changed the execution first, and then nobody has got anything.
   */
  handOver(
    decision: Decision,
    now: number,
    askers: readonly Item[],
  ): { readonly decision: Decision; readonly polls: readonly Item[]; readonly give: () => void } {
    const { waiting, rules } = this.context;
    const nothing = { decision, polls: [], give: () => {} };
    if (askers.some(({ alone }) => alone)) return nothing;
    const handed = handOver(waiting, decision, now, (workflow, commands) =>
      rules.transition(workflow, commands, this.env(now)),
    );
    if (!handed) return nothing;
    const answers = [...handed.given].map(([poll, tasks]) => {
      const given: PolledTask[] = [];
      this.items.add(poll);
      this.answerPoll(poll, given);
      return () => given.push(...tasks);
    });
    const give = (): void => {
      for (const answer of answers) answer();
    };
    return { decision: handed.decision, polls: [...handed.given.keys()], give };
  }

  /** Finds out which domains are polled, where somebody has a choice. */
  async findDomains(): Promise<void> {
    for (const { state, steps } of this.#turns.values())
      if (hasChoice(state.workflow.taskToDomain))
        await this.context.domains.refresh(Math.max(...steps.map(({ now }) => now)));
  }

  /** Decides every execution that was given commands. */
  decide(): void {
    for (const turn of this.#turns.values()) {
      const steps = turn.steps.filter(({ item }) => !this.deferred.has(item));
      if (steps.length) this.#decide(turn.state, steps);
    }
  }

  #decide(state: State, steps: readonly Step[]): void {
    const now = Math.max(...steps.map((step) => step.now));
    let own: Decision;
    try {
      own = this.context.rules.transition(
        state.workflow,
        steps.map(({ command }) => command),
        this.env(now),
      );
    } catch (error) {
      this.#fault(state, steps, now, error as Error);
      return;
    }
    const askers = [...new Set(steps.map(({ item }) => item))];
    const { decision, polls, give } = this.handOver(own, now, askers);
    const items = [...askers, ...polls];
    const { outcomes } = decision;
    const rows = steps.flatMap((step, i) => step.rows?.(outcomes[i] as Outcome, decision.after) ?? []);
    const settle = (): void => {
      give();
      for (const [i, step] of steps.entries()) step.settle?.(outcomes[i] as Outcome, decision.after);
    };
    const idle = changesNothing(state.workflow, decision);
    const rang = steps.some(({ item }) => item.kind === 'alarm') && state.wakeAt !== undefined && state.wakeAt <= now;
    if (idle && !rang) {
      this.plan({ key: 0, changes: rows }, items, { passed: settle });
      return;
    }
    const snapshot = decision.after.def === state.workflow.def ? undefined : hashed(decision.after.def);
    const result = written(state, decision, {
      ...this.#reason(state, now, idle),
      ...(snapshot && { def: snapshot.hash }),
    });
    if (snapshot) rows.push(...this.storeSnapshot(snapshot));
    this.planWritten(state, result, items, rows, settle);
  }

  #reason(state: State, now: number, idle: boolean): Reason {
    const { driver, env, onMessages } = this.context;
    return {
      wf: state.wf,
      def: state.def,
      // Random on a shared database: after a lost answer the stamp tells whether our commit took place.
      rev: driver.serial ? state.rev + 1 : state.rev + 1 + Math.floor(env.random() * 2 ** 31),
      now,
      ...(idle && { notBefore: now + STALE_ALARM_MS }),
      onMessages,
    };
  }

  /** Rows that store a definition as executions point at it; none when it is known to be there. */
  storeSnapshot({ def, hash, body }: Snapshot): Change[] {
    if (this.context.states.snapshot(hash)) return [];
    this.newDefs.push(def);
    return [{ op: 'ignore', table: 'snapshot', row: [hash, body] }];
  }

  planWritten(
    before: State | undefined,
    result: Written,
    items: readonly Item[],
    rows: readonly Change[],
    settle: () => void,
  ): void {
    const { state, row, changes, opened, queues, told } = result;
    const { states } = this.context;
    const all = [...changes, ...rows];
    for (const wait of opened) this.#opened.push({ wait, changes: all });
    this.plan(
      {
        key: state.wf,
        guard: before
          ? { op: keepsRare(before, state) ? 'swap' : 'swapAll', table: 'workflow', row, expected: before.rev }
          : { op: 'insert', table: 'workflow', row },
        changes: all,
      },
      items,
      {
        passed: () => {
          if (all.some(({ table }) => table === 'delivery_todo')) this.news.deliveries = true;
          if (all.some(({ table }) => table === 'message')) this.news.messages = true;
          if (all.some(({ table }) => table === 'turn')) this.news.turns.push(turnKeyOf(state.workflow));
          if (isTerminal(state.workflow.status)) states.end(state);
          else states.keep(state);
          this.context.texts.note(state);
          this.publish(state, queues, told, opened);
          settle();
        },
        failed: () => states.drop(state.wf, before?.rev),
      },
    );
  }

  publish(state: State, queues: readonly string[], told: readonly string[], opened: readonly OpenedWait[]): void {
    const { workflow } = state;
    this.news.workflows.set(workflow.id, workflow.status);
    this.news.at = Math.max(this.news.at, workflow.updatedAt);
    for (const queue of queues) this.news.queues.set(queue, (this.news.queues.get(queue) ?? 0) + 1);
    for (const target of told) this.left.told.set(target, workflow.updatedAt);
    this.left.opened.push(...opened);
    if (workflow.unfinished && !isTerminal(workflow.status)) this.left.unfinished.set(state.wf, workflow.updatedAt);
  }

  /** The rules threw. In company: each alone. Alone: the failure is written down and the alarm is put off. */
  #fault(state: State, steps: readonly Step[], now: number, error: Error): void {
    const items = new Set(steps.map(({ item }) => item));
    if (items.size > 1) {
      for (const item of items) {
        item.alone = true;
        this.again.add(item);
      }
      return;
    }
    const reason = error.message.slice(0, 1_000);
    const [item] = items as Set<Item>;
    this.news.faults.push({ workflowId: state.workflow.id, reason });
    const rows = steps.flatMap((step) => step.faultRows?.(reason) ?? []);
    if (item?.kind === 'alarm') {
      const fault = faultAfter(state.fault, reason);
      const off: State = {
        ...state,
        rev: this.#reason(state, now, false).rev,
        wakeAt: now + fault.backoffMs,
        fault: fault.text,
      };
      const row = workflowRow(state.workflow, off, state.workflow);
      this.plan(
        { key: state.wf, guard: { op: 'swap', table: 'workflow', row, expected: state.rev }, changes: rows },
        [item],
        {
          passed: () => this.context.states.keep(off),
          failed: () => this.context.states.drop(state.wf, state.rev),
        },
      );
    } else this.note(rows, item ? [item] : []);
    if (item?.kind === 'command' || item?.kind === 'poll') item.reject(error);
  }

  /** Stores the shapes that this commit needs: of waits that open, and of definitions that are new. */
  async ensureShapes(): Promise<void> {
    const { shapes } = this.context;
    const wanted: WaitShape[] = this.newDefs.flatMap((def) => shapesOf(def));
    let now = this.startedAt;
    for (const { wait } of this.#opened) {
      now = Math.max(now, wait.at);
      if (!shapes.find(wait.wait)) wanted.push(wait.wait);
    }
    if (wanted.length) await shapes.ensure(this.session, wanted, now);
    for (const { wait, changes } of this.#opened) {
      const shape = shapes.find(wait.wait);
      wait.shape = shape && shape.since > wait.wait.since ? shape.id : 0;
      const row = [wait.wf, wait.n, wait.key, wait.wait.since, wait.shape, wait.at];
      changes.push({ op: 'put', table: 'wait_todo', row });
    }
  }
}

/** What is remembered of failures of an execution, and how long its alarm is put off. */
function faultAfter(before: string | undefined, reason: string): { text: string; backoffMs: number } {
  const count = before ? Number(JSON.parse(before).count) + 1 : 1;
  const backoffMs = Math.min(FAULT_BACKOFF_MS.first * 2 ** (count - 1), FAULT_BACKOFF_MS.last);
  return { text: JSON.stringify({ count, reason }), backoffMs };
}
