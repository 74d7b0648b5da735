// One attempt at one delivery: sent, judged, and settled with what follows from it: done, again later, given up, switched off.

import type { JsonObject } from '../core/json.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Delivery } from '../store/delivery.ts';
import type { FlowWebhookRow } from '../store/flow.ts';
import type { Store } from '../store/store.ts';
import { type AlertKind, FAILING_AT_ATTEMPT, raiseAlert } from './alert.ts';
import { type CircuitOutcome, circuitOutcome } from './circuit.ts';
import type { HttpClient } from './client.ts';
import type { Said } from './fan-out.ts';
import { switchOff } from './flow-change.ts';
import { configOf, type FlowWebhookConfig } from './flow-webhook.ts';
import type { Guard } from './guard.ts';
import {
  type Outgoing,
  type OutgoingRefusal,
  outgoingRequest,
  requestRecord,
  resultRecord,
} from './outgoing-request.ts';
import {
  classify,
  type FailureClass,
  type HttpFault,
  type HttpResponse,
  type HttpResult,
  type ResultClass,
} from './result.ts';
import { type NextAttempt, nextAttempt } from './retry-schedule.ts';

/** What is kept of an answer. */
const KEPT_RESPONSE_BYTES = 20 * 1024;

export interface AttemptDeps {
  readonly store: Store;
  readonly client: HttpClient;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next' | 'random'>;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onResult: (host: string, result: ResultClass, outcome: CircuitOutcome | undefined) => void;
}

export async function attemptDelivery(
  deps: AttemptDeps,
  row: FlowWebhookRow,
  delivery: Delivery,
  host: string,
): Promise<void> {
  const at = deps.clock.now();
  const config = configOf(row);
  const occasion = { deliveryId: delivery.id, guard: deps.guard };
  const said = delivery.data as unknown as Said;
  const prepare = (): Outgoing | OutgoingRefusal =>
    outgoingRequest(config, said, { ...occasion, nowMs: deps.clock.now() });
  const outgoing = prepare();
  if (!outgoing.ok) {
    deps.onResult(host, outgoing.fault, undefined);
    return settle(deps, row, delivery, { at, class: outgoing.fault, record: { ...outgoing }, retryable: false });
  }
  let result = await sendOnce(deps, outgoing);
  // A kept connection that was closed just then: the receiver has seen nothing, so this costs no attempt.
  const again = result.type === 'fault' && result.stale ? prepare() : undefined;
  if (again?.ok) result = await sendOnce(deps, again);
  if (result.type === 'cancelled') return deps.store.deliveries.release(delivery);
  const kind = classify(result);
  deps.onResult(host, kind, circuitOutcome(kind, statusOf(result)));
  return settle(deps, row, delivery, {
    at,
    class: kind,
    ...judged(result),
    record: { request: requestRecord(outgoing), ...resultRecord(result, outgoing) },
  });
}

function sendOnce({ client, timeoutMs, signal }: AttemptDeps, outgoing: Outgoing): Promise<HttpResult> {
  const { method, url, headers, body, tls } = outgoing;
  return client.send({
    ...{ method, url, headers, tls, timeoutMs, signal },
    maxResponseBytes: KEPT_RESPONSE_BYTES,
    ...(body !== undefined && { body }),
  });
}

const statusOf = (result: HttpResponse | HttpFault): number | undefined =>
  result.type === 'response' ? result.status : undefined;

interface Verdict {
  /** When the attempt began. */
  readonly at: number;
  readonly class: ResultClass;
  readonly record: JsonObject;
  readonly status?: number;
  readonly retryable?: boolean;
  readonly retryAfter?: string;
}

function judged(result: HttpResponse | HttpFault): Pick<Verdict, 'status' | 'retryable' | 'retryAfter'> {
  if (result.type === 'fault') return { retryable: result.retryable };
  const retryAfter = result.headers['retry-after']?.[0];
  return { status: result.status, ...(retryAfter !== undefined && { retryAfter }) };
}

async function settle(deps: AttemptDeps, row: FlowWebhookRow, expected: Delivery, verdict: Verdict): Promise<void> {
  const { store, clock } = deps;
  const now = clock.now();
  const outcome = verdict.status === undefined ? verdict.class : String(verdict.status);
  const attempt = { at: verdict.at, data: { ...verdict.record, result: verdict.class } };
  // The message was fixed when the delivery was made; there is no need to carry it back.
  const base = { expected: { ...expected, data: {} }, outcome, now, attempt };
  if (verdict.class === 'ok') {
    await store.deliveries.settle({ ...base, status: 'DELIVERED' });
    return;
  }
  const next = whatNext(deps, configOf(row), expected, verdict, verdict.class, now);
  const kind = alertOf(next, expected.tries + 1);
  if (kind) await raiseAlert(store, { kind, webhook: row, delivery: expected, outcome, now, eventId: deps.ids.next() });
  if (next.type === 'retry') {
    await store.deliveries.settle({ ...base, status: 'PENDING', nextAt: next.atMs });
    return;
  }
  if (next.type === 'disable') {
    await switchOff(store, row, next.reason, now);
    deps.log.warn({ flow: row.flow, webhookId: row.id }, `a webhook is switched off: ${next.reason}`);
  }
  const data = { ...attempt.data, gaveUp: next.reason };
  await store.deliveries.settle({ ...base, attempt: { ...attempt, data }, status: 'FAILED' });
}

function whatNext(
  { ids }: AttemptDeps,
  { retryOnFailure }: FlowWebhookConfig,
  { tries }: Delivery,
  { status, retryable, retryAfter }: Verdict,
  failure: FailureClass,
  nowMs: number,
): NextAttempt {
  return nextAttempt({
    attempt: tries + 1,
    result: { class: failure, ...(status !== undefined && { status }), ...(retryable !== undefined && { retryable }) },
    retryOnFailure,
    random: ids.random(),
    nowMs,
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

function alertOf(next: NextAttempt, attempt: number): AlertKind | undefined {
  switch (next.type) {
    case 'retry':
      return attempt === FAILING_AT_ATTEMPT ? 'failing' : undefined;
    case 'giveUp':
      return 'exhausted';
    case 'disable':
      return 'disabled';
  }
}
