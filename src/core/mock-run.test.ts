import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MockOutput, type Mocks, type MockWorld, mockRun } from './mock-run.ts';
import type { Workflow, WorkflowDef, WorkflowTask } from './model.ts';

const NOW = 1_000_000;

const place = (ref: string, type: string, more: object = {}): WorkflowTask => ({
  name: ref,
  taskReferenceName: ref,
  type,
  ...more,
});

const defOf = (name: string, tasks: readonly WorkflowTask[], more: object = {}): WorkflowDef => ({
  name,
  version: 1,
  tasks,
  ...more,
});

const ok = (output: MockOutput['output'] = {}): MockOutput => ({ status: 'COMPLETED', output });

function run(def: WorkflowDef, mocks: Mocks, others: readonly WorkflowDef[] = [], input = {}): Workflow {
  let ids = 0;
  const world: MockWorld = {
    now: NOW,
    newId: () => `id-${++ids}`,
    random: () => 0,
    evaluate: () => ({ ok: true, value: true }),
    taskDef: () => undefined,
    definition: (name, version) => others.find((one) => one.name === name && (version ?? 1) === one.version),
    perform: (task) => (task.type === 'INLINE' ? ok({ result: 7 }) : undefined),
  };
  return mockRun({ id: 'main', def, input }, mocks, world);
}

const course = ({ status, tasks }: Workflow): string =>
  [status, ...tasks.map((task) => `${task.place}${task.scope}:${task.status}`)].join(' ');

describe('a tried execution', () => {
  it('gives each attempt what it is told, and runs by the rules', () => {
    const rules = { name: 'pay', retryCount: 1, retryDelaySeconds: 60 };
    const def = defOf('order', [place('pay', 'SIMPLE', { taskDefinition: rules }), place('calc', 'INLINE')], {
      outputParameters: { paid: '${pay.output.paid}', result: '${calc.output.result}' },
    });
    const failed: MockOutput = { status: 'FAILED', reason: 'no money', queueWaitMs: 100, executionMs: 200 };
    const done = run(def, { outputs: { pay: [failed, { ...ok({ paid: 5 }), executionMs: 50 }] } });
    assert.equal(course(done), 'COMPLETED pay:FAILED pay:COMPLETED calc:COMPLETED');
    assert.deepEqual(done.output, { paid: 5, result: 7 });
    const [first, second] = done.tasks;
    assert.deepEqual([first?.startedAt, first?.endedAt, first?.reason], [NOW + 100, NOW + 300, 'no money']);
    assert.equal(second?.startedAt, NOW + 300 + 60_000, 'the delay passed at once');
  });

  it('stops at a task that nothing is said about', () => {
    const def = defOf('order', [place('one', 'SIMPLE'), place('two', 'SIMPLE')]);
    assert.equal(course(run(def, { outputs: { one: [ok()] } })), 'RUNNING one:COMPLETED two:SCHEDULED');
    const again = run(def, { outputs: { one: [{ status: 'IN_PROGRESS' }, ok()], two: [] } });
    assert.equal(course(again), 'RUNNING one:COMPLETED two:SCHEDULED');
  });

  it('lets waits end when their time comes, or as they are told', () => {
    const wait = (ref: string, more = {}) => place(ref, 'WAIT', { inputParameters: { duration: '2h' }, ...more });
    const def = defOf('slow', [wait('late', { startDelay: 5 }), wait('told'), place('human', 'HUMAN')]);
    const done = run(def, { outputs: { told: [ok({ a: 1 })], human: [ok()] } });
    assert.equal(course(done), 'COMPLETED late:COMPLETED told:COMPLETED human:COMPLETED');
    assert.equal(done.endedAt, NOW + 5_000 + 7_200_000);
  });

  it('knows iterations by their suffix, and leaves joins and loops to themselves', () => {
    const loop = place('loop', 'DO_WHILE', {
      inputParameters: { items: [1, 2, 3] },
      items: '${workflow.input.list}',
      loopOver: [place('work', 'SIMPLE')],
    });
    const def = defOf('loops', [
      place('fork', 'FORK_JOIN', { forkTasks: [[loop], [place('side', 'SIMPLE')]] }),
      place('join', 'JOIN', { joinOn: ['loop', 'side'] }),
    ]);
    const outputs = { work__2: [ok({ n: 2 })], work: [ok({ n: 1 }), ok({ n: 3 })], side: [ok()], join: [ok({ x: 1 })] };
    const done = run(def, { outputs: { ...outputs, loop: [ok()] } }, [], { list: [1, 2, 3] });
    assert.equal(done.status, 'COMPLETED');
    const worked = done.tasks.filter((task) => task.place === 'work').map((task) => task.output.n);
    assert.deepEqual(worked, [1, 2, 3]);
  });

  it('goes on with what one decision could not plan', () => {
    const loop = place('loop', 'DO_WHILE', { items: '${workflow.input.list}', loopOver: [place('set', 'NOOP')] });
    const list = Array.from({ length: 600 }, (_, i) => i);
    assert.equal(run(defOf('long', [loop]), { outputs: {} }, [], { list }).status, 'COMPLETED');
  });
});

