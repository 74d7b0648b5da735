// Properties of the rules: random definitions, random stories about them, and what must hold after each decision.
// Names are given out at the end, so every definition is valid. Scripts are of one form only, so no sandbox is needed.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { World } from '../../test/scenarios/driver.ts';
import { check } from '../../test/scenarios/invariants.ts';
import type { Command } from './command.ts';
import type { Env } from './decision.ts';
import { isRecord } from './json.ts';
import type { Task, Workflow, WorkflowDef, WorkflowTask } from './model.ts';
import { hasEnded, isTerminal } from './model.ts';
import { eachTask } from './plan.ts';
import { validateWorkflowDef } from './validate.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 150);

/** A place without its name; `[…]` are lists inside it. */
type Sketch = Readonly<Record<string, unknown>> & { readonly type: string };

const timeouts = fc.record(
  {
    retryCount: fc.integer({ min: 0, max: 2 }),
    retryDelaySeconds: fc.integer({ min: 0, max: 20 }),
    retryLogic: fc.constantFrom('FIXED', 'LINEAR_BACKOFF', 'EXPONENTIAL_BACKOFF'),
    backoffJitterMs: fc.integer({ min: 0, max: 500 }),
    timeoutSeconds: fc.constantFrom(0, 30),
    timeoutPolicy: fc.constantFrom('RETRY', 'TIME_OUT_WF', 'ALERT_ONLY'),
    responseTimeoutSeconds: fc.constantFrom(5, 20),
    pollTimeoutSeconds: fc.constantFrom(0, 40),
    totalTimeoutSeconds: fc.constantFrom(0, 60),
  },
  { requiredKeys: [] },
);

const flags = fc.record(
  {
    optional: fc.boolean(),
    permissive: fc.boolean(),
    startDelay: fc.constantFrom(0, 7),
    retryCount: fc.integer({ min: 0, max: 2 }),
  },
  { requiredKeys: [] },
);

const leaf = (type: string, fields: fc.Arbitrary<object> = fc.constant({})): fc.Arbitrary<Sketch> =>
  fc.tuple(flags, fields).map(([some, more]) => ({ ...some, ...more, type }));

const steady = (type: string, inputParameters: object, fields: object = {}): fc.Arbitrary<Sketch> =>
  fc.constant({ type, inputParameters, ...fields });

const leaves = fc.oneof(
  {
    weight: 8,
    arbitrary: leaf(
      'SIMPLE',
      timeouts.map((taskDefinition) => ({ taskDefinition })),
    ),
  },
  { weight: 2, arbitrary: steady('NOOP', {}) },
  { weight: 1, arbitrary: steady('SET_VARIABLE', { v: '${workflow.input.k}' }) },
  {
    weight: 1,
    arbitrary: leaf(
      'WAIT',
      fc.constantFrom('1s', '15s', '0s').map((duration) => ({ inputParameters: { duration } })),
    ),
  },
  { weight: 1, arbitrary: leaf('HUMAN') },
  { weight: 1, arbitrary: leaf('WAIT_FOR_WEBHOOK', fc.constant({ inputParameters: { matches: { '$.id': 1 } } })) },
  { weight: 1, arbitrary: leaf('HTTP') },
  { weight: 1, arbitrary: steady('EVENT', { n: 1 }, { sink: 'conductor' }) },
  { weight: 1, arbitrary: steady('DYNAMIC', { how: 'SIMPLE' }, { dynamicTaskNameParam: 'how' }) },
  {
    weight: 1,
    arbitrary: leaf(
      'SUB_WORKFLOW',
      fc.constantFrom('child', 'nobody').map((name) => ({ subWorkflowParam: { name } })),
    ),
  },
  { weight: 1, arbitrary: steady('START_WORKFLOW', { startWorkflow: { name: 'child' } }) },
);

const ending: fc.Arbitrary<Sketch> = fc
  .constantFrom('COMPLETED', 'FAILED', 'TERMINATED')
  .map((terminationStatus) => ({ type: 'TERMINATE', inputParameters: { terminationStatus } }));

