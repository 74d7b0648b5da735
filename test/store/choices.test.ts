// What a route asks of its waits, and a wait of its events: which of several, under which condition, for how long;
// start-or-resume; names of deliveries that hold for a window; events that are held, routed again, and looked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { WorkflowTask } from '../../src/core/model.ts';
import { begin, transition } from '../../src/core/transition.ts';
import type { Choice } from '../../src/core/wait-terms.ts';
import { WAITS_PER_LOOK } from '../../src/store/limits.ts';
import type { NewEvent, Route, Store } from '../../src/store/store.ts';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';

const waitWith = (more: JsonObject, ref = 'wait'): WorkflowTask =>
  task(ref, 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': 1 }, ...more } });

const routed = (names: readonly string[], payload: unknown, route: Partial<Route>, more: Partial<NewEvent> = {}) => {
  const event = eventFor(names, payload, more);
  return { ...event, route: { ...(event.route as Route), ...route } };
};

/** Starts executions of `w` one after the other, each a second later than the one before. */
async function startAll(store: Store, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const one = wish('w', { id: 1 }, { now: T0 + i * 1_000 });
    await store.workflows.start(one);
    ids.push(one.id);
  }
  return ids;
}

const DONE = 'COMPLETED wait:COMPLETED';
const OPEN = 'RUNNING wait:IN_PROGRESS';

