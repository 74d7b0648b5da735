// When two requests are one event: by the id that the sender gave, by content, or never; each within a window.
// An id that nobody signed can be changed by whoever repeats a request, so there the content counts as well.

import { createHash } from 'node:crypto';
import type { NewEvent } from '../store/store.ts';
import type { Call } from './call.ts';
import { queryOf } from './call.ts';
import type { InboundEvent } from './verifiers/identity.ts';
import type { Webhook } from './webhook.ts';

type Names = Pick<NewEvent, 'dedupeKey' | 'dedupeWindowMs' | 'alsoKey' | 'alsoWindowMs'>;

/** Senders repeat for up to three days (Stripe); GitHub lets people redeliver for three. */
const ID_WINDOW_MS = 7 * 24 * 60 * 60 * 1000;
/** Equal contents within five minutes are a repetition (contract 2.6), later they may be news. */
const CONTENT_WINDOW_MS = 5 * 60 * 1000;
/** Longer keys are hashed: an index entry should stay small. */
const MAX_KEY_LENGTH = 300;

/** `part`: bytes that make one of several events of a request; the whole body when it is the only one. */
export function namesOf(call: Call, event: InboundEvent | undefined, part?: Uint8Array): Names {
  const { ready } = call;
  const { by = 'auto', windowSeconds } = ready.webhook.config.dedup ?? {};
  const own = windowSeconds === undefined ? undefined : windowSeconds * 1000;
  const id = by === 'auto' || by === 'id' ? event?.dedupeKey : undefined;
  const idKey = id === undefined ? undefined : short(`id ${id}`);
  const content = comparesContent(call, by, event) ? contentKey(call, part) : undefined;
  if (idKey !== undefined && content !== undefined)
    return {
      dedupeKey: content,
      dedupeWindowMs: own ?? CONTENT_WINDOW_MS,
      alsoKey: idKey,
      alsoWindowMs: own ?? ID_WINDOW_MS,
    };
  if (idKey !== undefined) return { dedupeKey: idKey, dedupeWindowMs: own ?? ID_WINDOW_MS };
  return content === undefined ? {} : { dedupeKey: content, dedupeWindowMs: own ?? CONTENT_WINDOW_MS };
}

/**
 * By default contents are compared only where a signature makes it likely that equal means repeated: two equal requests
 * that anyone may send are two events.
 */
function comparesContent({ ready }: Call, by: string, event: InboundEvent | undefined): boolean {
  if (by === 'content') return true;
  if (by !== 'auto' || !ready.verifier || ready.verifier.identity.repeatable) return false;
  if (event?.dedupeKey !== undefined && event.idSigned) return false;
  return SIGNED_SCHEMES.has(ready.verifier.scheme.type);
}

const SIGNED_SCHEMES: ReadonlySet<string> = new Set(['hmac', 'public-key', 'twilio', 'sns', 'paypal']);

/** The query counts: Conductor merges it into the payload, so another query is another event. */
function contentKey(call: Call, part: Uint8Array | undefined): string {
  const { request } = call;
  const digest = createHash('sha256')
    .update(`${request.method} ${queryOf(call)}\n`)
    .update(part ?? request.body)
    .digest('hex');
  return `content ${digest}`;
}

const short = (key: string): string =>
  key.length <= MAX_KEY_LENGTH ? key : createHash('sha256').update(key).digest('hex');

/** The longest time within which a name of a webhook's deliveries keeps repetitions out. */
export const longestWindowMs = (webhooks: readonly Pick<Webhook, 'config'>[]): number =>
  Math.max(ID_WINDOW_MS, ...webhooks.map(({ config }) => (config.dedup?.windowSeconds ?? 0) * 1000));
