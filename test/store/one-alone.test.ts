// An event for one wait alone is had by one execution, whoever looks for it in the same moment: two waits that open in one
// commit or on two nodes, a wait that opens while the event is routed, an execution that the event starts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewEvent, Route, Store } from '../../src/store/store.ts';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';
import { type Watch, watched } from './watched-driver.ts';

const event = (n: number, route: Partial<Route>): NewEvent => {
  const plain = eventFor(['w', 'v'], { id: 1, n }, { receivedAt: T0 + n });
  return { ...plain, route: { ...(plain.route as Route), ...route } };
};

/** Executions that wait when their first task is reported. */
async function begun(store: Store, count: number): Promise<string[]> {
  await register(store, define('w', [task('work', 'SIMPLE'), waitForId()]));
  const wishes = Array.from({ length: count }, () => wish('w', { id: 1 }));
  for (const one of wishes) await store.workflows.start(one);
  return wishes.map(({ id }) => id);
}

const openWait = (store: Store, id: string) =>
  store.workflows.transition(id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED' }, T0 + 100);

/** Which events the executions took, by their `n`; null: the wait is open. */
const takenBy = (store: Store, ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await store.workflows.get(id, { tasks: true }))?.tasks.at(-1)?.output.n ?? null));

const idle = async (...nodes: Store[]): Promise<void> => {
  for (let i = 0; i < 3; i++) for (const node of nodes) await node.idle();
};

/** `act` runs when the commit after the next one has read and decided all. */
const beforeSecond = (counts: Watch, act: () => Promise<unknown>): void => {
  counts.before = async () => {
    counts.before = act;
  };
};

