// One call on an inbound address: find the webhook, verify, store, answer. The answer is given only after the commit that
// holds the event; matching follows by itself (contract 2.4 to 2.6, chapter 3).

import type { Json } from '../core/json.ts';
import { allowancesOf } from '../store/allowance.ts';
import type { NewEvent, ReceiveResult } from '../store/store.ts';
import { fixedAnswer, flowAnswer, type Said } from './answer-rule.ts';
import { type Call, fileLink, type InboundDeps, newEvent, queryOf } from './call.ts';
import { asCloudEvent, isBatch } from './cloud-events.ts';
import { judge } from './judge.ts';
import { namesOf } from './names.ts';
import { type ParsedPayload, payloadOf, payloadOfPart } from './payload.ts';
import { withoutProof } from './proof-in-body.ts';
import { createRates } from './rate.ts';
import { lineOf, routeOf } from './routing.ts';
import { unpack } from './unpack.ts';
import { eventsOf } from './verifiers/identity.ts';
import type { Challenge, RawRequest, Refused, Verified } from './verifiers/verifier.ts';

export interface InboundAnswer extends Said {
  /** Why it was refused, for a person. */
  readonly reason?: string;
  /** For the metric: what became of it. */
  readonly outcome: 'stored' | 'duplicate' | 'challenge' | 'refused' | 'unknown' | 'limited' | 'unavailable';
}

/** A request of our own making: never a duplicate. `unproven`: why it could not be signed, and is taken all the same. */
export interface Sample {
  readonly unproven?: string;
}

export type Receive = (
  webhookId: string,
  request: RawRequest,
  traceId?: string,
  sample?: Sample,
) => Promise<InboundAnswer>;

/** Words for a body that cannot be unpacked, beside those of the verifiers (verifiers/verifier.ts). */
const UNPACK_CODES = { 400: 'malformed_body', 413: 'too_large', 415: 'unknown_coding' } as const;

/** What a stranger sends is kept to be looked at, but not at any length. */
const MAX_REFUSED_BODY_BYTES = 64 * 1024;

/** An outage of a database is over in seconds or in minutes; senders have longer pauses of their own. */
const COME_AGAIN_SECONDS = 5;

export function createReceive(deps: InboundDeps): Receive {
  const take = createTake(deps);
  return async (...call) => {
    try {
      return await take(...call);
    } catch (error) {
      if (!(error instanceof NotStored) && (await deps.store.healthy())) throw error;
      deps.onFault(error);
      const headers = { 'Retry-After': String(COME_AGAIN_SECONDS) };
      return { ...refusedWith(503, 'nothing can be stored just now; please send it again', 'unavailable'), headers };
    }
  };
}

/** The database did not take an event: no fault of its sender. */
class NotStored extends Error {}

const storeEvent = ({ deps }: Pick<Call, 'deps'>, event: NewEvent): Promise<ReceiveResult> =>
  deps.store.events.receive(event).catch((cause: Error) => {
    throw new NotStored(`an event was not stored: ${cause.message}`, { cause });
  });

function createTake(deps: InboundDeps): Receive {
  const rates = createRates(deps.clock, deps.store);
  return async (webhookId, request, traceId, sample) => {
    const ready = await deps.webhooks.ready(webhookId);
    if (!ready) return refusedWith(404, `no such webhook: ${webhookId}`, 'unknown');
    const { limits } = ready.webhook.config;
    const { perSecond, burst } = limits ?? {};
    const taken =
      perSecond === undefined ? undefined : await rates.take(allowancesOf(webhookId).calls, { perSecond, burst });
    if (taken?.ok === false) {
      const retry = { 'Retry-After': String(taken.retryAfterSeconds) };
      return { ...refusedWith(429, 'this webhook takes no more calls just now', 'limited'), headers: retry };
    }
    if (limits?.maxBytes !== undefined && request.body.length > limits.maxBytes)
      return refusedWith(413, `this webhook takes bodies of at most ${limits.maxBytes} bytes`, 'limited');
    const call = { deps, ready, request, now: deps.clock.now(), traceId };
    const unpacked = await unpack(request, limits?.maxBytes);
    if (!unpacked.ok) return turnAway(call, { ...unpacked, headers: {}, code: UNPACK_CODES[unpacked.status] });
    const whole: Call = { ...call, unpacked, isSample: sample !== undefined };
    if (sample?.unproven !== undefined)
      return accept(whole, { verdict: 'observed', code: 'not_signed', reason: sample.unproven });
    const { verdict, ready: fresh } = await judge(whole);
    return answer({ ...whole, ready: fresh }, verdict);
  };
}

