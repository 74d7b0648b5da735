// Deliveries where several senders work at once: two nodes on PostgreSQL, and whichever way an execution was started.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { createIds } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/lib/metrics.ts';
import { fanOut } from '../../src/outbound/fan-out.ts';
import { createSender } from '../../src/outbound/sender.ts';
import { openStore } from '../../src/store/open.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { freshDatabase } from '../support/postgres.ts';
import { loopbackGuard, openClient, receive } from './local-receiver.ts';
import { defaults, instant, rig } from './sending.ts';

async function node(t: TestContext, url: string, clock: FakeClock) {
  const ids = createIds(clock.now);
  const env = {
    newId: ids.next,
    random: ids.random,
    evaluate: () => ({ ok: false as const, reason: 'no scripts here' }),
  };
  const store = await openStore({ url, env, fanOut });
  const sender = createSender({
    ...{ store, client: openClient(t), guard: loopbackGuard, clock, ids },
    ...{ log: createLog('silent'), metrics: createMetrics({ process: false }) },
  });
  return { store, sender };
}

test('two nodes on one database send each delivery once', async (t) => {
  const receiver = await receive(t);
  const { url, drop } = await freshDatabase();
  const clock = new FakeClock();
  const nodes = [await node(t, url, clock), await node(t, url, clock)];
  t.after(async () => {
    for (const { sender, store } of nodes) await sender.stop().then(() => store.close());
    await drop();
  });
  const now = clock.now();
  const [first] = nodes;
  assert.ok(first);
  await first.store.definitions.putWorkflow(instant('w'), { overwrite: true, now });
  const row = { id: 'h', flow: 'w', enabled: true, rev: 1, createdBy: 'ann', createdAt: now, updatedAt: now };
  const config = { ...defaults, url: receiver.url } as unknown as JsonObject;
  await first.store.flows.change({ name: 'w', owner: 'ann', rev: 1, createdAt: now, updatedAt: now }, 0, {
    put: [{ ...row, config }],
  });
  const start = (i: number) => nodes[i % 2]?.store.workflows.start({ id: randomUUID(), name: 'w', input: {}, now });
  await Promise.all(Array.from({ length: 150 }, (_, i) => start(i)));
  for (let goesOn = true; goesOn; ) {
    const wishes = await Promise.all(nodes.map(({ sender }) => sender.runOnce()));
    const sent = await Promise.all(nodes.map(({ sender }) => sender.settled()));
    goesOn = wishes.includes(0) || sent.some((count) => count > 0);
  }
  assert.equal(receiver.requests.length, 150);
  assert.equal(new Set(receiver.requests.map(({ headers }) => headers['x-webhook-delivery'])).size, 150);
  assert.equal((await first.store.deliveries.search({ statuses: ['DELIVERED'], offset: 0, limit: 0 })).total, 150);
});

test('two nodes on one database keep one rate', async (t) => {
  const receiver = await receive(t);
  const { url, drop } = await freshDatabase();
  const clock = new FakeClock();
  const nodes = [await node(t, url, clock), await node(t, url, clock)];
  t.after(async () => {
    for (const { sender, store } of nodes) await sender.stop().then(() => store.close());
    await drop();
  });
  const now = clock.now();
  const { store } = nodes[0] as (typeof nodes)[number];
  await store.definitions.putWorkflow(instant('w'), { overwrite: true, now });
  const config = { ...defaults, url: receiver.url, rateLimit: { perSecond: 2, burst: 3 } } as unknown as JsonObject;
  const row = { id: 'h', flow: 'w', enabled: true, rev: 1, createdBy: 'ann', createdAt: now, updatedAt: now };
  await store.flows.change({ name: 'w', owner: 'ann', rev: 1, createdAt: now, updatedAt: now }, 0, {
    put: [{ ...row, config }],
  });
  for (let i = 0; i < 12; i += 1)
    await nodes[i % 2]?.store.workflows.start({ id: randomUUID(), name: 'w', input: {}, now });
  const round = async (): Promise<number> => {
    for (let goesOn = true; goesOn; ) {
      const wishes = await Promise.all(nodes.map(({ sender }) => sender.runOnce()));
      const sent = await Promise.all(nodes.map(({ sender }) => sender.settled()));
      goesOn = wishes.includes(0) || sent.some((count) => count > 0);
    }
    return receiver.requests.length;
  };
  assert.equal(await round(), 3, 'the burst');
  for (const expected of [5, 7, 9, 11, 12]) {
    await clock.advance(1_000);
    assert.equal(await round(), expected);
  }
  assert.equal(new Set(receiver.requests.map(({ headers }) => headers['x-webhook-delivery'])).size, 12);
});

test('an execution that a schedule starts says what one says that a person starts', async (t) => {
  const receiver = await receive(t);
  const { store, clock, hook, send } = await rig(t);
  await hook('h', { url: receiver.url });
  const [id, workflowId, now] = [randomUUID(), randomUUID(), clock.now()];
  const record = {
    ...{ id, workflowId, scheduleName: 'nightly', workflowName: 'w', zoneId: 'UTC' },
    scheduledAt: now,
    executedAt: now,
  };
  const start = { id: workflowId, name: 'w', input: {} };
  await store.schedules.addRun({ ...record, request: { name: 'w' } }, { id, type: 'start', start });
  await store.idle();
  await send();
  assert.deepEqual(
    receiver.requests.map(({ body }) => JSON.parse(body.toString())),
    [{ job: workflowId, status: 'COMPLETED' }],
  );
});
