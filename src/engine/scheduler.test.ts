// The scheduler on a real store with a clock that is moved by hand: runs on time, late, missed, paused, on two nodes.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import type { Refusal } from '../core/command.ts';
import { createIds } from '../lib/ids.ts';
import { createLog } from '../lib/log.ts';
import { openStore } from '../store/open.ts';
import type { ScheduleRow, ScheduleRunRecord } from '../store/schedule.ts';
import { createDefinitions } from './definitions.ts';
import { createScheduler } from './scheduler.ts';
import { createSchedules, type ScheduleConfig } from './schedules.ts';

/** A full minute. */
const T0 = Date.parse('2026-03-02T10:00:00Z');
const MINUTE = 60_000;

const EVERY_MINUTE: ScheduleConfig = {
  name: 's',
  cronExpression: '0 * * * * *',
  startWorkflowRequest: { name: 'w', input: { own: 1 }, correlationId: 'c' },
};

async function server(t: TestContext) {
  const clock = new FakeClock(T0);
  const ids = createIds(clock.now);
  const store = await openStore({
    url: 'sqlite::memory:',
    env: { newId: ids.next, random: ids.random, evaluate: () => ({ ok: false, reason: 'no scripts here' }) },
  });
  t.after(() => store.close());
  const definitions = createDefinitions(store, clock);
  await definitions.registerWorkflow(
    { name: 'w', version: 1, tasks: [{ name: 'hold', taskReferenceName: 'hold', type: 'WAIT' }] },
    { overwrite: true },
  );
  const schedules = createSchedules({ store, clock, ids, definitions });
  const log = createLog('silent');
  const loops = [createScheduler(store, schedules, clock, log), createScheduler(store, schedules, clock, log)] as const;
  /** Rounds until nothing is due. */
  const rounds = async (): Promise<void> => {
    while ((await loops[0].runOnce()) === 0);
  };
  const runs = async (): Promise<readonly ScheduleRunRecord[]> => {
    for (;;) {
      await store.workflows.runDue(clock.now(), 100);
      const sort = { by: 'executedAt', descending: false } as const;
      const { rows } = await schedules.runs({ sort, offset: 0, limit: 1_000 });
      if (rows.every(({ outcome }) => outcome)) return rows;
      await settle();
    }
  };
  return { clock, store, schedules, loops, rounds, runs };
}

const times = (runs: readonly ScheduleRunRecord[]): number[] => runs.map(({ scheduledAt }) => scheduledAt - T0);
const row = (saved: ScheduleRow | Refusal): ScheduleRow => {
  if ('type' in saved) assert.fail(saved.reason);
  return saved;
};

test('a run comes at its time, and its execution knows of it', async (t) => {
  const { clock, store, schedules, loops, rounds, runs } = await server(t);
  row(await schedules.save(EVERY_MINUTE, undefined, 'ann'));
  assert.equal(await loops[0].runOnce(), MINUTE);
  await clock.advance(MINUTE + 250);
  await rounds();
  const [run, ...more] = await runs();
  assert.ok(run);
  assert.deepEqual(more, []);
  assert.equal(run.outcome?.ok, true);
  const workflow = await store.workflows.get(run.workflowId, { tasks: false });
  assert.deepEqual(workflow?.input, {
    own: 1,
    _startedByScheduler: 's',
    _scheduledTime: T0 + MINUTE,
    _executedTime: T0 + MINUTE + 250,
    _executionId: run.id,
    _schedulerCron: '0 * * * * *',
  });
  assert.deepEqual([workflow?.correlationId, workflow?.createdBy], ['c', 'ann']);
  assert.equal(row(await schedules.get('s')).nextRunAt, T0 + 2 * MINUTE);
});

