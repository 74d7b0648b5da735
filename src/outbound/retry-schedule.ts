// When a failed delivery is tried again: the published schedule with jitter, Retry-After within limits, and when to stop.
// Pure: time and chance come in as numbers.
import type { FailureClass } from './result.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/**
 * Waits after the 1st, 2nd, … failed attempt: 11 attempts in 23 h 43 min. Quick at first for a restart of the
 * receiver, then long enough for a night's outage.
 */
const retryDelaysMs: readonly number[] = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  1 * hourMs,
  2 * hourMs,
  4 * hourMs,
  6 * hourMs,
  10 * hourMs,
];

const maxAttempts = retryDelaysMs.length + 1;

/** Each wait is spread by a fifth to both sides, so that what failed together does not come back together. */
const jitterRatio = 0.2;

/** After "too many requests" and after a timeout the receiver has more work than time; sooner would make it worse. */
const overloadFloorMs = 1 * minuteMs;

/** A receiver can put a delivery off by a day at most, else one answer could park it for years. */
const maxRetryAfterMs = 24 * hourMs;

/** What an asked-for time is exceeded by at most, again so that not all come at once. */
const maxRetryAfterJitterMs = 1 * minuteMs;

export type FailedAttempt = {
  /** The number of the attempt that failed, the first is 1. */
  readonly attempt: number;
  readonly result: { readonly class: FailureClass; readonly status?: number; readonly retryable?: boolean };
  /** The webhook's "retry on failure". */
  readonly retryOnFailure: boolean;
  /** From [0, 1). */
  readonly random: number;
  readonly nowMs: number;
  /** The header as it came. */
  readonly retryAfter?: string;
};

export type NextAttempt =
  | { readonly type: 'retry'; readonly atMs: number }
  | { readonly type: 'giveUp'; readonly reason: string }
  | { readonly type: 'disable'; readonly reason: string };

export function nextAttempt(failed: FailedAttempt): NextAttempt {
  const { attempt, result, nowMs, random } = failed;
  // 410 is how a receiver says that nobody lives here any more (Standard Webhooks; CloudEvents webhooks).
  if (result.status === 410) return { type: 'disable', reason: 'the receiver answered 410 Gone' };
  if (!failed.retryOnFailure) return { type: 'giveUp', reason: 'retrying is switched off for this webhook' };
  if (result.class === 'guard' || result.retryable === false) {
    return { type: 'giveUp', reason: 'the same request would fail again' };
  }
  const delayMs = retryDelaysMs[attempt - 1];
  if (delayMs === undefined) return { type: 'giveUp', reason: `all ${maxAttempts} attempts failed` };
  const spreadMs = delayMs * (1 + jitterRatio * (2 * random - 1));
  const overloaded = result.class === 'timeout' || result.status === 429;
  const floorMs = overloaded ? overloadFloorMs * (1 + jitterRatio * random) : 0;
  return { type: 'retry', atMs: nowMs + Math.round(Math.max(spreadMs, floorMs, askedMs(failed))) };
}

/** Retry-After can lengthen a wait, not shorten it: the attempts would be used up in seconds. */
function askedMs({ retryAfter, nowMs, random }: FailedAttempt): number {
  const waitMs = retryAfter === undefined ? undefined : readRetryAfter(retryAfter, nowMs);
  if (waitMs === undefined) return 0;
  const limitedMs = Math.min(waitMs, maxRetryAfterMs);
  return limitedMs + random * Math.min(limitedMs * jitterRatio, maxRetryAfterJitterMs);
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds to wait, never negative; undefined when it is neither seconds nor an IMF-fixdate (RFC 9110 10.2.3). */
function readRetryAfter(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,10}$/.test(trimmed)) return Number(trimmed) * secondMs;
  const date = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(trimmed);
  if (!date) return undefined;
  const [, day, monthName = '', year, hours, minutes, seconds] = date;
  const month = monthNames.indexOf(monthName);
  const atMs = Date.UTC(Number(year), month, Number(day), Number(hours), Number(minutes), Number(seconds));
  return month === -1 || Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
