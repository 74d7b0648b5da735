// `npm run simulate`: runs one seed after the other until one fails or it is stopped; `-- --seed 123` repeats one,
// `-- --narrow` runs with narrow limits.

import { parseArgs } from 'node:util';
import type { Report } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    from: { type: 'string' },
    count: { type: 'string', default: 'Infinity' },
    lines: { type: 'string', default: '60' },
    'keep-going': { type: 'boolean', default: false },
    narrow: { type: 'boolean', default: false },
  },
});

// Limits have to be narrow before anything of the server is read.
if (values.narrow) await import('./narrow.ts');
const { simulate } = await import('./run.ts');

const PROBLEMS_SHOWN = 25;

function tell(report: Report): void {
  const { seed, plan, problems, steps, commits, deaths, virtualMs, lastLines } = report;
  const what = `${steps} steps, ${commits} commits, ${deaths} deaths, ${(virtualMs / 1000).toFixed(0)} s of its time`;
  console.log(`${problems.length ? 'FAIL' : 'ok  '} seed ${String(seed).padEnd(10)} ${plan.mode.padEnd(6)} ${what}`);
  if (problems.length === 0) return;
  console.log(`\n${JSON.stringify(plan)}\n${lastLines.slice(-Number(values.lines)).join('\n')}\n`);
  for (const problem of problems.slice(0, PROBLEMS_SHOWN)) console.log(`  ${problem.slice(0, 600)}`);
  if (problems.length > PROBLEMS_SHOWN) console.log(`  and ${problems.length - PROBLEMS_SHOWN} more`);
  console.log(`\nrepeat it with: npm run simulate --${values.narrow ? ' --narrow' : ''} --seed ${seed}\n`);
}

async function main(): Promise<boolean> {
  if (values.seed !== undefined) {
    const report = await simulate(Number(values.seed));
    tell(report);
    return report.problems.length === 0;
  }
  const from = values.from === undefined ? Date.now() % 1_000_000_000 : Number(values.from);
  let good = true;
  for (let i = 0; i < Number(values.count); i++) {
    const report = await simulate(from + i);
    tell(report);
    good &&= report.problems.length === 0;
    if (!good && !values['keep-going']) break;
  }
  return good;
}

process.exit((await main()) ? 0 : 1);
