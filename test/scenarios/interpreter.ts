// Plays a scenario in a world: on the bare core, or on a whole server through HTTP. A world only knows how to do things;
// what a step means, and what must be so after it, is here.

import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/core/json.ts';
import { parseDuration } from '../../src/core/language/duration.ts';
import type { TaskDef, WorkflowDef } from '../../src/core/model.ts';
import {
  type Answer,
  type ControlOptions,
  type ControlVerb,
  completed,
  type Expectation,
  type ExpectedTask,
  type Report,
  type Said,
  type Scenario,
  type StartOptions,
  type Step,
} from './scenario.ts';

export interface SeenTask {
  readonly taskId: string;
  /** With loop suffix. */
  readonly ref: string;
  readonly type: string;
  readonly status: string;
  readonly input: JsonObject;
  readonly output: JsonObject;
  readonly reason?: string;
  readonly retryCount: number;
  readonly iteration: number;
  readonly pollCount: number;
  readonly workerId?: string;
  readonly domain?: string;
  readonly subWorkflowId?: string;
}

export interface Seen {
  readonly id: string;
  readonly status: string;
  readonly version: number;
  readonly input: JsonObject;
  readonly output: JsonObject;
  readonly variables: JsonObject;
  readonly reason?: string;
  readonly failedRefs: readonly string[];
  readonly correlationId?: string;
  readonly priority: number;
  /** In order. */
  readonly tasks: readonly SeenTask[];
}

/** A place where scenarios can be played. Everything has come to rest when a promise is kept. */
export interface ScenarioWorld {
  /** False: what is ignored is answered like what is done, and can only be told by nothing having changed. */
  readonly tellsIgnored: boolean;
  /** True: the size of a queue counts tasks whose time has not come, as Conductor's does. */
  readonly countsPostponed: boolean;
  /** False: events of one moment come in any order. */
  readonly ordersEvents: boolean;
  define(workflows: readonly WorkflowDef[], tasks: readonly TaskDef[]): Promise<void>;
  /** What HTTP tasks get. */
  answer(answers: Readonly<Record<string, Answer>>): Promise<void>;
  start(name: string, options: StartOptions): Promise<{ said: 'started' | 'existing' | Said; id?: string }>;
  poll(queue: string, options: { worker: string; domain?: string; count: number }): Promise<readonly Polled[]>;
  update(id: string, task: { taskId: string } | { ref: string }, report: Report): Promise<Said>;
  /** Answers how many waits were ended. */
  event(payload: JsonObject): Promise<number>;
  /** `late`: alarms on the way ring at the end, all at once. */
  clock(ms: number, late: boolean): Promise<void>;
  control(id: string, verb: ControlVerb, options: ControlOptions & { taskId?: string }): Promise<Said>;
  snapshot(id: string): Promise<Seen>;
  queueSize(queue: string): Promise<number>;
  /** Names of the events that an execution has sent. */
  eventsOf(id: string): Promise<readonly string[]>;
}

export interface Polled {
  readonly id: string;
  readonly taskId: string;
  readonly ref: string;
}

type Only<K extends string> = Extract<Step, Readonly<Record<K, unknown>>>;

export async function play(scenario: Scenario, world: ScenarioWorld): Promise<void> {
  const player = new Player(world);
  await world.answer(scenario.http ?? {});
  await world.define(scenario.workflows.map(completed), scenario.taskDefs ?? []);
  let i = 0;
  for (const step of scenario.steps) {
    i++;
    try {
      await player.play(step);
    } catch (error) {
      throw new Error(`step ${i} ${JSON.stringify(step)}: ${(error as Error).message}`, { cause: error });
    }
  }
}

class Player {
  private readonly world: ScenarioWorld;
  private readonly names = new Map<string, string>();
  private latest = '';

  constructor(world: ScenarioWorld) {
    this.world = world;
  }

  async play(step: Step): Promise<void> {
    if ('start' in step) return this.start(step);
    if ('poll' in step) return this.poll(step);
    if ('work' in step) return this.work(step);
    if ('update' in step) return this.update(step);
    if ('event' in step) return this.event(step);
    if ('advance' in step) return this.world.clock(milliseconds(step.advance), false);
    if ('jump' in step) return this.world.clock(milliseconds(step.jump), true);
    if ('control' in step) return this.control(step);
    if ('define' in step) return this.world.define([completed(step.define)], []);
    return this.expect(step.expect);
  }

  private async start({ start: name, as = name, said = 'started', ...options }: Only<'start'>): Promise<void> {
    const answer = await this.world.start(name, options);
    assert.equal(answer.said, said, 'what was said');
    if (answer.id === undefined || said !== 'started') return;
    this.names.set(as, answer.id);
    this.latest = as;
  }

  private async poll({ poll: queue, worker = 'worker', domain, count = 1, got }: Only<'poll'>): Promise<void> {
    const polled = await this.world.poll(queue, { worker, domain, count });
    assert.deepEqual(
      polled.map(({ ref }) => ref),
      got,
      'the tasks taken',
    );
  }

  private async work({ work: queue, worker = 'worker', domain, ref, ...report }: Only<'work'>): Promise<void> {
    const [polled] = await this.world.poll(queue, { worker, domain, count: 1 });
    assert.ok(polled, `queue ${queue} is empty`);
    if (ref !== undefined) assert.equal(polled.ref, ref, 'the task taken');
    const said = await this.world.update(polled.id, { taskId: polled.taskId }, { ...report, worker });
    assert.equal(said, 'done', 'what was said to the report');
  }

