// Sends one HTTP request under the guard and brings back what came of it: an answer, or a fault that says where it failed.
// Never follows a redirect, never decompresses, keeps at most the asked number of bytes, and ends by its deadline.
import type { Clock } from '../lib/clock.ts';
import type { ConnectDeps, Dial } from './connect.ts';
import { createPool, type PoolLimits } from './connection-pool.ts';
import { Exchange } from './exchange.ts';
import type { Guard } from './guard.ts';
import { createTlsCache, type HttpRequest, prepareRequest } from './request.ts';
import { createResolver, type Resolve } from './resolve.ts';
import type { Fault, HttpFault, HttpResult } from './result.ts';

/** `resolve` and `dial` stand for the resolver and for opening a TCP connection; the system's own by default. */
export type HttpClientOptions = {
  readonly guard: Guard;
  readonly clock: Clock;
  readonly resolve?: Resolve;
  readonly dial?: Dial;
  readonly userAgent?: string;
  readonly limits?: Partial<PoolLimits>;
};

export type HttpClient = {
  /** Expected trouble of any kind comes back as a value; it never rejects. */
  readonly send: (request: HttpRequest) => Promise<HttpResult>;
  /** Cancels what is under way and closes all connections. */
  readonly close: () => Promise<void>;
};

const defaultLimits: PoolLimits = {
  maxPerDestination: 64,
  maxIdle: 256,
  keepAliveMs: 4_000, // common servers close idle connections after 5 s (Node) or more
  maxHeaderBytes: 16 * 1024,
};

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { guard, clock, dial, resolve = createResolver(clock), userAgent = 'Fermata' } = options;
  const deps: ConnectDeps = { guard, clock, resolve, dial };
  const pool = createPool({ ...defaultLimits, ...options.limits });
  const tlsMaterial = createTlsCache();
  const underway = new Set<Exchange>();

  const send = async (request: HttpRequest): Promise<HttpResult> => {
    const startedMs = clock.elapsed();
    const target = guard.checkUrl(request.url);
    if (!target.ok) return refusal('guard', target.reason);
    const prepared = prepareRequest(request, target.url, userAgent);
    if (!prepared.ok) return refusal('ours', prepared.reason);
    const material = tlsMaterial(request.tls);
    if (!material.ok) return refusal('ours', material.reason);
    const exchange = new Exchange({ request, prepared, url: target.url, material, deps, pool, startedMs });
    underway.add(exchange);
    try {
      return await exchange.run();
    } finally {
      underway.delete(exchange);
    }
  };

  const close = async (): Promise<void> => {
    for (const exchange of underway) exchange.cancel();
    await pool.close();
  };

  return { send, close };
}

/** Refused before any I/O, so no step took time. */
function refusal(fault: Fault, reason: string): HttpFault {
  const timing = { dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0, totalMs: 0 };
  return { type: 'fault', fault, reason, retryable: false, stale: false, timing };
}
