// Gathers the words of executions that have changed, so that free text finds them: behind the commits, with pauses.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';

/** Between two rounds while there is more. */
const PAUSE_MS = 5;
/** How often it looks. A search gathers what its own node has changed before it looks. */
const LOOK_INTERVAL_MS = 500;

export function createTextLoop(store: Store, clock: Clock, log: Log): Loop {
  return createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error }, 'could not gather words for free text; trying again'),
    work: async () => ((await store.workflows.gatherTexts(clock.now())) > 0 ? PAUSE_MS : undefined),
  });
}