test('two nodes start it once', async (t) => {
  const { clock, schedules, loops, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  for (let i = 0; i < 10; i += 1) {
    await clock.advance(MINUTE);
    await Promise.all(loops.map((loop) => loop.runOnce()));
  }
  assert.deepEqual(
    times(await runs()),
    Array.from({ length: 10 }, (_, i) => (i + 1) * MINUTE),
  );
});

test('a server that was away makes up for one run, or for each where it is to catch up', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  await schedules.save({ ...EVERY_MINUTE, name: 'all', runCatchupScheduleInstances: true }, undefined, 'ann');
  await clock.advance(3 * MINUTE + 30_000);
  await rounds();
  const all = await runs();
  assert.deepEqual(times(all.filter(({ scheduleName }) => scheduleName === 's')), [MINUTE]);
  assert.deepEqual(times(all.filter(({ scheduleName }) => scheduleName === 'all')), [MINUTE, 2 * MINUTE, 3 * MINUTE]);
  assert.equal(row(await schedules.get('s')).nextRunAt, T0 + 4 * MINUTE);
});

test('a pause passes runs over, unless they are to be caught up on', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  for (const config of [EVERY_MINUTE, { ...EVERY_MINUTE, name: 'all', runCatchupScheduleInstances: true }]) {
    await schedules.save(config, undefined, 'ann');
    assert.equal(await schedules.pause(config.name, 'holiday', 'bob'), undefined);
  }
  const paused = row(await schedules.get('s'));
  assert.deepEqual([paused.paused, paused.pausedReason, paused.updatedBy], [true, 'holiday', 'bob']);
  await clock.advance(2 * MINUTE + 1);
  await rounds();
  assert.deepEqual(await runs(), []);
  for (const name of ['s', 'all']) await schedules.resume(name, 'bob');
  await rounds();
  assert.deepEqual(
    (await runs()).map(({ scheduleName, scheduledAt }) => [scheduleName, scheduledAt - T0]),
    [
      ['all', MINUTE],
      ['all', 2 * MINUTE],
    ],
  );
  const resumed = row(await schedules.get('s'));
  assert.deepEqual([resumed.paused, resumed.pausedReason, resumed.nextRunAt], [false, undefined, T0 + 3 * MINUTE]);
});

test('pausing or resuming again changes nothing, an unknown name is refused', async (t) => {
  const { schedules } = await server(t);
  const saved = row(await schedules.save(EVERY_MINUTE, undefined, 'ann'));
  assert.equal(await schedules.resume('s', 'bob'), undefined);
  assert.deepEqual(await schedules.get('s'), saved);
  await schedules.pause('s', 'first', 'bob');
  await schedules.pause('s', 'second', 'eve');
  assert.equal(row(await schedules.get('s')).pausedReason, 'first');
  const result = await schedules.each(['s', 'nobody'], (name) => schedules.resume(name, 'bob'));
  assert.deepEqual(result.done, ['s']);
  assert.deepEqual([...result.refused], [['nobody', "Schedule 'nobody' not found"]]);
});

test('start and end bound the runs', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  const bounds = { scheduleStartTime: T0 + 2 * MINUTE, scheduleEndTime: T0 + 3 * MINUTE };
  await schedules.save({ ...EVERY_MINUTE, ...bounds }, undefined, 'ann');
  for (let i = 0; i < 6; i += 1) {
    await clock.advance(MINUTE);
    await rounds();
  }
  assert.deepEqual(times(await runs()), [2 * MINUTE, 3 * MINUTE]);
  assert.equal(row(await schedules.get('s')).nextRunAt, undefined);
});

test('saving again keeps what is due and who made it; other times begin anew', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  await clock.advance(MINUTE);
  const again = row(await schedules.save({ ...EVERY_MINUTE, description: 'the same times' }, undefined, 'bob'));
  assert.deepEqual([again.createdBy, again.createdAt, again.updatedBy], ['ann', T0, 'bob']);
  await rounds();
  assert.deepEqual(times(await runs()), [MINUTE]);
  const other = row(await schedules.save({ ...EVERY_MINUTE, cronExpression: '@hourly' }, undefined, 'bob'));
  assert.equal(other.nextRunAt, T0 + 60 * MINUTE);
  const paused = row(await schedules.save(EVERY_MINUTE, { reason: 'not yet' }, 'bob'));
  assert.deepEqual([paused.paused, paused.pausedReason], [true, 'not yet']);
});

