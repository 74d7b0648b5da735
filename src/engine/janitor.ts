// Deletes what has been kept for its time, in small steps with pauses, so that nobody waits for it. One node at a time works.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Cursor, SweepStep, Swept } from '../store/retention.ts';
import type { Store } from '../store/store.ts';

/** How long things are kept after their end; absent: for ever. */
export interface Keep {
  readonly executionsMs?: number;
  /** Received events, with their bytes, files, names and entries. */
  readonly eventsMs?: number;
  readonly logsMs?: number;
  /** Deliveries that are over, with their attempts. */
  readonly deliveriesMs?: number;
  /** Runs of schedules, messages to event handlers and what those did. */
  readonly historyMs?: number;
}

const DAY_MS = 86_400_000;

/** Executions are what people look for; what led to them and what they said is told by them. */
const DEFAULT_DAYS = { executions: 'forever', events: 30, logs: 30, deliveries: 30, history: 30 } as const;

/** From the settings, in days. */
export function keepOf(days: Partial<Record<keyof typeof DEFAULT_DAYS, number | 'forever'>> = {}): Keep {
  const of = (kept: keyof typeof DEFAULT_DAYS): number | undefined => {
    const count = days[kept] ?? DEFAULT_DAYS[kept];
    return count === 'forever' ? undefined : count * DAY_MS;
  };
  return {
    executionsMs: of('executions'),
    eventsMs: of('events'),
    logsMs: of('logs'),
    deliveriesMs: of('deliveries'),
    historyMs: of('history'),
  };
}

/** As the settings have it: days, or for ever. */
export const keptDays = (keep: Keep): Readonly<Record<keyof typeof DEFAULT_DAYS, number | 'forever'>> => {
  const days = (ms: number | undefined) => (ms === undefined ? 'forever' : ms / DAY_MS);
  return {
    executions: days(keep.executionsMs),
    events: days(keep.eventsMs),
    logs: days(keep.logsMs),
    deliveries: days(keep.deliveriesMs),
    history: days(keep.historyMs),
  };
};

export interface JanitorDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly keep: Keep;
  /** For so long an event's name keeps repetitions of it out, whatever is said about events. */
  readonly longestWindowMs: () => Promise<number>;
}

/** Rows that one step looks at: a commit of some milliseconds. */
const ROWS_PER_STEP = 200;
/** After a step that removed something, or came to an end: nine tenths of the time are left to others. */
const PAUSE_MS = 50;
/** After a page of which everything stays: nothing is urgent then, and on a busy machine each page takes time from events. */
const IDLE_PAUSE_MS = 500;
/** Between two passes. What is kept for days does not have to go on the minute. */
const PASS_INTERVAL_MS = 10 * 60_000;
const LEASE_MS = 60_000;
/** Renewed when so much of it is left: each renewal is a commit, and a step with nothing to remove needs none. */
const RENEW_MS = LEASE_MS / 2;
/** Events go so much later than the entries under which waits find them: whoever has found one still finds it. */
const GRACE_MS = 60_000;

/** In this order: executions point at events, entries lead to them, messages are told by what was done with them. */
const ORDER: readonly (readonly [Swept, keyof Keep])[] = [
  ['executions', 'executionsMs'],
  ['logs', 'logsMs'],
  ['deliveries', 'deliveriesMs'],
  ['runs', 'historyMs'],
  ['handled', 'historyMs'],
  ['messages', 'historyMs'],
  ['outputs', 'historyMs'],
  ['entries', 'eventsMs'],
  ['events', 'eventsMs'],
  ['names', 'eventsMs'],
];

interface Pass {
  readonly startedAt: number;
  readonly longestWindowMs: number;
  at: number;
  after: Cursor | undefined;
  removed: number;
}

export function createJanitor({ store, clock, log, keep, longestWindowMs }: JanitorDeps): Loop {
  const order = ORDER.filter(([, setting]) => keep[setting] !== undefined);
  let pass: Pass | undefined;
  let nextPassAt = Number.NEGATIVE_INFINITY;
  let held: number | undefined;

  /** Answers how long to pause. */
  const step = async (now: Pass, [kind, setting]: readonly [Swept, keyof Keep]): Promise<number> => {
    const before = now.startedAt - (keep[setting] as number) - (kind === 'events' ? GRACE_MS : 0);
    const wish: SweepStep = {
      now: now.startedAt,
      before,
      namedBefore: Math.min(before, now.startedAt - now.longestWindowMs),
      limit: ROWS_PER_STEP,
      ...(now.after && { after: now.after }),
    };
    const { removed, next } = await store.retention.sweep(kind, wish);
    now.removed += removed;
    now.after = next;
    if (!next) now.at += 1;
    return next && removed === 0 ? IDLE_PAUSE_MS : PAUSE_MS;
  };

  const work = async (): Promise<number | undefined> => {
    const now = clock.now();
    if (order.length === 0 || (!pass && now < nextPassAt)) return Math.max(0, nextPassAt - now) || undefined;
    if (held === undefined || held - now < RENEW_MS)
      held = await store.retention.lease('janitor', { now, forMs: LEASE_MS, ...(held !== undefined && { held }) });
    if (held === undefined) {
      // Another node is at it, or was a moment ago.
      pass = undefined;
      nextPassAt = now + LEASE_MS;
      return LEASE_MS;
    }
    pass ??= { startedAt: now, longestWindowMs: await longestWindowMs(), at: 0, after: undefined, removed: 0 };
    const kind = order[pass.at];
    if (kind) return step(pass, kind);
    if (pass.removed > 0) log.info({ removed: pass.removed }, 'deleted what had been kept for its time');
    pass = undefined;
    nextPassAt = now + PASS_INTERVAL_MS;
    return PASS_INTERVAL_MS;
  };

  return createLoop({
    clock,
    idleMs: PASS_INTERVAL_MS,
    work,
    onError: (error) => log.error({ err: error }, 'could not delete what has been kept for its time; trying again'),
  });
}
