// Starts what is scheduled. Any number of nodes may run it: whoever moves a schedule on first starts its workflow.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';
import type { Schedules } from './schedules.ts';

/** Schedules that one round moves on, so that a round is short and stopping is quick. */
const DUE_PER_ROUND = 100;

/** Another node may have saved a schedule that is due sooner than what is known here. */
const LOOK_INTERVAL_MS = 1_000;

export function createScheduler(store: Store, schedules: Schedules, clock: Clock, log: Log): Loop {
  const loop = createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error }, 'could not start what is scheduled; trying again'),
    async work() {
      if (await store.schedules.halted()) return undefined;
      const due = await store.schedules.due(clock.now(), DUE_PER_ROUND);
      await Promise.all(due.map((row) => schedules.fire(row)));
      const next = await store.schedules.nextDue();
      return next === undefined ? undefined : Math.max(0, next - clock.now());
    },
  });
  schedules.onChange(() => loop.kick());
  return loop;
}
