// Sends what waits: looks at the queue, chooses fairly, claims, sends through the guarded client, settles. At least once:
// what was not settled when a process dies is sent again, by this node at once or by another when the lease is over.

import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { Metrics } from '../lib/metrics.ts';
import { attemptsOf } from '../store/allowance.ts';
import type { Delivery, Waiting as Place } from '../store/delivery.ts';
import type { FlowWebhookRow } from '../store/flow.ts';
import type { Store } from '../store/store.ts';
import { type AttemptDeps, attemptDelivery } from './attempt.ts';
import { admit, allowedAtOnce, type Circuit, type CircuitOutcome, closedCircuit, record } from './circuit.ts';
import type { HttpClient } from './client.ts';
import { emptyQueue, finish, pick, type QueueState, type Waiting } from './fair-queue.ts';
import { configOf } from './flow-webhook.ts';
import type { Guard } from './guard.ts';

export interface SenderSettings {
  /** From the first look-up to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Deliveries under way at once on this node. */
  readonly slots: number;
  /** Of these, to one origin (scheme, host, port). */
  readonly perHost: number;
  /** Webhooks that are kept in memory between looks; with more of them all are read again. */
  readonly webhooksKept: number;
}

/** The seed's limit; 512 at once keep 100 receivers busy when one of them takes all of its 30 s. */
export const SENDER_SETTINGS: SenderSettings = { timeoutMs: 30_000, slots: 512, perHost: 64, webhooksKept: 1_000 };

/** Found in one look for each webhook: more than a host may have under way. */
const PLACES_PER_WEBHOOK = 100;
/** Retries become due by themselves, and other nodes make deliveries that this one may send. */
const LOOK_INTERVAL_MS = 500;
/** Beyond the time limit, for settling; after that another node takes over. */
const LEASE_MARGIN_MS = 10_000;
/** Deliveries of switched-off webhooks that are called off in one round. */
const CANCELLED_PER_ROUND = 200;

const NONE = { taken: 0 } as const;

export interface SenderDeps {
  readonly store: Store;
  readonly client: HttpClient;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next' | 'random'>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings?: Partial<SenderSettings>;
}

/** A loop that also knows when all that it has begun is settled, and how much that was. */
export interface Sender extends Loop {
  settled(): Promise<number>;
}

interface Look {
  readonly waiting: readonly Place[];
  /** Of each webhook that something waits for, unless it is gone. */
  readonly rows: ReadonlyMap<string, FlowWebhookRow>;
  readonly gone: ReadonlySet<string>;
}

interface Item extends Waiting {
  readonly place: Place;
  readonly row: FlowWebhookRow;
}

export function createSender(deps: SenderDeps): Sender {
  const sending = new Sending(deps);
  const loop = createLoop({
    clock: deps.clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => deps.log.error({ err: error }, 'could not look for deliveries; trying again'),
    work: () => sending.round(),
  });
  sending.onFinished = () => loop.kick();
  const unsubscribe = deps.store.subscribe(({ deliveries }) => {
    if (deliveries) loop.kick();
  });
  return {
    runOnce: () => loop.runOnce(),
    start: () => loop.start(),
    kick: () => loop.kick(),
    settled: () => sending.settled(),
    async stop() {
      unsubscribe();
      await loop.stop();
      sending.callOff();
      await sending.settled();
    },
  };
}

