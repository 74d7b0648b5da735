// Received events and platforms as the API shows them.

import type { Platform } from '../../inbound/platforms/platform.ts';
import { shownHeaders } from '../../inbound/secrets.ts';
import { payloadOf } from '../../store/document.ts';
import type { EventRecord } from '../../store/store.ts';
import type { ReceivedEvent } from '../contract/webhook-event.ts';

/** Bytes of a body that a list shows. */
const LISTED_BYTES = 4 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function eventToWire(event: EventRecord, { whole }: { readonly whole: boolean }): ReceivedEvent {
  const { eventId, webhookId, seq, receivedAt, method, url, verdict, matched, effects, reason, traceId, about } = event;
  const payload = whole ? payloadOf(event) : undefined;
  return {
    ...{ eventId, webhookId, seq, receivedAt, method, url, verdict, matched },
    headers: JSON.stringify(shownHeaders(event.headers)),
    ...bodyOf(whole ? event.body : event.body.subarray(0, LISTED_BYTES), whole),
    bodyBytes: event.body.length,
    ...(payload && { payload: JSON.stringify(payload) }),
    effects: effects.map((effect) => ({ ...effect })),
    ...(reason !== undefined && { reason }),
    ...(traceId !== undefined && { traceId }),
    ...(about && { about }),
    ...(event.repeated && { repeated: event.repeated }),
    ...(event.replays && { replays: event.replays.map((replay) => ({ ...replay })) }),
  };
}

/** A text may be cut within a character, where only a list shows it. */
function bodyOf(bytes: Uint8Array, whole: boolean): Pick<ReceivedEvent, 'body' | 'bodyEncoding'> {
  const spare = whole ? 1 : 4;
  for (let cut = 0; cut < spare; cut += 1)
    try {
      return { body: utf8.decode(bytes.subarray(0, Math.max(0, bytes.length - cut))), bodyEncoding: 'text' };
    } catch {
      // Not a whole text: perhaps its last character was cut.
    }
  return { body: Buffer.from(bytes).toString('base64'), bodyEncoding: 'base64' };
}

export function platformToWire({ scheme: _scheme, identity: _identity, handshakes: _handshakes, ...facts }: Platform) {
  const { batch: _batch, acknowledge: _acknowledge, fields, ...rest } = facts;
  return { ...rest, fields: fields.map(({ to: _to, ...field }) => field) };
}
