// Schedules: changes that only one can win, runs that start their execution once, whichever node dies in between.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Command } from '../../src/core/command.ts';
import type { Errand } from '../../src/store/errand.ts';
import type { ScheduleRow, ScheduleRun, ScheduleRunQuery } from '../../src/store/schedule.ts';
import type { Store } from '../../src/store/store.ts';
import { define, onEach, register, shortly, T0, task, waitForId, wish } from './databases.ts';

const schedule = (name: string, more: Partial<ScheduleRow> = {}): ScheduleRow => ({
  name,
  workflowName: 'w',
  config: { cronExpression: '0 * * * * *' },
  paused: false,
  nextRunAt: T0,
  createdBy: 'ann',
  createdAt: T0,
  updatedBy: 'ann',
  updatedAt: T0,
  rev: 1,
  ...more,
});

const run = (name: string, more: Partial<ScheduleRun> = {}): ScheduleRun => ({
  id: randomUUID(),
  scheduleName: name,
  workflowName: 'w',
  workflowId: randomUUID(),
  scheduledAt: T0,
  executedAt: T0 + 5,
  request: { name: 'w' },
  zoneId: 'UTC',
  ...more,
});

const startOf = (record: ScheduleRun): Errand => ({
  id: record.id,
  type: 'start',
  start: { id: record.workflowId, name: record.workflowName, input: { id: 1 } },
});

const runs = async (store: Store, query: Partial<ScheduleRunQuery> = {}) =>
  store.schedules.runs({ sort: { by: 'scheduledAt', descending: false }, offset: 0, limit: 10, ...query });

