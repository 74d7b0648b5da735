// One call on an inbound address: find the webhook, verify, store, answer. The 200 is given only after the commit that
// holds the event; matching follows by itself (contract 2.4 to 2.6, chapter 3).

import { createHash } from 'node:crypto';
import type { ScriptResult } from '../core/decision.ts';
import { resolve } from '../core/expression.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { NewEvent, Route, Store } from '../store/store.ts';
import type { ParsedPayload } from './payload.ts';
import { payloadOf, payloadOfPart } from './payload.ts';
import { eventsOf } from './verifiers/identity.ts';
import { verify } from './verifiers/index.ts';
import { headerValues } from './verifiers/request.ts';
import type { Challenge, RawRequest, Refused, Verdict } from './verifiers/verifier.ts';
import { refuse } from './verifiers/verifier.ts';
import { idempotencyOf, receiverRules, startRules } from './webhook.ts';
import type { ReadyWebhook, Webhooks } from './webhooks.ts';
import { MASK } from './webhooks.ts';

export interface InboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text for the sender; empty where nothing is to be said. */
  readonly body: string;
  /** Why it was refused, for a person. */
  readonly reason?: string;
  /** For the metric: what became of it. */
  readonly outcome: 'stored' | 'duplicate' | 'challenge' | 'refused' | 'unknown';
}

/** Runs the routing expression of a webhook outside of this thread. */
export type RunExpression = (script: string, bindings: Json, deadlineMs: number) => Promise<ScriptResult>;

export interface ReceiveDeps {
  readonly store: Store;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly runExpression: RunExpression;
}

export type Receive = (webhookId: string, request: RawRequest, traceId?: string) => Promise<InboundAnswer>;

/** An expression decides where an event goes while its sender waits for the answer. */
const EXPRESSION_DEADLINE_MS = 1_000;
/** What a stranger sends is kept to be looked at, but not at any length. */
const MAX_REFUSED_BODY_BYTES = 64 * 1024;
/** Within this time one signature is one event. */
const SAME_SIGNATURE_MS = 5 * 60 * 1000;
/** Longer keys are hashed: an index entry should stay small. */
const MAX_KEY_LENGTH = 300;

const ACCEPTED: InboundAnswer = { status: 200, headers: {}, body: '', outcome: 'stored' };
const DUPLICATE: InboundAnswer = { ...ACCEPTED, outcome: 'duplicate' };

export function createReceive(deps: ReceiveDeps): Receive {
  const { webhooks, clock } = deps;
  return async (webhookId, request, traceId) => {
    const now = clock.now();
    const judge = async (fresh: boolean): Promise<{ call: Call; verdict: Verdict } | undefined> => {
      const ready = await webhooks.ready(webhookId, fresh);
      if (!ready) return undefined;
      const verdict = ready.verifier ? verify(ready.verifier, request, now) : UNUSABLE;
      return { call: { deps, ready, request, now, traceId }, verdict };
    };
    let judged = await judge(false);
    // The challenge may have been answered by another node a moment ago.
    if (judged?.verdict.type === 'refused' && judged.verdict.code === 'url_not_verified') judged = await judge(true);
    return judged ? answer(judged.call, judged.verdict) : unknownWebhook(webhookId);
  };
}

const UNUSABLE = refuse(
  401,
  'not_configured',
  'The configuration of this webhook cannot be used any more; save it again.',
);
const NO_DOCUMENTS = refuse(503, 'document_unavailable', 'The keys of the sender cannot be fetched here.');

function answer(call: Call, verdict: Verdict): Promise<InboundAnswer> {
  switch (verdict.type) {
    case 'verified':
      return accept(call);
    case 'challenge':
      return answerChallenge(call, verdict);
    case 'refused':
      return turnAway(call, verdict);
    case 'needsFetch':
      return turnAway(call, NO_DOCUMENTS);
  }
}

interface Call {
  readonly deps: ReceiveDeps;
  readonly ready: ReadyWebhook;
  readonly request: RawRequest;
  readonly now: number;
  readonly traceId: string | undefined;
}

const unknownWebhook = (id: string): InboundAnswer => ({
  status: 404,
  headers: {},
  body: '',
  reason: `no such webhook: ${id}`,
  outcome: 'unknown',
});

async function accept(call: Call): Promise<InboundAnswer> {
  const { deps, ready, request } = call;
  const payload = payloadOf(request);
  if (payload.type === 'malformed') return turnAway(call, refuse(400, 'malformed_body', payload.reason));
  const events = payload.type === 'opaque' ? [newEvent(call, { verdict: 'verified' })] : await eventsIn(call, payload);
  const results = await Promise.all(events.map((event) => deps.store.events.receive(event)));
  if (!ready.webhook.urlVerified) await deps.webhooks.markVerified(ready.webhook.id);
  return results.every(({ type }) => type === 'duplicate') ? DUPLICATE : ACCEPTED;
}

