// Flows, their webhooks and deliveries: written with the change that causes them, seen by every node, settled once.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Delivery, FanOut, Waiting } from '../../src/store/delivery.ts';
import type { FlowRow, FlowWebhookRow } from '../../src/store/flow.ts';
import type { Store } from '../../src/store/store.ts';
import { define, onEach, register, T0, task, wish } from './databases.ts';

const flow = (rev: number, more: Partial<FlowRow> = {}): FlowRow => ({
  name: 'w',
  owner: 'ann',
  rev,
  createdAt: T0,
  updatedAt: T0,
  ...more,
});

const webhook = (id: string, more: Partial<FlowWebhookRow> = {}): FlowWebhookRow => ({
  id,
  flow: 'w',
  enabled: true,
  rev: 1,
  config: { name: id },
  createdBy: 'ann',
  createdAt: T0,
  updatedAt: T0,
  ...more,
});

/** One delivery for each end and webhook; the order key is the execution's `key`. */
const fanOut: FanOut = (workflow, messages, webhooks) =>
  messages
    .filter((message) => message.type === 'workflowChanged')
    .flatMap(({ to }) =>
      webhooks.map(({ id, config }) => ({
        webhookId: id,
        cause: to,
        data: { input: workflow.input },
        ...(typeof workflow.input.key === 'string' && { orderKey: workflow.input.key }),
        ...(config.unsendable === true && { unsendable: 'too large' }),
      })),
    );

const run = async (store: Store, input = {}, now = T0): Promise<string> => {
  const started = await store.workflows.start(wish('w', input, { now }));
  assert.equal(started.type, 'started');
  return (started as { id: string }).id;
};

const all = (store: Store, query = {}) => store.deliveries.search({ offset: 0, limit: 100, ...query });
const waiting = async (store: Store, now = T0): Promise<readonly Waiting[]> =>
  (await store.deliveries.waiting(now, 100)).waiting;
const claimAll = async (store: Store, now = T0): Promise<readonly Delivery[]> =>
  store.deliveries.claim(await waiting(store, now), now + 60_000);

