// Deliveries as pages show them: state in words, and attempts as a ladder with the waits between them.
import { durationText } from './moment.ts';
import type { Tone } from './status-look.ts';

interface Told {
  readonly status: string;
  readonly attempts: number;
  readonly outcome?: string | undefined;
  readonly nextAt?: number | undefined;
}

/** One word on a delivery, with its tone. One that waits after a failure is not as well as one that waits at first. */
export function deliveryLook({ status, attempts }: Pick<Told, 'status' | 'attempts'>): { text: string; tone: Tone } {
  switch (status) {
    case 'DELIVERED':
      return { text: 'Delivered', tone: 'good' };
    case 'FAILED':
      return { text: 'Failed', tone: 'bad' };
    case 'CANCELLED':
      return { text: 'Called off', tone: 'gone' };
    default:
      return attempts > 0 ? { text: 'Retrying', tone: 'warn' } : { text: 'Waiting', tone: 'wait' };
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  ok: 'accepted',
  dns: 'the name of the host has no address',
  tls: 'the certificate does not hold',
  refused: 'nobody answered',
  timeout: 'no answer in time',
  guard: 'this address may not be called',
  ours: 'Fermata could not make the request',
  '3xx': 'redirects are not followed',
  '4xx': 'the receiver did not accept it',
  '5xx': 'the receiver has a problem',
};

/** What came of an attempt or a test: `ok`, or the class of a fault, in words. */
export const faultText = (result: string): string => FAULTS[result] ?? result;

export interface Timing {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** An attempt or a test, as far as it was recorded. */
export interface Exchange {
  readonly result: string;
  readonly request?: { readonly method?: string; readonly url?: string; readonly headers?: Record<string, string> };
  readonly response?: {
    readonly status: number;
    readonly headers: Record<string, string[]>;
    readonly body: string;
    readonly truncated?: boolean;
  };
  readonly timing?: Timing;
  readonly reason?: string;
  readonly gaveUp?: string;
  readonly remoteAddress?: string;
}

export interface Rung {
  readonly n: number;
  readonly at: number;
  /** `first`, or how long after the one before. */
  readonly after: string;
  readonly tone: Tone;
  /** `200`, `timeout`. */
  readonly outcome: string;
  readonly text: string;
  readonly exchange: Exchange;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Attempts as a ladder, the first on top. */
export function ladder(
  attempts: readonly ({ readonly n: number; readonly at: number } & Readonly<Record<string, unknown>>)[],
): Rung[] {
  return attempts.map((attempt, i) => {
    const exchange = attempt as unknown as Exchange;
    const result = text(attempt.result);
    const before = attempts[i - 1];
    return {
      n: attempt.n,
      at: attempt.at,
      after: before === undefined ? 'first' : `after ${durationText(attempt.at - before.at)}`,
      tone: result === 'ok' ? 'good' : 'bad',
      outcome: exchange.response === undefined ? result : String(exchange.response.status),
      text: text(attempt.reason) || faultText(result),
      exchange: { ...exchange, result },
    };
  });
}

export interface TimingPart {
  readonly name: string;
  readonly ms: number;
  /** Of the whole, 0 to 1. */
  readonly share: number;
}

/** The steps of a request that took time, in order; what is left is the rest of the answer. */
export function timingParts({ dnsMs, connectMs, tlsMs, firstByteMs, totalMs }: Timing): TimingPart[] {
  const known = dnsMs + connectMs + tlsMs + firstByteMs;
  const parts = [
    { name: 'DNS', ms: dnsMs },
    { name: 'Connect', ms: connectMs },
    { name: 'TLS', ms: tlsMs },
    { name: 'First byte', ms: firstByteMs },
    { name: 'Rest', ms: Math.max(0, totalMs - known) },
  ];
  const whole = Math.max(totalMs, known, Number.EPSILON);
  return parts.filter(({ ms }) => ms >= 0.05).map((one) => ({ ...one, share: one.ms / whole }));
}

/** Header lines of a recorded request or response. */
export const headerRows = (headers: Readonly<Record<string, string | readonly string[]>> | undefined) =>
  Object.entries(headers ?? {}).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => ({ name, value: one })),
  );