const refusedWith = (status: number, reason: string, outcome: InboundAnswer['outcome']): InboundAnswer => ({
  status,
  headers: {},
  body: '',
  reason,
  outcome,
});

function answer(call: Call, verdict: Verified | Refused | Challenge): Promise<InboundAnswer> {
  const { observe } = call.ready.webhook.config;
  switch (verdict.type) {
    case 'verified':
      return accept(call, { verdict: 'verified', secretId: verdict.secretId });
    case 'challenge':
      return answerChallenge(call, verdict);
    case 'refused':
      // A method that is no event stays none, whoever is watching.
      if (!observe || verdict.code === 'method_not_allowed') return turnAway(call, verdict);
      return accept(call, {
        verdict: 'observed',
        code: verdict.code,
        reason: `taken while observing: ${verdict.reason}`,
      });
  }
}

/** How an event was judged, as it is stored with it. */
export interface Judged {
  readonly verdict: 'verified' | 'observed';
  readonly secretId?: string | undefined;
  readonly code?: string;
  readonly reason?: string;
}

async function accept(call: Call, judged: Judged): Promise<InboundAnswer> {
  const { deps, ready } = call;
  const made = await eventsIn(call, judged, call.isSample);
  if (!made.ok) {
    const code = made.status === 415 ? 'unknown_format' : 'malformed_body';
    return turnAway(call, { status: made.status, reason: made.reason, headers: {}, code });
  }
  const results = await Promise.all(made.events.map((event) => storeEvent(call, event)));
  if (made.events.some(({ line }) => line !== undefined)) deps.onHeld();
  if (judged.verdict === 'verified') await noteProof(call, judged.secretId);
  const usual = fixedAnswer(ready);
  if (results.every(({ type }) => type === 'duplicate')) return { ...usual, outcome: 'duplicate' };
  const { answer: rule } = ready.webhook.config;
  const first = results.at(-1);
  const waits = rule?.type === 'workflow' && first !== undefined && ready.webhook.pausedAt === undefined;
  const isHeld = made.events.at(-1)?.line !== undefined;
  const said = waits ? await flowAnswer(deps, { eventId: first.eventId, isHeld }, rule, usual) : usual;
  return { ...said, outcome: 'stored' };
}

async function noteProof({ deps, ready }: Call, secretId: string | undefined): Promise<void> {
  const { id, urlVerified } = ready.webhook;
  if (!urlVerified) await deps.webhooks.markVerified(id);
  if (secretId !== undefined) await deps.webhooks.noteUse(id, secretId);
}

type Made =
  | { readonly ok: true; readonly events: readonly NewEvent[] }
  | { readonly ok: false; readonly reason: string; readonly status: 400 | 415 };