describe('sub-workflows of a tried execution', () => {
  const inner = defOf('inner', [place('ask', 'SIMPLE')], { outputParameters: { said: '${ask.output.said}' } });
  const sub = (more: object = {}) => place('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'inner' }, ...more });

  it('run with outputs of their own, or with those of their parent', () => {
    const def = defOf('outer', [sub()]);
    const own = run(def, { outputs: {}, children: { sub: { outputs: { ask: [ok({ said: 'own' })] } } } }, [inner]);
    assert.deepEqual([own.status, own.tasks[0]?.output.said], ['COMPLETED', 'own']);
    const shared = run(def, { outputs: { ask: [ok({ said: 'shared' })] } }, [inner]);
    assert.equal(shared.tasks[0]?.output.said, 'shared');
    const nested = defOf('top', [sub({ subWorkflowParam: { name: 'outer', workflowDefinition: def } })]);
    const children = { sub: { outputs: {}, children: { sub: { outputs: { ask: [ok({ said: 'deep' })] } } } } };
    assert.equal(course(run(nested, { outputs: {}, children }, [inner])), 'COMPLETED sub:COMPLETED');
  });

  it('are not run when the task itself is told what to answer', () => {
    const done = run(defOf('outer', [sub()]), { outputs: { sub: [ok({ said: 'mock' })] } });
    assert.deepEqual([done.status, done.tasks[0]?.output], ['COMPLETED', { said: 'mock' }]);
  });

  it('hold their parent, fail it, or are unknown', () => {
    const def = defOf('outer', [sub()], { failureWorkflow: 'mourn' });
    assert.equal(course(run(def, { outputs: {} }, [inner])), 'RUNNING sub:IN_PROGRESS');
    const failed = run(def, { outputs: { ask: [{ status: 'FAILED_WITH_TERMINAL_ERROR', reason: 'no' }] } }, [inner]);
    assert.equal(course(failed), 'FAILED sub:FAILED');
    const unknown = run(defOf('outer', [sub({ subWorkflowParam: { name: 'none', version: 3 } })]), { outputs: {} });
    assert.match(String(unknown.reason), /there is no workflow none version 3/);
    const latest = run(defOf('outer', [sub({ subWorkflowParam: { name: 'none' } })]), { outputs: {} });
    assert.match(String(latest.reason), /there is no workflow none/);
  });

  it('refuses to begin a sub-workflow whose input breaks its schema', () => {
    const inputSchema = { name: 'in', version: 1, type: 'JSON', data: { type: 'object', required: ['n'] } };
    const inner = defOf('inner', [place('ask', 'INLINE')], { inputSchema, enforceSchema: true });
    const calls = (inputParameters: object) =>
      defOf('outer', [place('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'inner' }, inputParameters })]);
    assert.equal(run(calls({ n: 1 }), { outputs: {} }, [inner]).status, 'COMPLETED');
    const broken = run(calls({}), { outputs: {} }, [inner]);
    assert.equal(course(broken), 'FAILED sub:FAILED_WITH_TERMINAL_ERROR');
    assert.match(String(broken.reason), /the input breaks schema in/);
  });

  it('that nobody waits for count as started; what was ended meanwhile starts nothing', () => {
    const start = place('go', 'START_WORKFLOW', { inputParameters: { startWorkflow: { name: 'inner' } } });
    assert.equal(course(run(defOf('outer', [start]), { outputs: {} })), 'COMPLETED go:COMPLETED');
    const def = defOf('race', [
      place('fork', 'FORK_JOIN', {
        forkTasks: [[sub()], [place('end', 'TERMINATE', { inputParameters: { terminationStatus: 'COMPLETED' } })]],
      }),
      place('join', 'JOIN', { joinOn: ['sub', 'end'] }),
    ]);
    assert.equal(run(def, { outputs: {} }, [inner]).status, 'COMPLETED');
    const fork = place('fork', 'FORK_JOIN', { forkTasks: [[sub()], [sub({ taskReferenceName: 'other' })]] });
    const loop = place('loop', 'DO_WHILE', {
      items: '${workflow.input.list}',
      optional: true,
      loopOver: [fork, place('join', 'JOIN', { joinOn: ['sub', 'other'] })],
    });
    const outputs = { ask: [{ status: 'FAILED_WITH_TERMINAL_ERROR' } as const] };
    const cut = run(defOf('cut', [loop]), { outputs }, [inner], { list: [1] });
    assert.match(course(cut), /^COMPLETED .*sub__1:FAILED other__1:CANCELED/);
    const slow = place('slow', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'inner' } });
    const stop = defOf(
      'stop',
      [
        place('fork', 'FORK_JOIN', { forkTasks: [[sub({ optional: true })], [slow]] }),
        place('join', 'JOIN', { joinOn: ['sub', 'slow'] }),
      ],
      { timeoutSeconds: 1, timeoutPolicy: 'TIME_OUT_WF' },
    );
    const late: MockOutput = { ...ok(), executionMs: 5_000 };
    assert.equal(run(stop, { outputs: { ask: [late] } }, [inner]).status, 'TIMED_OUT');
  });

  it('that start each other without end are stopped', () => {
    const endless = defOf('endless', [sub({ subWorkflowParam: { name: 'endless' } })]);
    assert.equal(run(endless, { outputs: {} }, [endless]).status, 'FAILED');
  });
});
