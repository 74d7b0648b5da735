// How many calls a webhook takes: a bucket of tokens for each, in the memory of this node. Nothing is asked of the database.

import type { Clock } from '../lib/clock.ts';
import type { Limits } from './webhook.ts';

export interface Rates {
  /** Takes one call; otherwise says in how many seconds to come again. */
  take(
    webhookId: string,
    limits: Limits | undefined,
  ): { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const MAX_BUCKETS = 100_000;

export function createRates(clock: Clock): Rates {
  const buckets = new Map<string, Bucket>();
  return {
    take(webhookId, limits) {
      if (limits?.perSecond === undefined) return { ok: true };
      const { perSecond, burst = Math.max(1, perSecond) } = limits;
      const now = clock.elapsed();
      const bucket = buckets.get(webhookId) ?? { tokens: burst, atMs: now };
      const tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1000) * perSecond);
      buckets.delete(webhookId);
      buckets.set(webhookId, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: now });
      for (const oldest of buckets.keys()) {
        if (buckets.size <= MAX_BUCKETS) break;
        buckets.delete(oldest);
      }
      return tokens >= 1
        ? { ok: true }
        : { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)) };
    },
  };
}
