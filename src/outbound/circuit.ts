// A switch for each destination (scheme, host, port): after failures in a row it opens, and nobody waits for a dead receiver any more.
// Pure: (state, what happened, now) -> state. While open, deliveries are put off; no attempt is spent on them.
import type { ResultClass } from './result.ts';

/** Failures in a row that open the circuit: enough that one restart of a receiver does not. */
const failuresToOpen = 5;

/** The first pause; it doubles with every probe that fails. */
const firstPauseMs = 30_000;
const longestPauseMs = 10 * 60_000;

/** A probe that brings no result (its process died) blocks others for this long: twice the usual time limit of 30 s. */
const probeLeaseMs = 60_000;

export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly pauseMs: number; readonly untilMs: number }
  | { readonly state: 'halfOpen'; readonly pauseMs: number; readonly probeUntilMs: number };

export type CircuitOutcome = 'success' | 'failure';

export const closedCircuit: Circuit = { state: 'closed', failures: 0 };

export type Admission =
  | { readonly type: 'admit'; readonly circuit: Circuit; readonly probe: boolean }
  | { readonly type: 'wait'; readonly untilMs: number };

/** May a request go to this destination now? The probe of a half-open circuit is admitted once. */
export function admit(circuit: Circuit, nowMs: number): Admission {
  switch (circuit.state) {
    case 'closed':
      return { type: 'admit', circuit, probe: false };
    case 'open':
      return nowMs < circuit.untilMs ? { type: 'wait', untilMs: circuit.untilMs } : probe(circuit.pauseMs, nowMs);
    case 'halfOpen':
      return nowMs < circuit.probeUntilMs
        ? { type: 'wait', untilMs: circuit.probeUntilMs }
        : probe(circuit.pauseMs, nowMs);
  }
}

/** How many requests may be under way to this destination, `limit` being what it may have in good times. */
export function allowedAtOnce(circuit: Circuit, limit: number, nowMs: number): number {
  if (circuit.state === 'closed') return limit;
  return admit(circuit, nowMs).type === 'admit' ? 1 : 0;
}

/**
 * Any success closes, also one from before the pause. Failures count in a row; those of requests that were already under
 * way when the circuit opened change nothing.
 */
export function record(circuit: Circuit, outcome: CircuitOutcome, nowMs: number): Circuit {
  if (outcome === 'success') return closedCircuit;
  switch (circuit.state) {
    case 'closed': {
      const failures = circuit.failures + 1;
      return failures < failuresToOpen ? { state: 'closed', failures } : open(firstPauseMs, nowMs);
    }
    case 'open':
      return circuit;
    case 'halfOpen':
      return open(Math.min(2 * circuit.pauseMs, longestPauseMs), nowMs);
  }
}

/**
 * What a result says about the destination as a whole, which may be shared by many webhooks (hooks.slack.com). A receiver
 * that answers lives, whatever it thinks of one URL; 502 to 504 are said by a proxy whose receiver is gone. Undefined
 * where nothing follows: one webhook's 429, our own trouble, an address that may not be called.
 */
export function circuitOutcome(resultClass: ResultClass, status?: number): CircuitOutcome | undefined {
  switch (resultClass) {
    case 'ok':
    case '3xx':
      return 'success';
    case '4xx':
      return status === 429 ? undefined : 'success';
    case '5xx':
      return status === 502 || status === 503 || status === 504 ? 'failure' : 'success';
    case 'dns':
    case 'tls':
    case 'refused':
    case 'timeout':
      return 'failure';
    case 'guard':
    case 'ours':
      return undefined;
  }
}

function probe(pauseMs: number, nowMs: number): Admission {
  return { type: 'admit', circuit: { state: 'halfOpen', pauseMs, probeUntilMs: nowMs + probeLeaseMs }, probe: true };
}

function open(pauseMs: number, nowMs: number): Circuit {
  return { state: 'open', pauseMs, untilMs: nowMs + pauseMs };
}
