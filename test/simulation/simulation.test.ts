// Whole servers on virtual time, with faults from seeds: half a minute of it, the seeds that once failed, and the proof
// that a seed repeats itself. `npm run simulate` runs on for as long as one likes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Plan } from './faults.ts';
import { type Report, simulate } from './run.ts';

/** Seeds that are run each time; each takes about two seconds. */
const FIRST_SEED = 1_000;
const SEEDS = 10;

interface KnownSeed {
  readonly seed: number;
  /** What the run was like, so that a change of how plans are drawn does not change it. */
  readonly plan: Partial<Plan>;
  /** What it found. */
  readonly found: string;
}

const known = JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8')) as readonly KnownSeed[];

function holds(report: Report): void {
  const { seed, plan, problems, lastLines } = report;
  const text = [
    ...problems,
    JSON.stringify(plan),
    ...lastLines.slice(-40),
    `repeat it with: npm run simulate -- --seed ${seed}`,
  ];
  assert.ok(problems.length === 0, text.join('\n'));
}

for (const { seed, plan, found } of known)
  test(`seed ${seed} holds: ${found}`, async () => {
    holds(await simulate(seed, plan));
  });

test(`${SEEDS} seeds hold, and work is done in each`, async () => {
  let deaths = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const report = await simulate(seed);
    holds(report);
    assert.ok(report.commits > 50, `seed ${seed} has only ${report.commits} commits`);
    deaths += report.deaths;
  }
  assert.ok(deaths > SEEDS, `only ${deaths} nodes died`);
});

for (const seed of [2, 4])
  test(`seed ${seed} takes the same steps each time`, async () => {
    const [once, again] = [await simulate(seed), await simulate(seed)];
    assert.equal(once.hash, again.hash);
    assert.deepEqual([once.steps, once.commits, once.deaths], [again.steps, again.commits, again.deaths]);
  });
