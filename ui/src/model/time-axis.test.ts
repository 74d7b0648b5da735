// The folded axis: order is kept, waits shrink, what is short stays visible.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { timeAxis } from './time-axis.ts';

const HOUR = 3_600_000;

test('a wait of hours before work of milliseconds is folded', () => {
  const axis = timeAxis([0, 5, 2 * HOUR, 2 * HOUR + 20, 2 * HOUR + 40], true);
  assert.deepEqual(
    axis.folds.map(({ from, to, text }) => [from, to, text]),
    [[5, 2 * HOUR, '1 h 59 min']],
  );
  assert.ok(axis.place(2 * HOUR + 40) - axis.place(2 * HOUR) > 0.5, 'the work takes most of the axis');
  assert.equal(timeAxis([0, 5, 2 * HOUR], false).folds.length, 0);
  assert.ok(
    axis.ticks.some(({ moment, text }) => moment === 2 * HOUR && text === undefined),
    'says what time it is',
  );
});

test('even work is not folded, and no moment at all is no defect', () => {
  assert.equal(timeAxis([0, 100, 200, 300], true).folds.length, 0);
  assert.equal(timeAxis([], true).place(5), 0.5);
  assert.equal(timeAxis([7], true).place(7), 0);
});

test('the axis keeps the order of moments and stays within its ends', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 40 }), fc.boolean(), (moments, fold) => {
      const axis = timeAxis(moments, fold);
      const places = [...moments].sort((a, b) => a - b).map(axis.place);
      for (const [i, place] of places.entries()) {
        assert.ok(place >= 0 && place <= 1 + 1e-9);
        assert.ok(i === 0 || place >= (places[i - 1] ?? 0) - 1e-9);
      }
      for (const [i, { at }] of axis.ticks.entries()) assert.ok(i === 0 || at > (axis.ticks[i - 1]?.at ?? 0));
    }),
  );
});