onEach('deliveries', (database) => {
  const open = async (t: Parameters<typeof database>[0], nodes = 1): Promise<Store[]> => {
    const db = await database(t);
    const stores: Store[] = [];
    for (let i = 0; i < nodes; i += 1) stores.push(await db.open({ fanOut }));
    await register(stores[0]!, define('w', [task('a', 'NOOP')]), define('other', [task('a', 'NOOP')]));
    return stores;
  };

  test('a flow and its webhooks come back as they were written', async (t) => {
    const [store] = await open(t);
    const full = webhook('a\u0000b', { enabled: false, config: { secret: 'x\u0000', list: [1, null] } });
    assert.equal(await store!.flows.change(flow(1), 0, { put: [full] }), true);
    assert.deepEqual(await store!.flows.get('w'), flow(1));
    assert.deepEqual(await store!.flows.webhooks('w'), [full]);
    assert.deepEqual(await store!.flows.webhook('a\u0000b'), full);
    assert.deepEqual(await store!.flows.list(), [flow(1)]);
    assert.equal(await store!.flows.change(flow(2, { owner: 'bob' }), 1, { remove: ['a\u0000b'] }), true);
    assert.deepEqual(await store!.flows.webhooks('w'), []);
    assert.equal((await store!.flows.get('w'))?.owner, 'bob');
    assert.equal(await store!.flows.get('nobody'), undefined);
  });

  test('of many changes at once one holds', async (t) => {
    const nodes = await open(t, 2);
    const won = await Promise.all(
      Array.from({ length: 10 }, (_, i) => nodes[i % 2]!.flows.change(flow(1), 0, { put: [webhook(`h${i}`)] })),
    );
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal((await nodes[0]!.flows.webhooks('w')).length, 1);
    assert.equal(await nodes[1]!.flows.change(flow(2), 1, { put: [webhook('next')] }), true);
    assert.equal(await nodes[0]!.flows.change(flow(2), 1, { put: [webhook('late')] }), false);
  });

  test('what begins after a webhook was made, changed or removed on any node sees it so', async (t) => {
    const nodes = await open(t, 2);
    const wanted: string[] = [];
    let rev = 0;
    for (let round = 0; round < 12; round += 1) {
      const [writer, runner] = round % 2 ? nodes : nodes.toReversed();
      const enabled = round % 3 !== 2;
      assert.equal(await writer!.flows.change(flow(rev + 1), rev, { put: [webhook('h', { enabled })] }), true);
      rev += 1;
      const id = await run(runner!, {}, T0 + round);
      if (enabled) wanted.push(id);
    }
    await nodes[0]!.flows.change(flow(rev + 1), rev, { remove: ['h'] });
    await run(nodes[1]!, {}, T0 + 50);
    const { rows } = await all(nodes[0]!);
    assert.deepEqual(rows.map(({ workflowId }) => workflowId).toReversed(), wanted);
  });

  test('a delivery lies beside the change that caused it, and only for its flow', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h1'), webhook('h2')] });
    const id = await run(store!, { text: 'grüße \u0000' });
    await store!.workflows.start(wish('other'));
    const { total, rows } = await all(store!, { workflowIds: [id] });
    assert.equal(total, 2);
    assert.equal((await all(store!)).total, 2);
    const [first] = rows;
    assert.deepEqual(first, {
      ...first,
      flow: 'w',
      workflowId: id,
      cause: 'COMPLETED',
      status: 'PENDING',
      rev: 1,
      attempts: 0,
      tries: 0,
      createdAt: T0,
      nextAt: T0,
      data: { input: { text: 'grüße \u0000' } },
    });
    assert.deepEqual((await waiting(store!)).map(({ webhookId }) => webhookId).sort(), ['h1', 'h2']);
  });

  test('a commit that brings deliveries says so', async (t) => {
    const [store] = await open(t);
    const notices: boolean[] = [];
    store!.subscribe(({ deliveries }) => notices.push(deliveries));
    await run(store!);
    await store!.idle();
    assert.equal(notices.includes(true), false);
    await store!.flows.change(flow(1), 0, { put: [webhook('h')] });
    await run(store!);
    await store!.idle();
    assert.equal(notices.includes(true), true);
  });

  test('what can never be sent is kept as failed and does not wait', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h', { config: { unsendable: true } })] });
    await run(store!);
    const { rows } = await all(store!);
    assert.deepEqual([rows[0]?.status, rows[0]?.outcome], ['FAILED', 'too large']);
    assert.deepEqual(await waiting(store!), []);
  });

  test('a delivery is tried, put off, tried again and done, with every attempt kept', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h')] });
    await run(store!);
    const [first] = await claimAll(store!);
    assert.ok(first);
    const attempt = (n: number) => ({ at: T0 + n, data: { status: 500 + n } });
    assert.equal(
      await store!.deliveries.settle({
        expected: first,
        status: 'PENDING',
        outcome: '501',
        now: T0 + 1,
        attempt: attempt(1),
        nextAt: T0 + 5_000,
      }),
      true,
    );
    assert.deepEqual(await waiting(store!, T0 + 4_999), []);
    const [second] = await claimAll(store!, T0 + 5_000);
    assert.deepEqual([second?.id, second?.attempts, second?.nextAt], [first.id, 1, T0 + 5_000]);
    const done = {
      expected: second!,
      status: 'DELIVERED',
      outcome: '200',
      now: T0 + 6_000,
      attempt: attempt(2),
    } as const;
    assert.equal(await store!.deliveries.settle(done), true);
    assert.equal(await store!.deliveries.settle(done), false, 'a second settlement of the same claim is refused');
    const after = await store!.deliveries.get(first.id);
    assert.deepEqual(
      [after?.status, after?.attempts, after?.outcome, after?.nextAt],
      ['DELIVERED', 2, '200', undefined],
    );
    assert.deepEqual(after?.data, first.data);
    assert.deepEqual(await store!.deliveries.attempts(first.id), [
      { n: 1, ...attempt(1) },
      { n: 2, ...attempt(2) },
    ]);
    assert.deepEqual(await waiting(store!, T0 + 90_000), []);
  });

  test('one that has ended can be sent again, under the same id, once', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h')] });
    await run(store!);
    const [first] = await claimAll(store!);
    assert.equal(await store!.deliveries.resend(first!.id, T0), false, 'it waits already');
    await store!.deliveries.settle({
      expected: first!,
      status: 'FAILED',
      outcome: 'dns',
      now: T0,
      attempt: { at: T0, data: {} },
    });
    assert.deepEqual(
      await Promise.all([1, 2].map((n) => store!.deliveries.resend(first!.id, T0 + 100 + n))).then(
        (won) => won.filter(Boolean).length,
      ),
      1,
    );
    const [again] = await claimAll(store!, T0 + 200);
    assert.deepEqual([again?.id, again?.attempts, again?.tries], [first!.id, 1, 0]);
    assert.equal(await store!.deliveries.resend(randomUUID(), T0), false);
  });

  test('with an order only the oldest of each key waits, also while it is put off', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h')] });
    const ids: string[] = [];
    for (const [i, key] of ['x', 'x', 'y', 'x', 'y'].entries()) ids.push(await run(store!, { key, i }, T0 + i));
    const heads = async (now: number) =>
      (await claimAll(store!, now)).map(({ workflowId }) => ids.indexOf(workflowId)).sort();
    assert.deepEqual(await heads(T0 + 10), [0, 2]);
    const first = (await all(store!, { workflowIds: [ids[0]] })).rows[0]!;
    const later = T0 + 1_000_000;
    await store!.deliveries.settle({ expected: first, status: 'PENDING', outcome: '500', now: T0, nextAt: later });
    const places = await waiting(store!, T0 + 200_000);
    assert.deepEqual(
      places.map(({ due }) => due),
      [later, T0 + 2],
      'it still stands before those behind it',
    );
    const put = (await all(store!, { workflowIds: [ids[0]] })).rows[0]!;
    await store!.deliveries.settle({ expected: put, status: 'FAILED', outcome: '500', now: T0 });
    assert.deepEqual(await heads(T0 + 300_000), [1, 2]);
  });

  test('many keys take turns', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h')] });
    await Promise.all(Array.from({ length: 400 }, (_, i) => run(store!, { key: `k${1_000 + i}` })));
    const seen = new Set<string>();
    for (let look = 0; look < 3; look += 1) for (const { lane } of await waiting(store!)) seen.add(lane);
    assert.equal(seen.size, 400);
  });

  test('one webhook with a long backlog leaves room for the others', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('noisy')] });
    await Promise.all(Array.from({ length: 300 }, () => run(store!)));
    await store!.flows.change(flow(2), 1, { put: [webhook('quiet')], remove: ['noisy'] });
    await run(store!, {}, T0 + 1);
    const { waiting: places, webhooks } = await store!.deliveries.waiting(T0 + 1, 20);
    assert.deepEqual(
      ['noisy', 'quiet'].map((id) => places.filter(({ webhookId }) => webhookId === id).length),
      [20, 1],
    );
    assert.deepEqual(
      webhooks.map(({ id }) => id),
      ['quiet'],
    );
  });

  test('they are found by flow, webhook, execution, status, time and text', async (t) => {
    const [store] = await open(t);
    await store!.flows.change(flow(1), 0, { put: [webhook('h1'), webhook('h2')] });
    const a = await run(store!, { note: '100% Sure' }, T0);
    const b = await run(store!, {}, T0 + 10);
    const count = async (query = {}) => (await all(store!, query)).total;
    assert.equal(await count({ flows: ['w'] }), 4);
    assert.equal(await count({ flows: ['other'] }), 0);
    assert.equal(await count({ webhookIds: ['h1'] }), 2);
    assert.equal(await count({ workflowIds: [a] }), 2);
    assert.equal(await count({ statuses: ['FAILED', 'DELIVERED'] }), 0);
    assert.equal(await count({ createdFrom: T0 + 1, createdTo: T0 + 10 }), 2);
    assert.equal(await count({ text: '100% sure' }), 2);
    assert.equal(await count({ text: '100_ sure' }), 0);
    const page = await all(store!, { limit: 1, offset: 1 });
    assert.deepEqual([page.total, page.rows.map(({ workflowId }) => workflowId)], [4, [b]]);
  });
});

