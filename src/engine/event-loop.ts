// Handles messages that wait for event handlers: said by executions, received by webhooks, or left by a node that died.

import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Store } from '../store/store.ts';
import type { EventHandlers } from './event-handlers.ts';

/** Messages of one round, so that a round is short and stopping is quick. */
const MESSAGES_PER_ROUND = 50;

/** A notice can be lost between nodes; nothing waits longer than this for a look. */
const LOOK_INTERVAL_MS = 500;

export function createEventLoop(store: Store, handlers: EventHandlers, clock: Clock, log: Log): Loop {
  const loop = createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error }, 'could not handle messages; trying again'),
    async work() {
      const waiting = await store.messages.waiting(MESSAGES_PER_ROUND);
      await handlers.handle(waiting);
      for (const { id, event, traceId } of waiting) log.debug({ traceId, messageId: id, event }, 'message handled');
      return waiting.length > 0 ? 0 : undefined;
    },
  });
  const unsubscribe = store.subscribe((notice) => {
    if (notice.messages) loop.kick();
  });
  return {
    ...loop,
    async stop() {
      unsubscribe();
      await loop.stop();
    },
  };
}
