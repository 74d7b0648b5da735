// Lets go of held events: those of a webhook that was paused, at the rate that was asked for, and those that are kept in
// order, each when the one before it in its line has met its waits.

import type { Clock } from '../lib/clock.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { HeldEvent } from '../store/store.ts';
import type { InboundDeps } from './call.ts';
import { routeNow } from './events.ts';
import { createRates } from './rate.ts';

/** Lines that one round looks at. */
const LINES_PER_ROUND = 200;
/** Another node may have held something. */
const LOOK_INTERVAL_MS = 1_000;
/** A webhook whose rate is used up is looked at again after this. */
const RATE_INTERVAL_MS = 50;

export function createRelease(deps: InboundDeps, clock: Clock, onError: (error: unknown) => void): Loop {
  const { store, webhooks } = deps;
  const rates = createRates(clock);

  /** Whether the line moved, must wait for its rate, or stands. */
  const move = async (head: HeldEvent): Promise<'moved' | 'later' | 'stands'> => {
    const ready = await webhooks.ready(head.webhookId);
    if (head.routed || !ready) {
      await store.events.leave(head);
      return 'moved';
    }
    if (ready.webhook.pausedAt !== undefined) return 'stands';
    const perSecond = head.line === '' ? ready.webhook.releasePerSecond : undefined;
    if (perSecond !== undefined && !rates.take(head.webhookId, { perSecond, burst: 1 }).ok) return 'later';
    const event = await store.events.get(head.eventId);
    const route = event && (await routeNow(deps, event));
    if (event && route) await store.events.route(head.eventId, { verdict: event.verdict, route }, clock.now());
    else await store.events.leave(head);
    return 'moved';
  };

  return createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError,
    async work() {
      const heads = await store.events.heads(LINES_PER_ROUND);
      const moves = await Promise.all(heads.map(move));
      if (moves.includes('moved')) return 0;
      return moves.includes('later') ? RATE_INTERVAL_MS : undefined;
    },
  });
}
