// The one door: order of commands, refusals, alarms, rules that throw, and what the listeners are told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '../../src/store/store.ts';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';
import { begin, transition } from './fake-core.ts';

onEach('rules', (database) => {
  test('commands of many callers are applied in the order of their calls', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        store.workflows.transition(a.id, { type: 'updateVariables', variables: { i } }, T0 + i),
      ),
    );
    const seen = (await store.workflows.get(a.id, { tasks: false }))?.variables.seen;
    assert.deepEqual(
      seen,
      Array.from({ length: 300 }, (_, i) => i),
    );
  });

  test('two nodes at one execution: nothing is lost, nothing is done twice', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [waitForId()]));
    const a = wish('w', { id: 1 });
    await nodes[0]!.workflows.start(a);
    const numbers = Array.from({ length: 60 }, (_, i) => i);
    for (const i of numbers.filter((i) => i % 6 === 0))
      await Promise.all(
        numbers
          .slice(i, i + 6)
          .map((j) => nodes[j % 2]!.workflows.transition(a.id, { type: 'updateVariables', variables: { i: j } }, T0)),
      );
    const seen = (await nodes[1]!.workflows.get(a.id, { tasks: true }))?.variables.seen as number[];
    assert.deepEqual(
      seen.toSorted((x, y) => x - y),
      numbers,
    );
  });

  test('unknown executions and refusals are answered as such', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    assert.deepEqual(await store.workflows.transition('nobody', { type: 'pause' }, T0), { type: 'noWorkflow' });
    const refused = await store.workflows.transition(
      a.id,
      { type: 'updateTask', task: { n: 9 }, status: 'COMPLETED' },
      T0,
    );
    assert.equal(refused.type === 'applied' && refused.outcome.type, 'refused');
  });

  test('what became of a command is told without payloads', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE', { input: '${workflow.input}' })]));
    const a = wish('w', { big: 'x'.repeat(1_000) });
    await store.workflows.start(a);
    const report = { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED', output: { y: 1 } } as const;
    assert.deepEqual(await store.workflows.transition(a.id, report, T0), {
      type: 'applied',
      outcome: { type: 'done', task: { n: 1, type: 'SIMPLE', name: 'work' } },
      workflow: { id: a.id },
    });
  });

  test('a command that makes the rules throw is answered with the error and leaves no trace', async (t) => {
    const store = await (await database(t)).open();
    const faults: string[] = [];
    store.subscribe((notice) => faults.push(...notice.faults.map(({ workflowId }) => workflowId)));
    await register(store, define('w', [waitForId()]));
    const [a, b] = [wish('w', { id: 1 }), wish('w', { id: 2 })];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    const variables = (id: string, i: number, poison = false) =>
      store.workflows.transition(id, { type: 'updateVariables', variables: { i, ...(poison && { poison }) } }, T0);
    const results = await Promise.allSettled([
      variables(a.id, 1),
      variables(a.id, 2, true),
      variables(a.id, 3),
      variables(b.id, 4),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
    assert.match(String((results[1] as PromiseRejectedResult).reason), /poisoned by the test/);
    assert.deepEqual((await store.workflows.get(a.id, { tasks: false }))?.variables, { i: 3, seen: [1, 3] });
    assert.deepEqual((await store.workflows.get(b.id, { tasks: false }))?.variables.seen, [4]);
    assert.deepEqual(faults, [a.id]);
  });

  test('an event that makes the rules throw is kept with the reason; others of its kind go on', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const [bad, good] = [wish('w', { id: 1, poison: true }), wish('w', { id: 1 })];
    await Promise.all([store.workflows.start(bad), store.workflows.start(good)]);
    const event = eventFor(['w'], { id: 1 });
    await store.events.receive(event);
    await store.idle();
    assert.equal(await shortly(store, good.id), 'COMPLETED wait:COMPLETED');
    assert.equal(await shortly(store, bad.id), 'RUNNING wait:IN_PROGRESS');
    const effects = (await store.events.get(event.eventId))?.effects ?? [];
    assert.deepEqual(effects.map(({ type, reason }) => [type, reason]).sort(), [
      ['completed', undefined],
      ['failed', 'poisoned by the test'],
    ]);
    assert.equal(await store.workflows.runDue(T0 + 60_000, 100), 0, 'it is not tried again for ever');
  });

  test('events that meet the same poisoned execution in one commit are all kept, and meet the others', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const [bad, good] = [wish('w', { id: 1, poison: true }), wish('w', { id: 1 })];
    await Promise.all([store.workflows.start(bad), store.workflows.start(good)]);
    const events = [0, 1, 2].map(() => eventFor(['w'], { id: 1 }));
    const results = await Promise.all(events.map((event) => store.events.receive(event)));
    assert.deepEqual(
      results.map(({ type }) => type),
      ['stored', 'stored', 'stored'],
    );
    await store.idle();
    assert.equal(await shortly(store, good.id), 'COMPLETED wait:COMPLETED');
    const records = await Promise.all(events.map(({ eventId }) => store.events.get(eventId)));
    const effects = records.flatMap((record) => record?.effects ?? []);
    assert.equal(effects.filter(({ type }) => type === 'completed').length, 1);
    assert.equal(effects.filter(({ type }) => type === 'failed').length, 3);
    assert.equal(await store.workflows.runDue(T0 + 60_000, 100), 0, 'nothing is left to do');
  });

  test('alarms ring when they are due, once, and a poisoned one is put off longer each time', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('sleep', 'WAIT', { inputParameters: { ms: 5_000 } })]));
    const [a, b] = [wish('w'), wish('w')];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    await store.workflows.transition(b.id, { type: 'updateVariables', variables: { poisonAlarm: true } }, T0);
    assert.equal(await store.workflows.nextAlarm(), T0 + 5_000);
    assert.equal(await store.workflows.runDue(T0 + 4_999, 100), 0);
    assert.equal(await store.workflows.runDue(T0 + 5_000, 100), 2);
    assert.equal(await shortly(store, a.id), 'COMPLETED sleep:COMPLETED');
    assert.equal(await shortly(store, b.id), 'RUNNING sleep:IN_PROGRESS');
    const first = (await store.workflows.nextAlarm()) as number;
    assert.equal(await store.workflows.runDue(first - 1, 100), 0);
    assert.equal(await store.workflows.runDue(first, 100), 1);
    const second = (await store.workflows.nextAlarm()) as number;
    assert.ok(second - first > first - (T0 + 5_000), 'the second pause is longer');
    await store.workflows.transition(b.id, { type: 'terminate' }, T0);
    assert.equal(await store.workflows.nextAlarm(), undefined);
  });

  test('a message that makes the rules throw stays in the inbox and is tried again later', async (t) => {
    const db = await database(t);
    let broken = true;
    const store = await db.open({
      core: {
        begin,
        transition: (workflow, commands, env) => {
          if (broken && commands.some(({ type }) => type === 'childEnded')) throw new Error('not now');
          return transition(workflow, commands, env);
        },
      },
    });
    const sub = task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child' } });
    await register(store, define('parent', [sub]), define('child', [task('work', 'SIMPLE')]));
    const parent = wish('parent');
    await store.workflows.start(parent);
    await store.idle();
    const childId = (await store.workflows.get(parent.id, { tasks: true }))?.tasks[0]?.subWorkflowId as string;
    await store.workflows.transition(childId, { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' }, T0);
    await store.idle();
    assert.equal(await shortly(store, parent.id), 'RUNNING sub:IN_PROGRESS');
    const alarm = (await store.workflows.nextAlarm()) as number;
    assert.ok(alarm > T0);
    assert.equal(await store.workflows.runDue(alarm - 1, 10), 0);
    broken = false;
    assert.equal(await store.workflows.runDue(alarm, 10), 1);
    assert.equal(await shortly(store, parent.id), 'COMPLETED sub:COMPLETED');
    assert.equal(await store.workflows.nextAlarm(), undefined);
  });

  test('what is said to an execution that is gone is dropped', async (t) => {
    const store = await (await database(t)).open();
    const sub = task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child' } });
    await register(store, define('parent', [sub]), define('child', [task('work', 'SIMPLE')]));
    const parent = wish('parent');
    await store.workflows.start(parent);
    await store.idle();
    const childId = (await store.workflows.get(parent.id, { tasks: true }))?.tasks[0]?.subWorkflowId as string;
    await store.workflows.remove(parent.id);
    await store.workflows.transition(childId, { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' }, T0);
    await store.idle();
    assert.equal(await shortly(store, childId), 'COMPLETED work:COMPLETED');
    assert.equal(await store.workflows.runDue(T0 + 1e6, 10), 0);
  });

  test('listeners hear of queues, executions and webhooks after the commit', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId(), task('work', 'SIMPLE')]));
    const notices: Notice[] = [];
    const stop = store.subscribe((notice) => notices.push(notice));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    await store.events.receive(eventFor(['w'], { id: 1 }));
    await store.idle();
    stop();
    await store.workflows.transition(a.id, { type: 'terminate' }, T0);
    assert.deepEqual([...new Set(notices.flatMap(({ queues }) => queues))], ['work']);
    assert.deepEqual([...new Set(notices.flatMap(({ webhookIds }) => webhookIds))], ['hook']);
    assert.deepEqual(
      [...new Set(notices.flatMap(({ workflows }) => workflows.map(({ id, status }) => `${id} ${status}`)))],
      [`${a.id} RUNNING`],
    );
  });

  test('a closing store finishes what is under way and refuses what comes after', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('w', [waitForId()]));
    const wishes = Array.from({ length: 40 }, (_, id) => wish('w', { id }));
    const started = Promise.all(wishes.map((w) => store.workflows.start(w)));
    const received = Promise.all(wishes.map(({ input }) => store.events.receive(eventFor(['w'], input))));
    const closed = store.close();
    await assert.rejects(store.workflows.start(wish('w')), /closing/);
    await Promise.all([started, received, closed]);
    const again = await db.open();
    assert.equal(await again.workflows.runDue(T0 + 1e6, 1_000), 0, 'nothing was left');
    for (const { id } of wishes) assert.equal(await shortly(again, id), 'COMPLETED wait:COMPLETED');
  });
});
