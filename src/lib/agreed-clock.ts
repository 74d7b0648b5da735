// One time for all nodes: that of the database they share. A node measures how far it is from that, and goes on from there
// by the clock that never goes back; so nodes whose clocks differ, or are set, still agree on what came first.

import type { Clock } from './clock.ts';
import { createLoop, type Loop } from './loop.ts';

export interface AgreedClock extends Clock {
  /** Measures again. Rejects when the other clock is not to be had; then time goes on as it did. */
  sync(): Promise<void>;
}

/** The answer that came back soonest says most, so this many are asked for. */
const SAMPLES = 3;

/** `ask`: what the shared clock shows (epoch ms); undefined: there is none, and our own is right. */
export function createAgreedClock(own: Clock, ask: () => Promise<number | undefined>): AgreedClock {
  /** To be added to `elapsed`; undefined: our own clock counts. */
  let offset: number | undefined;

  /** Between these lies the offset: the answer was given after the question was sent and before it came back. */
  const measure = async (): Promise<{ low: number; high: number } | undefined> => {
    const sent = own.elapsed();
    const shown = await ask();
    return shown === undefined ? undefined : { low: shown - own.elapsed(), high: shown - sent };
  };

  return {
    now: () => (offset === undefined ? own.now() : Math.floor(own.elapsed() + offset)),
    elapsed: own.elapsed,
    after: (delayMs, callback) => own.after(delayMs, callback),
    async sync() {
      let best: { low: number; high: number } | undefined;
      for (let i = 0; i < SAMPLES; i += 1) {
        const found = await measure();
        if (!found) return;
        if (!best || found.high - found.low < best.high - best.low) best = found;
      }
      if (!best) return;
      // What may be right stays: each correction is a small jump.
      if (offset === undefined || offset < best.low || offset > best.high) offset = (best.low + best.high) / 2;
    },
  };
}

/** Quartz clocks drift by some ten microseconds a second, so this keeps nodes less than a millisecond apart. */
const SYNC_INTERVAL_MS = 10_000;

/** Measures again and again. */
export const createTimekeeper = (clock: AgreedClock, onError: (error: unknown) => void): Loop =>
  createLoop({
    clock,
    idleMs: SYNC_INTERVAL_MS,
    onError,
    async work() {
      await clock.sync();
      return undefined;
    },
  });
