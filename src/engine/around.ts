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
import { createSchemas, type Schemas } from './schemas.ts';
import type { SecretKey } from './secret-key.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createTextLoop } from './text-loop.ts';
import { createWorkerTraces, type WorkerTraces } from './worker-traces.ts';

export interface AroundDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly definitions: Definitions;
  readonly runScript: RunScript;
  readonly secretKey: SecretKey;
}

/** What the API speaks to. */
export interface AroundServices {
  readonly schedules: Schedules;
  readonly eventHandlers: EventHandlers;
  readonly workerTraces: WorkerTraces;
  readonly secrets: Secrets;
  readonly schemas: Schemas;
}

export function createAround(deps: AroundDeps): { services: AroundServices; loops: readonly Loop[] } {
  const { store, clock, log } = deps;
  const schedules = createSchedules(deps);
  const eventHandlers = createEventHandlers(deps);
  const secrets = createSecrets({ store, clock, log, key: deps.secretKey, newSecret: deps.ids.secret });
  const { traces, loop: traceLoop } = createWorkerTraces({ ...deps, maskText: secrets.maskText });
  return {
    services: { schedules, eventHandlers, workerTraces: traces, secrets, schemas: createSchemas(store, clock) },
    loops: [
      createScheduler(store, schedules, clock, log),
      createEventLoop(store, eventHandlers, clock, log),
      traceLoop,
      createTextLoop(store, clock, log),
    ],
  };
}
