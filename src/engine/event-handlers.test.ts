// Event handlers on a real store with the real rules: conditions, every action, what is recorded, and that all of it is done once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { WorkflowTask } from '../core/model.ts';
import { createIds } from '../lib/ids.ts';
import { createLog } from '../lib/log.ts';
import type { EventExecutionRecord } from '../store/event-message.ts';
import { openStore } from '../store/open.ts';
import type { Action } from './event-actions.ts';
import { createEventHandlers, type HandlerConfig, type RunScript } from './event-handlers.ts';
import { createEventLoop } from './event-loop.ts';

const WAIT: WorkflowTask = { name: 'hold', taskReferenceName: 'hold', type: 'WAIT' };

/** Stands for the sandbox: `<path> is <value>`, or a script that fails. */
const runScript: RunScript = async (script, bindings) => {
  const [name = '', wanted] = script.split(' is ');
  if (name === 'fail') return { ok: false, reason: 'it failed' };
  return { ok: true, value: (bindings as JsonObject)[name] === wanted };
};

async function server(t: TestContext) {
  const clock = new FakeClock();
  const ids = createIds(clock.now);
  const store = await openStore({
    url: 'sqlite::memory:',
    env: { newId: ids.next, random: ids.random, evaluate: () => ({ ok: false, reason: 'no scripts here' }) },
  });
  t.after(() => store.close());
  await store.definitions.putWorkflow({ name: 'w', version: 1, tasks: [WAIT] }, { overwrite: true, now: clock.now() });
  const handlers = createEventHandlers({ store, clock, ids, runScript });
  const loop = createEventLoop(store, handlers, clock, createLog('silent'));
  const add = async (actions: readonly Action[], more: Partial<HandlerConfig> = {}): Promise<void> => {
    const refusal = await handlers.add([{ name: 'h', event: 'e', active: true, actions, ...more }], 'ann');
    assert.equal(refusal, undefined);
  };
  const start = async (input: JsonObject = {}): Promise<string> => {
    const result = await store.workflows.start({ id: ids.next(), name: 'w', input, now: clock.now() });
    return result.type === 'started' ? result.id : assert.fail(result.type);
  };
  /** What became of the actions, once all is done. */
  const executions = async (): Promise<readonly EventExecutionRecord[]> => {
    for (;;) {
      await store.workflows.runDue(clock.now(), 100);
      const rows = await store.messages.executions({ offset: 0, limit: 100 });
      if (rows.every(({ state, outcome }) => state ?? outcome)) return rows;
      await settle();
    }
  };
  const publish = (payload: JsonObject) => handlers.publish('e', payload, 'trace');
  return { clock, store, handlers, loop, add, start, executions, publish };
}

const found = <T>(list: readonly T[]): T => list[0] ?? assert.fail('nothing there');

test('a message starts a workflow with its payload put in', async (t) => {
  const { store, add, executions, publish } = await server(t);
  await add([
    {
      action: 'start_workflow',
      start_workflow: {
        name: 'w',
        version: 1,
        correlationId: 'order ${order.id}',
        input: { whole: '${order}', first: '${order.lines[0].sku}', missing: '${nothing}', text: 'no ${order.id}' },
      },
    },
  ]);
  const order = { id: 7, lines: [{ sku: 'A' }] };
  const messageId = await publish({ order });
  const { outcome, ...made } = found(await executions());
  assert.equal(outcome?.ok, true);
  assert.deepEqual([made.handler, made.event, made.messageId, made.action], ['h', 'e', messageId, 'start_workflow']);
  const workflow = await store.workflows.get(outcome?.workflowId ?? '', { tasks: false });
  assert.deepEqual(workflow?.input, {
    whole: order,
    first: 'A',
    missing: null,
    text: 'no 7',
    'conductor.event.messageId': messageId,
    'conductor.event.name': 'e',
  });
  assert.deepEqual(
    [workflow?.correlationId, workflow?.event, workflow?.createdBy, workflow?.traceId],
    ['order 7', 'e', 'ann', 'trace'],
  );
  assert.equal((await store.messages.get(messageId))?.status, 'HANDLED');
});

test('tasks are completed and failed, by reference or by id', async (t) => {
  const { store, add, start, executions, publish } = await server(t);
  await add([
    {
      action: 'complete_task',
      complete_task: { workflowId: '${a}', taskRefName: 'hold', output: { said: '${say}' } },
    },
    { action: 'fail_task', fail_task: { taskId: '${b}.1', output: { said: '${say}' } } },
  ]);
  const [a, b] = [await start(), await start()];
  await publish({ a, b, say: 'hi' });
  assert.deepEqual(
    (await executions()).map(({ outcome }) => outcome?.ok),
    [true, true],
  );
  const [done, failed] = await Promise.all([a, b].map((id) => store.workflows.get(id, { tasks: true })));
  assert.deepEqual([done?.status, done?.tasks[0]?.output], ['COMPLETED', { said: 'hi' }]);
  assert.deepEqual([failed?.status, failed?.tasks[0]?.output], ['FAILED', { said: 'hi' }]);
  assert.equal(failed?.tasks[0]?.reason, 'failed by event handler h');
});

test('executions are terminated and their variables changed', async (t) => {
  const { store, add, start, executions, publish } = await server(t);
  await add([
    {
      action: 'update_workflow_variables',
      update_workflow_variables: { workflowId: '${id}', variables: { list: ['${n}'] }, appendArray: true },
    },
    { action: 'terminate_workflow', terminate_workflow: { workflowId: '${other}', terminationReason: 'as ${n} said' } },
  ]);
  const [id, other] = [await start(), await start()];
  await publish({ id, other, n: 1 });
  await publish({ id, other, n: 2 });
  await executions();
  assert.deepEqual((await store.workflows.get(id, { tasks: false }))?.variables, { list: [1, 2] });
  const ended = await store.workflows.get(other, { tasks: false });
  assert.deepEqual([ended?.status, ended?.reason], ['TERMINATED', 'as 1 said']);
});

