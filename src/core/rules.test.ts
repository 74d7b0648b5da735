// Tests of single rules at their edges: limits, delays, derivations, names, and what is only seen from inside.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { World, type WorldOptions } from '../../test/scenarios/driver.ts';
import type { Command } from './command.ts';
import { queueEntryOf, wakeAtOf } from './derive.ts';
import { innerScope, isInScope, iterationOf, outerScope, partReference } from './iteration.ts';
import {
  MAX_DEFINITION_DEPTH,
  MAX_DEFINITION_TASKS,
  MAX_DELAY_MS,
  MAX_DYNAMIC_FORK_TASKS,
  MAX_LOOP_ITERATIONS,
  MAX_REASON_LENGTH,
  MAX_TASKS_PER_WORKFLOW,
  MAX_VARIABLES_BYTES,
} from './limits.ts';
import { matchText, textOf, waitOf } from './match.ts';
import type { Task, TaskDef, Workflow, WorkflowDef, WorkflowTask } from './model.ts';
import { parseTaskId, taskId } from './model.ts';
import { eachTask, forkAround, planOf } from './plan.ts';
import { leaseMsOf } from './queue.ts';
import { shortReason } from './reason.ts';
import { mayRetry, retryDelayMs } from './retry.ts';
import { TaskList } from './task-list.ts';
import { transition } from './transition.ts';
import { lookBackFrom } from './wait-terms.ts';

const place = (taskReferenceName: string, fields: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: taskReferenceName,
  taskReferenceName,
  type: 'SIMPLE',
  ...fields,
});
const flow = (tasks: readonly WorkflowTask[], fields: Partial<WorkflowDef> = {}): WorkflowDef => ({
  name: 'flow',
  version: 1,
  tasks,
  ...fields,
});
const played = (tasks: readonly WorkflowTask[], options: WorldOptions = {}, fields: Partial<WorkflowDef> = {}) => {
  const world = new World(options).define(flow(tasks, fields));
  return { world, id: world.run('flow') };
};
const says = (value: unknown): WorldOptions => ({ evaluate: () => ({ ok: true, value: value as never }) });
const complete = (n: number): Command => ({ type: 'updateTask', task: { n }, status: 'COMPLETED' });

describe('limits', () => {
  it('ends variables, loops, dynamic forks and executions that grow too large with a reason', () => {
    const large = played([
      place('s', { type: 'SET_VARIABLE', inputParameters: { x: 'x'.repeat(MAX_VARIABLES_BYTES) } }),
    ]);
    assert.match(large.world.get(large.id).reason ?? '', /the variables would take/);
    const wide = played([
      place('f', {
        type: 'FORK_JOIN_DYNAMIC',
        inputParameters: { forkTaskName: 'a', forkTaskInputs: Array(MAX_DYNAMIC_FORK_TASKS + 1).fill(1) },
      }),
      place('j', { type: 'JOIN' }),
    ]);
    assert.match(wide.world.get(wide.id).reason ?? '', /20001 branches are more than the 20000/);
  });

  it('ends a loop at its last iteration, and an execution at its last task', () => {
    const loop = played([place('l', { type: 'DO_WHILE', loopCondition: 'x', loopOver: [place('a')] })], says(true));
    const env = {
      now: loop.world.now,
      newId: () => 'x',
      random: () => 0,
      evaluate: () => ({ ok: true as const, value: true }),
      taskDef: () => undefined,
    };
    const before = loop.world.get(loop.id);
    const last = before.tasks.map((task) => ({
      ...task,
      ...(task.place === 'l' ? { iteration: MAX_LOOP_ITERATIONS } : { scope: `__${MAX_LOOP_ITERATIONS}` }),
    }));
    const { after } = transition({ ...before, tasks: last }, [complete(2)], env);
    assert.match(after.reason ?? '', /the loop ran 100000 times/);
    const many = Array.from(
      { length: MAX_TASKS_PER_WORKFLOW },
      (_, i): Task => ({
        ...(before.tasks[1] as Task),
        n: i + 1,
        place: `old${i}`,
        scope: '',
        status: 'COMPLETED',
        executed: true,
      }),
    );
    many[0] = { ...(before.tasks[1] as Task), n: 1, place: 'a', scope: '', status: 'COMPLETED', executed: false };
    const def = flow([place('a'), place('b')]);
    const full = transition({ ...before, def, tasks: many, nextN: many.length + 1 }, [], env);
    assert.match(full.after.reason ?? '', /already has 200000 tasks/);
  });

  it('refuses to compile what no checked definition can be', () => {
    let deep = place('leaf');
    for (let i = 0; i <= MAX_DEFINITION_DEPTH; i++) deep = place(`l${i}`, { type: 'DO_WHILE', loopOver: [deep] });
    assert.throws(() => planOf(flow([deep])), /nested deeper than 64/);
    const many = Array.from({ length: MAX_DEFINITION_TASKS + 1 }, (_, i) => place(`t${i}`));
    assert.throws(() => planOf(flow(many)), /more than 5000 tasks/);
  });

  it('cuts the middle out of long reasons', () => {
    assert.equal(shortReason('short'), 'short');
    const cut = shortReason(`begin${'x'.repeat(MAX_REASON_LENGTH)}end`);
    assert.equal(cut.length, MAX_REASON_LENGTH);
    assert.match(cut, /^begin.* … .*end$/);
  });

  it('throws where a current task stands nowhere: that is a bug, and no silent end', () => {
    const { world, id } = played([place('w', { type: 'JOIN', joinOn: ['x'] }), place('x')]);
    assert.equal(world.course(id), 'w COMPLETED, x SCHEDULED');
    const workflow = world.get(id);
    const lost: Workflow = { ...workflow, def: flow([place('w')]) };
    const env = {
      now: world.now,
      newId: () => 'x',
      random: () => 0,
      evaluate: () => ({ ok: true as const, value: 1 }),
      taskDef: () => undefined,
    };
    assert.throws(() => transition(lost, [complete(2)], env), /task x stands nowhere/);
  });
});

