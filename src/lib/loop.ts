// A thing that works again and again: when it is kicked, when it said it wants to, and at the latest after its idle time.
// `runOnce` is the unit, so tests call it and never wait.

import type { Clock } from './clock.ts';

export interface Loop {
  /** One round; never two at a time. Answers in how many ms it wants the next one, undefined: when its idle time is over. */
  runOnce(): Promise<number | undefined>;
  start(): void;
  /** Work as soon as possible, because something happened. */
  kick(): void;
  /** Ends when the round that is under way has ended. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly clock: Clock;
  /** Does what there is to do; answers as `runOnce` does. 0: there is more. */
  readonly work: () => Promise<number | undefined>;
  /** The longest time between two rounds. */
  readonly idleMs: number;
  readonly onError: (error: unknown) => void;
}

/** After a failed round: doubled with each further failure, so that a dead database is not asked a thousand times a second. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 10_000;

export function createLoop({ clock, work, idleMs, onError }: LoopOptions): Loop {
  let running: Promise<number | undefined> | undefined;
  let started = false;
  let kicked = false;
  let failures = 0;
  let callOff = (): void => {};

  const runOnce = (): Promise<number | undefined> => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };

  const schedule = (delayMs: number): void => {
    callOff();
    if (started) callOff = clock.after(delayMs, () => void turn());
  };

  const turn = async (): Promise<void> => {
    if (!started || running) return;
    kicked = false;
    let wish: number | undefined;
    try {
      wish = await runOnce();
      failures = 0;
    } catch (error) {
      onError(error);
      wish = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures);
      failures += 1;
      schedule(wish);
      return;
    }
    schedule(kicked ? 0 : Math.min(idleMs, wish ?? idleMs));
  };

  return {
    runOnce,
    start() {
      if (started) return;
      started = true;
      schedule(0);
    },
    kick() {
      if (kicked || !started) return;
      kicked = true;
      if (!running && failures === 0) schedule(0);
    },
    async stop() {
      started = false;
      callOff();
      await running?.catch(() => undefined);
    },
  };
}