test('a condition lets through, passes over, or fails, and each is recorded', async (t) => {
  const { handlers, add, executions, publish } = await server(t);
  const actions: Action[] = [{ action: 'start_workflow', start_workflow: { name: 'w' } }];
  await add(actions, { name: 'holds', condition: 'color is red' });
  await add(actions, { name: 'not', condition: 'color is blue' });
  await add(actions, { name: 'broken', condition: 'fail' });
  await add(actions, { name: 'param', condition: 'flag', evaluatorType: 'value-param' });
  await add(actions, { name: 'text', condition: 'no', evaluatorType: 'value-param' });
  await add(actions, { name: 'idle', active: false });
  await publish({ color: 'red', flag: true, no: 'false' });
  const by = Object.fromEntries((await executions()).map((one) => [one.handler, one]));
  assert.deepEqual(Object.keys(by).sort(), ['broken', 'holds', 'not', 'param', 'text']);
  assert.equal(by.holds?.outcome?.ok, true);
  assert.deepEqual([by.not?.state, by.not?.reason], ['SKIPPED', 'the condition does not hold']);
  assert.deepEqual([by.broken?.state, by.broken?.reason], ['FAILED', 'the condition failed: it failed']);
  assert.equal(by.param?.outcome?.ok, true);
  assert.equal(by.text?.state, 'SKIPPED');
  assert.equal(await handlers.replace({ name: 'holds', event: 'other', actions: [] }, 'bob'), undefined);
});

test('a message that nobody listens to is kept and says so', async (t) => {
  const { store, publish } = await server(t);
  const id = await publish({ a: 1 });
  const message = await store.messages.get(id);
  assert.deepEqual([message?.status, message?.payload], ['REJECTED', { a: 1 }]);
  assert.match(message?.note ?? '', /no active event handler listens to e/);
});

test('JSON in texts is read where that is asked for', async (t) => {
  const { store, add, executions, publish } = await server(t);
  const start_workflow = { name: 'w', input: { v: '${body.inner.x}', raw: '${raw}' } };
  await add([{ action: 'start_workflow', start_workflow, expandInlineJSON: true }]);
  await publish({ body: '{"inner":"{\\"x\\":[1]}"}', raw: '{not json' });
  const { outcome } = found(await executions());
  const workflow = await store.workflows.get(outcome?.workflowId ?? '', { tasks: false });
  assert.deepEqual([workflow?.input.v, workflow?.input.raw], [[1], '{not json']);
});

test('what cannot be done is a failed execution that says why', async (t) => {
  const { add, executions, publish } = await server(t);
  const actions: [Action, RegExp][] = [
    [{ action: 'start_workflow', start_workflow: {} }, /"name" is missing/],
    [{ action: 'start_workflow', start_workflow: { name: 'w', input: '${text}' } }, /"input" must be an object/],
    [{ action: 'start_workflow', start_workflow: { name: 'w', version: 'x' } }, /"version"/],
    [{ action: 'start_workflow', start_workflow: { name: 'nobody' } }, /no workflow definition/],
    [{ action: 'complete_task', complete_task: { workflowId: '${id}' } }, /"taskRefName"/],
    [{ action: 'complete_task', complete_task: { taskRefName: 'hold' } }, /"workflowId" is missing/],
    [{ action: 'complete_task', complete_task: { taskId: 'nonsense' } }, /no task nonsense/],
    [{ action: 'complete_task', complete_task: { taskId: 'a.1', output: 'text' } }, /"output"/],
    [{ action: 'fail_task', fail_task: { workflowId: 'nobody', taskRefName: 'x' } }, /no such execution/],
    [{ action: 'terminate_workflow' }, /"workflowId" is missing/],
    [{ action: 'update_workflow_variables', update_workflow_variables: { workflowId: 'x' } }, /"variables"/],
  ];
  await add(actions.map(([action]) => action));
  await publish({ text: 'a', id: 7 });
  const rows = [...(await executions())].sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.equal(rows.length, actions.length);
  for (const [i, [, wanted]] of actions.entries()) {
    const row = rows[i];
    assert.match(row?.reason ?? row?.outcome?.reason ?? '', wanted);
    assert.ok(row?.state === 'FAILED' || row?.outcome?.ok === false);
  }
});

test('a message that is handled twice at once has its effect once', async (t) => {
  const { store, handlers, loop, add, executions, clock } = await server(t);
  await add([{ action: 'start_workflow', start_workflow: { name: 'w' } }]);
  const message = { id: 'm', event: 'e', kind: 'MESSAGE', createdAt: clock.now(), payload: {} } as const;
  await store.messages.add(message);
  const row = { ...message, status: 'RECEIVED' } as const;
  await Promise.all([handlers.handle([row]), loop.runOnce(), handlers.handle([row, row])]);
  assert.equal((await executions()).length, 1);
  assert.equal(await loop.runOnce(), undefined);
});

test('names are taken once, unknown ones are refused', async (t) => {
  const { handlers, add } = await server(t);
  await add([]);
  const other = { name: 'other', event: 'e', actions: [] };
  const again = await handlers.add([other, { ...other, name: 'h' }], 'bob');
  assert.deepEqual([again?.code, again?.reason], ['conflict', 'event handler h exists']);
  assert.equal('type' in (await handlers.get('other')), true);
  assert.equal((await handlers.replace(other, 'bob'))?.code, 'notFound');
  assert.equal(await handlers.remove('h'), undefined);
  assert.equal((await handlers.remove('h'))?.code, 'notFound');
});
