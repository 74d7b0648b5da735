// Moves what is due: alarms that have rung, commands in inboxes, events that wait to be routed.
// It runs when the store says there is a backlog, when the next alarm is due, and now and then for what other nodes left.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';

/** Executions that one round moves at most, so that a round is short and stopping is quick. */
const DUE_PER_ROUND = 500;

/** A hint can be lost between nodes; nothing that is due waits longer than this for a look. */
const LOOK_INTERVAL_MS = 500;

export function createRunner(store: Store, clock: Clock, log: Log): Loop {
  const loop = createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error }, 'could not move what is due; trying again'),
    async work() {
      const moved = await store.workflows.runDue(clock.now(), DUE_PER_ROUND);
      if (moved > 0) return 0;
      const alarm = await store.workflows.nextAlarm();
      return alarm === undefined ? undefined : Math.max(0, alarm - clock.now());
    },
  });
  const unsubscribe = store.subscribe((notice) => {
    if (notice.backlog) loop.kick();
  });
  return {
    ...loop,
    async stop() {
      unsubscribe();
      await loop.stop();
    },
  };
}
