// Messages for event handlers: kept in the commit that says them, settled once, with all that follows.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Decision } from '../../src/core/decision.ts';
import type { Errand } from '../../src/store/errand.ts';
import type { EventExecution, NewMessage } from '../../src/store/event-message.ts';
import type { Store } from '../../src/store/store.ts';
import { define, eventFor, onEach, register, shortly, T0, waitForId, wish } from './databases.ts';
import { begin, transition } from './fake-core.ts';

const message = (event: string, more: Partial<NewMessage> = {}): NewMessage => ({
  id: randomUUID(),
  event,
  kind: 'MESSAGE',
  createdAt: T0,
  payload: { a: [1, null] },
  ...more,
});

const execution = (of: NewMessage, handler: string, more: Partial<EventExecution> = {}): EventExecution => ({
  id: randomUUID(),
  handler,
  event: of.event,
  messageId: of.id,
  action: 'start_workflow',
  createdAt: T0 + 1,
  ...more,
});

const page = { offset: 0, limit: 10 };

async function settled(store: Store, messageId: string) {
  for (let look = 0; look < 1_000; look += 1) {
    await store.workflows.runDue(T0 + 10_000, 100);
    const rows = await store.messages.executions({ messageIds: [messageId], ...page });
    if (rows.every(({ outcome, state }) => outcome ?? state)) return rows;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return assert.fail('executions stay under way');
}

onEach('messages', (database) => {
  test('a message waits, the oldest first, until it is settled', async (t) => {
    const store = await (await database(t)).open();
    const [late, early] = [message('e', { createdAt: T0 + 5, traceId: 'trace' }), message('e', { createdAt: T0 + 1 })];
    for (const one of [late, early]) await store.messages.add(one);
    await store.messages.add(early);
    assert.deepEqual(
      (await store.messages.waiting(10)).map(({ id }) => id),
      [early.id, late.id],
    );
    assert.equal((await store.messages.waiting(1)).length, 1);
    assert.deepEqual(await store.messages.get(late.id), { ...late, status: 'RECEIVED' });
    const end = { executions: [], errands: [], now: T0 };
    assert.equal(await store.messages.settle(late.id, { status: 'REJECTED', note: 'nobody', ...end }), true);
    assert.equal(await store.messages.settle(late.id, { status: 'HANDLED', ...end }), false);
    assert.deepEqual(await store.messages.get(late.id), { ...late, status: 'REJECTED', note: 'nobody' });
    assert.deepEqual(
      (await store.messages.waiting(10)).map(({ id }) => id),
      [early.id],
    );
    assert.equal(await store.messages.settle('unknown', { status: 'HANDLED', ...end }), false);
  });

  test('of many that settle a message one does, and its errands are carried out once', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [waitForId()]));
    const one = message('e');
    await nodes[0]!.messages.add(one);
    const tries = Array.from({ length: 20 }, () => execution(one, 'h'));
    const won = await Promise.all(
      tries.map((made, i) => {
        const start: Errand = { id: made.id, type: 'start', start: { id: made.id, name: 'w', input: { id: 1 } } };
        const end = { status: 'HANDLED', executions: [made], errands: [start], now: T0 + 2 } as const;
        return nodes[i % 2]!.messages.settle(one.id, end);
      }),
    );
    assert.equal(won.filter(Boolean).length, 1);
    const rows = await settled(nodes[0]!, one.id);
    const winner = tries[won.indexOf(true)]!;
    assert.deepEqual(
      rows.map(({ id, outcome }) => [id, outcome?.ok, outcome?.workflowId]),
      [[winner.id, true, winner.id]],
    );
    const all = { sort: { by: 'name', descending: false }, ...page } as const;
    assert.equal((await nodes[1]!.workflows.search(all)).total, 1);
  });

  test('commands reach executions, and what became of them is noted', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const { id } = wish('w');
    await store.workflows.start(wish('w', { id: 1 }, { id }));
    const one = message('e');
    await store.messages.add(one);
    const [good, late, lost] = ['h1', 'h2', 'h3'].map((name) => execution(one, name));
    const complete = { type: 'updateTask', task: { ref: 'wait' }, status: 'COMPLETED', output: { by: 'e' } } as const;
    const errands: Errand[] = [
      { id: good!.id, type: 'command', workflowId: id, command: complete },
      { id: late!.id, type: 'command', workflowId: id, command: complete },
      { id: lost!.id, type: 'command', workflowId: 'nobody', command: { type: 'terminate' } },
    ];
    const executions = [good!, late!, lost!];
    await store.messages.settle(one.id, { status: 'HANDLED', executions, errands, now: T0 + 2 });
    const rows = await settled(store, one.id);
    const outcome = (name: string) => rows.find(({ handler }) => handler === name)?.outcome;
    assert.equal(await shortly(store, id), 'COMPLETED wait:COMPLETED');
    assert.equal(outcome('h1')?.ok, true);
    assert.deepEqual([outcome('h2')?.ok, outcome('h2')?.reason], [false, 'no such task']);
    assert.deepEqual([outcome('h3')?.ok, outcome('h3')?.reason], [false, 'there is no such execution']);
  });

  test('what an execution says is kept with the change that says it, and only then', async (t) => {
    const says = (decision: Decision): Decision => {
      if (decision.after.status !== 'COMPLETED') return decision;
      const said = { type: 'event', name: 'done', payload: { by: decision.after.id } } as const;
      return { ...decision, messages: [...decision.messages, said] };
    };
    const core = { begin, transition: (...args: Parameters<typeof transition>) => says(transition(...args)) };
    const store = await (await database(t)).open({ core });
    await register(store, define('w', [waitForId()]));
    const notices: boolean[] = [];
    store.subscribe((notice) => notices.push(notice.messages));
    const { id } = wish('w');
    await store.workflows.start(wish('w', { id: 1 }, { id, traceId: 'trace' }));
    assert.deepEqual(await store.messages.waiting(10), []);
    assert.ok(!notices.includes(true));
    const complete = { type: 'updateTask', task: { ref: 'wait' }, status: 'COMPLETED' } as const;
    await Promise.all([1, 2, 3].map(() => store.workflows.transition(id, complete, T0 + 7)));
    const [said, ...more] = await store.messages.waiting(10);
    assert.deepEqual(more, []);
    assert.deepEqual([said?.event, said?.payload, said?.createdAt], ['done', { by: id }, T0 + 7]);
    assert.ok(notices.includes(true));
  });

  test('a received webhook that is announced waits for handlers under its own id', async (t) => {
    const store = await (await database(t)).open();
    const event = eventFor([], { a: 1 }, { announce: 'webhook:shop' });
    await store.events.receive(event);
    await store.events.receive(event);
    await store.events.receive(eventFor([], { a: 1 }));
    const waiting = await store.messages.waiting(10);
    assert.deepEqual(
      waiting.map(({ id, kind, event: name, payload }) => [id, kind, name, payload]),
      [[event.eventId, 'WEBHOOK', 'webhook:shop', undefined]],
    );
  });

  test('lists are newest first, narrowed and counted', async (t) => {
    const store = await (await database(t)).open();
    const all = [
      message('a', { createdAt: T0 }),
      message('b', { createdAt: T0 + 1 }),
      message('a', { createdAt: T0 + 2 }),
    ];
    for (const one of all) {
      await store.messages.add(one);
      const executions = [
        execution(one, 'h1', { createdAt: one.createdAt, state: 'SKIPPED', reason: 'condition' }),
        execution(one, 'h2', { createdAt: one.createdAt, state: 'FAILED', reason: 'bad', details: { x: [null] } }),
      ];
      await store.messages.settle(one.id, { status: 'HANDLED', executions, errands: [], now: T0 });
    }
    const ids = async (query: object) => (await store.messages.list({ ...page, ...query })).map(({ id }) => id);
    assert.deepEqual(await ids({}), [all[2]?.id, all[1]?.id, all[0]?.id]);
    assert.deepEqual(await ids({ event: 'a', offset: 1 }), [all[0]?.id]);
    const executions = await store.messages.executions({ handler: 'h2', ...page, limit: 1 });
    assert.deepEqual(
      executions.map(({ messageId, state, reason, details }) => [messageId, state, reason, details]),
      [[all[2]?.id, 'FAILED', 'bad', { x: [null] }]],
    );
    assert.deepEqual(await store.messages.countByEvent(), [
      { event: 'a', messages: 2 },
      { event: 'b', messages: 1 },
    ]);
    assert.deepEqual(await store.messages.countByHandler(), [
      { handler: 'h1', event: 'a', executions: 2 },
      { handler: 'h1', event: 'b', executions: 1 },
      { handler: 'h2', event: 'a', executions: 2 },
      { handler: 'h2', event: 'b', executions: 1 },
    ]);
  });
});
