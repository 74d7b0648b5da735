// An execution that is tried out: workers, waits and sub-workflows answer what they are told to, time passes at once,
// nothing outside is touched (contract 5.14). The rules are those of a real one.

import type { Command, ReportedStatus, StartRequest } from './command.ts';
import type { Decision, Env } from './decision.ts';
import type { JsonObject } from './json.ts';
import type { Message } from './message.ts';
import type { Task, Workflow, WorkflowDef } from './model.ts';
import { hasEnded, isTerminal, referenceName } from './model.ts';
import { TASK_TYPES } from './tasks/index.ts';
import { begin, transition, whyNotBegun } from './transition.ts';

export interface MockOutput {
  readonly status: ReportedStatus;
  readonly output?: JsonObject;
  readonly reason?: string;
  /** How long the pretended worker lets the task lie, and how long it works on it. */
  readonly queueWaitMs?: number;
  readonly executionMs?: number;
}

export interface Mocks {
  /** Reference name, with or without loop suffix -> what its attempts answer, in order. */
  readonly outputs: Readonly<Record<string, readonly MockOutput[]>>;
  /** For the sub-workflow of a task. One that is not named here takes from the outputs of its parent. */
  readonly children?: Readonly<Record<string, Mocks>>;
}

export interface MockWorld extends Env {
  /** Registered definition with its task definitions embedded; version absent: latest. */
  readonly definition: (name: string, version?: number) => WorkflowDef | undefined;
  /** Does what a worker of ours would do without touching anything outside: scripts, jq. Undefined: it cannot. */
  readonly perform: (task: Task) => MockOutput | undefined;
}

/** All but failure workflows are asked for by a task. */
type Start = Extract<Message, { type: 'start' }> & Required<Pick<Extract<Message, { type: 'start' }>, 'by'>>;

const isAsked = (message: Message): message is Start => message.type === 'start' && message.by !== undefined;

/** Steps of one try, sub-workflows included (Conductor's test service stops after as many). */
const MAX_MOCK_STEPS = 20_000;

/** Runs until it ends, or until a task is open that nothing says anything about. */
export function mockRun(request: StartRequest, mocks: Mocks, world: MockWorld): Workflow {
  const budget = { steps: MAX_MOCK_STEPS };
  return new MockRun({ request, left: queues(mocks), children: mocks.children ?? {} }, world, budget).toEnd();
}

type Left = Map<string, MockOutput[]>;

const queues = ({ outputs }: Mocks): Left =>
  new Map(Object.entries(outputs).map(([ref, list]): [string, MockOutput[]] => [ref, [...list]]));

interface Script {
  readonly request: StartRequest;
  readonly left: Left;
  readonly children: Readonly<Record<string, Mocks>>;
}

class MockRun {
  private readonly script: Script;
  private readonly world: MockWorld;
  private readonly budget: { steps: number };
  private readonly starts: Start[] = [];
  private workflow: Workflow;
  private now: number;

  constructor(script: Script, world: MockWorld, budget: { steps: number }) {
    this.script = script;
    this.world = world;
    this.budget = budget;
    this.now = world.now;
    this.workflow = this.taken(begin(script.request, this.env()));
  }

  toEnd(): Workflow {
    while (!isTerminal(this.workflow.status) && this.budget.steps > 0 && this.step()) this.budget.steps--;
    return this.workflow;
  }

  private env(): Env {
    return { ...this.world, now: this.now };
  }

  private tell(command: Command): true {
    this.workflow = this.taken(transition(this.workflow, [command], this.env()));
    return true;
  }

  /** Of all that an execution says to others only its starts are heard. */
  private taken(decision: Decision): Workflow {
    this.starts.push(...decision.messages.filter(isAsked));
    return decision.after;
  }

  /** One thing that moves it; false when there is none. */
  private step(): boolean {
    const start = this.starts.shift();
    if (start) return this.startChild(start);
    if (this.workflow.unfinished) return this.tell({ type: 'decide' });
    return this.workflow.tasks.some((task) => !hasEnded(task) && this.move(task)) || this.ring();
  }

  private move(task: Task): boolean {
    // One with a start delay has not begun.
    if (task.status === 'SCHEDULED' && task.wakeAt !== undefined) return false;
    const said = this.queueOf(task)?.shift() ?? this.world.perform(task);
    return said !== undefined && this.report(task, said);
  }

  private queueOf(task: Task): MockOutput[] | undefined {
    // Those that look at others end by themselves.
    if (TASK_TYPES.get(task.type)?.advance) return undefined;
    const { left } = this.script;
    return left.get(referenceName(task)) ?? left.get(task.place);
  }

  private report({ n, status, availableAt = 0 }: Task, said: MockOutput): true {
    this.now = Math.max(this.now, availableAt) + (said.queueWaitMs ?? 0);
    if (status === 'SCHEDULED') this.tell({ type: 'pollTask', n, workerId: 'mock' });
    this.now += said.executionMs ?? 0;
    return this.tell({
      type: 'updateTask',
      task: { n },
      status: said.status,
      ...(said.output && { output: said.output }),
      ...(said.reason !== undefined && { reason: said.reason }),
    });
  }

  /** Time goes on to the first task that waits for a moment. */
  private ring(): boolean {
    const alarms = this.workflow.tasks.flatMap((task) => (task.wakeAt === undefined ? [] : [task.wakeAt]));
    if (alarms.length === 0) return false;
    this.now = Math.max(this.now, Math.min(...alarms));
    return this.tell({ type: 'decide' });
  }

  private startChild({ by, ...start }: Start): true {
    const task = this.workflow.tasks.find((one) => one.n === by.n) as Task;
    const about = { n: by.n, childId: start.id };
    if (!by.waits) return this.tell({ type: 'startedAs', ...about, existingId: start.id });
    if (this.queueOf(task)?.length) return true;
    const def = start.def ?? this.world.definition(start.name, start.version);
    if (!def) {
      const version = start.version === undefined ? '' : ` version ${start.version}`;
      const reason = `there is no workflow ${start.name}${version}`;
      return this.tell({ type: 'startFailed', ...about, reason, status: 404 });
    }
    const broken = whyNotBegun({ def, input: start.input });
    if (broken) return this.tell({ type: 'startFailed', ...about, reason: broken.reason, status: 400 });
    const child = this.child(task, { ...start, def, parent: { workflowId: this.workflow.id, n: by.n } });
    this.now = Math.max(this.now, child.updatedAt);
    const { status, output, reason } = child;
    if (!isTerminal(status)) return true;
    return this.tell({ type: 'childEnded', ...about, status, output, ...(reason !== undefined && { reason }) });
  }

  private child(task: Task, request: StartRequest): Workflow {
    const { left, children } = this.script;
    const own = children[referenceName(task)] ?? children[task.place];
    const script = { request, left: own ? queues(own) : left, children: own?.children ?? {} };
    return new MockRun(script, this.env() as MockWorld, this.budget).toEnd();
  }
}
