// Tests of the agreed clock: two nodes whose own clocks are wrong, and a database that takes its time to answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createAgreedClock } from './agreed-clock.ts';
import type { Clock } from './clock.ts';

const TRUE_START = 1_700_000_000_000;

/** A node on the true time, whose own clock shows another; `skew.ms` may change. */
const nodeOn = (time: FakeClock, skew: { ms: number }): Clock => ({
  now: () => time.now() + skew.ms,
  elapsed: () => time.now() - TRUE_START,
  after: (delayMs, callback) => time.after(delayMs, callback),
});

/** A database that shows the true time, and answers `there` + `back` ms later. */
const databaseOn = (time: FakeClock, trips: readonly (readonly [there: number, back: number])[]) => {
  let asked = 0;
  return async (): Promise<number> => {
    const [there, back] = trips[asked++ % trips.length] as readonly [number, number];
    await time.advance(there);
    const shown = time.now();
    await time.advance(back);
    return shown;
  };
};

test('nodes whose clocks differ agree, as exactly as the fastest answer allows', async () => {
  const time = new FakeClock(TRUE_START);
  const fast = databaseOn(time, [[2, 2]]);
  const uneven = databaseOn(time, [
    [400, 900],
    [0, 6],
    [30, 0],
  ]);
  const ahead = createAgreedClock(nodeOn(time, { ms: 40_000 }), fast);
  const behind = createAgreedClock(nodeOn(time, { ms: -5_000 }), uneven);
  assert.equal(ahead.now(), TRUE_START + 40_000);
  await ahead.sync();
  await behind.sync();
  assert.equal(ahead.now(), time.now());
  assert.equal(behind.now(), time.now() - 3);
});

test('a clock that is set changes nothing, and durations go on', async () => {
  const time = new FakeClock(TRUE_START);
  const skew = { ms: 0 };
  const clock = createAgreedClock(nodeOn(time, skew), databaseOn(time, [[1, 1]]));
  await clock.sync();
  skew.ms = 3_600_000;
  await time.advance(1_000);
  assert.equal(clock.now(), time.now());
  let rang = false;
  clock.after(10, () => {
    rang = true;
  });
  const before = clock.elapsed();
  await time.advance(10);
  assert.ok(rang);
  assert.equal(clock.elapsed() - before, 10);
});

test('what may be right stays; what cannot be is corrected', async () => {
  const time = new FakeClock(TRUE_START);
  let off = 0;
  const slow = databaseOn(time, [[50, 50]]);
  const clock = createAgreedClock(nodeOn(time, { ms: 9 }), async () => (await slow()) + off);
  await clock.sync();
  off = 40;
  await clock.sync();
  assert.equal(clock.now(), time.now());
  off = 5_000;
  await clock.sync();
  assert.equal(clock.now(), time.now() + 5_000);
});

test('without a shared clock our own counts; when it cannot be asked, time goes on as it did', async () => {
  const time = new FakeClock(TRUE_START);
  const alone = createAgreedClock(nodeOn(time, { ms: 7 }), async () => undefined);
  await alone.sync();
  assert.equal(alone.now(), time.now() + 7);
  let broken = false;
  const clock = createAgreedClock(nodeOn(time, { ms: 7 }), async () => {
    if (broken) throw new Error('not to be reached');
    return time.now();
  });
  await clock.sync();
  broken = true;
  await assert.rejects(clock.sync(), /not to be reached/);
  await time.advance(500);
  assert.equal(clock.now(), time.now());
});