onEach('an event for one wait alone', (database, kind) => {
  test('two waits that open in one commit take one event each', async (t) => {
    for (const deliver of ['oldest', 'newest', 'one'] as const) {
      const store = await (await database(t)).open();
      const ids = await begun(store, 3);
      for (const n of [1, 2]) await store.events.receive(event(n, { deliver }));
      await store.idle();
      await Promise.all(ids.map((id) => openWait(store, id)));
      await store.idle();
      assert.deepEqual((await takenBy(store, ids)).toSorted(), [1, 2, null], deliver);
      await store.events.receive(event(3, { deliver }));
      await store.idle();
      assert.deepEqual((await takenBy(store, ids)).toSorted(), [1, 2, 3], deliver);
    }
  });

  test('of two that wait one is resumed by an event that starts or resumes, the next by the next', async (t) => {
    const store = await (await database(t)).open();
    const ids = await begun(store, 2);
    for (const id of ids) await openWait(store, id);
    await store.idle();
    for (const n of [1, 2]) {
      await store.events.receive(event(n, { resumes: true, starts: [{ name: 'w', version: 1, idempotencyKey: 'k' }] }));
      await store.idle();
      assert.deepEqual((await takenBy(store, ids)).toSorted(), n === 1 ? [1, null] : [1, 2]);
    }
  });

  test('what is for all still goes to all that open at once', async (t) => {
    const store = await (await database(t)).open();
    const ids = await begun(store, 3);
    await store.events.receive(event(1, {}));
    await store.idle();
    await Promise.all(ids.map((id) => openWait(store, id)));
    await store.idle();
    assert.deepEqual(await takenBy(store, ids), [1, 1, 1]);
  });

  test('of two nodes that look for it before either has written, one has it', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody can be quicker');
    const counts: Watch = { commits: 0, failing: 0 };
    const db = await database(t);
    const [one, other] = [await db.open({ wrap: watched(counts) }), await db.open()];
    const ids = await begun(one, 2);
    for (const n of [1, 2]) await one.events.receive(event(n, { deliver: 'oldest' }));
    await idle(one, other);
    beforeSecond(counts, async () => {
      await openWait(other, ids[1] as string);
      await other.idle();
    });
    await openWait(one, ids[0] as string);
    await idle(one, other);
    assert.deepEqual(await takenBy(one, ids), [2, 1]);
  });

  test('a wait that opens on another node while the event is routed has it, or the route has, not both', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody can be quicker');
    const counts: Watch = { commits: 0, failing: 0 };
    const db = await database(t);
    const [one, other] = [await db.open({ wrap: watched(counts) }), await db.open()];
    const ids = await begun(one, 2);
    await openWait(one, ids[0] as string);
    await idle(one, other);
    beforeSecond(counts, async () => {
      await openWait(other, ids[1] as string);
      await other.idle();
    });
    const first = event(1, { deliver: 'oldest' });
    await one.events.receive(first);
    await idle(one, other);
    assert.deepEqual(await takenBy(one, ids), [null, 1]);
    await one.events.receive(event(2, { deliver: 'oldest' }));
    await idle(one, other);
    assert.deepEqual(await takenBy(one, ids), [2, 1]);
    const effects = (await one.events.get(first.eventId))?.effects.map(({ type }) => type);
    assert.deepEqual(effects, ['completed']);
  });

  test('an execution that it would start does not begin when a wait on another node has had it', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody can be quicker');
    const counts: Watch = { commits: 0, failing: 0 };
    const db = await database(t);
    const [one, other] = [await db.open({ wrap: watched(counts) }), await db.open()];
    const [waits] = (await begun(one, 1)) as [string];
    await register(one, define('v', [task('work', 'SIMPLE')]));
    const runs = wish('v', {}, { idempotencyKey: 'k' });
    await one.workflows.start(runs);
    const left = event(1, { resumes: true, starts: [{ name: 'v', version: 1, idempotencyKey: 'k' }] });
    await one.events.receive(left);
    await idle(one, other);
    await openWait(one, runs.id);
    assert.equal(await shortly(one, runs.id), 'COMPLETED work:COMPLETED');
    counts.before = async () => {
      counts.before = async () => {
        await openWait(other, waits);
        await other.idle();
      };
    };
    await one.events.route(left.eventId, { verdict: 'verified', route: left.route as Route }, T0 + 50);
    await idle(one, other);
    assert.deepEqual(await takenBy(one, [waits]), [1]);
    const effects = (await one.events.get(left.eventId))?.effects.map(({ type }) => type);
    assert.deepEqual(effects?.toSorted(), ['completed', 'existing']);
  });

  test('nor does one of several begin when only the first loses its key on that node', async (t) => {
    if (kind === 'sqlite') return t.skip('with one writer nobody can be quicker');
    const counts: Watch = { commits: 0, failing: 0 };
    const db = await database(t);
    const [one, other] = [await db.open({ wrap: watched(counts) }), await db.open()];
    const [waits] = (await begun(one, 1)) as [string];
    await register(one, define('v', [task('work', 'SIMPLE')]), define('u', [task('work', 'SIMPLE')]));
    const run = (name: string) => wish(name, {}, { idempotencyKey: 'k', idempotencyStrategy: 'FAIL_ON_RUNNING' });
    const runs = [run('v'), run('u')];
    for (const each of runs) await one.workflows.start(each);
    const starts = ['v', 'u'].map((name) => ({ name, version: 1, idempotencyKey: 'k' }));
    const left = event(1, { resumes: true, starts });
    await one.events.receive(left);
    await idle(one, other);
    for (const { id } of runs) await openWait(one, id);
    counts.before = async () => {
      counts.before = async () => {
        await other.workflows.start(run('v'));
        await openWait(other, waits);
        await other.idle();
      };
    };
    await one.events.route(left.eventId, { verdict: 'verified', route: left.route as Route }, T0 + 50);
    await idle(one, other);
    assert.deepEqual(await takenBy(one, [waits]), [1]);
    const effects = (await one.events.get(left.eventId))?.effects.map(({ type }) => type);
    assert.deepEqual(effects?.toSorted(), ['completed', 'existing', 'existing']);
  });

  test('all that it starts begin, each once, but those that run already', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    const [store] = nodes as [Store];
    const names = ['a', 'b', 'c'];
    await register(store, ...names.map((name) => define(name, [task('work', 'SIMPLE')])));
    const starts = (idempotencyKey: string) => names.map((name) => ({ name, version: 1, idempotencyKey }));
    const events = ['k', 'l', 'm'].map((key, n) => event(n, { receivers: [], resumes: true, starts: starts(key) }));
    await store.workflows.start(wish('b', {}, { idempotencyKey: 'l' }));
    for (const name of names) await store.workflows.start(wish(name, {}, { idempotencyKey: 'm' }));
    for (const each of events) await store.events.receive(each);
    await idle(...nodes);
    const effectsOf = async ({ eventId }: NewEvent) =>
      (await store.events.get(eventId))?.effects.map(({ type }) => type).toSorted();
    const first = async () => Promise.all(events.map(effectsOf));
    const expected = [
      ['started', 'started', 'started'],
      ['existing', 'started', 'started'],
      ['existing', 'existing', 'existing'],
    ];
    assert.deepEqual(await first(), expected);
    for (const each of events)
      await store.events.route(each.eventId, { verdict: 'verified', route: each.route as Route }, T0 + 50);
    await idle(...nodes);
    assert.deepEqual(await first(), expected, 'routed again');
  });

  test('an event that was had goes with its claim when its time is over', async (t) => {
    const db = await database(t);
    const [store, driver] = [await db.open(), db.driver()];
    t.after(() => driver.close());
    const claims = async () => (await driver.query('select count(*) from event_claim', []))[0]?.[0];
    const [id] = (await begun(store, 1)) as [string];
    await store.events.receive(event(1, { deliver: 'oldest' }));
    await store.idle();
    await openWait(store, id);
    await store.idle();
    assert.deepEqual(await takenBy(store, [id]), [1]);
    // One writer needs none.
    assert.equal(await claims(), kind === 'sqlite' ? 0 : 1);
    assert.equal(await store.workflows.remove(id), true);
    const later = T0 + 100 * 86_400_000;
    assert.equal((await store.retention.sweep('events', { now: later, before: later, limit: 10 })).removed, 1);
    assert.equal(await claims(), 0);
  });
});
