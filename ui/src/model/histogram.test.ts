// Bars: gaps are drawn, statuses keep their order, and a click selects exactly what the bar counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedBounds, queryText } from './execution-search.ts';
import { barSearch, histogramBars } from './histogram.ts';

test('bars with the gaps between them', () => {
  const bars = histogramBars({
    widthMs: 1_000,
    counts: [
      { at: 5_000, status: 'FAILED', count: 2 },
      { at: 5_000, status: 'RUNNING', count: 1 },
      { at: 7_000, status: 'COMPLETED', count: 4 },
    ],
  });
  assert.deepEqual(
    bars.map(({ from, to, total }) => [from, to, total]),
    [
      [5_000, 5_999, 3],
      [6_000, 6_999, 0],
      [7_000, 7_999, 4],
    ],
  );
  assert.deepEqual(bars[0]?.parts, [
    { status: 'RUNNING', count: 1 },
    { status: 'FAILED', count: 2 },
  ]);
  assert.deepEqual(histogramBars({ widthMs: 0, counts: [] }), []);
});

test('a click on a bar finds what it counts, to the millisecond', () => {
  const [bar] = histogramBars({ widthMs: 1_000, counts: [{ at: 5_000, status: 'FAILED', count: 2 }] });
  assert.ok(bar);
  assert.equal(queryText(barSearch(bar), 0), 'startTime > 4999 AND startTime < 6000');
});

test('the stretch that was asked for is drawn whole, also where nothing ran', () => {
  const bars = histogramBars(
    { widthMs: 1_000, counts: [{ at: 5_000, status: 'FAILED', count: 2 }] },
    askedBounds({ range: 'custom', from: 2_500 }, 7_200),
  );
  assert.deepEqual(
    bars.map(({ from, total }) => [from, total]),
    [
      [2_000, 0],
      [3_000, 0],
      [4_000, 0],
      [5_000, 2],
      [6_000, 0],
      [7_000, 0],
    ],
  );
  const day = 24 * 3_600_000;
  assert.deepEqual(askedBounds({ range: '24h' }, day + 500), { from: 0, to: day + 500 });
  assert.deepEqual(askedBounds({}, day), {}, 'all of time has no bounds');
});

test('far apart, not all gaps are drawn', () => {
  const counts = [0, 1e9].map((at) => ({ at, status: 'FAILED' as const, count: 1 }));
  assert.equal(histogramBars({ widthMs: 1, counts }).length, 400);
});
