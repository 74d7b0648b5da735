// Events and waits: stored once, matched both ways, each event consumed once by an execution, nothing lost in a race.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { WorkflowTask } from '../../src/core/model.ts';
import { define, eventFor, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';
import { withSessions } from './watched-driver.ts';

const loop = (times: number): WorkflowTask =>
  task('again', 'LOOP', { inputParameters: { matches: { '$.id': '${workflow.input.id}' }, times } });

onEach('events', (database, dialect) => {
  test('an event completes the wait that expects it, with the payload as output, and says so', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const [a, b] = [wish('w', { id: 'A' }), wish('w', { id: 'B' })];
    await Promise.all([store.workflows.start(a), store.workflows.start(b)]);
    const event = eventFor(['w'], { id: 'A', deep: { x: [1] } });
    assert.deepEqual(await store.events.receive(event), { type: 'stored', eventId: event.eventId });
    await store.idle();
    assert.equal(await shortly(store, a.id), 'COMPLETED wait:COMPLETED');
    assert.equal(await shortly(store, b.id), 'RUNNING wait:IN_PROGRESS');
    assert.deepEqual((await store.workflows.get(a.id, { tasks: true }))?.tasks[0]?.output, {
      id: 'A',
      deep: { x: [1] },
    });
    const record = await store.events.get(event.eventId);
    assert.equal(record?.matched, true);
    assert.deepEqual(record?.effects, [
      { type: 'completed', workflowId: a.id, workflowName: 'w', taskRef: 'wait', at: event.receivedAt },
    ]);
  });

  test('all equal waits are completed, of several workflows, versions apart', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]), define('v', [waitForId()]), define('w', [waitForId()], 2));
    const one = [wish('w', { id: 1 }, { version: 1 }), wish('w', { id: 1 }, { version: 1 }), wish('v', { id: 1 })];
    const other = wish('w', { id: 1 }, { version: 2 });
    await Promise.all([...one, other].map((w) => store.workflows.start(w)));
    await store.events.receive(eventFor(['w', 'v'], { id: 1 }));
    await store.idle();
    for (const { id } of one) assert.equal(await shortly(store, id), 'COMPLETED wait:COMPLETED');
    assert.equal(await shortly(store, other.id), 'RUNNING wait:IN_PROGRESS');
  });

  test('a duplicate is answered with the event it repeats, also when both come at once', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    const events = Array.from({ length: 20 }, () => eventFor([], { id: 1 }, { dedupeKey: 'same' }));
    const results = await Promise.all(events.map((event, i) => nodes[i % 2]!.events.receive(event)));
    assert.equal(results.filter(({ type }) => type === 'stored').length, 1);
    assert.equal(new Set(results.map(({ eventId }) => eventId)).size, 1);
    assert.equal(
      (await nodes[0]!.events.receive(eventFor([], {}, { dedupeKey: 'same', webhookId: 'other' }))).type,
      'stored',
    );
    assert.equal((await nodes[1]!.events.list({ webhookId: 'hook', limit: 50 })).length, 1);
  });

  test('how often an event came again is counted, by several nodes at once, under either of its names', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    const named = (n: number) => eventFor([], { n }, { dedupeKey: 'same', receivedAt: T0 + n });
    const first = await nodes[0]!.events.receive(named(0));
    const again = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => nodes[n % 2]!.events.receive(named(n))));
    assert.ok(again.every(({ type, eventId }) => type === 'duplicate' && eventId === first.eventId));
    const record = await nodes[0]!.events.get(first.eventId);
    assert.equal(record?.repeated?.times, 6);
    assert.ok((record?.repeated?.lastAt ?? 0) > T0);
    const last = { dedupeKey: 'other', alsoKey: 'same', receivedAt: T0 + 9 };
    assert.equal((await nodes[1]!.events.receive(eventFor([], {}, last))).type, 'duplicate');
    const [listed] = await nodes[1]!.events.list({ webhookId: 'hook', limit: 5 });
    assert.deepEqual(listed?.repeated, { times: 7, lastAt: T0 + 9 });
    const once = await nodes[0]!.events.receive(eventFor([], {}, { dedupeKey: 'once' }));
    assert.equal((await nodes[0]!.events.get(once.eventId))?.repeated, undefined);
  });

  test('a duplicate that cannot be counted is answered all the same, and an event that is new writes no count', async (t) => {
    const tables: string[] = [];
    let broken = false;
    const store = await (await database(t)).open({
      wrap: withSessions((inner) => ({
        async commit(units) {
          const written = units.flatMap(({ changes }) => changes.map(({ table }) => table));
          tables.push(...written);
          if (!broken || !written.includes('event_repeat')) return inner.commit(units);
          await inner.end();
          throw new Error('the disk is full');
        },
      })),
    });
    const first = await store.events.receive(eventFor([], {}, { dedupeKey: 'same' }));
    assert.deepEqual(
      tables.filter((table) => table === 'event_repeat' || table === 'event_replay'),
      [],
    );
    broken = true;
    const answer = await store.events.receive(eventFor([], {}, { dedupeKey: 'same' }));
    assert.deepEqual(answer, { type: 'duplicate', eventId: first.eventId });
    assert.ok(tables.includes('event_repeat'));
    assert.equal((await store.events.get(first.eventId))?.repeated, undefined);
  });

  test('an event names its replays, the newest first; they go with it', async (t) => {
    const store = await (await database(t)).open();
    const original = eventFor([], { id: 1 }, { dedupeKey: 'same', receivedAt: T0 });
    await store.events.receive(original);
    await store.events.receive({ ...original, eventId: randomUUID() });
    const replays = [1, 2].map((n) =>
      eventFor([], { id: n }, { receivedAt: T0 + n, about: { replayOf: original.eventId, isEdited: n === 2 } }),
    );
    for (const replay of replays) await store.events.receive(replay);
    const found = await store.events.get(original.eventId);
    assert.deepEqual(found?.replays, [
      { eventId: replays[1]?.eventId, receivedAt: T0 + 2, isEdited: true },
      { eventId: replays[0]?.eventId, receivedAt: T0 + 1, isEdited: false },
    ]);
    assert.equal((await store.events.get(replays[0]!.eventId))?.replays, undefined);
    const step = { now: T0 + 9, before: T0 + 2, limit: 10 };
    assert.equal((await store.retention.sweep('events', step)).removed, 2);
    assert.equal(await store.events.get(replays[0]!.eventId), undefined);
  });

  test('with one writer an event has met its waits when it is answered', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const wishes = [1, 2].map((id) => wish('w', { id }));
    for (const one of wishes) await store.workflows.start(one);
    await Promise.all(
      [1, 2].map((id) => store.events.receive(eventFor(['w'], { id }, { dedupeKey: `delivery ${id}` }))),
    );
    if (dialect === 'sqlite')
      for (const { id } of wishes) assert.equal(await shortly(store, id), 'COMPLETED wait:COMPLETED');
    await store.idle();
    for (const { id } of wishes) assert.equal(await shortly(store, id), 'COMPLETED wait:COMPLETED');
  });

  test('the same event sent again by its id is stored once and does its work once', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [loop(3)]));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    const event = eventFor(['w'], { id: 1 });
    await store.events.receive(event);
    await store.idle();
    assert.deepEqual(await store.events.receive(event), { type: 'stored', eventId: event.eventId });
    await store.idle();
    assert.equal(await shortly(store, a.id), 'RUNNING again__1:COMPLETED again__2:IN_PROGRESS');
  });

  test('an event that came before the wait opened, but after the start, completes it once', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('work', 'SIMPLE'), waitForId('first'), waitForId('second')]));
    const early = eventFor(['w'], { id: 1 }, { receivedAt: T0 - 1 });
    await store.events.receive(early);
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    const event = eventFor(['w'], { id: 1 });
    await store.events.receive(event);
    await store.idle();
    assert.equal(await shortly(store, a.id), 'RUNNING work:SCHEDULED');
    await store.workflows.transition(
      a.id,
      { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
      T0 + 2_000,
    );
    await store.idle();
    assert.equal(await shortly(store, a.id), 'RUNNING work:COMPLETED first:COMPLETED second:IN_PROGRESS');
    assert.equal((await store.events.get(early.eventId))?.matched, false);
    assert.equal((await store.events.get(event.eventId))?.effects.length, 1);
  });

  test('a loop consumes the events in the order of their arrival, each once', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [loop(5)]));
    const a = wish('w', { id: 1 });
    await store.workflows.start(a);
    await Promise.all(
      [0, 1, 2, 3].map((i) => store.events.receive(eventFor(['w'], { id: 1, i }, { receivedAt: T0 + i }))),
    );
    await store.idle();
    await store.events.receive(eventFor(['w'], { id: 1, i: 4 }, { receivedAt: T0 + 4 }));
    await store.idle();
    const workflow = await store.workflows.get(a.id, { tasks: true });
    assert.equal(workflow?.status, 'COMPLETED');
    assert.deepEqual(
      workflow?.tasks.map(({ output }) => output.i),
      [0, 1, 2, 3, 4],
    );
  });

  test('waits for any event and for paths that the definition does not name', async (t) => {
    const store = await (await database(t)).open();
    await register(
      store,
      define('any', [task('work', 'SIMPLE'), task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {} } })]),
      define('made', [
        task('work', 'SIMPLE'),
        task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: '${workflow.input.m}' } }),
      ]),
    );
    const [any, made] = [wish('any'), wish('made', { m: { '$.a.b': 'x' } })];
    await Promise.all([store.workflows.start(any), store.workflows.start(made)]);
    // Nobody has ever waited for $.a.b: the entries for it are made when the wait opens.
    await store.events.receive(eventFor(['any', 'made'], { a: { b: 'x' } }));
    await store.events.receive(eventFor(['any', 'made'], { a: { b: 'y' } }));
    await store.idle();
    for (const { id } of [any, made])
      await store.workflows.transition(
        id,
        { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
        T0 + 5_000,
      );
    await store.idle();
    assert.equal(await shortly(store, any.id), 'COMPLETED work:COMPLETED wait:COMPLETED');
    assert.equal(await shortly(store, made.id), 'COMPLETED work:COMPLETED wait:COMPLETED');
    assert.deepEqual((await store.workflows.get(made.id, { tasks: false }))?.output, { a: { b: 'x' } });
  });

  test('one event for more waits than one look shows', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const wishes = Array.from({ length: 1_203 }, () => wish('w', { id: 'all' }));
    await Promise.all(wishes.map((w) => store.workflows.start(w)));
    const event = eventFor(['w'], { id: 'all' });
    await store.events.receive(event);
    await store.idle();
    const page = await store.workflows.search({
      statuses: ['COMPLETED'],
      sort: { by: 'startedAt', descending: false },
      offset: 0,
      limit: 1,
    });
    assert.equal(page.total, wishes.length);
    assert.equal((await store.events.get(event.eventId))?.effects.length, wishes.length);
  });

  test('an event starts executions, once, and does not complete waits in them', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]), define('v', [waitForId()]));
    const starts = [
      { name: 'w', version: 1 },
      { name: 'v', version: 1, idempotencyKey: 'k', idempotencyStrategy: 'RETURN_EXISTING' as const },
      { name: 'v', version: 9 },
    ];
    const events = [eventFor(['w', 'v'], { id: 1 }, { starts }), eventFor(['w', 'v'], { id: 2 }, { starts })];
    await store.events.receive(events[0]!);
    await store.idle();
    await store.events.receive(events[1]!);
    await store.events.receive(events[0]!);
    await store.idle();
    const page = await store.workflows.search({ sort: { by: 'startedAt', descending: false }, offset: 0, limit: 10 });
    assert.deepEqual(page.rows.map(({ name }) => name).sort(), ['v', 'w', 'w']);
    for (const { id } of page.rows) assert.match(await shortly(store, id), /^RUNNING wait:IN_PROGRESS$/);
    const types = async (i: number) =>
      (await store.events.get(events[i]!.eventId))?.effects.map(({ type }) => type).sort();
    assert.deepEqual(await types(0), ['failed', 'started', 'started']);
    assert.deepEqual(await types(1), ['existing', 'failed', 'started']);
    assert.equal(page.rows.find(({ name }) => name === 'v')?.event, `hook:${events[0]!.eventId}`);
  });

  test('refused events and those that are not JSON objects are kept and match nothing', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: {} } })]));
    const a = wish('w');
    await store.workflows.start(a);
    const { route: _, ...refused } = eventFor(['w'], {}, { verdict: 'refused', reason: 'bad signature' });
    const broken = eventFor(['w'], {}, { body: Buffer.from([0xff, 0x00, 0x7b]) });
    await Promise.all([refused, broken, eventFor(['w'], [1])].map((event) => store.events.receive(event)));
    await store.idle();
    assert.equal(await shortly(store, a.id), 'RUNNING wait:IN_PROGRESS');
    assert.equal((await store.events.get(refused.eventId))?.reason, 'bad signature');
    const record = await store.events.get(broken.eventId);
    assert.deepEqual([...(record?.body ?? [])], [0xff, 0x00, 0x7b]);
    assert.equal(record?.effects[0]?.type, 'failed');
  });

  test('events are listed newest first, page by page', async (t) => {
    const store = await (await database(t)).open();
    const events = Array.from({ length: 7 }, (_, i) => eventFor([], { i }, { receivedAt: T0 + i }));
    for (const event of events) await store.events.receive(event);
    await store.events.receive(eventFor([], {}, { webhookId: 'other' }));
    const first = await store.events.list({ webhookId: 'hook', limit: 4 });
    const rest = await store.events.list({ webhookId: 'hook', limit: 4, beforeSeq: first.at(-1)!.seq });
    assert.deepEqual(
      [...first, ...rest].map(({ eventId }) => eventId),
      events.map(({ eventId }) => eventId).reverse(),
    );
  });

  test('event and wait at the same moment, on two nodes, in every order: exactly once', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [task('work', 'SIMPLE'), waitForId()]));
    const pairs = Array.from({ length: 60 }, (_, i) => ({
      wish: wish('w', { id: i }),
      event: eventFor(['w'], { id: i }),
    }));
    await Promise.all(pairs.map(({ wish }) => nodes[0]!.workflows.start(wish)));
    const open = (i: number, id: string) =>
      nodes[i % 2]!.workflows.transition(
        id,
        { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
        T0 + 1_500,
      );
    await Promise.all(
      pairs.flatMap(({ wish, event }, i) => {
        const opening = () => open(i, wish.id);
        const receiving = () => nodes[(i + 1) % 2]!.events.receive(event);
        return i % 3 === 0
          ? [opening(), receiving()]
          : i % 3 === 1
            ? [receiving(), opening()]
            : [new Promise(setImmediate).then(opening), receiving()];
      }),
    );
    for (const node of nodes) await node.idle();
    for (const { wish, event } of pairs) {
      assert.equal(await shortly(nodes[0]!, wish.id), 'COMPLETED work:COMPLETED wait:COMPLETED');
      assert.equal((await nodes[1]!.events.get(event.eventId))?.effects.length, 1);
    }
  });

  test('a shape that is new on one node is matched by events received on another', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    for (let i = 0; i < 12; i++) {
      // Each round has a set of paths that no node has seen, and a wait that opens while the event comes in.
      const name = `w${i}`;
      await register(
        nodes[0]!,
        define(name, [
          task('work', 'SIMPLE'),
          task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: '${workflow.input.m}' } }),
        ]),
      );
      const a = wish(name, { m: { [`$.p${i}`]: 'x' } });
      await nodes[0]!.workflows.start(a);
      await Promise.all([
        nodes[0]!.workflows.transition(
          a.id,
          { type: 'updateTask', task: { ref: 'work' }, status: 'COMPLETED' },
          T0 + 10,
        ),
        nodes[1]!.events.receive(eventFor([name], { [`p${i}`]: 'x' })),
      ]);
      for (const node of nodes) await node.idle();
      assert.equal(await shortly(nodes[1]!, a.id), 'COMPLETED work:COMPLETED wait:COMPLETED');
    }
  });

  test('the same event routed by two nodes at once does its work once', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [loop(9)]), define('s', [waitForId()]));
    const wishes = Array.from({ length: 20 }, (_, i) => wish('w', { id: i % 4 }));
    await Promise.all(wishes.map((w) => nodes[0]!.workflows.start(w)));
    const events = [0, 1, 2, 3].map((id) =>
      eventFor(['w'], { id }, { eventId: randomUUID(), starts: [{ name: 's', version: 1 }] }),
    );
    await Promise.all(events.flatMap((event) => nodes.map((node) => node.events.receive(event))));
    for (const node of nodes) await node.idle();
    for (const { id } of wishes)
      assert.equal(await shortly(nodes[0]!, id), 'RUNNING again__1:COMPLETED again__2:IN_PROGRESS');
    const page = await nodes[0]!.workflows.search({
      names: ['s'],
      sort: { by: 'startedAt', descending: false },
      offset: 0,
      limit: 1,
    });
    assert.equal(page.total, events.length);
  });
});
