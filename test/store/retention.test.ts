// What is kept for a time only goes in steps, and what is open or needed stays: the same on both databases.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { FanOut } from '../../src/store/delivery.ts';
import type { EventExecution } from '../../src/store/event-message.ts';
import type { SweepStep, Swept } from '../../src/store/retention.ts';
import type { Store } from '../../src/store/store.ts';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';

const DAY = 86_400_000;
const LATER = T0 + 100 * DAY;

/** Sweeps one kind to its end, a few rows at a time; answers how many went. */
async function swept(store: Store, kind: Swept, more: Partial<SweepStep> = {}): Promise<number> {
  let removed = 0;
  let after: SweepStep['after'];
  do {
    const result = await store.retention.sweep(kind, {
      now: LATER,
      before: LATER,
      limit: 2,
      ...more,
      ...(after && { after }),
    });
    removed += result.removed;
    after = result.next;
  } while (after);
  return removed;
}

const start = async (store: Store, name: string, input = {}, more = {}): Promise<string> => {
  const result = await store.workflows.start(wish(name, input, more));
  assert.equal(result.type, 'started');
  return (result as { id: string }).id;
};

onEach('retention', (database) => {
  test('finished executions go with all that hangs on them; open ones and those that ended later stay', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('quick', [task('n', 'NOOP')]), define('slow', [task('a', 'SIMPLE')]));
    const done = await Promise.all(
      Array.from({ length: 7 }, (_, i) => start(store, 'quick', {}, { idempotencyKey: `k${i}`, now: T0 + i })),
    );
    const open = await start(store, 'slow');
    const late = await start(store, 'slow');
    await store.workflows.transition(late, { type: 'terminate' }, T0 + 50 * DAY);
    await store.logs.add(done[0] as string, 1, [{ id: '1', at: T0, text: 'x' }]);
    assert.equal(await swept(store, 'executions', { before: T0 + 40 * DAY }), 7);
    assert.equal(await swept(store, 'executions', { before: T0 + 40 * DAY }), 0);
    for (const id of done) assert.equal(await store.workflows.get(id, { tasks: false }), undefined);
    assert.deepEqual(await store.logs.list(done[0] as string, 1, 10), []);
    assert.equal(await shortly(store, open), 'RUNNING a:SCHEDULED');
    assert.match(await shortly(store, late), /^TERMINATED/);
    await start(store, 'quick', {}, { idempotencyKey: 'k3' });
    assert.equal(await swept(store, 'executions', { before: T0 + 60 * DAY }), 2);
  });

  test('children of open parents stay as long as these', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('child', [task('n', 'NOOP')]), define('slow', [task('a', 'SIMPLE')]));
    const parent = await start(store, 'slow');
    const child = await start(store, 'child', {}, { parent: { workflowId: parent, n: 1 } });
    assert.equal(await swept(store, 'executions'), 0);
    await store.workflows.transition(parent, { type: 'terminate' }, T0 + 1);
    assert.equal(await swept(store, 'executions'), 2);
    assert.equal(await store.workflows.get(child, { tasks: false }), undefined);
  });

  test('events go, but not those that an execution points at, that wait, or that may still be found', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('flow', [waitForId()]));
    const taker = await start(store, 'flow', { id: 1 });
    const taken = eventFor(['flow'], { id: 1 });
    const unmatched = eventFor(['flow'], { id: 2 });
    const held = eventFor(['flow'], { id: 3 }, { line: 'x' });
    const named = eventFor(['flow'], { id: 4 }, { dedupeKey: 'd', dedupeWindowMs: DAY });
    const findable = eventFor(['flow'], { id: 5 });
    const long = { ...findable, route: { ...findable.route!, findableMs: 1_000 * DAY } };
    for (const event of [taken, unmatched, held, named, long]) await store.events.receive(event);
    await store.idle();
    assert.equal(await shortly(store, taker), 'COMPLETED wait:COMPLETED');
    const there = async (event: { eventId: string }) => (await store.events.get(event.eventId)) !== undefined;
    const states = () => Promise.all([taken, unmatched, held, named, long].map(there));

    assert.equal(await swept(store, 'events', { before: T0 }), 0, 'nothing is old enough');
    assert.equal(await swept(store, 'entries', { before: T0 }), 0);
    assert.equal(await swept(store, 'events', { namedBefore: T0 }), 1);
    assert.deepEqual(await states(), [true, false, true, true, true]);
    assert.equal((await store.workflows.get(taker, { tasks: true }))?.tasks[0]?.output.id, 1);
    const again = { ...named, eventId: randomUUID(), receivedAt: T0 + 2_000 };
    assert.equal((await store.events.receive(again)).type, 'duplicate', 'its name still keeps repetitions out');

    assert.equal(await swept(store, 'events'), 1, 'the named one, when its window is over');
    assert.equal(await swept(store, 'names'), 1);
    assert.equal((await store.events.receive({ ...again, receivedAt: T0 + 2 * DAY })).type, 'stored');
    await store.idle();
    await swept(store, 'executions');
    assert.equal(await swept(store, 'events'), 2, 'what had been taken goes after its execution');
    assert.deepEqual(await states(), [false, false, true, false, true]);
  });

  test('entries go when nobody can find their event any more, and open waits stay', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('flow', [waitForId()]));
    const waiting = await start(store, 'flow', { id: 7 });
    for (let id = 10; id < 15; id++) await store.events.receive(eventFor(['flow'], { id }));
    await store.idle();
    assert.equal(await swept(store, 'entries'), 5);
    assert.equal(await swept(store, 'entries'), 0);
    const late = await start(store, 'flow', { id: 11 });
    await store.idle();
    assert.match(await shortly(store, late), /^RUNNING/, 'the event of the past is not found any more');
    await store.events.receive(eventFor(['flow'], { id: 7 }));
    await store.idle();
    assert.match(await shortly(store, waiting), /^COMPLETED/, 'the wait is still found');
  });

  test('deliveries that are over go with their attempts, and one that is resent stays', async (t) => {
    const db = await database(t);
    const webhook = {
      ...{ id: 'w', flow: 'quick', enabled: true, config: {}, createdBy: 'ann', rev: 1 },
      ...{ createdAt: T0, updatedAt: T0 },
    };
    const fanOut: FanOut = () => [{ webhookId: 'w', cause: 'success', data: {} }];
    const store = await db.open({ fanOut });
    await register(store, define('quick', [task('n', 'NOOP')]));
    const flow = { name: 'quick', owner: 'ann', rev: 1, createdAt: T0, updatedAt: T0 };
    assert.ok(await store.flows.change(flow, 0, { put: [webhook] }));
    for (let i = 0; i < 3; i++) await start(store, 'quick');
    const { rows } = await store.deliveries.search({ offset: 0, limit: 10 });
    assert.equal(rows.length > 0, true);
    const [first, second] = rows;
    for (const expected of [first, second])
      await store.deliveries.settle({
        ...{ expected: expected!, status: 'DELIVERED', outcome: 'ok', now: T0 + 1 },
        attempt: { at: T0, data: { n: 1 } },
      });
    await store.deliveries.resend(second!.id, T0 + 2);
    assert.equal(await swept(store, 'deliveries'), 1);
    assert.equal(await store.deliveries.get(first!.id), undefined);
    assert.equal((await store.deliveries.get(second!.id))?.status, 'PENDING');
    assert.deepEqual(await store.deliveries.attempts(first!.id), []);
  });

  test('logs, runs, messages and what handlers did go by their age, once they are over', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await store.logs.add(
      'e',
      1,
      [1, 2, 3].map((i) => ({ id: `${i}`, at: T0 + i, text: 'x' })),
    );
    assert.equal(await swept(store, 'logs', { before: T0 + 3 }), 2);
    assert.equal((await store.logs.list('e', 1, 10)).length, 1);
    const message = (id: string) => ({ id, event: 'x', kind: 'MESSAGE' as const, createdAt: T0, payload: {} });
    for (const id of ['m1', 'm2', 'm3']) await store.messages.add(message(id));
    const execution = (id: string, messageId: string, more = {}) => ({
      ...{ id, handler: 'h', event: 'x', messageId, action: 'start_workflow', createdAt: T0 },
      ...more,
    });
    const settle = (id: string, executions: readonly EventExecution[]) =>
      store.messages.settle(id, { status: 'HANDLED', executions, errands: [], now: T0 });
    await settle('m1', [execution('x1', 'm1', { state: 'SKIPPED' })]);
    await settle('m2', [execution('x2', 'm2')]);
    assert.equal(await swept(store, 'messages'), 0, 'something still tells of them, or nobody has looked at them');
    assert.equal(await swept(store, 'handled'), 1, 'one is under way');
    assert.equal(await swept(store, 'messages'), 1);
    assert.deepEqual(
      (await Promise.all(['m1', 'm2', 'm3'].map((id) => store.messages.get(id)))).map((one) => one !== undefined),
      [false, true, true],
    );
  });

  test('kept outputs go when their time is over', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('w', [task('a', 'SIMPLE', { cacheConfig: { key: 'k', ttlInSecond: 60 } })]));
    const id = await start(store, 'w');
    await store.workflows.transition(id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED', output: {} }, T0);
    assert.equal(await swept(store, 'outputs', { now: T0 + 59_000 }), 0);
    assert.equal(await swept(store, 'outputs', { now: T0 + 60_000 }), 1);
  });

  test('one node has the lease, until it is over', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open(), await db.open()];
    const held = await store.retention.lease('janitor', { now: T0, forMs: 1_000 });
    assert.ok(held !== undefined);
    assert.equal(await other.retention.lease('janitor', { now: T0 + 500, forMs: 1_000 }), undefined);
    const renewed = await store.retention.lease('janitor', { now: T0 + 900, forMs: 1_000, held });
    assert.ok(renewed !== undefined && renewed > held);
    assert.equal(await other.retention.lease('janitor', { now: T0 + 1_500, forMs: 1_000 }), undefined);
    assert.ok((await other.retention.lease('janitor', { now: T0 + 2_000, forMs: 1_000 })) !== undefined);
    assert.equal(await store.retention.lease('janitor', { now: T0 + 2_100, forMs: 1_000, held: renewed }), undefined);
  });
});
