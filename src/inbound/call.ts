// One call on an inbound address, ready to be stored: what all steps of its way share.

import type { ScriptResult } from '../core/decision.ts';
import type { Json } from '../core/json.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { NewEvent, Store } from '../store/store.ts';
import type { Documents } from './documents.ts';
import { openQuery, redactedHeaders, redactedUrl } from './secrets.ts';
import type { Unpacked } from './unpack.ts';
import type { RawRequest } from './verifiers/verifier.ts';
import type { ReadyWebhook, Webhooks } from './webhooks.ts';

/** Runs the routing expression of a webhook outside of this thread. */
export type RunExpression = (script: string, bindings: Json, deadlineMs: number) => Promise<ScriptResult>;

export interface InboundDeps {
  readonly store: Store;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly runExpression: RunExpression;
  readonly documents: Documents;
  /** Calls a pinned address of a sender, to finish a handshake; true when it answered with 2xx. */
  readonly visit: (url: string) => Promise<boolean>;
  /** An event was put in a line. */
  readonly onHeld: () => void;
  /** The database was not to be had; the sender was asked to come again. */
  readonly onFault: (error: unknown) => void;
}

export interface Call {
  readonly deps: InboundDeps;
  readonly ready: ReadyWebhook;
  readonly request: RawRequest;
  readonly unpacked: Extract<Unpacked, { ok: true }>;
  readonly now: number;
  readonly traceId: string | undefined;
  /** Of our own making, and wished for: never a duplicate. */
  readonly isSample?: boolean;
}

export function newEvent(
  { deps, ready, request, now, traceId }: Omit<Call, 'unpacked' | 'isSample'>,
  fields: Partial<NewEvent> & Pick<NewEvent, 'verdict'>,
): NewEvent {
  const eventId = fields.eventId ?? deps.ids.next();
  const { credentials, webhook } = ready;
  return {
    eventId,
    webhookId: webhook.id,
    receivedAt: now,
    method: request.method,
    url: redactedUrl(request.url, credentials),
    headers: JSON.stringify(redactedHeaders(request.headers, credentials)),
    body: request.body,
    traceId: traceId ?? eventId,
    ...fields,
  };
}

/** The query as workflows may see it. */
export const queryOf = ({ request, ready }: Pick<Call, 'request' | 'ready'>): string =>
  openQuery(request.query, ready.credentials);

/** Where a file of an event is fetched. */
export const fileLink = (eventId: string, n: number): string => `/api/webhook-events/${eventId}/files/${n}`;
