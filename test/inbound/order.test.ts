// Events that are kept in order: the next one of a key goes when all that the one before it set going is at rest or over.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { WorkflowDef } from '../../src/core/model.ts';
import { hasEnded } from '../../src/core/model.ts';
import type { WebhookConfig } from '../../src/inbound/webhook.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, define, onEach, register, T0, task, wish } from '../store/databases.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { openNode } from './node.ts';

const FLOW = define('flow', [task('work', 'SIMPLE')]);
const STARTS = { workflowsToStart: { flow: 1 } };

async function prepare(db: Database, clock: FakeClock, defs: WorkflowDef[], more: Partial<WebhookConfig>) {
  const one = await openNode(db, clock);
  await register(one.store, ...defs);
  const config: WebhookConfig = { name: 'hook', verifier: 'NONE', matching: { orderBy: '$.key' }, ...more };
  const made = await one.webhooks.create(config, { createdBy: 'tester' });
  assert.ok('id' in made);
  return { ...one, id: made.id };
}

const start = async (store: Store, name: string, input: JsonObject = {}): Promise<string> => {
  const one = wish(name, input, { now: T0 });
  await store.workflows.start(one);
  return one.id;
};

const complete = (store: Store, workflowId: string, ref: string): Promise<unknown> =>
  store.workflows.transition(workflowId, { type: 'updateTask', task: { ref }, status: 'COMPLETED' }, T0);

/** The executions of `flow`, in the order in which they were started, by what they were started with. */
async function flows(store: Store): Promise<Map<unknown, string>> {
  const sort = { by: 'startedAt', descending: false } as const;
  const { rows } = await store.workflows.search({ names: ['flow'], sort, offset: 0, limit: 100 });
  return new Map(rows.map(({ id, input }) => [input.n, id]));
}

/** What each wait of an execution was given. */
async function heard(store: Store, id: string): Promise<unknown[]> {
  const { tasks = [] } = (await store.workflows.get(id, { tasks: true })) ?? {};
  return tasks.filter((one) => one.type === 'WAIT_FOR_WEBHOOK' && hasEnded(one)).map(({ output }) => output.n);
}

