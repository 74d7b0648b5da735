// How many calls a webhook takes, over all nodes: a node takes some of them at a time out of what the database counts, more
// at once the faster they come, so that it asks some twenty times a second at most. A process of its own counts by itself.

import type { Clock } from '../lib/clock.ts';
import type { Allowance } from '../store/allowance.ts';
import type { Store } from '../store/store.ts';

export interface Rate {
  readonly perSecond: number;
  /** Calls at once, when there were fewer before; as many as in a second when absent. */
  readonly burst?: number | undefined;
}

export type Taken = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

export interface Rates {
  /** Takes one call; otherwise says in how many seconds to come again. */
  take(name: string, rate: Rate): Promise<Taken>;
}

interface Bucket {
  readonly rate: Rate;
  /** Calls that may be let in; what the node has taken for itself, or all there is. */
  tokens: number;
  /** When they were counted, by the clock that never goes back. */
  atMs: number;
  /** Calls to be asked for the next time. */
  slice: number;
  /** Nobody gets any before this moment (epoch ms). */
  closedUntil: number;
  asking?: Promise<void> | undefined;
}

const MAX_BUCKETS = 100_000;
/** A slice lasts about so long at the full rate; one that is used up sooner makes the next one larger. */
const SLICE_MS = 50;
/** What was taken and not used by then is void, so that no node lets in more later. */
const SLICE_LIFE_MS = 1_000;

const OK: Taken = { ok: true };

export function createRates(clock: Clock, { allowances }: Pick<Store, 'allowances'>): Rates {
  const buckets = new Map<string, Bucket>();
  /** Known after the first question. */
  let isAlone = false;

  const bucketOf = (name: string, rate: Rate): Bucket => {
    const known = buckets.get(name);
    const isSame = known?.rate.perSecond === rate.perSecond && known.rate.burst === rate.burst;
    const fresh = { rate, tokens: isAlone ? burstOf(rate) : 0, atMs: clock.elapsed(), slice: 1, closedUntil: 0 };
    const bucket = known && isSame ? known : fresh;
    buckets.delete(name);
    buckets.set(name, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= MAX_BUCKETS) break;
      buckets.delete(oldest);
    }
    return bucket;
  };

  const ask = async (name: string, bucket: Bucket): Promise<void> => {
    const { rate, slice } = bucket;
    const burst = burstOf(rate);
    const now = clock.now();
    const given = await allowances.take(name, { perSecond: rate.perSecond, burst, count: slice, now });
    if (given) receive(bucket, given, clock);
    else {
      isAlone = true;
      bucket.tokens = burst;
      bucket.atMs = clock.elapsed();
    }
  };

  return {
    async take(name, rate) {
      const bucket = bucketOf(name, rate);
      for (;;) {
        const taken = isAlone ? takeAlone(bucket, clock) : takeShared(bucket, clock);
        if (taken) return taken;
        bucket.asking ??= ask(name, bucket).finally(() => {
          bucket.asking = undefined;
        });
        await bucket.asking;
      }
    },
  };
}

const burstOf = ({ perSecond, burst = Math.max(1, perSecond) }: Rate): number => burst;

function takeAlone(bucket: Bucket, clock: Clock): Taken {
  const { perSecond } = bucket.rate;
  const nowMs = clock.elapsed();
  bucket.tokens = Math.min(burstOf(bucket.rate), bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond);
  bucket.atMs = nowMs;
  if (bucket.tokens < 1)
    return { ok: false, retryAfterSeconds: wholeSeconds(((1 - bucket.tokens) / perSecond) * 1000) };
  bucket.tokens -= 1;
  return OK;
}

/** Undefined: there is nothing left to take from, so more must be asked for. */
function takeShared(bucket: Bucket, clock: Clock): Taken | undefined {
  if (clock.elapsed() - bucket.atMs > SLICE_LIFE_MS) bucket.tokens = 0;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return OK;
  }
  const closedMs = bucket.closedUntil - clock.now();
  return closedMs > 0 ? { ok: false, retryAfterSeconds: wholeSeconds(closedMs) } : undefined;
}

function receive(bucket: Bucket, { taken, nextAt }: Allowance, clock: Clock): void {
  const { rate, slice } = bucket;
  const nowMs = clock.elapsed();
  const isSoon = nowMs - bucket.atMs < SLICE_MS;
  const most = Math.max(1, Math.floor(Math.min((rate.perSecond * SLICE_MS) / 1000, burstOf(rate) / 4)));
  bucket.slice = isSoon ? Math.min(slice * 2, most) : 1;
  bucket.tokens = taken;
  bucket.atMs = nowMs;
  bucket.closedUntil = taken === 0 ? nextAt : 0;
}

const wholeSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
