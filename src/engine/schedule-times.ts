// When a schedule runs: cron expressions with seconds as Conductor knows them (contract 5.15), each in its time zone.
// Pure: the moment to count from is handed in.

import { Cron, CronDate } from 'croner';
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

/** `wall`: the same times as if all clocks were UTC; absent where no time is ever skipped by a zone. */
interface Pattern {
  readonly cron: Cron;
  readonly zone: string;
  readonly wall?: Cron;
}

type Compiled = ({ readonly ok: true } & Pattern) | { readonly ok: false; readonly reason: string };

const FIELDS = 'second minute hour day month weekday';
const DEFAULT_ZONE = 'UTC';
const MAX_REMEMBERED = 1_000;
/** No clock on a wall is farther from UTC, the widest gap included. */
const MAX_OFFSET_MS = 48 * 3_600_000;

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
    const at = compiled.ok ? nextOf(compiled, from) : undefined;
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, cron };
  }
  return first && endAt !== undefined && first.at > endAt ? undefined : first;
}

function nextOf({ cron, zone, wall }: Pattern, fromMs: number): number | undefined {
  const found = cron.nextRun(new Date(fromMs))?.getTime();
  const madeUp = wall && afterGap(wall, zone, fromMs);
  return madeUp !== undefined && madeUp < (found ?? Number.POSITIVE_INFINITY) ? madeUp : found;
}

/**
 * The end of a gap that swallows the next time on the wall; otherwise that time itself. The library makes up for one
 * fixed time in a gap, but passes over lists of them (02:15 and 02:45): their job would not run at all that day.
 */
function afterGap(wall: Cron, zone: string, fromMs: number): number | undefined {
  const here = new CronDate(new Date(fromMs), zone);
  const shown = Date.UTC(here.year, here.month, here.day, here.hour, here.minute, here.second);
  const next = wall.nextRun(new Date(shown));
  if (!next) return undefined;
  const time = `${next.getUTCSeconds()} ${next.getUTCMinutes()} ${next.getUTCHours()}`;
  const once = new Cron(`${time} ${next.getUTCDate()} ${next.getUTCMonth() + 1} *`, optionsOf(zone));
  const at = once.nextRun(new Date(Math.max(fromMs, next.getTime() - MAX_OFFSET_MS)))?.getTime();
  return at !== undefined && at < next.getTime() + MAX_OFFSET_MS ? at : undefined;
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

// Day and weekday must both hold, and `5/10` counts from 5, as in the cron of Spring, which Conductor uses.
const optionsOf = (timezone: string) =>
  ({ paused: true, mode: '6-part', domAndDow: true, sloppyRanges: true, timezone }) as const;

function compilePattern(pattern: string, zone: string): Compiled {
  try {
    const cron = new Cron(pattern, optionsOf(zone));
    if (!cron.nextRun(new Date(0))) return { ok: false, reason: `"${pattern}" names a day that never comes` };
    const hours = pattern.split(/\s+/)[2] ?? '';
    const everyHour = /[*/?]/.test(hours);
    const skips = zone !== DEFAULT_ZONE && !everyHour;
    return { ok: true, cron, zone, ...(skips && { wall: new Cron(pattern, optionsOf(DEFAULT_ZONE)) }) };
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