/** The events of a verified request: one, or several for platforms that send them in batches. */
async function eventsIn(call: Call, payload: ParsedPayload): Promise<readonly NewEvent[]> {
  const { ready, request } = call;
  const parts = ready.verifier ? eventsOf(ready.verifier, request, payload.body) : [];
  if (parts.length <= 1) {
    const dedupeKey = parts[0]?.dedupeKey ?? signatureKey(call);
    return [await routed(call, payload, dedupeKey === undefined ? {} : { dedupeKey })];
  }
  return Promise.all(
    parts.map(({ envelope, dedupeKey }) => {
      const own = payloadOfPart(envelope as Json, request.query);
      const body = Buffer.from(JSON.stringify(envelope));
      return routed(call, own, { body, ...(dedupeKey !== undefined && { dedupeKey }) });
    }),
  );
}

async function routed(call: Call, payload: ParsedPayload, fields: Partial<NewEvent>): Promise<NewEvent> {
  const { value, text } = payload;
  const event = newEvent(call, { verdict: 'verified', ...fields, ...(text !== undefined && { payload: text }) });
  const route = await routeOf(call, event.eventId, value);
  return typeof route === 'string' ? { ...event, reason: route } : { ...event, route };
}

/**
 * Senders without ids repeat a request when our answer got lost: the same signature within five minutes is the same event
 * (contract 2.6). Counted from full five minutes, since the key is all that is compared.
 */
function signatureKey({ ready, request, now }: Call): string | undefined {
  const { scheme, identity } = ready.verifier ?? {};
  if (scheme?.type !== 'hmac' || identity?.repeatable) return undefined;
  const values = scheme.headers.flatMap((name) => headerValues(request, name));
  const key = `signature ${Math.floor(now / SAME_SIGNATURE_MS)} ${values.join(' ')} ${request.query}`;
  return key.length <= MAX_KEY_LENGTH ? key : createHash('sha256').update(key).digest('hex');
}

/** Where the event goes; a text says why its expression could not tell. */
async function routeOf(call: Call, eventId: string, payload: JsonObject): Promise<Route | string> {
  const { ready, deps } = call;
  const { config } = ready.webhook;
  let { receivers, starts, idempotency } = ready;
  if (config.expression) {
    const result = await deps.runExpression(config.expression, payload, EXPRESSION_DEADLINE_MS);
    if (!result.ok) return `the expression of the webhook failed: ${result.reason}`;
    const { receiverWorkflowNamesToVersions: names, workflowsToStart } = isRecord(result.value) ? result.value : {};
    if (isRecord(names)) receivers = receiverRules(names);
    if (isRecord(workflowsToStart)) {
      starts = startRules(workflowsToStart);
      idempotency = idempotencyOf(workflowsToStart);
    }
  }
  const key = idempotency.template === undefined ? '' : keyOf(idempotency.template, payload);
  const once = key === '' ? {} : { idempotencyKey: key, idempotencyStrategy: idempotency.strategy };
  return {
    receivers,
    starts: starts.map((start) => ({ ...start, ...once })),
    event: `${config.name}:${eventId}`,
    createdBy: ready.webhook.createdBy,
  };
}

/** The template may use the payload alone, as `${workflow.input.…}` (contract 3.5); what resolves to nothing is no key. */
function keyOf(template: string, payload: JsonObject): string {
  const value = resolve(template, { lookup: (root) => (root === 'workflow' ? { input: payload } : undefined) });
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function answerChallenge(call: Call, verdict: Challenge): Promise<InboundAnswer> {
  const { deps, ready } = call;
  await deps.store.events.receive(newEvent(call, { verdict: 'challenge' }));
  const proves = verdict.proven || ready.verifier?.scheme.type === 'challenge';
  if (proves && !ready.webhook.urlVerified) await deps.webhooks.markVerified(ready.webhook.id);
  return { status: verdict.status, headers: verdict.headers, body: verdict.body, outcome: 'challenge' };
}

async function turnAway(call: Call, refusal: Refused): Promise<InboundAnswer> {
  const { reason, status, headers } = refusal;
  const body = call.request.body.subarray(0, MAX_REFUSED_BODY_BYTES);
  await call.deps.store.events.receive(newEvent(call, { verdict: 'refused', reason, body }));
  return { status, headers, body: '', reason, outcome: 'refused' };
}

function newEvent(call: Call, fields: Partial<NewEvent> & Pick<NewEvent, 'verdict'>): NewEvent {
  const { deps, ready, request, now, traceId } = call;
  const eventId = deps.ids.next();
  return {
    eventId,
    webhookId: ready.webhook.id,
    receivedAt: now,
    method: request.method,
    url: request.url,
    headers: JSON.stringify(redacted(request.headers, ready.secretHeaders)),
    body: request.body,
    traceId: traceId ?? eventId,
    ...fields,
  };
}

function redacted(headers: RawRequest['headers'], secret: ReadonlySet<string>): RawRequest['headers'] {
  const shown: Record<string, readonly string[]> = Object.create(null);
  for (const name in headers) shown[name] = secret.has(name) ? [MASK] : (headers[name] ?? []);
  return shown;
}