describe('retries', () => {
  const def = (fields: Partial<TaskDef>): TaskDef => ({ name: 't', retryDelaySeconds: 10, ...fields });
  const zero = { random: () => 0 };

  it('adds jitter from the given randomness and bounds the delay', () => {
    assert.equal(retryDelayMs(undefined, 0, zero), 60_000);
    assert.equal(retryDelayMs(def({ backoffJitterMs: 999 }), 0, { random: () => 0.5 }), 10_500);
    assert.equal(retryDelayMs(def({ retryLogic: 'LINEAR_BACKOFF' }), 2, zero), 30_000);
    assert.equal(retryDelayMs(def({ retryLogic: 'EXPONENTIAL_BACKOFF' }), 2_000, zero), MAX_DELAY_MS);
  });

  it('makes no further attempt once totalTimeoutSeconds are over', () => {
    const task = { type: 'SIMPLE', status: 'FAILED', retryCount: 0 } as Task;
    const timed = place('a', { taskDefinition: def({ totalTimeoutSeconds: 5 }) });
    assert.equal(mayRetry(timed, { ...task, startedAt: 1_000 }, 5_999), true);
    assert.equal(mayRetry(timed, { ...task, startedAt: 1_000 }, 6_000), false);
    assert.equal(mayRetry(timed, task, 9_000), true);
    assert.equal(mayRetry(place('a', { retryCount: 9 }), { ...task, type: 'JOIN' }, 0), false);
    assert.equal(mayRetry(undefined, { ...task, type: 'HTTP' }, 0), false);
  });
});