/** Waits for an event of its key and then works on it, three times. */
const LOOP = define('loop', [
  task('again', 'DO_WHILE', {
    loopCondition: '$.again.iteration < 3',
    loopOver: [
      task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.key': '${workflow.input.key}' } } }),
      task('work', 'SIMPLE'),
    ],
  }),
]);
onEach('order by key', (database) => {
  test('the next event of a key starts its execution when that of the one before has ended; other keys go on', async (t) => {
    const { store, send, turn, id } = await prepare(await database(t), new FakeClock(T0), [FLOW], STARTS);
    await send(id, { key: 'a', n: 1 });
    await send(id, { key: 'a', n: 2 });
    await send(id, { key: 'b', n: 3 });
    await turn();
    assert.deepEqual([...(await flows(store)).keys()].sort(), [1, 3]);
    assert.equal(await store.events.countHeld(id), 3, 'what is under way stands in its line still');
    await turn();
    assert.deepEqual([...(await flows(store)).keys()].sort(), [1, 3]);
    await complete(store, (await flows(store)).get(1) ?? '', 'work');
    await turn();
    assert.deepEqual([...(await flows(store)).keys()].sort(), [1, 2, 3]);
    for (const one of (await flows(store)).values()) await complete(store, one, 'work');
    await turn();
    assert.equal(await store.events.countHeld(id), 0);
  });

  test('an execution that waits gets the next event of its key when it has done its work on the one before', async (t) => {
    const receivers = { receiverWorkflowNamesToVersions: { loop: 1 } };
    const { store, send, turn, id } = await prepare(await database(t), new FakeClock(T0), [LOOP], receivers);
    const one = await start(store, 'loop', { key: 'a' });
    for (const n of [1, 2, 3]) await send(id, { key: 'a', n });
    for (const n of [1, 2, 3]) {
      await turn();
      assert.deepEqual(await heard(store, one), [1, 2, 3].slice(0, n));
      assert.equal(await store.events.countHeld(id), 4 - n);
      await complete(store, one, `work__${n}`);
    }
    await turn();
    assert.equal((await store.workflows.get(one, { tasks: false }))?.status, 'COMPLETED');
    assert.equal(await store.events.countHeld(id), 0);
  });

  test('what waits for the execution counts too, and a paused one holds its line', async (t) => {
    const wait = task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.key': 'a' } } });
    const child = define('child', [wait]);
    const parent = define('parent', [
      task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child' } }),
      task('work', 'SIMPLE'),
      task('rest', 'HUMAN'),
    ]);
    const { store, send, turn, id } = await prepare(await database(t), new FakeClock(T0), [FLOW, child, parent], {
      ...STARTS,
      receiverWorkflowNamesToVersions: { child: 1 },
    });
    const one = await start(store, 'parent');
    await store.idle();
    await send(id, { key: 'a', n: 1 });
    await send(id, { key: 'a', n: 2 });
    await turn();
    const first = (await flows(store)).get(1) ?? '';
    await complete(store, first, 'work');
    await turn();
    assert.deepEqual([...(await flows(store)).keys()], [1], 'the parent works still');
    await store.workflows.transition(one, { type: 'pause' }, T0);
    await complete(store, one, 'work');
    await turn();
    assert.deepEqual([...(await flows(store)).keys()], [1], 'the parent is paused');
    await store.workflows.transition(one, { type: 'resume' }, T0);
    await turn();
    assert.deepEqual([...(await flows(store)).keys()].sort(), [1, 2]);
  });

  test('a node that dies loses no order: another one goes on where it was', async (t) => {
    const db = await database(t);
    const { store, send, turn, id } = await prepare(db, new FakeClock(T0), [FLOW], STARTS);
    for (const n of [1, 2]) await send(id, { key: 'a', n });
    await turn();
    await store.close();
    const other = await openNode(db, new FakeClock(T0 + 60_000));
    await other.turn();
    assert.deepEqual([...(await flows(other.store)).keys()], [1]);
    await complete(other.store, (await flows(other.store)).get(1) ?? '', 'work');
    await other.turn();
    assert.deepEqual([...(await flows(other.store)).keys()].sort(), [1, 2]);
  });

  test('two nodes at one line keep its order', async (t) => {
    const db = await database(t);
    const clock = new FakeClock(T0);
    const one = await prepare(db, clock, [FLOW], STARTS);
    const two = await openNode(db, clock);
    for (let n = 1; n <= 5; n += 1) {
      await (n % 2 ? one : two).send(one.id, { key: 'a', n });
      await clock.advance(1);
    }
    for (let n = 1; n <= 5; n += 1) {
      await Promise.all([one.turn(), two.turn()]);
      const running = await flows(one.store);
      assert.deepEqual([...running.keys()].sort(), [1, 2, 3, 4, 5].slice(0, n));
      await complete((n % 2 ? two : one).store, running.get(n) ?? '', 'work');
    }
  });

  test('an older event that is stored late waits for the one that has gone already', async (t) => {
    const db = await database(t);
    const one = await prepare(db, new FakeClock(T0 + 10), [FLOW], STARTS);
    const slow = await openNode(db, new FakeClock(T0));
    await one.send(one.id, { key: 'a', n: 2 });
    await one.turn();
    await slow.send(one.id, { key: 'a', n: 1 });
    await slow.send(one.id, { key: 'b', n: 3 });
    for (const node of [slow, one]) await node.turn();
    assert.deepEqual([...(await flows(one.store)).keys()].sort(), [2, 3]);
    await complete(slow.store, (await flows(slow.store)).get(2) ?? '', 'work');
    await slow.turn();
    assert.deepEqual([...(await flows(one.store)).keys()].sort(), [1, 2, 3]);
  });

  test('a line goes on at once when what it waits for has moved here', async (t) => {
    const clock = new FakeClock(T0);
    const { store, send, release, id } = await prepare(await database(t), clock, [FLOW], STARTS);
    for (const n of [1, 2]) await send(id, { key: 'a', n });
    release.start();
    const until = async (count: number) => {
      for (let turns = 0; (await flows(store)).size < count; turns += 1) {
        assert.ok(turns < 2_000, `${count} executions never came`);
        await clock.advance(0);
      }
    };
    await until(1);
    // It has seen the execution run: what ends before that is found by the next look, some time later.
    await release.runOnce();
    await complete(store, (await flows(store)).get(1) ?? '', 'work');
    await until(2);
    await release.stop();
    assert.equal(clock.now(), T0, 'without any time going by');
  });
});