test('one that was saved as paused passes over what it missed when it is saved as running', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, {}, 'ann');
  await clock.advance(5 * MINUTE);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  await rounds();
  assert.deepEqual(await runs(), []);
});

test('run now starts at once, paused or not, and moves no time', async (t) => {
  const { schedules, runs, store } = await server(t);
  await schedules.save(EVERY_MINUTE, {}, 'ann');
  const before = await schedules.get('s');
  const run = await schedules.runNow('s');
  if ('type' in run) assert.fail(run.reason);
  assert.deepEqual(times(await runs()), [0]);
  assert.ok(await store.workflows.get(run.workflowId, { tasks: false }));
  assert.deepEqual(await schedules.get('s'), before);
  assert.equal('type' in (await schedules.runNow('nobody')), true);
});

test('a start that fails is recorded and the schedule goes on', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  await schedules.save({ ...EVERY_MINUTE, startWorkflowRequest: { name: 'nobody' } }, undefined, 'ann');
  await clock.advance(MINUTE);
  await rounds();
  await clock.advance(MINUTE);
  await rounds();
  const all = await runs();
  assert.deepEqual(times(all), [MINUTE, 2 * MINUTE]);
  for (const { outcome } of all) assert.match(outcome?.reason ?? '', /no workflow definition named 'nobody'/);
});

test('while all is halted nothing runs; then one run is made up for', async (t) => {
  const { clock, schedules, rounds, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  await schedules.halt(true);
  await clock.advance(3 * MINUTE);
  await rounds();
  assert.deepEqual(await runs(), []);
  await schedules.halt(false);
  await rounds();
  assert.deepEqual(times(await runs()), [MINUTE]);
});

test('a clock that jumps back repeats nothing', async (t) => {
  const { clock, schedules, loops, rounds, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  await clock.advance(MINUTE);
  await rounds();
  await clock.advance(-30_000);
  await rounds();
  assert.deepEqual(times(await runs()), [MINUTE]);
  assert.equal(await loops[0].runOnce(), MINUTE + 30_000);
});

test('what cannot be saved says why', async (t) => {
  const { schedules } = await server(t);
  const reason = async (more: Partial<ScheduleConfig>): Promise<string> => {
    const answer = await schedules.save({ ...EVERY_MINUTE, ...more }, undefined, 'ann');
    return 'type' in answer ? answer.reason : assert.fail('it was saved');
  };
  assert.match(await reason({ cronExpression: '* * * * *' }), /six/);
  assert.match(await reason({ cronExpression: '' }), /cronExpression is missing/);
  assert.match(await reason({ cronSchedules: [{ cronExpression: '@daily', zoneId: 'Nowhere' }] }), /no time zone/);
  assert.match(await reason({ scheduleStartTime: 20, scheduleEndTime: 10 }), /never run/);
  assert.match(
    await reason({ cronSchedules: Array.from({ length: 101 }, () => ({ cronExpression: '@daily' })) }),
    /at most 100/,
  );
  assert.deepEqual(schedules.preview({ crons: [{ cronExpression: '@hourly' }] }, 2), [T0 + 3_600_000, T0 + 7_200_000]);
  assert.equal('type' in schedules.preview({ crons: [] }, 2), true);
});

test('a removed schedule is gone, its runs stay', async (t) => {
  const { schedules, runs } = await server(t);
  await schedules.save(EVERY_MINUTE, undefined, 'ann');
  await schedules.runNow('s');
  assert.equal(await schedules.remove('s'), undefined);
  assert.equal((await schedules.remove('s'))?.code, 'notFound');
  assert.equal((await runs()).length, 1);
});
