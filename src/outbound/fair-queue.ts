// Chooses which waiting deliveries go next: flows take turns, hosts and webhooks keep their limits, keys keep their order.
// Pure: (state, what waits, limits, now) -> what goes, and the new state. It knows only the deliveries of its own process.

/** `perSecond` is above 0; `burst` is how many may go at once after a quiet time, at least 1. */
export type Rate = { readonly perSecond: number; readonly burst: number };

export type Waiting = {
  readonly flow: string;
  readonly webhook: string;
  /** What shares connections and a circuit: the origin of the URL. */
  readonly host: string;
  readonly availableAtMs: number;
  /** Deliveries of one webhook with one key go one after the other; a failed one holds up those behind it. */
  readonly orderKey?: string;
  readonly rate?: Rate;
};

type Bucket = { readonly tokens: number; readonly atMs: number; readonly rate: Rate };

export type QueueState = {
  readonly underwayByHost: ReadonlyMap<string, number>;
  readonly busyKeys: ReadonlySet<string>;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly lastFlow: string | undefined;
};

export const emptyQueue: QueueState = {
  underwayByHost: new Map(),
  busyKeys: new Set(),
  buckets: new Map(),
  lastFlow: undefined,
};

export type PickLimits = {
  /** How many may be chosen now. */
  readonly slots: number;
  /** How many may be under way to a host: its concurrency, or what its circuit allows. */
  readonly atOnce: (host: string) => number;
  readonly nowMs: number;
};

export type Picked<T> = {
  readonly chosen: readonly T[];
  readonly state: QueueState;
  /** When to look again: nothing that only waits for time can go before; undefined when time alone changes nothing. */
  readonly nextAtMs: number | undefined;
};

/**
 * `waiting` comes oldest first. For each order key it must hold the oldest unfinished delivery that is not under way,
 * due or not. To stay fair it should hold something of every flow that has work, not one flow's thousands.
 */
export function pick<T extends Waiting>(state: QueueState, waiting: readonly T[], limits: PickLimits): Picked<T> {
  const draft = {
    underwayByHost: new Map(state.underwayByHost),
    busyKeys: new Set(state.busyKeys),
    buckets: liveBuckets(state.buckets, limits.nowMs),
    /** Keys whose next delivery was seen in this call, chosen or not: what follows must wait. */
    seenKeys: new Set<string>(),
    nextAtMs: Number.POSITIVE_INFINITY,
  };
  const chosen: T[] = [];
  let lastFlow = state.lastFlow;
  let turns = turnsAfter(waiting, lastFlow);
  while (turns.length > 0 && chosen.length < limits.slots) {
    const remaining: Turn<T>[] = [];
    for (const turn of turns) {
      if (chosen.length >= limits.slots) break;
      const item = nextEligible(turn, draft, limits);
      if (!item) continue;
      chosen.push(item);
      lastFlow = item.flow;
      remaining.push(turn);
    }
    turns = remaining;
  }
  const { underwayByHost, busyKeys, buckets, nextAtMs } = draft;
  return {
    chosen,
    state: { underwayByHost, busyKeys, buckets, lastFlow },
    nextAtMs: nextAtMs === Number.POSITIVE_INFINITY ? undefined : nextAtMs,
  };
}

/** Gives back what chosen deliveries held, when their attempts have ended in whatever way. */
export function finish(state: QueueState, items: readonly Waiting[]): QueueState {
  const underwayByHost = new Map(state.underwayByHost);
  const busyKeys = new Set(state.busyKeys);
  for (const item of items) {
    const left = (underwayByHost.get(item.host) ?? 0) - 1;
    if (left > 0) underwayByHost.set(item.host, left);
    else underwayByHost.delete(item.host);
    const key = keyOf(item);
    if (key !== undefined) busyKeys.delete(key);
  }
  return { ...state, underwayByHost, busyKeys };
}

type Turn<T> = { readonly items: readonly T[]; position: number };

type Draft = {
  readonly underwayByHost: Map<string, number>;
  readonly busyKeys: Set<string>;
  readonly buckets: Map<string, Bucket>;
  readonly seenKeys: Set<string>;
  nextAtMs: number;
};

/** One turn for each flow, beginning with the flow after the one that was served last. */
function turnsAfter<T extends Waiting>(waiting: readonly T[], lastFlow: string | undefined): Turn<T>[] {
  const byFlow = Map.groupBy(waiting, (item) => item.flow);
  const flows = [...byFlow.keys()].sort();
  const first = lastFlow === undefined ? 0 : flows.findIndex((flow) => flow > lastFlow);
  const rotated = first <= 0 ? flows : [...flows.slice(first), ...flows.slice(0, first)];
  return rotated.map((flow) => ({ items: byFlow.get(flow) ?? [], position: 0 }));
}

/** Within one call nothing that was passed over becomes eligible again, so each item is looked at once. */
function nextEligible<T extends Waiting>(turn: Turn<T>, draft: Draft, limits: PickLimits): T | undefined {
  while (turn.position < turn.items.length) {
    const item = turn.items[turn.position];
    turn.position += 1;
    if (item && take(item, draft, limits)) return item;
  }
  return undefined;
}

function take(item: Waiting, draft: Draft, { atOnce, nowMs }: PickLimits): boolean {
  const key = keyOf(item);
  if (key !== undefined) {
    if (draft.busyKeys.has(key) || draft.seenKeys.has(key)) return false;
    draft.seenKeys.add(key);
  }
  if (item.availableAtMs > nowMs) {
    draft.nextAtMs = Math.min(draft.nextAtMs, item.availableAtMs);
    return false;
  }
  const underway = draft.underwayByHost.get(item.host) ?? 0;
  if (underway >= atOnce(item.host)) return false;
  const { rate } = item;
  if (rate) {
    const tokens = tokensAt(draft.buckets.get(item.webhook), rate, nowMs);
    if (tokens < oneToken) {
      draft.nextAtMs = Math.min(draft.nextAtMs, nowMs + Math.ceil(((oneToken - tokens) / rate.perSecond) * 1000));
      return false;
    }
    draft.buckets.set(item.webhook, { tokens: tokens - 1, atMs: nowMs, rate });
  }
  draft.underwayByHost.set(item.host, underway + 1);
  if (key !== undefined) draft.busyKeys.add(key);
  return true;
}

/** Refilling in fractions may end a hair off one token. */
const oneToken = 1 - 1e-9;

/** A token bucket: full at first, refilled evenly. A clock that steps back refills nothing. */
function tokensAt(bucket: Bucket | undefined, rate: Rate, nowMs: number): number {
  const burst = Math.max(1, rate.burst);
  if (!bucket) return burst;
  const refilled = (Math.max(0, nowMs - bucket.atMs) / 1000) * rate.perSecond;
  return Math.min(burst, bucket.tokens + refilled);
}

/** A full bucket says nothing and is forgotten. */
function liveBuckets(buckets: ReadonlyMap<string, Bucket>, nowMs: number): Map<string, Bucket> {
  return new Map(
    [...buckets].filter(([, bucket]) => tokensAt(bucket, bucket.rate, nowMs) < Math.max(1, bucket.rate.burst)),
  );
}

function keyOf(item: Waiting): string | undefined {
  return item.orderKey === undefined ? undefined : JSON.stringify([item.webhook, item.orderKey]);
}
