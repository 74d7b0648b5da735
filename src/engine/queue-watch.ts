// Waiting for work in a queue, within the time that a caller gives it. The store keeps those who wait and gives them what
// becomes ready in its commits; here is the time, and who has gone away.

import type { Clock } from '../lib/clock.ts';
import type { PolledTask, PollRequest } from '../store/poll.ts';
import type { Store } from '../store/store.ts';

/** Tasks whose delay is over and those of other nodes make no stir, so whoever waits looks again this often. */
const LOOK_INTERVAL_MS = 500;

/** Calls back once when nobody waits for the answer any more; answers how to stop listening. */
type OnGone = (callback: () => void) => () => void;

export interface QueueWatch {
  /** Polls, and waits until there is a task, time is up, or the caller has gone. */
  poll(request: Omit<PollRequest, 'now' | 'waits'>, timeoutMs: number, onGone?: OnGone): Promise<readonly PolledTask[]>;
  /** Everybody who waits gets what there is now. */
  close(): void;
}

export function createQueueWatch(store: Store, clock: Clock, newName: () => string): QueueWatch {
  const waiting = new Set<string>();
  let closed = false;
  /** While somebody waits. */
  let nextLook: (() => void) | undefined;

  const lookAgain = (): void => {
    nextLook = waiting.size > 0 ? clock.after(LOOK_INTERVAL_MS, lookAgain) : undefined;
    if (!nextLook) return;
    // A store that cannot be asked tells those who wait itself.
    store.tasks.lookAgain(clock.now()).catch(() => undefined);
  };
  const letGo = (names: readonly string[]): void => void store.tasks.letGo(names).catch(() => undefined);

  const enter = (name: string): void => {
    waiting.add(name);
    nextLook ??= clock.after(LOOK_INTERVAL_MS, lookAgain);
  };

  return {
    async poll(request, timeoutMs, onGone) {
      if (timeoutMs <= 0 || closed) return store.tasks.poll({ ...request, now: clock.now() });
      const name = newName();
      enter(name);
      const tasks = store.tasks.poll({ ...request, now: clock.now(), waits: name });
      const end = (): void => letGo([name]);
      const callOff = clock.after(timeoutMs, end);
      const stopListening = onGone?.(end);
      try {
        return await tasks;
      } finally {
        callOff();
        stopListening?.();
        waiting.delete(name);
      }
    },
    close() {
      closed = true;
      nextLook?.();
      letGo([...waiting]);
    },
  };
}