describe('derivations', () => {
  it('puts the limits of the task definition on the queue entry', () => {
    const limited = (fields: Partial<TaskDef>) => {
      const { world, id } = played([place('a', { taskDefinition: { name: 'a', ...fields } })]);
      const { concurrentExecLimit, rateLimit } = queueEntryOf(world.get(id), world.task(id, 'a')) ?? {};
      return { concurrentExecLimit, rateLimit };
    };
    assert.deepEqual(limited({}), { concurrentExecLimit: undefined, rateLimit: undefined });
    assert.deepEqual(limited({ concurrentExecLimit: 3, rateLimitPerFrequency: 5 }), {
      concurrentExecLimit: 3,
      rateLimit: { count: 5, perMs: 1_000 },
    });
    assert.deepEqual(limited({ rateLimitPerFrequency: 5, rateLimitFrequencyInSeconds: 60 }).rateLimit, {
      count: 5,
      perMs: 60_000,
    });
    assert.equal(limited({ rateLimitPerFrequency: 5, rateLimitFrequencyInSeconds: 0 }).rateLimit, undefined);
  });

  it('queues a type that nobody knows under its name', () => {
    const { world, id } = played([place('a', { type: 'SOMETHING' })]);
    assert.equal(queueEntryOf(world.get(id), world.task(id, 'a'))?.queue, 'a');
    world.tell(id, complete(1));
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('wants an unfinished execution looked at now, a paused one only for its own deadline', () => {
    const { world, id } = played([place('a', { taskDefinition: { name: 'a', pollTimeoutSeconds: 5 } })]);
    const workflow = world.get(id);
    assert.equal(wakeAtOf({ ...workflow, unfinished: true }), workflow.updatedAt);
    assert.equal(wakeAtOf(workflow), world.now + 5_000);
    assert.equal(wakeAtOf({ ...workflow, status: 'PAUSED', unfinished: true }), undefined);
    assert.equal(wakeAtOf({ ...workflow, held: true }), undefined);
  });

  it('looks at whichever comes first, the deadline of a task or of the whole', () => {
    const timed = (pollTimeoutSeconds: number) =>
      played(
        [place('a', { taskDefinition: { name: 'a', pollTimeoutSeconds } })],
        {},
        { timeoutSeconds: 50, timeoutPolicy: 'TIME_OUT_WF' },
      );
    for (const [seconds, first] of [
      [5, 5],
      [90, 50],
      [0, 50],
    ] as const) {
      const { world, id } = timed(seconds);
      assert.equal(wakeAtOf(world.get(id)), world.now + first * 1_000);
      assert.equal(wakeAtOf(JSON.parse(JSON.stringify(world.get(id)))), world.now + first * 1_000, 'after a restart');
    }
  });

  it('visits every place of a definition, outer before inner', () => {
    const tasks = [
      place('l', { type: 'DO_WHILE', loopOver: [place('s', { type: 'SWITCH', defaultCase: [place('a')] })] }),
    ];
    const seen: string[] = [];
    eachTask(tasks, (task, depth) => seen.push(`${task.taskReferenceName}${depth}`));
    assert.deepEqual(seen, ['l0', 's1', 'a2']);
    assert.equal(forkAround(undefined), undefined);
    const inSwitch = planOf(flow([place('s', { type: 'SWITCH', defaultCase: [place('a')] })])).nodes.get('a');
    assert.equal(forkAround(inSwitch), undefined);
    assert.equal(forkAround(planOf(flow([place('a')])).nodes.get('a')), undefined);
    const inFork = planOf(
      flow([
        place('f', { type: 'FORK_JOIN', forkTasks: [[place('s', { type: 'SWITCH', defaultCase: [place('a')] })]] }),
      ]),
    );
    assert.equal(forkAround(inFork.nodes.get('a')), inFork.nodes.get('f'));
  });

  it('gives a call of ours as long as its own limits, and a default where they are none', () => {
    const lease = (input: object, type = 'HTTP'): number => leaseMsOf({ type, input: input as never });
    assert.equal(lease({}), 21_000);
    assert.equal(lease({ http_request: { readTimeOut: '20000', connectionTimeOut: 0 } }), 38_000);
    assert.equal(lease({ readTimeOut: 1e9 }), 135_000);
    assert.equal(lease({}, 'INLINE'), 30_000);
  });

  it('lists the paths of a wait in their order, and joins values so that none forges another', () => {
    const matches = { '$.b': 1, '$.a': 'x', '$.c': { k: [true] } };
    const { world, id } = played([place('w', { type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches } })]);
    const wait = waitOf(world.get(id), world.task(id, 'w'));
    assert.deepEqual(
      [wait?.paths, wait?.values],
      [
        ['$.a', '$.b', '$.c'],
        ['x', '1', '{"k":[true]}'],
      ],
    );
    const shape = { workflowName: 'w', version: 1, place: 'p', paths: ['$.a', '$.b'] };
    assert.notEqual(matchText(shape, ['x;', 'y']), matchText(shape, ['x', ';y']));
    assert.equal(textOf(null), 'null');
  });

  it('looks back from when a task was scheduled where it has not begun', () => {
    const task = { scheduledAt: 5_000, input: { lookBack: 'none' } } as unknown as Task;
    assert.equal(lookBackFrom({ startedAt: 0 }, task), 5_000);
  });

  it('reads task ids, and nothing else', () => {
    assert.deepEqual(parseTaskId(taskId('a.b', 12)), { workflowId: 'a.b', n: 12 });
    for (const text of ['', 'a', '.1', 'a.', 'a.0', 'a.-1', 'a.1.5x', 'a.1e999'])
      assert.equal(parseTaskId(text), undefined, text);
  });

  it('parts reference names and scopes', () => {
    assert.deepEqual(partReference('pay__2__10'), { place: 'pay', scope: '__2__10' });
    for (const text of ['pay', 'pay__0', 'pay__x', '__2']) assert.equal(partReference(text), undefined, text);
    assert.equal(innerScope('__1', 2), '__1__2');
    assert.deepEqual([outerScope('__1__2'), outerScope('__1'), outerScope('')], ['__1', '', '']);
    assert.deepEqual([iterationOf('__1__12'), iterationOf('')], [12, 0]);
    assert.deepEqual([isInScope('__10', '__1'), isInScope('__1__2', '__1'), isInScope('__1', '')], [false, true, true]);
  });
});

describe('tasks', () => {
  it('keeps finding the right attempt once there are many searches', () => {
    const task = (n: number, name: string, fields: Partial<Task> = {}): Task =>
      ({ n, place: name, scope: '', status: 'IN_PROGRESS', ...fields }) as Task;
    const list = new TaskList(
      [task(1, 'a'), task(2, 'b', { status: 'COMPLETED' }), task(4, 'c', { retried: true, status: 'FAILED' })],
      () => false,
    );
    for (let i = 0; i < 20; i++) assert.equal(list.latest('a', '')?.n, 1);
    list.write(1, { status: 'FAILED', retried: true });
    assert.equal(list.latest('a', ''), undefined);
    list.push(task(5, 'a'));
    assert.equal(list.latest('a', '')?.n, 5);
    list.write(2, { workerId: 'w' });
    assert.equal(list.latest('b', '')?.workerId, 'w');
    list.write(5, { retried: true, status: 'CANCELED' });
    list.push(task(6, 'a'));
    list.write(5, { reason: 'again' });
    assert.equal(list.latest('a', '')?.n, 6);
    assert.deepEqual([list.get(3), list.get(4)?.place, list.get(9)], [undefined, 'c', undefined]);
    assert.equal(
      list.remove((one) => one.n > 4),
      2,
    );
    assert.equal(
      list.remove(() => false),
      0,
    );
    assert.equal(list.latest('a', ''), undefined);
  });

  it('hands on what an execution inherits, and takes only numbers for a priority', () => {
    const child = flow([place('work')], { name: 'child' });
    const tasks = [
      place('s', {
        type: 'SUB_WORKFLOW',
        subWorkflowParam: { name: 'child', priority: 'high', idempotencyStrategy: 'FAIL' },
      }),
      place('t', { type: 'START_WORKFLOW', inputParameters: { startWorkflow: { name: 'child', priority: 'x' } } }),
    ];
    const world = new World().define(flow(tasks), child);
    const id = world.run('flow', {}, { createdBy: 'me', traceId: 't-1', idempotencyKey: 'k', priority: 4, event: 'e' });
    const started = world.get(world.task(id, 's').subWorkflowId as string);
    const { createdBy, traceId, idempotencyKey, priority, depth } = started;
    assert.deepEqual(
      { createdBy, traceId, idempotencyKey, priority, depth },
      { createdBy: 'me', traceId: 't-1', idempotencyKey: 'k', priority: 4, depth: 1 },
    );
    assert.equal(world.get(id).event, 'e');
    world.tell(started.id, complete(1));
    const other = world.get(world.task(id, 't').subWorkflowId as string);
    assert.deepEqual([other.priority, other.depth, other.parent], [0, 0, undefined]);
  });

  it('tells the failure workflow all there is to tell', () => {
    const mourn = flow([place('weep')], { name: 'mourn' });
    const world = new World().define(
      flow([place('t', { type: 'TERMINATE', inputParameters: { terminationStatus: 'FAILED' } })], {
        failureWorkflow: 'mourn',
      }),
      mourn,
    );
    world.run('flow', {}, { taskToDomain: { '*': 'd' }, traceId: 't-2' });
    const started = [...world.workflows.values()].find(({ name }) => name === 'mourn');
    assert.deepEqual(
      [started?.taskToDomain, started?.traceId, started?.input.failureTaskId],
      [{ '*': 'd' }, 't-2', null],
    );
  });

  it('takes the first domain that a worker polls, else the last', () => {
    const tasks = [place('a')];
    const domains = { taskToDomain: { '*': 'red, blue ,green' } };
    const live = new World({ liveDomains: new Set(['blue']) }).define(flow(tasks));
    assert.equal(live.task(live.run('flow', {}, domains), 'a').domain, 'blue');
    const dead = new World({ liveDomains: new Set() }).define(flow(tasks));
    assert.equal(dead.task(dead.run('flow', {}, domains), 'a').domain, 'green');
    const odd = new World().define(flow([place('__proto__')]));
    assert.equal(odd.task(odd.run('flow', {}, { taskToDomain: {} }), '__proto__').domain, undefined);
  });

  it('names a task without a name after its place', () => {
    const { world, id } = played([place('a', { name: '' })]);
    assert.equal(world.task(id, 'a').name, 'a');
  });

  it('terminates as COMPLETED where nothing is said', () => {
    const { world, id } = played([place('t', { type: 'TERMINATE' })]);
    assert.deepEqual([world.get(id).status, world.get(id).reason], ['COMPLETED', undefined]);
  });

  it('knows two kinds of evaluators for a switch', () => {
    const way = (fields: Partial<WorkflowTask>): WorkflowTask[] => [
      place('s', { type: 'SWITCH', decisionCases: { yes: [place('a')] }, ...fields }),
    ];
    const script = played(way({ evaluatorType: 'javascript' }), says('yes'));
    assert.equal(script.world.course(script.id), 's COMPLETED, a SCHEDULED');
    const other = played(way({ evaluatorType: 'python', expression: 'x' }));
    assert.match(other.world.get(other.id).reason ?? '', /evaluatorType python is not one of/);
    const old = played([place('d', { type: 'DECISION', defaultCase: [place('b')] })]);
    assert.equal(old.world.course(old.id), 'd COMPLETED, b SCHEDULED');
  });

  it('goes on with a loop for true, "true" and numbers but 0', () => {
    const iterations = (value: unknown): number | undefined => {
      const { world, id } = played(
        [place('l', { type: 'DO_WHILE', loopCondition: 'x', loopOver: [place('a')] })],
        says(value),
      );
      world.tell(id, complete(2));
      return world.get(id).tasks[0]?.iteration;
    };
    assert.deepEqual([true, 'true', 1, 0, 'yes', null, false].map(iterations), [2, 2, 2, 1, 1, 1, 1]);
    const empty = played([place('l', { type: 'DO_WHILE', loopCondition: 'x', loopOver: [] })]);
    assert.match(empty.world.get(empty.id).reason ?? '', /loopOver is empty/);
  });

  it('joins what an exclusive join and a script are given, however little', () => {
    const exclusive = played([place('e', { type: 'EXCLUSIVE_JOIN' })]);
    assert.equal(exclusive.world.get(exclusive.id).status, 'COMPLETED');
    const script = played(
      [
        place('f', { type: 'FORK_JOIN', forkTasks: [[place('a'), place('b')]] }),
        place('j', { type: 'JOIN', joinOn: ['b'], expression: 'x' }),
      ],
      says(false),
    );
    assert.equal(script.world.task(script.id, 'j').status, 'IN_PROGRESS');
    const bare = played([place('j', { type: 'JOIN' })]);
    assert.equal(bare.world.get(bare.id).status, 'COMPLETED');
  });

  it('joins a dynamic fork on chosen branches when joinOn names them', () => {
    const { world, id } = played([
      place('f', { type: 'FORK_JOIN_DYNAMIC', inputParameters: { forkTaskName: 'a', forkTaskInputs: [1, 2] } }),
      place('j', { type: 'JOIN', joinOn: ['_a_1'] }),
      place('after'),
    ]);
    world.tell(id, { type: 'updateTask', task: { ref: '_a_1' }, status: 'COMPLETED' });
    assert.equal(world.task(id, 'j').status, 'COMPLETED');
    assert.equal(world.task(id, '_a_0').status, 'SCHEDULED');
  });

  it('opens a dynamic fork beside a branch that has ended in the same moment', () => {
    const made = place('f', { type: 'FORK_JOIN_DYNAMIC', inputParameters: { forkTaskName: 'a', forkTaskInputs: [1] } });
    const { world, id } = played([
      place('o', {
        type: 'FORK_JOIN',
        forkTasks: [[place('n', { type: 'NOOP' })], [made, place('j', { type: 'JOIN' })]],
      }),
      place('oj', { type: 'JOIN' }),
    ]);
    world.tell(id, { type: 'updateTask', task: { ref: '_a_0' }, status: 'COMPLETED' });
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('tells apart what forks in different iterations have made under one name, after a restart too', () => {
    const made = (ref: string, more: object = {}) =>
      place(ref, {
        type: 'FORK_JOIN_DYNAMIC',
        dynamicForkTasksParam: 'list',
        inputParameters: { list: '${workflow.input.list}' },
        ...more,
      });
    const join = (ref: string) => place(ref, { type: 'JOIN' });
    const tasks = [
      place('l', { type: 'DO_WHILE', loopCondition: 'x', loopOver: [made('f'), join('j')] }),
      made('g'),
      join('k'),
    ];
    for (const forgets of [false, true]) {
      const world = new World({ ...says(false), forgets }).define(flow(tasks));
      const id = world.run('flow', { list: [{ name: 'x', taskReferenceName: 'x' }] });
      world.tell(id, { type: 'updateTask', task: { ref: 'x__1' }, status: 'COMPLETED' });
      world.tell(id, { type: 'updateTask', task: { ref: 'x' }, status: 'COMPLETED' });
      assert.equal(world.get(id).status, 'COMPLETED');
      world.tell(id, { type: 'rerun', fromN: world.task(id, 'x__1').n });
      assert.equal(world.course(id), 'l IN_PROGRESS, f__1 COMPLETED, j__1 IN_PROGRESS, x__1 SCHEDULED');
    }
  });

  it('sends an event to where its input says when its place says nothing', () => {
    const { world, id } = played([
      place('e', { type: 'EVENT', inputParameters: { sink: 'conductor:x' } }),
      place('d', { type: 'EVENT' }),
    ]);
    assert.deepEqual(
      world.events.map(({ name }) => name),
      ['conductor:flow:x', 'conductor:flow:d'],
    );
    assert.equal(world.get(id).status, 'COMPLETED');
  });

  it('sends an empty payload where onStateChange has none that is an object', () => {
    const { world } = played([
      place('a', { type: 'NOOP', onStateChange: { onSuccess: [{ type: 'x', payload: 'text' }, { type: 7 }] } }),
    ]);
    assert.deepEqual(world.events, [{ type: 'event', name: 'x', payload: {} }]);
  });

  it('says of a failed attempt what it was, though another one follows', () => {
    const payload = {
      id: '${CPEWF_TASK_ID}',
      why: '${a.reasonForIncompletion}',
      n: '${a.retryCount}',
      b: '${b.status}',
    };
    const taskDefinition = { name: 'a', retryCount: 1, retryDelaySeconds: 0 };
    const onStateChange = { 'onFailed, onSuccess': [{ type: 'x', payload }] };
    const { world, id } = played([place('b', { type: 'NOOP' }), place('a', { taskDefinition, onStateChange })]);
    world.tell(id, { type: 'updateTask', task: { ref: 'a' }, status: 'FAILED', reason: 'no luck' });
    world.tell(id, { type: 'updateTask', task: { ref: 'a' }, status: 'COMPLETED' });
    assert.deepEqual(
      world.events.map((event) => event.payload),
      [
        { id: `${id}.2`, why: 'no luck', n: 0, b: 'COMPLETED' },
        { id: `${id}.3`, why: null, n: 1, b: 'COMPLETED' },
      ],
    );
  });

  it('shows a task that has not begun with zero times', () => {
    const see = { start: '${a.startTime}', end: '${a.endTime}', whole: "${a['output']}" };
    const { world, id } = played([
      place('f', { type: 'FORK_JOIN', forkTasks: [[place('a')], [place('b', { inputParameters: see })]] }),
      place('j', { type: 'JOIN' }),
    ]);
    assert.deepEqual(world.task(id, 'b').input, { start: 0, end: 0, whole: {} });
  });

  it('composes a whole loop where its name is computed', () => {
    const { world, id } = played(
      [
        place('zzz', {
          type: 'DO_WHILE',
          loopCondition: 'x',
          loopOver: [
            place('v', { type: 'SET_VARIABLE', inputParameters: { name: 'zzz' } }),
            place('a', { inputParameters: { all: '${${workflow.variables.name}.output}' } }),
          ],
        }),
      ],
      says(false),
    );
    assert.deepEqual(world.task(id, 'a__1').input, { all: { '1': { v: { name: 'zzz' } }, iteration: 1 } });
  });
});
