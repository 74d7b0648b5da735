// The only place that knows what time it is and that sets timers. Everything else gets a clock handed in,
// so tests and the simulation move time by hand.

export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Milliseconds since some moment; never goes back, so it is what durations are measured with. */
  elapsed(): number;
  /** Calls back once, after `delayMs`. Answers how to call it off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A Node timer holds 31 bits; a longer delay would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` aborts; tells whether the time ran out. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<'over' | 'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve('aborted');
      return;
    }
    const onAbort = (): void => {
      cancel();
      resolve('aborted');
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve('over');
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
