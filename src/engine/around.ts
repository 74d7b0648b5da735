// What stands around executions, put together: schedules, event handlers and traces of workers, with the loops that move them.

import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';
import type { Definitions } from './definitions.ts';
import { createEventHandlers, type EventHandlers, type RunScript } from './event-handlers.ts';
import { createEventLoop } from './event-loop.ts';
import { createScheduler } from './scheduler.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import { createWorkerTraces, type WorkerTraces } from './worker-traces.ts';

export interface AroundDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly definitions: Definitions;
  readonly runScript: RunScript;
}

/** What the API speaks to. */
export interface AroundServices {
  readonly schedules: Schedules;
  readonly eventHandlers: EventHandlers;
  readonly workerTraces: WorkerTraces;
}

export function createAround(deps: AroundDeps): { services: AroundServices; loops: readonly Loop[] } {
  const { store, clock, log } = deps;
  const schedules = createSchedules(deps);
  const eventHandlers = createEventHandlers(deps);
  const { traces, loop: traceLoop } = createWorkerTraces(deps);
  return {
    services: { schedules, eventHandlers, workerTraces: traces },
    loops: [
      createScheduler(store, schedules, clock, log),
      createEventLoop(store, eventHandlers, clock, log),
      traceLoop,
    ],
  };
}
