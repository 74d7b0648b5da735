// Gathers the words of executions that have changed, so that free text finds them: behind the commits, with pauses.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';

/** Executions of one round: about a millisecond of the store's thread, 90 us each with 2 KB. */
const EXECUTIONS_PER_ROUND = 10;
/** Between two rounds while there is more: at 10 each, less than 2,000 a second. */
const PAUSE_MS = 5;
/** How often it looks. A search gathers what its own node has changed before it looks. */
const LOOK_INTERVAL_MS = 500;

export function createTextLoop(store: Store, clock: Clock, log: Log): Loop {
  return createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error }, 'could not gather words for free text; trying again'),
    work: async () =>
      (await store.workflows.gatherTexts(EXECUTIONS_PER_ROUND, clock.now())) > 0 ? PAUSE_MS : undefined,
  });
}