/** The events of a request that is taken: one, or several for platforms that send them in batches. */
export async function eventsIn(arrived: Call, judged: Judged, forced = false): Promise<Made> {
  const call = withoutProof(arrived);
  const { ready, request, unpacked, deps } = call;
  const eventId = deps.ids.next();
  const query = queryOf(call);
  const parsed = await payloadOf({ request, unpacked, query, linkTo: (n) => fileLink(eventId, n) });
  const isCloud = ready.platform?.format === 'cloudevents';
  const payload = isCloud && parsed.type === 'payload' ? asCloudEvent(request, parsed, query) : parsed;
  if (payload.type === 'malformed') return { ok: false, reason: payload.reason, status: payload.status ?? 400 };
  const split = ready.webhook.config.split !== false;
  const parts = ready.verifier ? eventsOf(ready.verifier, request, payload.body, split) : [];
  const [only] = parts;
  if (parts.length <= 1) {
    const about = { ...aboutOf(judged), ...(only?.eventType !== undefined && { eventType: only.eventType }) };
    const names = forced ? {} : namesOf(call, only);
    return { ok: true, events: [await routed(call, judged, payload, { eventId, about, ...names })] };
  }
  const whole = newEvent(call, { eventId, verdict: 'batch', about: { ...aboutOf(judged), events: parts.length } });
  const events = await Promise.all(
    parts.map((part, index) => {
      const content = (isCloud && isBatch(request) ? part.payload : part.envelope) as Json;
      const own = payloadOfPart(content, query);
      const body = Buffer.from(JSON.stringify(content));
      const about = {
        ...aboutOf(judged),
        partOf: eventId,
        index,
        ...(part.eventType !== undefined && { eventType: part.eventType }),
      };
      return routed(call, judged, own, { body, about, ...(forced ? {} : namesOf(call, part, body)) });
    }),
  );
  return { ok: true, events: [whole, ...events] };
}

const aboutOf = ({ secretId, code }: Judged): NonNullable<NewEvent['about']> => ({
  ...(secretId !== undefined && { secretId }),
  ...(code !== undefined && { code }),
});

async function routed(
  call: Call,
  { verdict, reason }: Judged,
  payload: ParsedPayload,
  fields: Partial<NewEvent>,
): Promise<NewEvent> {
  const { deps, ready } = call;
  const { value, text } = payload;
  const event = newEvent(call, {
    verdict,
    ...(reason !== undefined && { reason }),
    ...fields,
    ...(text !== undefined && { payload: text }),
  });
  // An order holds through a pause; other events wait in one line for all.
  const line = lineOf(ready, value) ?? (ready.webhook.pausedAt === undefined ? undefined : '');
  if (line !== undefined) return { ...event, line };
  const route = await routeOf(deps, ready, event.eventId, value);
  return typeof route === 'string' ? { ...event, reason: route } : { ...event, route };
}

async function answerChallenge(call: Call, verdict: Challenge): Promise<InboundAnswer> {
  const { deps, ready } = call;
  const { status, headers, body, visit, proven } = verdict;
  if (visit !== undefined && !(await deps.visit(visit)))
    return turnAway(call, {
      status: 503,
      code: 'not_confirmed',
      reason: 'the address that confirms the subscription could not be called; the sender will ask again',
      headers: {},
    });
  await storeEvent(call, newEvent(call, { verdict: 'challenge' }));
  const proves = proven || ready.verifier?.scheme.type === 'challenge';
  if (proves && !ready.webhook.urlVerified) await deps.webhooks.markVerified(ready.webhook.id);
  return { status, headers, body, outcome: 'challenge' };
}

type Refusal = Pick<InboundAnswer, 'status' | 'headers'> & { readonly reason: string; readonly code?: string };

async function turnAway(call: Omit<Call, 'unpacked'>, refusal: Refusal): Promise<InboundAnswer> {
  const { reason, status, headers, code } = refusal;
  const { body } = call.request;
  const isCut = body.length > MAX_REFUSED_BODY_BYTES;
  const about = { status, ...(code !== undefined && { code }), ...(isCut && { isCut, bytes: body.length }) };
  const kept = isCut ? body.subarray(0, MAX_REFUSED_BODY_BYTES) : body;
  await storeEvent(call, newEvent(call, { verdict: 'refused', reason, body: kept, about }));
  return { status, headers, body: '', reason, outcome: 'refused' };
}