  private async update({ update: ref, of, said = 'done', ...report }: Only<'update'>): Promise<void> {
    const id = await this.idOf(of);
    await this.agrees(id, said, () => this.world.update(id, { ref }, report));
  }

  private async event({ event: payload, matched }: Only<'event'>): Promise<void> {
    const count = await this.world.event(payload);
    if (matched !== undefined) assert.equal(count, matched, 'waits ended');
  }

  private async control({ control: verb, of, said = 'done', ...options }: Only<'control'>): Promise<void> {
    const id = await this.idOf(of);
    const task = verb === 'rerun' && options.ref !== undefined ? await this.taskOf(id, options.ref) : undefined;
    await this.agrees(id, said, () =>
      this.world.control(id, verb, { ...options, ...(task && { taskId: task.taskId }) }),
    );
  }

  private async agrees(id: string, said: Said, wish: () => Promise<Said>): Promise<void> {
    const isGuessed = said === 'ignored' && !this.world.tellsIgnored;
    const before = isGuessed ? await this.world.snapshot(id) : undefined;
    assert.equal(await wish(), isGuessed ? 'done' : said, 'what was said');
    if (isGuessed) assert.deepEqual(await this.world.snapshot(id), before, 'what is ignored changes nothing');
  }

  private async expect(expected: Expectation): Promise<void> {
    const id = await this.idOf(expected.of);
    const seen = await this.world.snapshot(id);
    const course = seen.tasks.map(({ ref, status }) => `${ref} ${status}`);
    const about = `\n  ${seen.status}: ${course.join(', ')}${seen.reason ? `\n  ${seen.reason}` : ''}`;
    for (const field of [
      'status',
      'input',
      'output',
      'variables',
      'failedRefs',
      'correlationId',
      'priority',
      'version',
    ] as const)
      if (expected[field] !== undefined) same(seen[field], expected[field], `${field}${about}`);
    if (expected.reason !== undefined) includes(seen.reason, expected.reason, `reason${about}`);
    if (expected.course) assert.deepEqual(course, expected.course, `course${about}`);
    for (const [ref, task] of Object.entries(expected.tasks ?? {})) {
      const found = seen.tasks.findLast((one) => one.ref === ref);
      assert.ok(found, `there is no task ${ref}${about}`);
      expectTask(found, typeof task === 'string' ? { status: task } : task, about);
    }
    for (const [queue, size] of Object.entries(expected.queues ?? {})) {
      const seenSize = await this.world.queueSize(queue);
      const fits = this.world.countsPostponed ? seenSize >= size : seenSize === size;
      assert.ok(fits, `${seenSize} instead of ${size} tasks in queue ${queue}${about}`);
    }
    if (expected.events) await this.expectEvents(id, expected.events, about);
  }

  private async expectEvents(id: string, expected: readonly string[], about: string): Promise<void> {
    const inOrder = (names: readonly string[]) => (this.world.ordersEvents ? names : names.toSorted());
    assert.deepEqual(inOrder(await this.world.eventsOf(id)), inOrder(expected), `events${about}`);
  }

  /** `main/child_ref/grandchild_ref`; nothing: the execution started last. */
  private async idOf(name = this.latest): Promise<string> {
    const [first = '', ...refs] = name.split('/');
    let id = this.names.get(first);
    assert.ok(id, `no execution is called ${first}`);
    for (const ref of refs) {
      const { subWorkflowId } = await this.taskOf(id, ref);
      assert.ok(subWorkflowId, `task ${ref} has no sub-workflow`);
      id = subWorkflowId;
    }
    return id;
  }

  private async taskOf(id: string, ref: string): Promise<SeenTask> {
    const { tasks } = await this.world.snapshot(id);
    const task = tasks.findLast((one) => one.ref === ref);
    assert.ok(task, `there is no task ${ref}`);
    return task;
  }
}

function expectTask(seen: SeenTask, expected: ExpectedTask, about: string): void {
  for (const [field, value] of Object.entries(expected)) {
    if (field === 'reason') includes(seen.reason, value, `reason of ${seen.ref}${about}`);
    else same(seen[field as keyof SeenTask], value, `${field} of ${seen.ref}${about}`);
  }
}

function includes(text: string | undefined, part: string, about: string): void {
  assert.ok(text?.includes(part), `${about}\n  ${text} does not contain ${part}`);
}

const ANY = '<any>';

/** Deeply equal, but for the places that may hold anything. */
function same(actual: unknown, expected: unknown, about: string): void {
  assert.deepEqual(masked(actual, expected), expected, about);
}

function masked(actual: unknown, expected: unknown): unknown {
  if (expected === ANY && actual !== undefined) return ANY;
  if (Array.isArray(actual) && Array.isArray(expected)) return actual.map((item, i) => masked(item, expected[i]));
  if (!isObject(actual) || !isObject(expected)) return actual;
  return Object.fromEntries(
    Object.entries(actual)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, masked(value, expected[key])]),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function milliseconds(text: string): number {
  const parsed = parseDuration(text);
  assert.ok(parsed.ok, `${text} is not a duration`);
  return parsed.ms;
}
