// Lets go of held events: those of a webhook that was paused, at the rate that was asked for, and those that are kept in
// order, each when all that the one before it in its line set going has ended or is at rest.

import type { Clock } from '../lib/clock.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import { allowancesOf } from '../store/allowance.ts';
import type { HeldEvent } from '../store/store.ts';
import type { InboundDeps } from './call.ts';
import { routeNow } from './events.ts';
import { busyWith } from './order.ts';
import { createRates } from './rate.ts';

/** Lines that one round looks at; the next round looks at those behind them. */
const LINES_PER_ROUND = 200;
/** Another node may have held something, or an execution that a line waits for may have moved there. */
const LOOK_INTERVAL_MS = 1_000;
/** A webhook whose rate is used up is looked at again after this. */
const RATE_INTERVAL_MS = 50;

/** Whether the line moved, must wait for its rate, or stands until something happens. */
type Move = 'moved' | 'later' | 'stands';

export function createRelease(deps: InboundDeps, clock: Clock, onError: (error: unknown) => void): Loop {
  const { store, webhooks } = deps;
  const rates = createRates(clock, store);
  /** Executions that lines wait for. */
  const awaited = new Set<string>();
  /** Heads that were routed here: the mark in the database may go a little later. */
  const routed = new Set<string>();

  const leave = async (head: HeldEvent): Promise<Move> => {
    await store.events.leave(head);
    routed.delete(head.eventId);
    return 'moved';
  };

  /** Takes a routed event out of its line, if that may be. */
  const finish = async (head: HeldEvent): Promise<Move> => {
    const busy = head.line === '' ? undefined : await busyWith(store, head.eventId);
    if (busy !== undefined) {
      awaited.add(busy);
      return 'stands';
    }
    return leave(head);
  };

  const move = async (head: HeldEvent): Promise<Move> => {
    const ready = await webhooks.ready(head.webhookId);
    if (!ready) return leave(head);
    if (head.routed || routed.has(head.eventId)) return finish(head);
    if (ready.webhook.pausedAt !== undefined) return 'stands';
    const perSecond = head.line === '' ? ready.webhook.releasePerSecond : undefined;
    if (
      perSecond !== undefined &&
      !(await rates.take(allowancesOf(head.webhookId).releases, { perSecond, burst: 1 })).ok
    )
      return 'later';
    if (head.line !== '' && !(await store.events.begin(head))) return 'stands';
    const event = await store.events.get(head.eventId);
    const route = event && (await routeNow(deps, event));
    if (event && route) await store.events.route(head.eventId, { verdict: event.verdict, route }, clock.now());
    routed.add(head.eventId);
    return finish(head);
  };

  let seen: HeldEvent | undefined;
  let moves = new Set<Move>();
  const loop = createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError,
    async work() {
      if (!seen) {
        awaited.clear();
        moves = new Set();
      }
      const heads = await store.events.heads(LINES_PER_ROUND, seen);
      for (const one of await Promise.all(heads.map(move))) moves.add(one);
      seen = heads.length < LINES_PER_ROUND ? undefined : heads.at(-1);
      if (seen || moves.has('moved')) return 0;
      return moves.has('later') ? RATE_INTERVAL_MS : undefined;
    },
  });
  const unsubscribe = store.subscribe(({ workflows }) => {
    if (awaited.size > 0 && workflows.some(({ id }) => awaited.has(id))) loop.kick();
  });
  return {
    ...loop,
    async stop() {
      unsubscribe();
      await loop.stop();
    },
  };
}
