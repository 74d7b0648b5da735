// What workers leave behind beside results: lines of log, and when each queue was polled last.
// Polls are many and say little, so they are gathered in memory and written now and then.

import type { TaskAddress } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';
import type { LastPoll, TaskLogLine } from '../store/worker-trace.ts';

export interface WorkerTraces {
  polled(poll: Omit<LastPoll, 'at'>): void;
  /** Of one queue or of all, each domain by itself: what this node knows and what all have written. */
  lastPolls(queue?: string): Promise<readonly LastPoll[]>;
  /** `at` is when the worker says it was; absent: now. */
  log(task: TaskAddress, lines: readonly { readonly text: string; readonly at?: number }[]): Promise<void>;
  logsOf(task: TaskAddress): Promise<readonly TaskLogLine[]>;
}

/** How often polls are written. */
const FLUSH_INTERVAL_MS = 3_000;
/** Lines of a report beyond this are left out: a worker in a loop must not fill the database. */
const MAX_LINES = 1_000;
/** Longer lines are cut. */
const MAX_LINE_LENGTH = 64 * 1024;
/** Queues and domains kept in memory between two writes; workers choose the names. */
const MAX_POLLS = 10_000;

export interface WorkerTraceDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Takes secrets out of lines. */
  readonly maskText: (text: string) => Promise<string>;
}

export function createWorkerTraces(deps: WorkerTraceDeps): { traces: WorkerTraces; loop: Loop } {
  const { store, clock, ids, log, maskText } = deps;
  let fresh = new Map<string, LastPoll>();
  const keyOf = ({ queue, domain }: Pick<LastPoll, 'queue' | 'domain'>): string => JSON.stringify([queue, domain]);
  const flush = async (): Promise<undefined> => {
    if (fresh.size === 0) return;
    const polls = fresh;
    fresh = new Map();
    await store.lastPolls.put([...polls.values()]);
  };
  const loop = createLoop({
    clock,
    idleMs: FLUSH_INTERVAL_MS,
    work: flush,
    onError: (error) => log.warn({ err: error }, 'could not write when queues were polled'),
  });
  const traces: WorkerTraces = {
    polled(poll) {
      const key = keyOf(poll);
      if (fresh.size < MAX_POLLS || fresh.has(key)) fresh.set(key, { ...poll, at: clock.now() });
    },
    async lastPolls(queue) {
      const all = new Map((await store.lastPolls.list(queue)).map((poll) => [keyOf(poll), poll]));
      for (const [key, poll] of fresh) if (queue === undefined || poll.queue === queue) all.set(key, poll);
      return [...all.values()];
    },
    async log({ workflowId, n }, lines) {
      const kept = lines.slice(0, MAX_LINES).map(async ({ text, at = clock.now() }) => {
        const id = ids.next();
        return { id, at, text: (await maskText(text)).slice(0, MAX_LINE_LENGTH) };
      });
      await store.logs.add(workflowId, n, await Promise.all(kept));
    },
    logsOf: ({ workflowId, n }) => store.logs.list(workflowId, n, MAX_LINES),
  };
  return {
    traces,
    loop: {
      ...loop,
      async stop() {
        await loop.stop();
        // What was polled since the last write; a database that is gone keeps nobody from stopping.
        await flush().catch((error: unknown) => log.warn({ err: error }, 'could not write when queues were polled'));
      },
    },
  };
}
