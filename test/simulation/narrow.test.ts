// The simulation once more with narrow limits: each thing that is forgotten, cut off or left for the next round.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import './narrow.ts';

const FIRST_SEED = 5_000;
const SEEDS = 10;

// Only what is read after `narrow.ts` has run is narrowed.
const { simulate } = await import('./run.ts');
const { CACHED_SNAPSHOTS } = await import('../../src/store/limits.ts');

test(`${SEEDS} seeds hold where limits are narrow`, async () => {
  assert.equal(CACHED_SNAPSHOTS, 1);
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const { problems, plan, lastLines, commits } = await simulate(seed);
    const repeat = `repeat it with: npm run simulate -- --narrow --seed ${seed}`;
    assert.ok(problems.length === 0, [...problems, JSON.stringify(plan), ...lastLines.slice(-40), repeat].join('\n'));
    assert.ok(commits > 50, `seed ${seed} has only ${commits} commits`);
  }
});