/** Waits until nothing is under way but `open` runs. */
async function settle(store: Store, open = 0): Promise<void> {
  for (let look = 0; look < 1_000; look += 1) {
    await store.workflows.runDue(T0 + 10_000, 100);
    if ((await runs(store, { states: ['POLLED'] })).total === open) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail('errands stay under way');
}

onEach('schedules', (database) => {
  test('a schedule comes back as it was written', async (t) => {
    const store = await (await database(t)).open();
    const full = schedule('night\u0000ly', {
      pausedReason: 'why "not"',
      paused: true,
      config: { a: { b: [1, null] } },
    });
    assert.equal(await store.schedules.create(full), true);
    assert.deepEqual(await store.schedules.get('night\u0000ly'), full);
    assert.equal(await store.schedules.get('other'), undefined);
    const { nextRunAt: _, ...never } = schedule('never');
    await store.schedules.create(never);
    assert.deepEqual(await store.schedules.get('never'), never);
  });

  test('of two that create one name, one does', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    const won = await Promise.all(
      nodes.map((node, i) => node.schedules.create(schedule('s', { createdBy: `node ${i}` }))),
    );
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal((await nodes[0]!.schedules.get('s'))?.createdBy, `node ${won.indexOf(true)}`);
  });

  test('a change holds only while the rev is the expected one', async (t) => {
    const store = await (await database(t)).open();
    await store.schedules.create(schedule('s'));
    assert.equal(await store.schedules.change(schedule('s', { paused: true, rev: 2 }), 1), true);
    assert.equal(await store.schedules.change(schedule('s', { paused: false, rev: 3 }), 1), false);
    assert.equal((await store.schedules.get('s'))?.paused, true);
    assert.equal(await store.schedules.remove('s', 1), false);
    assert.equal(await store.schedules.remove('s', 2), true);
    assert.equal(await store.schedules.get('s'), undefined);
    assert.equal(await store.schedules.change(schedule('s', { rev: 3 }), 2), false);
  });

  test('of many that move a due schedule on, one does, and its execution starts once', async (t) => {
    const db = await database(t);
    const nodes = [await db.open(), await db.open()];
    await register(nodes[0]!, define('w', [waitForId()]));
    await nodes[0]!.schedules.create(schedule('s'));
    const tries = Array.from({ length: 20 }, () => run('s'));
    const won = await Promise.all(
      tries.map((record, i) =>
        nodes[i % 2]!.schedules.change(schedule('s', { nextRunAt: T0 + 60_000, rev: 2 }), 1, {
          record,
          errand: startOf(record),
        }),
      ),
    );
    assert.equal(won.filter(Boolean).length, 1);
    await settle(nodes[0]!);
    const page = await runs(nodes[1]!);
    const winner = tries[won.indexOf(true)]!;
    assert.equal(page.total, 1);
    assert.equal(page.rows[0]?.outcome?.workflowId, winner.workflowId);
    assert.equal(
      (await nodes[0]!.workflows.search({ sort: { by: 'name', descending: false }, offset: 0, limit: 9 })).total,
      1,
    );
  });

  test('a node that dies after the commit loses nothing: another one starts the execution', async (t) => {
    const db = await database(t);
    const first = await db.open();
    await register(first, define('w', [waitForId()]));
    await first.schedules.create(schedule('s'));
    const record = run('s');
    void first.schedules.change(schedule('s', { rev: 2 }), 1, { record, errand: startOf(record) });
    await first.close();
    const second = await db.open();
    await settle(second);
    assert.equal((await runs(second)).rows[0]?.outcome?.ok, true);
    assert.equal(await shortly(second, record.workflowId), 'RUNNING wait:IN_PROGRESS');
  });

  test('a start that is refused is noted with its reason', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [task('a', 'THROW')]), define('busy', [waitForId()]));
    const none = run('s', { workflowName: 'nobody', scheduledAt: T0 + 1 });
    const broken = run('s', { scheduledAt: T0 + 2 });
    const taken = run('s', { workflowName: 'busy', scheduledAt: T0 + 3 });
    await store.workflows.start(wish('busy', { id: 1 }, { idempotencyKey: 'k' }));
    await store.schedules.addRun(none, startOf(none));
    await store.schedules.addRun(broken, startOf(broken));
    const start = { id: taken.workflowId, name: 'busy', input: {}, idempotencyKey: 'k' };
    await store.schedules.addRun(taken, { id: taken.id, type: 'start', start });
    await settle(store);
    const outcomes = (await runs(store)).rows.map(({ outcome }) => outcome);
    assert.deepEqual(
      outcomes.map((outcome) => outcome?.ok),
      [false, false, false],
    );
    assert.match(outcomes[0]?.reason ?? '', /nobody/);
    assert.match(outcomes[1]?.reason ?? '', /cannot begin/);
    assert.match(outcomes[2]?.reason ?? '', /idempotency key/);
  });

  test('due are those that are not paused and whose time has come, the oldest first', async (t) => {
    const store = await (await database(t)).open();
    const { nextRunAt: _, ...never } = schedule('never');
    for (const row of [
      schedule('later', { nextRunAt: T0 + 1_000 }),
      schedule('now', { nextRunAt: T0 }),
      schedule('missed', { nextRunAt: T0 - 1_000 }),
      schedule('paused', { paused: true, nextRunAt: T0 - 9_000 }),
      never,
    ])
      await store.schedules.create(row);
    const names = async (now: number, limit = 10) => (await store.schedules.due(now, limit)).map(({ name }) => name);
    assert.deepEqual(await names(T0), ['missed', 'now']);
    assert.deepEqual(await names(T0 + 1_000, 2), ['missed', 'now']);
    assert.equal(await store.schedules.nextDue(), T0 - 1_000);
  });

  test('without a schedule nothing is ever due', async (t) => {
    const store = await (await database(t)).open();
    assert.equal(await store.schedules.nextDue(), undefined);
    assert.equal(await store.schedules.halted(), false);
    await store.schedules.halt(true);
    assert.equal(await store.schedules.halted(), true);
    await store.schedules.halt(false);
    assert.equal(await store.schedules.halted(), false);
  });

  test('lists are narrowed by name, workflow, pause and text, and paged', async (t) => {
    const store = await (await database(t)).open();
    await store.schedules.create(schedule('b', { workflowName: 'x', config: { description: '100% Sure' } }));
    await store.schedules.create(schedule('a', { paused: true }));
    await store.schedules.create(schedule('c'));
    const list = async (query: Partial<Parameters<Store['schedules']['list']>[0]> = {}) => {
      const { total, rows } = await store.schedules.list({ offset: 0, limit: 10, ...query });
      return [total, ...rows.map(({ name }) => name)];
    };
    assert.deepEqual(await list(), [3, 'a', 'b', 'c']);
    assert.deepEqual(await list({ descending: true, limit: 1, offset: 1 }), [3, 'b']);
    assert.deepEqual(await list({ workflowName: 'x' }), [1, 'b']);
    assert.deepEqual(await list({ paused: true }), [1, 'a']);
    assert.deepEqual(await list({ paused: false, names: ['a', 'c'] }), [1, 'c']);
    assert.deepEqual(await list({ text: '100% sure' }), [1, 'b']);
    assert.deepEqual(await list({ text: '100_ sure' }), [0]);
    assert.deepEqual(await list({ names: [] }), [0]);
  });

  test('runs are found by schedule, workflow, execution, state, time and text', async (t) => {
    const store = await (await database(t)).open();
    await register(store, define('w', [waitForId()]));
    const good = run('one', { scheduledAt: T0 });
    const bad = run('two', { workflowName: 'nobody', scheduledAt: T0 + 100, executedAt: T0 + 200 });
    for (const record of [good, bad]) await store.schedules.addRun(record, startOf(record));
    await settle(store);
    const open = run('one', { scheduledAt: T0 + 300, executedAt: T0 + 300 });
    const command: Command = { type: 'updateVariables', variables: { poison: true } };
    await store.schedules.addRun(open, { id: open.id, type: 'command', workflowId: good.workflowId, command });
    const ids = async (query: Partial<ScheduleRunQuery>) => (await runs(store, query)).rows.map(({ id }) => id);
    assert.deepEqual(await ids({}), [good.id, bad.id, open.id]);
    assert.deepEqual(await ids({ sort: { by: 'executedAt', descending: true }, limit: 2 }), [open.id, bad.id]);
    assert.deepEqual(await ids({ scheduleNames: ['one'] }), [good.id, open.id]);
    assert.deepEqual(await ids({ workflowNames: ['nobody'] }), [bad.id]);
    assert.deepEqual(await ids({ workflowIds: [good.workflowId] }), [good.id]);
    assert.deepEqual(await ids({ ids: [bad.id] }), [bad.id]);
    assert.deepEqual(await ids({ states: ['EXECUTED'] }), [good.id]);
    assert.deepEqual(await ids({ states: ['FAILED', 'POLLED'] }), [bad.id, open.id]);
    assert.deepEqual(await ids({ states: [] }), []);
    assert.deepEqual(await ids({ scheduledFrom: T0 + 100, scheduledTo: T0 + 100 }), [bad.id]);
    assert.deepEqual(await ids({ executedFrom: T0 + 201 }), [open.id]);
    assert.deepEqual(await ids({ text: 'NOBODY' }), [bad.id]);
    const { outcome, ...record } = (await runs(store, { ids: [good.id] })).rows[0]!;
    assert.deepEqual(record, good);
    assert.deepEqual([outcome?.ok, outcome?.workflowId, outcome?.reason], [true, good.workflowId, undefined]);
    assert.ok(outcome && outcome.at >= good.executedAt);
  });

  test('a command for an execution that is not there is noted as failed', async (t) => {
    const store = await (await database(t)).open();
    const record = run('s');
    const errand: Errand = { id: record.id, type: 'command', workflowId: randomUUID(), command: { type: 'pause' } };
    await store.schedules.addRun(record, errand);
    await settle(store);
    const { outcome } = (await runs(store)).rows[0]!;
    assert.deepEqual([outcome?.ok, outcome?.reason], [false, 'there is no such execution']);
  });
});