/** A list of places; forks bring the join behind them. */
const lists = fc.letrec<{ list: Sketch[]; block: Sketch[] }>((tie) => ({
  list: fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((blocks) => blocks.flat()),
  block: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'nesting' },
    { weight: 6, arbitrary: leaves.map((one) => [one]) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.array(tie('list'), { minLength: 1, maxLength: 3 }),
          fc.constantFrom('last', 'first', 'absent', 'none', 'exclusive'),
          flags,
        )
        .map(([forkTasks, joined, { optional = false }]) => [
          { type: 'FORK_JOIN', forkTasks },
          { type: joined === 'exclusive' ? 'EXCLUSIVE_JOIN' : 'JOIN', joined, optional },
        ]),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 0, max: 3 }).map((count) => [
        { type: 'FORK_JOIN_DYNAMIC', inputParameters: { forkTaskName: 'made', forkTaskInputs: Array(count).fill({}) } },
        { type: 'JOIN', joined: 'absent' },
      ]),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie('list'), fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.constantFrom(0, 0, 1, 2))
        .map(([loopOver, times, optional, keepLastN]) => [
          { type: 'DO_WHILE', loopOver, times, optional, ...(keepLastN > 0 && { inputParameters: { keepLastN } }) },
        ]),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('list'), tie('list')).map(([a, b]) => [
        {
          type: 'SWITCH',
          expression: 'k',
          inputParameters: { k: '${workflow.input.k}' },
          decisionCases: { a, empty: [] },
          defaultCase: b,
        },
      ]),
    },
    { weight: 1, arbitrary: ending.map((one) => [one]) },
  ),
})).list;

/** Gives names, and joins what is to be joined. */
function named(list: readonly Sketch[], next: { n: number }): WorkflowTask[] {
  const tasks: WorkflowTask[] = [];
  for (const { joined, times, ...sketch } of list) {
    const taskReferenceName = `${sketch.type.toLowerCase()}_${next.n++}`;
    const task: Record<string, unknown> = { name: `q${next.n % 3}`, taskReferenceName, ...sketch };
    if (Array.isArray(sketch.forkTasks)) task.forkTasks = sketch.forkTasks.map((branch) => named(branch, next));
    if (Array.isArray(sketch.loopOver)) task.loopOver = named(sketch.loopOver, next);
    if (times !== undefined) task.loopCondition = `$.${taskReferenceName}.iteration < ${times}`;
    if (isRecord(sketch.decisionCases))
      task.decisionCases = Object.fromEntries(
        Object.entries(sketch.decisionCases).map(([name, inner]) => [name, named(inner as never, next)]),
      );
    if (Array.isArray(sketch.defaultCase)) task.defaultCase = named(sketch.defaultCase, next);
    const joinOn = joined === undefined ? undefined : joinedOn(String(joined), tasks.at(-1));
    if (joinOn) task.joinOn = joinOn;
    tasks.push(task as unknown as WorkflowTask);
  }
  return tasks;
}

function joinedOn(how: string, fork: WorkflowTask | undefined): string[] | undefined {
  const branches = fork?.forkTasks ?? [];
  const lasts = branches.flatMap((branch) => branch.at(-1)?.taskReferenceName ?? []);
  const firsts = branches.flatMap((branch) => branch[0]?.taskReferenceName ?? []);
  if (how === 'absent') return undefined;
  if (how === 'none') return [];
  return how === 'first' ? firsts.slice(0, 1) : lasts;
}

/** Makes an execution so long that what is known of all its tasks goes on from decision to decision (`task-list.ts`). */
const BALLAST: readonly Sketch[] = [
  {
    type: 'FORK_JOIN_DYNAMIC',
    inputParameters: { forkTaskName: 'ballast', forkTaskType: 'NOOP', forkTaskInputs: Array(20).fill({}) },
  },
  { type: 'JOIN', joined: 'absent' },
];

const definitions: fc.Arbitrary<WorkflowDef> = fc
  .tuple(lists, fc.constantFrom(0, 0, 0, 200), fc.boolean())
  .map(([list, timeoutSeconds, isLong]) => ({
    name: 'main',
    version: 1,
    timeoutSeconds,
    timeoutPolicy: 'TIME_OUT_WF',
    tasks: named([...(isLong ? BALLAST : []), ...list], { n: 0 }),
  }));