class Sending {
  onFinished = (): void => {};
  readonly #deps: SenderDeps;
  readonly #settings: SenderSettings;
  readonly #attempt: AttemptDeps;
  readonly #aborter = new AbortController();
  /** Chosen and not yet finished. */
  readonly #underway = new Set<string>();
  readonly #sends = new Set<Promise<void>>();
  readonly #circuits = new Map<string, Circuit>();
  #queue: QueueState = emptyQueue;
  /** No other node sends, so nobody else needs to count. */
  #isAlone = false;
  /** Something may go that could not go before, once a delivery has ended. */
  #finishMatters = false;
  /** As they were when they were last read. */
  #rows: ReadonlyMap<string, FlowWebhookRow> = new Map();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
    this.#settings = { ...SENDER_SETTINGS, ...deps.settings };
    const { metrics } = deps;
    const count = metrics.counter('fermata_delivery_attempts_total', 'Attempts to deliver, by result.', ['result']);
    this.#attempt = {
      ...deps,
      timeoutMs: this.#settings.timeoutMs,
      signal: this.#aborter.signal,
      onResult: (host, result, outcome) => {
        count.inc({ result });
        if (outcome) this.#note(host, outcome);
      },
    };
  }

  async settled(): Promise<number> {
    let count = 0;
    for (; this.#sends.size > 0; await Promise.all(this.#sends)) count += this.#sends.size;
    return count;
  }

  callOff(): void {
    this.#aborter.abort();
  }

  async round(): Promise<number | undefined> {
    const slots = this.#settings.slots - this.#underway.size;
    this.#finishMatters = true;
    if (slots <= 0) return undefined;
    const now = this.#deps.clock.now();
    const { waiting, rows, gone } = await this.#look(now);
    const free = waiting.filter(({ id }) => !this.#underway.has(id));
    const dead = free.filter(({ webhookId: id }) => gone.has(id) || rows.get(id)?.enabled === false);
    const items = free.flatMap((place): Item[] => itemOf(place, rows.get(place.webhookId)));
    const picked = pick(this.#queue, items, { slots, nowMs: now, atOnce: (host) => this.#atOnce(host, now) });
    const { chosen } = picked;
    this.#queue = picked.state;
    for (const { host } of chosen) this.#enter(host, now);
    const isCut = hasFullShare(waiting);
    const isAll = chosen.length === items.length;
    // When nothing is left over, the next thing to send comes with a notice, and no end of another lets it go sooner.
    this.#finishMatters = isCut || !isAll || chosen.some(({ orderKey }) => orderKey !== undefined);
    await this.#claimAndSend(chosen, now);
    const cancelled = await this.#cancel(dead.slice(0, CANCELLED_PER_ROUND), gone, now);
    if (cancelled > 0 || (isCut && isAll && chosen.length > 0)) return 0;
    return picked.nextAtMs === undefined ? undefined : Math.max(0, picked.nextAtMs - now);
  }

  /** Webhooks that have not changed are not read again: with a hundred of them that would be most of a look. */
  async #look(now: number): Promise<Look> {
    // Forgotten before the store is asked, which leaves out what it is told we have.
    const kept = new Map(this.#rows.size > this.#settings.webhooksKept ? [] : this.#rows);
    const known = Object.fromEntries([...kept].map(([id, { rev }]) => [id, rev]));
    const { waiting, webhooks, gone } = await this.#deps.store.deliveries.waiting(now, PLACES_PER_WEBHOOK, known);
    for (const row of webhooks) kept.set(row.id, row);
    for (const id of gone) kept.delete(id);
    this.#rows = kept;
    return { waiting, rows: kept, gone: new Set(gone) };
  }

  async #claimAndSend(chosen: readonly Item[], now: number): Promise<void> {
    const byId = new Map(chosen.map((item) => [item.place.id, item]));
    // Known as under way before the first await, so that the next look does not choose them again.
    for (const { place } of chosen) this.#underway.add(place.id);
    let won: readonly Delivery[] = [];
    try {
      won = await this.#claim(
        chosen.map(({ place }) => place),
        now,
      );
    } finally {
      const mine = new Set(won.map(({ id }) => id));
      for (const item of chosen) if (!mine.has(item.place.id)) this.#finished(item);
    }
    for (const delivery of await this.#withinRates(won, byId, now)) {
      const send = this.#send(byId.get(delivery.id) as Item, delivery);
      this.#sends.add(send);
      void send.finally(() => this.#sends.delete(send));
    }
  }

  /** Each node keeps the rate for itself; what all of them send beyond it is given back. */
  async #withinRates(
    won: readonly Delivery[],
    byId: ReadonlyMap<string, Item>,
    now: number,
  ): Promise<readonly Delivery[]> {
    const { allowances, deliveries } = this.#deps.store;
    const mine: Delivery[] = [];
    for (const [webhookId, group] of Map.groupBy(won, (delivery) => delivery.webhookId)) {
      const rate = byId.get(group[0]?.id ?? '')?.rate;
      const wish = rate && !this.#isAlone && { ...rate, count: group.length, now };
      // A database that is away lets nobody go; what is given back, or cannot be, waits for the end of its lease at most.
      const allowance = wish ? await allowances.take(attemptsOf(webhookId), wish).catch(() => NONE) : undefined;
      if (wish && !allowance) this.#isAlone = true;
      mine.push(...group.slice(0, allowance?.taken));
      for (const delivery of allowance ? group.slice(allowance.taken) : []) {
        await deliveries.release(delivery).catch(() => undefined);
        this.#finished(byId.get(delivery.id) as Item);
      }
    }
    return mine;
  }

  #claim(places: readonly Place[], now: number): Promise<readonly Delivery[]> {
    if (places.length === 0) return Promise.resolve([]);
    return this.#deps.store.deliveries.claim(places, now + this.#settings.timeoutMs + LEASE_MARGIN_MS);
  }

  async #send(item: Item, delivery: Delivery): Promise<void> {
    try {
      await attemptDelivery(this.#attempt, item.row, delivery, item.host);
    } catch (error) {
      this.#deps.log.error({ err: error, deliveryId: delivery.id }, 'could not settle a delivery; it is sent again');
    } finally {
      this.#finished(item);
      if (this.#finishMatters) this.onFinished();
    }
  }

  #finished(item: Item): void {
    this.#underway.delete(item.place.id);
    this.#queue = finish(this.#queue, [item]);
  }

  /** Nobody wants them any more: the webhook is gone, or was switched off. */
  async #cancel(places: readonly Place[], gone: ReadonlySet<string>, now: number): Promise<number> {
    const { deliveries } = this.#deps.store;
    const found = await this.#claim(places, now);
    for (const expected of found) {
      const outcome = gone.has(expected.webhookId) ? 'the webhook was removed' : 'the webhook is switched off';
      await deliveries.settle({ expected, status: 'CANCELLED', outcome, now });
    }
    return found.length;
  }

  #atOnce(host: string, now: number): number {
    return allowedAtOnce(this.#circuits.get(host) ?? closedCircuit, this.#settings.perHost, now);
  }

  /** A circuit that is not closed lets a probe through, and notes that it did. */
  #enter(host: string, now: number): void {
    const circuit = this.#circuits.get(host);
    if (!circuit) return;
    const admission = admit(circuit, now);
    if (admission.type === 'admit') this.#circuits.set(host, admission.circuit);
  }

  #note(host: string, outcome: CircuitOutcome): void {
    const before = this.#circuits.get(host) ?? closedCircuit;
    const after = record(before, outcome, this.#deps.clock.now());
    if (after.state === 'open' && before.state !== 'open')
      this.#deps.log.warn({ host, untilMs: after.untilMs }, 'a receiver does not answer; its deliveries wait');
    if (after.state === 'closed' && after.failures === 0) this.#circuits.delete(host);
    else this.#circuits.set(host, after);
  }
}

/** Of some webhook there may be more than this look has shown. */
function hasFullShare(waiting: readonly Place[]): boolean {
  if (waiting.length < PLACES_PER_WEBHOOK) return false;
  const shares = Map.groupBy(waiting, ({ webhookId }) => webhookId);
  return shares.values().some((places) => places.length >= PLACES_PER_WEBHOOK);
}

function itemOf(place: Place, row: FlowWebhookRow | undefined): Item[] {
  if (!row?.enabled) return [];
  const { url, rateLimit } = configOf(row);
  const { webhookId: webhook, lane, due: availableAtMs } = place;
  return [
    {
      ...{ place, row, webhook, availableAtMs },
      flow: row.flow,
      host: originOf(url),
      ...(lane !== '' && { orderKey: lane }),
      ...(rateLimit && { rate: { perSecond: rateLimit.perSecond, burst: rateLimit.burst ?? 1 } }),
    },
  ];
}

/** Only what stands behind the origin can be a reference. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
