// Moves what is due: alarms that have rung, and work that an earlier commit left and nobody is at, because its process died
// or another node has let it lie. What a commit leaves in this process, the store takes up by itself.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';

/** Executions that one round moves at most, so that a round is short and stopping is quick. */
const DUE_PER_ROUND = 500;

/** An alarm that was set since the last look rings at most this late. */
const LOOK_INTERVAL_MS = 250;

/** An alarm that is due but already being worked on is looked at again after this. */
const MIN_PAUSE_MS = 5;

export function createRunner(store: Store, clock: Clock, log: Log): Loop {
  return createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error }, 'could not move what is due; trying again'),
    async work() {
      const moved = await store.workflows.runDue(clock.now(), DUE_PER_ROUND);
      if (moved > 0) return 0;
      const alarm = await store.workflows.nextAlarm();
      return alarm === undefined ? undefined : Math.max(MIN_PAUSE_MS, alarm - clock.now());
    },
  });
}
