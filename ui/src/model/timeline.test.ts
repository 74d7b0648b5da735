// The timeline keeps every bar within the picture, whatever the times are, and its ticks few and round.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WireTask } from '../../../src/http/contract/execution.ts';
import { buildTimeline, tickStep } from './timeline.ts';

const task = (seq: number, scheduledTime: number, startTime: number, endTime: number): WireTask =>
  ({ taskId: `w.${seq}`, seq, scheduledTime, startTime, endTime, updateTime: endTime || startTime }) as WireTask;

test('bars stay within the picture and run forward, for any times', () => {
  const time = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(time, time, time)), time, time, time, (times, startTime, endTime, now) => {
      const tasks = times.map(([a, b, c], i) => task(i, a, b, c));
      const { rows, ticks } = buildTimeline({ startTime, endTime, tasks }, now);
      assert.equal(rows.length, tasks.length);
      for (const row of rows)
        assert.ok(0 <= row.scheduled && row.scheduled <= row.started && row.scheduled <= row.ended && row.ended <= 1);
      assert.ok(ticks.length <= 7);
    }),
  );
});

test('waiting and running parts, and what is still open', () => {
  const timeline = buildTimeline(
    { startTime: 1_000, endTime: 0, tasks: [task(1, 1_000, 1_500, 2_000), task(2, 2_000, 0, 0)] },
    3_000,
  );
  assert.deepEqual(
    timeline.rows.map(({ scheduled, started, ended, open }) => [scheduled, started, ended, open]),
    [
      [0, 0.25, 0.5, false],
      [0.5, 1, 1, true],
    ],
  );
  assert.deepEqual(
    timeline.ticks.map(({ text }) => text),
    ['0', '500 ms', '1 s', '1.50 s', '2 s'],
  );
});

test('steps are round', () => {
  assert.equal(tickStep(3_500, 6), 1_000);
  assert.equal(tickStep(5 * 60_000, 6), 60_000);
});