/** The workflow that SUB_WORKFLOW places of these definitions start. */
const CHILD: WorkflowDef = {
  name: 'child',
  version: 1,
  tasks: [
    { name: 'q0', taskReferenceName: 'work', type: 'SIMPLE', retryCount: 0 },
    { name: 'rest', taskReferenceName: 'rest', type: 'WAIT', inputParameters: { duration: '2s' } },
  ],
};

/** What happens next; numbers choose among what there is at that moment. */
type Happening =
  | { readonly type: 'poll'; readonly which: number }
  | { readonly type: 'report'; readonly which: number; readonly status: string; readonly fields: object }
  | { readonly type: 'event' }
  | { readonly type: 'advance' | 'leap'; readonly ms: number }
  | { readonly type: 'control'; readonly verb: string; readonly which: number; readonly flag: boolean };

const which = fc.nat(1_000);

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: which.map((chosen) => ({ type: 'poll' as const, which: chosen })) },
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        which,
        fc.constantFrom(
          'COMPLETED',
          'COMPLETED',
          'COMPLETED',
          'FAILED',
          'FAILED_WITH_TERMINAL_ERROR',
          'IN_PROGRESS',
          'CANCELED',
        ),
        fc.constantFrom({}, { callbackAfterSeconds: 3 }, { extendLease: true }),
      )
      .map(([chosen, status, fields]) => ({ type: 'report' as const, which: chosen, status, fields })),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'event' as const }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 60_000 }).map((ms) => ({ type: 'advance' as const, ms })) },
  { weight: 1, arbitrary: fc.integer({ min: -30_000, max: 300_000 }).map((ms) => ({ type: 'leap' as const, ms })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'pause',
          'resume',
          'terminate',
          'restart',
          'retry',
          'rerun',
          'rerunAll',
          'skip',
          'jump',
          'resetCallbacks',
          'signal',
          'decide',
          'variables',
        ),
        which,
        fc.boolean(),
      )
      .map(([verb, chosen, flag]) => ({ type: 'control' as const, verb, which: chosen, flag })),
  },
);

/** Understands `$.<name>.iteration < <number>`. */
const evaluateIteration: Env['evaluate'] = (script, bindings) => {
  const [, name = '', times = '0'] = /^\$\.(\w+)\.iteration < (\d+)$/.exec(script) ?? [];
  const loop = isRecord(bindings) ? bindings[name] : undefined;
  if (!isRecord(loop)) return { ok: false, reason: `no loop ${name}` };
  return { ok: true, value: Number(loop.iteration) < Number(times) };
};

const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(1, list.length)];

const openTasks = (workflow: Workflow): Task[] => workflow.tasks.filter((task) => !hasEnded(task));

function places(def: WorkflowDef): string[] {
  const names: string[] = [];
  eachTask(def.tasks, (task) => names.push(task.taskReferenceName));
  return names;
}

/** One happening, about whatever there is. */
function happen(world: World, happening: Happening): void {
  const all = [...world.workflows.values()];
  switch (happening.type) {
    case 'event':
      world.event({ id: 1 });
      return;
    case 'advance':
      return world.advance(happening.ms);
    case 'leap':
      return world.jump(happening.ms);
    case 'poll': {
      const queues = ['q0', 'q1', 'q2', 'made', 'HTTP', 'SIMPLE'];
      world.poll(queues[happening.which % queues.length] as string);
      return;
    }
    case 'report': {
      const open = all.flatMap((workflow) => openTasks(workflow).map((task) => ({ workflow, task })));
      const chosen = pick(open, happening.which);
      if (!chosen) return;
      const { workflow, task } = chosen;
      const command = { type: 'updateTask', task: { n: task.n }, status: happening.status, ...happening.fields };
      world.tell(workflow.id, command as Command);
      return;
    }
    case 'control': {
      const workflow = pick(all, happening.which);
      if (workflow) world.tell(workflow.id, controlOf(workflow, happening));
    }
  }
}

