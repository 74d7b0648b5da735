// `npm run bench`: measures, prints tables, keeps JSON in bench/results/. `npm run bench -- events --quick` for a short look.

import { benchDeliveries } from './deliveries.ts';
import { benchDeliveryKill } from './deliveries-kill.ts';
import { benchEvents } from './events.ts';
import { benchKill } from './kill.ts';
import { benchMatching } from './matching.ts';
import { benchPages } from './pages.ts';
import { keep, machine, table } from './table.ts';
import { benchTasks } from './tasks.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const chosen = args.filter((arg) => !arg.startsWith('--'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `--sqlite` or `--postgres`: that one alone, in the suites that know both. */
const DATABASES = (['sqlite', 'postgres'] as const).filter(
  (name) => args.includes(`--${name}`) || !(args.includes('--sqlite') || args.includes('--postgres')),
);

/** `--waiting=1000,20000`: other numbers than the suite's own. */
function numbers(name: string): readonly number[] | undefined {
  const given = args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  return given
    ?.split(',')
    .filter((part) => part !== '')
    .map(Number);
}

const SUITES: Readonly<Record<string, () => Promise<readonly Readonly<Record<string, string | number>>[]>>> = {
  events: () =>
    benchEvents(
      {
        databases: quick ? ['sqlite'] : DATABASES,
        waiting: numbers('waiting') ?? (quick ? [10_000] : [1_000, 10_000, 100_000]),
        rounds: quick ? 1 : 3,
        events: quick ? 5_000 : 10_000,
        warmUp: quick ? 10_000 : 50_000,
        connections: 64,
      },
      say,
    ),
  deliveries: () =>
    benchDeliveries(
      quick
        ? { deliveries: 2_000, latencySeconds: 5, receivers: 100, perReceiver: 20, rounds: 1 }
        : { deliveries: 5_000, latencySeconds: 20, receivers: 100, perReceiver: 100, rounds: 5 },
      say,
    ),
  tasks: () =>
    benchTasks(
      quick
        ? { databases: ['sqlite'], pollers: 50, executions: 300, warmUp: 500, seconds: 5, sizes: [100, 1_000, 3_000] }
        : {
            databases: DATABASES,
            pollers: 50,
            executions: 1_500,
            warmUp: 2_000,
            seconds: 15,
            sizes: numbers('sizes') ?? [100, 1_000, 10_000],
          },
      say,
    ),
  matching: () =>
    benchMatching(
      quick
        ? {
            databases: ['sqlite'],
            waiting: [1_000, 20_000],
            shapes: [1, 20],
            waitingPerShapes: 2_000,
            events: 500,
            rounds: 1,
          }
        : {
            databases: DATABASES,
            waiting: numbers('waiting') ?? [1_000, 100_000, 1_000_000],
            shapes: numbers('shapes') ?? [1, 20, 200],
            waitingPerShapes: 20_000,
            events: 1_000,
            rounds: 3,
          },
      say,
    ),
  kill: () => benchKill(say),
  pages: () => benchPages({ executions: quick ? 5_000 : 100_000, tasks: 1_000, rounds: quick ? 2 : 5 }, say),
  'deliveries-kill': () => benchDeliveryKill(say),
};

const unknown = chosen.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  say(`there is no suite ${unknown.join(', ')}; there are: ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}
process.stdout.write(`${table([machine()])}\n\n`);
for (const [name, run] of Object.entries(SUITES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const rows = await run();
  process.stdout.write(`## ${name}\n${table(rows)}\n\nkept in ${keep(name, rows)}\n\n`);
}