onEach('claims', (database, kind) => {
  test('of two nodes one sends each, and one that died is taken over', {
    skip: kind === 'sqlite' && 'one writer',
  }, async (t) => {
    const db = await database(t);
    const nodes = [await db.open({ fanOut }), await db.open({ fanOut })];
    await register(nodes[0]!, define('w', [task('a', 'NOOP')]));
    await nodes[0]!.flows.change(flow(1), 0, { put: [webhook('h')] });
    await Promise.all(Array.from({ length: 40 }, () => run(nodes[0]!)));
    const places = await waiting(nodes[0]!);
    const [left, right] = await Promise.all(nodes.map((node) => node.deliveries.claim(places, T0 + 60_000)));
    assert.equal(new Set([...left!, ...right!].map(({ id }) => id)).size, 40);
    assert.equal(left!.length + right!.length, 40);
    assert.deepEqual(await waiting(nodes[0]!, T0 + 59_999), []);
    const taken = await claimAll(nodes[1]!, T0 + 60_000);
    assert.equal(taken.length, 40);
    const [late] = left!.length ? left! : right!;
    const again = taken.find(({ id }) => id === late!.id)!;
    const settle = (expected: Delivery) =>
      nodes[0]!.deliveries.settle({ expected, status: 'DELIVERED', outcome: '200', now: T0 });
    assert.deepEqual([await settle(again), await settle(late!)], [true, false]);
    await nodes[0]!.deliveries.release(taken.find(({ id }) => id !== late!.id)!);
    assert.equal((await waiting(nodes[1]!, T0 + 60_000)).length, 1);
  });
});