function controlOf(workflow: Workflow, { verb, which, flag }: Extract<Happening, { type: 'control' }>): Command {
  const ref = pick(places(workflow.def), which) ?? '';
  switch (verb) {
    case 'rerun':
      return { type: 'rerun', fromN: pick(workflow.tasks, which)?.n ?? 0, ...(flag && { taskInput: { given: 1 } }) };
    case 'rerunAll':
      return { type: 'rerun' };
    case 'retry':
      return { type: 'retry', resumeSubworkflows: flag };
    case 'skip':
      return { type: 'skipTask', ref: flag ? ref : `${ref}__1` };
    case 'jump':
      return { type: 'jump', ref };
    case 'signal':
      return { type: 'signal', status: 'COMPLETED' };
    case 'variables':
      return { type: 'updateVariables', variables: { x: which }, append: flag };
    default:
      return { type: verb } as Command;
  }
}

/** In a world at rest no SUB_WORKFLOW waits for a child that has ended. */
function nobodyWaitsForTheDead(world: World): void {
  for (const workflow of world.workflows.values())
    for (const task of openTasks(workflow)) {
      const child =
        task.type === 'SUB_WORKFLOW' && task.subWorkflowId ? world.workflows.get(task.subWorkflowId) : undefined;
      assert.ok(!child || !isTerminal(child.status), `task ${task.place} waits for an execution that has ended`);
    }
}

/** With everybody doing their work, every execution comes to its end. */
function everythingEnds(world: World): void {
  for (let round = 0; round < 2_000; round++) {
    const running = [...world.workflows.values()].filter((workflow) => !isTerminal(workflow.status));
    if (running.length === 0) return;
    for (const { id, status } of running) {
      if (status === 'PAUSED') world.tell(id, { type: 'resume' });
      const task = openTasks(world.get(id)).find(
        (one) => !['DO_WHILE', 'JOIN', 'EXCLUSIVE_JOIN', 'SUB_WORKFLOW', 'START_WORKFLOW'].includes(one.type),
      );
      if (task) world.tell(id, { type: 'updateTask', task: { n: task.n }, status: 'COMPLETED' });
    }
    world.advance(30_000);
  }
  const [stuck] = [...world.workflows.values()].filter((workflow) => !isTerminal(workflow.status));
  assert.fail(`never ends: ${stuck ? world.course(stuck.id) : ''}`);
}

const stories = fc.record({
  def: definitions,
  k: fc.constantFrom('a', 'b', 'empty'),
  story: fc.array(happenings, { maxLength: 25 }),
  seed: fc.integer(),
});

const worldFor = (def: WorkflowDef, seed: number, options: ConstructorParameters<typeof World>[0] = {}): World =>
  new World({ evaluate: evaluateIteration, seed, ...options }).define(def, CHILD);

it('makes definitions that are valid', () => {
  fc.assert(
    fc.property(definitions, (def) => {
      const checked = validateWorkflowDef(def);
      assert.deepEqual(checked.ok ? [] : checked.errors, []);
    }),
    { numRuns: RUNS },
  );
});

it('keeps what must hold, whatever the definition and the story', () => {
  fc.assert(
    fc.property(stories, ({ def, k, story, seed }) => {
      const world = worldFor(def, seed, { onDecided: check });
      world.run('main', { k });
      nobodyWaitsForTheDead(world);
      for (const happening of story) {
        happen(world, happening);
        nobodyWaitsForTheDead(world);
      }
      everythingEnds(world);
    }),
    { numRuns: RUNS },
  );
});

it('is the same whether or not all state is written down and read again after each decision', () => {
  fc.assert(
    fc.property(stories, ({ def, k, story, seed }) => {
      const played = [false, true].map((forgets) => {
        const world = worldFor(def, seed, { forgets });
        world.run('main', { k });
        for (const happening of story) happen(world, happening);
        return JSON.parse(JSON.stringify([[...world.workflows.values()], world.messages]));
      });
      assert.deepEqual(played[1], played[0]);
    }),
    { numRuns: RUNS },
  );
});