onEach('choices', (database) => {
  test('a condition beside the key decides who of those with the key takes an event', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('low', [waitWith({ when: 'amount < 10' })]));
    await register(store, define('high', [waitWith({ when: { path: 'amount', op: '>=', value: 10 } })]));
    const [low, high] = [wish('low'), wish('high')];
    await Promise.all([store.workflows.start(low), store.workflows.start(high)]);
    const event = eventFor(['low', 'high'], { id: 1, amount: 12 });
    assert.deepEqual(
      (await store.events.candidates(event, event.route as Route)).map((one) => [one.workflowName, one.accepts]),
      [
        ['low', false],
        ['high', true],
      ],
    );
    await store.events.receive(event);
    await store.idle();
    assert.equal(await shortly(store, low.id), OPEN);
    assert.equal(await shortly(store, high.id), DONE);
  });

  test('an early event that the condition refuses stays for another wait', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE'), waitWith({ when: "kind == 'b'" })]));
    const one = wish('w');
    await store.workflows.start(one);
    for (const kind of ['a', 'b', 'b']) await store.events.receive(eventFor(['w'], { id: 1, kind }));
    await store.idle();
    await store.workflows.transition(
      one.id,
      { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
      T0 + 2_000,
    );
    await store.idle();
    assert.match(await shortly(store, one.id), /wait:COMPLETED/);
    const all = await store.events.list({ webhookId: 'hook', limit: 10 });
    assert.deepEqual(all.map(({ matched }) => matched).reverse(), [false, true, false]);
  });

  test('headers and query are matched, as data beside the payload', async (t) => {
    const store = await (await database(t)).open();
    const matches = { "$headers['x-kind']": 'order', '$query.team': 'a' };
    await register(store, define('w', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } })]));
    const one = wish('w');
    await store.workflows.start(one);
    const payload = { $headers: { 'x-kind': 'order' }, $query: { team: 'a' } };
    await store.events.receive(eventFor(['w'], payload));
    await store.idle();
    assert.equal(await shortly(store, one.id), OPEN, 'a payload cannot pretend to be headers');
    const more = { headers: '{"x-kind":["order"]}', url: '/webhook/hook?team=a' };
    await store.events.receive(eventFor(['w'], { x: 1 }, more));
    await store.idle();
    assert.equal(await shortly(store, one.id), DONE);
    const tasks = (await store.workflows.get(one.id, { tasks: true }))?.tasks;
    assert.deepEqual(tasks?.[0]?.output, { x: 1 });
  });

  test('deliver: all, the oldest, the newest, or one alone', async (t) => {
    for (const [deliver, ended] of [
      ['all', [DONE, DONE, DONE]],
      ['oldest', [DONE, OPEN, OPEN]],
      ['newest', [OPEN, OPEN, DONE]],
      ['one', [OPEN, OPEN, OPEN]],
    ] as const) {
      const store = await (await database(t)).open();
      await register(store, define('w', [waitForId()]));
      const ids = await startAll(store, 3);
      const event = routed(['w'], { id: 1 }, { deliver });
      await store.events.receive(event);
      await store.idle();
      assert.deepEqual(await Promise.all(ids.map((id) => shortly(store, id))), ended, deliver);
      if (deliver !== 'one') continue;
      const record = await store.events.get(event.eventId);
      assert.match(record?.effects[0]?.reason ?? '', /3 waits fit/);
      await store.close();
    }
  });

  test('more waits than one look brings: the one that fits is found behind those that do not', async (t) => {
    const store = await (await database(t)).open();
    const when = { path: 'turn', op: '==', value: `\${workflow.input.turn}` };
    await register(store, define('w', [waitWith({ when })]));
    const all = Array.from({ length: WAITS_PER_LOOK * 2 + 2 }, (_, i) => wish('w', { turn: i }, { now: T0 + i }));
    const twin = wish('w', { turn: 0 }, { now: T0 + all.length });
    for (const one of [...all, twin]) await store.workflows.start(one);
    const ended = async (deliver: Choice, turn: number): Promise<string | undefined> => {
      const event = routed(['w'], { id: 1, turn }, { deliver });
      await store.events.receive(event);
      await store.idle();
      const [effect, ...others] = (await store.events.get(event.eventId))?.effects ?? [];
      assert.equal(others.length, 0);
      return effect?.reason ?? effect?.workflowId;
    };
    assert.equal(await ended('oldest', all.length - 1), all.at(-1)?.id);
    assert.equal(await ended('newest', 1), all[1]?.id);
    assert.equal(await ended('one', WAITS_PER_LOOK + 1), all[WAITS_PER_LOOK + 1]?.id);
    assert.equal(await ended('one', 0), 'deliver is "one", but 2 waits fit');
    assert.equal(await ended('one', 2), all[2]?.id, 'which had been passed when it was known to be the only one');
    assert.equal(await ended('oldest', 0), all[0]?.id);
    assert.equal(await ended('one', 0), twin.id);
    assert.equal(await ended('one', 0), undefined);
    assert.equal(await store.workflows.runDue(T0 + 3_600_000, 100), 0, 'nothing is left to do');
  });

  test('events that come at once and go to the oldest each take a wait of their own', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()] as const;
    await register(nodes[0], define('w', [waitForId()]));
    const ids = await startAll(nodes[0], 8);
    const events = ids.map(() => routed(['w'], { id: 1 }, { deliver: 'oldest' }));
    await Promise.all(events.map((event, i) => nodes[i % 2]?.events.receive(event)));
    for (let i = 0; i < 3; i++) for (const node of nodes) await node.idle();
    const ended = await Promise.all(ids.map((id) => shortly(nodes[0], id)));
    assert.deepEqual(new Set(ended), new Set([DONE]));
  });

  test('a wait chooses among events of the past: the oldest or the newest', async (t) => {
    const store = await (await database(t)).open();
    for (const [deliver, expected] of [
      ['oldest', 1],
      ['newest', 3],
    ] as const) {
      await register(store, define(deliver, [task('work', 'SIMPLE'), waitWith({ deliver })]));
      const one = wish(deliver);
      await store.workflows.start(one);
      for (const n of [1, 2, 3]) await store.events.receive(eventFor([deliver], { id: 1, n }, { receivedAt: T0 + n }));
      await store.workflows.transition(
        one.id,
        { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
        T0 + 2_000,
      );
      await store.idle();
      assert.equal((await store.workflows.get(one.id, { tasks: true }))?.tasks[1]?.output.n, expected, deliver);
    }
  });

  test('what cannot be found any more, or was never to be, is not found', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE'), waitForId()]));
    const one = wish('w', { id: 1 });
    await store.workflows.start(one);
    await store.events.receive(routed(['w'], { id: 1 }, { findableMs: 0 }, { receivedAt: T0 + 100 }));
    await store.events.receive(routed(['w'], { id: 1 }, { findableMs: 1_000 }, { receivedAt: T0 + 200 }));
    const found = routed(['w'], { id: 1 }, { findableMs: 60_000 }, { receivedAt: T0 + 300 });
    await store.events.receive(found);
    await store.workflows.transition(
      one.id,
      { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
      T0 + 5_000,
    );
    await store.idle();
    assert.equal((await store.events.get(found.eventId))?.matched, true);
  });

  test('waits of any version are found by a receiver that names none', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]), define('w', [waitForId()], 2));
    const both = [1, 2].map((version) => wish('w', { id: 1 }, { version }));
    await Promise.all(both.map((one) => store.workflows.start(one)));
    await store.events.receive(routed([], { id: 1 }, { receivers: [{ name: 'w', version: 'any' }] }));
    await store.idle();
    for (const { id } of both) assert.equal(await shortly(store, id), DONE);
  });

  test('a workflow that is named twice is offered an event once, also when its wait opens later', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId(), task('work', 'SIMPLE'), waitForId('later')]));
    const one = wish('w', { id: 1 });
    await store.workflows.start(one);
    const receivers = [
      { name: 'w', version: 1 },
      { name: 'w', version: 'any' },
    ] as const;
    await store.events.receive(routed([], { id: 1 }, { receivers }));
    await store.events.receive(routed([], { id: 1 }, { receivers }, { receivedAt: T0 + 1_000 }));
    await store.idle();
    const end = { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' } as const;
    await store.workflows.transition(one.id, end, T0 + 2_000);
    await store.idle();
    assert.equal(await shortly(store, one.id), 'COMPLETED wait:COMPLETED work:COMPLETED later:COMPLETED');
  });

  test('start or resume: of 64 events with one key on three nodes one starts, and waits take the others', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open(), await db.open()] as const;
    await register(nodes[0], define('w', [waitForId('first'), waitForId('second'), task('work', 'SIMPLE')]));
    const starts = [{ name: 'w', version: 1, idempotencyKey: 'k' }];
    const events = Array.from({ length: 64 }, (_, i) =>
      routed(['w'], { id: 1 }, { starts, resumes: true }, { receivedAt: T0 + 64 - i }),
    );
    await Promise.all(events.map((event, i) => nodes[i % 3]?.events.receive(event)));
    for (let i = 0; i < 4; i++) for (const node of nodes) await node.idle();
    const { rows, total } = await nodes[0].workflows.search({
      names: ['w'],
      sort: { by: 'startedAt', descending: false },
      offset: 0,
      limit: 10,
    });
    assert.equal(total, 1);
    assert.equal(await shortly(nodes[1], rows[0]?.id ?? ''), 'RUNNING first:COMPLETED second:COMPLETED work:SCHEDULED');
    const records = await nodes[2].events.list({ webhookId: 'hook', limit: 100 });
    const did = (type: string) => records.filter(({ effects }) => effects.some((one) => one.type === type)).length;
    assert.deepEqual([did('started'), did('completed'), records.length], [1, 2, 64]);
  });

  test('start or resume: when the execution has ended, the next event starts another', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const starts = [{ name: 'w', version: 1, idempotencyKey: 'k' }];
    for (let i = 0; i < 4; i++) {
      await store.events.receive(routed(['w'], { id: 1 }, { starts, resumes: true }, { receivedAt: T0 + i * 1_000 }));
      await store.idle();
    }
    const found = await store.workflows.search({
      names: ['w'],
      sort: { by: 'startedAt', descending: false },
      offset: 0,
      limit: 10,
    });
    assert.deepEqual(
      found.rows.map(({ status }) => status),
      ['COMPLETED', 'COMPLETED'],
    );
  });

  test('start or resume: of two events in the first commit of all one starts and one resumes', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const starts = [{ name: 'w', version: 1, idempotencyKey: 'k' }];
    const events = [1, 2].map(() => routed(['w'], { id: 1 }, { starts, resumes: true }));
    await Promise.all(events.map((event) => store.events.receive(event)));
    await store.idle();
    const records = await store.events.list({ webhookId: 'hook', limit: 10 });
    const did = records.flatMap(({ effects }) => effects.map(({ type }) => type));
    assert.deepEqual(did.filter((type) => type !== 'existing').sort(), ['completed', 'started']);
  });

  test('start or resume: an event that has started an execution resumes none that opens its wait later', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const starts = [{ name: 'w', version: 1, idempotencyKey: 'k' }];
    const event = routed(['w'], { id: 1 }, { starts, resumes: true }, { receivedAt: T0 + 1_000 });
    await store.events.receive(event);
    await store.idle();
    const other = wish('w', { id: 1 }, { now: T0 });
    await store.workflows.start(other);
    await store.idle();
    assert.equal((await store.workflows.get(other.id, { tasks: false }))?.status, 'RUNNING');
    const [record] = await store.events.list({ webhookId: 'hook', limit: 10 });
    assert.deepEqual(
      record?.effects.map(({ type }) => type),
      ['started'],
    );
  });

  test('a name holds for its window; an unsigned second name makes a duplicate too', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()] as const;
    const at = (receivedAt: number, more: Partial<NewEvent> = {}) =>
      eventFor([], {}, { dedupeKey: 'same', dedupeWindowMs: 1_000, receivedAt, ...more });
    assert.equal((await nodes[0].events.receive(at(T0))).type, 'stored');
    assert.equal((await nodes[1].events.receive(at(T0 + 999))).type, 'duplicate');
    const late = await Promise.all(nodes.map((node) => node.events.receive(at(T0 + 1_500))));
    assert.deepEqual(late.map(({ type }) => type).sort(), ['duplicate', 'stored']);
    const named = at(T0, { dedupeKey: 'content 1', alsoKey: 'id 1' });
    assert.equal((await nodes[0].events.receive(named)).type, 'stored');
    const again = await nodes[1].events.receive(at(T0 + 1, { dedupeKey: 'content 2', alsoKey: 'id 1' }));
    assert.deepEqual(again, { type: 'duplicate', eventId: named.eventId });
    const after = (ms: number) => at(T0 + ms, { dedupeKey: 'content 1', alsoKey: 'id 1', alsoWindowMs: 5_000 });
    assert.deepEqual(await nodes[0].events.receive(after(4_999)), { type: 'duplicate', eventId: named.eventId });
    assert.equal((await nodes[1].events.receive(after(5_000))).type, 'stored', 'both windows have passed');
  });

  test('held events keep their line, and are routed when they are let go', async (t) => {
    const db = await database(t);
    const store = await db.open();
    await register(store, define('w', [waitForId()]));
    const [one] = await startAll(store, 1);
    const events = [1, 2].map((id) => {
      const { route: _, ...event } = eventFor(['w'], { id });
      return { ...event, line: '' };
    });
    for (const event of events) await store.events.receive(event);
    assert.equal(await store.events.countHeld('hook'), 2);
    const [head] = await store.events.heads(10);
    const { seq: _, ...rest } = head ?? {};
    const { eventId, receivedAt } = events[0] ?? {};
    assert.deepEqual(rest, { eventId, webhookId: 'hook', line: '', at: receivedAt, routed: false });
    const { route } = eventFor(['w'], { id: 1 });
    await store.events.route(head?.eventId ?? '', { verdict: 'verified', route: route as Route }, T0 + 5_000);
    await store.idle();
    assert.equal(await shortly(store, one ?? ''), DONE);
    const other = await db.open();
    assert.equal((await other.events.heads(10))[0]?.routed, true);
    if (head) await other.events.leave(head);
    assert.equal((await other.events.heads(10))[0]?.eventId, events[1]?.eventId);
  });

  test('lines are looked at page by page', async (t) => {
    const store = await (await database(t)).open();
    const names = ['=a', '=b', '=a', '=c'];
    for (const line of names) {
      const { route: _, ...event } = eventFor(['w'], { id: 1 });
      await store.events.receive({ ...event, line });
    }
    const first = await store.events.heads(2);
    assert.deepEqual(
      first.map(({ line }) => line),
      ['=a', '=b'],
    );
    const second = await store.events.heads(2, first.at(-1));
    assert.deepEqual(
      second.map(({ line }) => line),
      ['=c'],
    );
  });

  test('one event of a line begins at a time, and a mark that a late node leaves behind is taken away', async (t) => {
    const db = await database(t);
    const [store, late] = [await db.open(), await db.open()];
    for (const id of [1, 2]) {
      const { route: _, ...event } = eventFor(['w'], { id });
      await store.events.receive({ ...event, receivedAt: T0 + id, line: '=a' });
    }
    const [first] = await store.events.heads(10);
    assert.ok(first);
    assert.deepEqual([await store.events.begin(first), await late.events.begin(first)], [true, true]);
    await store.events.leave(first);
    const [second] = await store.events.heads(10);
    assert.ok(second);
    assert.equal(second.at, T0 + 2);
    assert.equal(await late.events.begin(first), true, 'it has read the line before');
    assert.equal(await store.events.begin(second), false);
    assert.equal(await store.events.begin(second), true);
    await late.events.leave(first);
    assert.equal(await store.events.begin(second), true, 'the mark of another one stays');
    const { route: _, ...event } = eventFor(['w'], { id: 3 });
    await late.events.receive({ ...event, receivedAt: T0, line: '=a' });
    assert.deepEqual(await store.events.heads(10), [second], 'what has begun comes first');
    await store.events.leave(second);
    assert.equal((await store.events.heads(10))[0]?.at, T0);
  });

  test('an older event goes before one that comes at the moment when the wait opens', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE'), waitForId('first'), waitForId('second')]));
    const one = wish('w', { id: 1 });
    await store.workflows.start(one);
    await store.events.receive(eventFor(['w'], { id: 1, n: 'old' }));
    await store.idle();
    const done = { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' } as const;
    await Promise.all([
      store.workflows.transition(one.id, done, T0 + 2_000),
      store.events.receive(eventFor(['w'], { id: 1, n: 'new' }, { receivedAt: T0 + 2_000 })),
    ]);
    await store.idle();
    const { tasks } = (await store.workflows.get(one.id, { tasks: true })) ?? {};
    assert.deepEqual(
      tasks?.map(({ output }) => output.n),
      [undefined, 'old', 'new'],
    );
  });

  test('an event for one wait alone takes no second one when it is routed again', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const [first, second] = await startAll(store, 2);
    const event = routed(['w'], { id: 1 }, { deliver: 'oldest' });
    await store.events.receive(event);
    await store.idle();
    await store.events.route(event.eventId, { verdict: 'verified', route: event.route }, T0 + 9_000);
    await store.idle();
    assert.equal(await shortly(store, first ?? ''), DONE);
    assert.equal(await shortly(store, second ?? ''), OPEN);
  });

  test('an event for one wait alone that has had it is not found by a wait that opens later', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitWith({})]), define('v', [task('work', 'SIMPLE'), waitWith({})]));
    const routes = [{ deliver: 'oldest' }, { deliver: 'newest' }, { resumes: true }, {}] as const;
    for (const [i, route] of routes.entries()) {
      const [first, later] = [wish('w', { id: 1 }), wish('v', { id: 1 })];
      await store.workflows.start(first);
      await store.workflows.start(later);
      await store.events.receive(routed(['w', 'v'], { id: 1, i }, route));
      await store.idle();
      assert.equal(await shortly(store, first.id), DONE);
      await store.workflows.transition(later.id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED' }, T0 + 9);
      await store.idle();
      const isForAll = Object.keys(route).length === 0;
      assert.equal(
        await shortly(store, later.id),
        isForAll ? 'COMPLETED work:COMPLETED wait:COMPLETED' : 'RUNNING work:COMPLETED wait:IN_PROGRESS',
        JSON.stringify(route),
      );
      await store.workflows.transition(later.id, { type: 'terminate' }, T0 + 9);
    }
  });

  test('a wait that wants one event alone fails when several came before it, and takes a single one', async (t) => {
    const store = await (await database(t)).open({ core: { begin, transition } });
    await register(store, define('w', [task('work', 'SIMPLE'), waitWith({ deliver: 'one' })]));
    for (const count of [1, 2]) {
      const one = wish('w', {}, { now: T0 + count * 10_000 });
      await store.workflows.start(one);
      const events = Array.from({ length: count }, (_, i) =>
        eventFor(['w'], { id: 1, i }, { receivedAt: T0 + count * 10_000 + 1 + i }),
      );
      for (const event of events) await store.events.receive(event);
      await store.idle();
      const done = { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' } as const;
      await store.workflows.transition(one.id, done, T0 + count * 10_000 + 100);
      await store.idle();
      const wait = (await store.workflows.get(one.id, { tasks: true }))?.tasks.at(-1);
      if (count === 1) {
        assert.equal(wait?.status, 'COMPLETED');
        continue;
      }
      assert.equal(wait?.status, 'FAILED_WITH_TERMINAL_ERROR');
      assert.match(wait?.reason ?? '', /more than one event/);
      for (const { eventId } of events) {
        const record = await store.events.get(eventId);
        assert.equal(record?.matched, false);
        assert.match(record?.effects[0]?.reason ?? '', /more than one event/);
      }
    }
  });

  test('an event that did nothing is found, routed again, and does it once', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const event = eventFor(['other'], { id: 1, note: 'Straße 5%' });
    await store.events.receive(event);
    await store.events.receive(eventFor([], { id: 2 }, { verdict: 'refused', reason: 'wrong' }));
    await store.idle();
    const [one] = await startAll(store, 1);
    const unmatched = await store.events.search({ matched: false, text: 'STRASSE', limit: 10 });
    assert.equal(unmatched.length, 0, 'letters are compared as they are written');
    assert.deepEqual(
      (await store.events.search({ matched: false, text: ' 5%', limit: 10 })).map(({ eventId }) => eventId),
      [event.eventId],
    );
    assert.equal((await store.events.search({ verdicts: ['refused'], limit: 10 })).length, 1);
    const route = { ...(event.route as Route), receivers: [{ name: 'w', version: 1 }] };
    for (let i = 0; i < 2; i++) {
      assert.equal(await store.events.route(event.eventId, { verdict: 'verified', route }, T0 + 9_000), true);
      await store.idle();
    }
    assert.equal(await shortly(store, one ?? ''), DONE);
    assert.equal((await store.events.get(event.eventId))?.effects.length, 1);
    assert.equal(await store.events.route('nobody', { verdict: 'verified' }, T0), false);
  });

  test('more waits than a page, most of which refuse the event, are all asked', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitWith({ when: { path: 'n', op: '==', value: '${workflow.input.n}' } })]));
    const count = 1_100;
    const wishes = Array.from({ length: count }, (_, n) => wish('w', { n }, { now: T0 + n }));
    // The small rules of these tests fill in whole members only, so the condition stands as it is.
    await Promise.all(wishes.map((one) => store.workflows.start(one)));
    await store.events.receive(eventFor(['w'], { id: 1, n: count - 1 }));
    await store.idle();
    assert.equal(await shortly(store, wishes[count - 1]?.id ?? ''), DONE);
    assert.equal(await shortly(store, wishes[0]?.id ?? ''), OPEN);
  });
});
