// When a schedule runs: cron expressions with seconds as Conductor knows them (contract 5.15), each in its time zone.
// Pure: the moment to count from is handed in.

import { Cron } from 'croner';
import { remember } from '../core/remember.ts';

export interface CronSpec {
  /** Six fields: second minute hour day month weekday; or a macro such as `@daily`. */
  readonly cronExpression: string;
  /** IANA name; absent: UTC. */
  readonly zoneId?: string;
}

export interface Times {
  /** At least one; the schedule runs whenever one of them says so. */
  readonly crons: readonly CronSpec[];
  /** Epoch ms, inclusive both. */
  readonly startAt?: number;
  readonly endAt?: number;
}

export interface NextRun {
  /** Epoch ms. */
  readonly at: number;
  /** The expression that says so. */
  readonly cron: CronSpec;
}

type Compiled = { readonly ok: true; readonly cron: Cron } | { readonly ok: false; readonly reason: string };

const FIELDS = 'second minute hour day month weekday';
const DEFAULT_ZONE = 'UTC';
const MAX_REMEMBERED = 1_000;

/** Spring's macros, which Conductor takes. */
const MACROS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 0 1 1 *'],
  ['@annually', '0 0 0 1 1 *'],
  ['@monthly', '0 0 0 1 * *'],
  ['@weekly', '0 0 0 * * 0'],
  ['@daily', '0 0 0 * * *'],
  ['@midnight', '0 0 0 * * *'],
  ['@hourly', '0 0 * * * *'],
]);

/** What is wrong with an expression or its zone; undefined: nothing. */
export function cronProblem(spec: CronSpec): string | undefined {
  const compiled = compile(spec);
  return compiled.ok ? undefined : compiled.reason;
}

/** The first run after a moment (exclusive); undefined: none within the bounds. */
export function nextRun({ crons, startAt, endAt }: Times, afterMs: number): NextRun | undefined {
  const from = Math.max(afterMs, startAt === undefined ? afterMs : startAt - 1);
  let first: NextRun | undefined;
  for (const cron of crons) {
    const compiled = compile(cron);
    const at = compiled.ok ? compiled.cron.nextRun(new Date(from))?.getTime() : undefined;
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, cron };
  }
  return first && endAt !== undefined && first.at > endAt ? undefined : first;
}

/** The first `count` moments after one, ascending, each once. */
export function nextRuns(times: Times, afterMs: number, count: number): readonly number[] {
  const moments: number[] = [];
  let run = nextRun(times, afterMs);
  while (run && moments.length < count) {
    moments.push(run.at);
    run = nextRun(times, run.at);
  }
  return moments;
}

const compile = ({ cronExpression, zoneId }: CronSpec): Compiled =>
  compiledOf(JSON.stringify([cronExpression.trim(), zoneId ?? DEFAULT_ZONE]));

const compiledOf = remember(MAX_REMEMBERED, (key): Compiled => {
  const [text, zone] = JSON.parse(key) as [string, string];
  if (!isZone(zone))
    return { ok: false, reason: `there is no time zone "${zone}"; write a name such as UTC or Europe/Vienna` };
  if (text.startsWith('@') && !MACROS.has(text.toLowerCase()))
    return { ok: false, reason: `there is no macro ${text}; known are ${[...MACROS.keys()].join(', ')}` };
  const pattern = MACROS.get(text.toLowerCase()) ?? text;
  const fields = pattern.split(/\s+/).length;
  if (fields !== 6) return { ok: false, reason: `"${text}" has ${fields} fields; write six: ${FIELDS}` };
  return compilePattern(pattern, zone);
});

function compilePattern(pattern: string, timezone: string): Compiled {
  try {
    // Day and weekday must both hold, and `5/10` counts from 5, as in the cron of Spring, which Conductor uses.
    const options = { paused: true, mode: '6-part', domAndDow: true, sloppyRanges: true, timezone } as const;
    const cron = new Cron(pattern, options);
    if (cron.nextRun(new Date(0))) return { ok: true, cron };
    return { ok: false, reason: `"${pattern}" names a day that never comes` };
  } catch (error) {
    return { ok: false, reason: `"${pattern}" is not a cron expression: ${(error as Error).message}` };
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
