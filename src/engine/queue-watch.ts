// Wakes those who wait for work in a queue. Notices of the store are hints: losing one costs at most one look interval.

import type { Clock } from '../lib/clock.ts';
import type { Notice, PolledTask, PollRequest, Store } from '../store/store.ts';

/** Tasks whose delay is over make no notice, so somebody who waits looks again this often. */
const LOOK_INTERVAL_MS = 500;

export interface QueueWatch {
  /** Polls, and polls again when something comes, until there is a task, time is up, or `signal` aborts. */
  poll(request: Omit<PollRequest, 'now'>, timeoutMs: number, signal?: AbortSignal): Promise<readonly PolledTask[]>;
  /** Everybody who waits gets what there is now. */
  close(): void;
}

export function createQueueWatch(store: Store, clock: Clock): QueueWatch {
  const waiting = new Map<string, Set<() => void>>();
  let closed = false;

  const hear = (notice: Notice): void => {
    for (const queue of notice.queues) for (const wake of waiting.get(queue) ?? []) wake();
  };
  const unsubscribe = store.subscribe(hear);

  /** Listens from now on, so that nothing is missed between a look and the wait after it. */
  const listen = (queue: string): { woken: Promise<void>; stop: () => void } => {
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    const others = waiting.get(queue) ?? new Set();
    waiting.set(queue, others.add(wake));
    const stop = (): void => {
      others.delete(wake);
      if (others.size === 0 && waiting.get(queue) === others) waiting.delete(queue);
      wake();
    };
    return { woken, stop };
  };

  return {
    async poll(request, timeoutMs, signal) {
      const endMs = clock.elapsed() + timeoutMs;
      for (;;) {
        const ear = listen(request.queue);
        try {
          const tasks = await store.tasks.poll({ ...request, now: clock.now() });
          const leftMs = endMs - clock.elapsed();
          if (tasks.length > 0 || leftMs <= 0 || closed || signal?.aborted) return tasks;
          await wokenOrLate(clock, ear, Math.min(leftMs, LOOK_INTERVAL_MS), signal);
        } finally {
          ear.stop();
        }
      }
    },
    close() {
      closed = true;
      unsubscribe();
      for (const sleepers of waiting.values()) for (const wake of sleepers) wake();
    },
  };
}

async function wokenOrLate(
  clock: Clock,
  ear: { readonly woken: Promise<void>; readonly stop: () => void },
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const callOff = clock.after(delayMs, ear.stop);
  signal?.addEventListener('abort', ear.stop, { once: true });
  await ear.woken;
  callOff();
  signal?.removeEventListener('abort', ear.stop);
}
