// Received events are stored, each once: by its public id and, where it has one, by its dedupe key within its webhook.
// The answer is given after the commit; routing follows by itself.

import type { JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import type { Cycle } from './cycle.ts';
import type { Change, Driver, Row } from './drivers/driver.ts';
import type { ItemOf } from './item.ts';
import { bytesText } from './states.ts';
import type { NewEvent, Route } from './store.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from './text.ts';
import { EVENT_ENTRY } from './turn.ts';

export async function gatherReceives(cycle: Cycle, items: readonly ItemOf<'receive'>[]): Promise<void> {
  if (!items.length) return;
  const { session, context } = cycle;
  let id = await session.newKeys(items.length);
  const seen = context.shapes.newest;
  for (const item of items) {
    const { event } = item;
    const changes: Change[] = [];
    if (event.route) {
      changes.push({ op: 'insert', table: 'event_todo', row: [id, event.receivedAt, 0] });
      // On a shared database the entries are there before anybody looks for waits: docs/decisions/0002-store.md, "No race".
      if (!context.driver.serial) changes.push(...eventEntries(cycle, id, event, event.route));
    }
    const key = id++;
    cycle.plan({ key, guard: { op: 'insert', table: 'event', row: eventRow(key, event) }, changes }, [item], {
      passed: () => {
        cycle.news.webhookIds.add(event.webhookId);
        if (event.route) cycle.left.items.push(routeItem(key, event.receivedAt, event, seen));
        item.resolve({ type: 'stored', eventId: event.eventId });
      },
    });
  }
}

export function routeItem(id: number, now: number, event?: NewEvent, seen = 0): ItemOf<'route'> {
  const nothing = (): void => {};
  return {
    kind: 'route',
    id,
    now,
    seen,
    tries: 0,
    alone: false,
    resolve: nothing,
    reject: nothing,
    ...(event && { event }),
  };
}

/** Entries under which waits that open later find the event. */
export function eventEntries(cycle: Cycle, id: number, event: NewEvent, route: Route): Change[] {
  const payload = payloadOf(event);
  if (!payload) return [];
  return cycle.context.shapes
    .keysFor(route.receivers, payload)
    .map((key) => ({ op: 'ignore', table: 'rendezvous', row: [key, EVENT_ENTRY, event.receivedAt, id, 0] }));
}

/** The payload as an object; undefined when it is none, and then it matches nothing. */
export function payloadOf(event: Pick<NewEvent, 'payload' | 'body'>): JsonObject | undefined {
  try {
    const payload: unknown = JSON.parse(event.payload ?? bytesText(event.body));
    return isRecord(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** What became of an event that was not stored, because one like it is there. Undefined: it is gone meanwhile. */
export async function findDuplicate(
  driver: Pick<Driver, 'look'>,
  event: NewEvent,
): Promise<{ type: 'stored'; eventId: string; id: number } | { type: 'duplicate'; eventId: string } | undefined> {
  const [same] = await driver.look('eventKeyById', [[toStored(event.eventId)]]);
  const id = same?.[0]?.[0];
  // Our own commit, whose answer was lost.
  if (typeof id === 'number') return { type: 'stored', eventId: event.eventId, id };
  if (event.dedupeKey === undefined) return undefined;
  const [other] = await driver.look('eventByDedupe', [[toStored(event.webhookId), toStored(event.dedupeKey)]]);
  const eventId = other?.[0]?.[0];
  return typeof eventId === 'string' ? { type: 'duplicate', eventId: fromStored(eventId) } : undefined;
}

function eventRow(id: number, event: NewEvent): Row {
  return [
    id,
    toStored(event.eventId),
    toStored(event.webhookId),
    event.receivedAt,
    event.verdict,
    toStoredOrNull(event.dedupeKey),
    toStoredOrNull(event.reason),
    toStoredOrNull(event.traceId),
    toStored(event.method),
    toStored(event.url),
    toStored(event.headers),
    event.route ? JSON.stringify(event.route) : null,
    toStoredOrNull(event.payload),
    event.body,
  ];
}

/** An event as it was given. */
export function eventOf(row: Row): NewEvent {
  const text = (i: number): string => fromStored(row[i] as string);
  const optional = { dedupeKey: 5, reason: 6, traceId: 7, payload: 12 };
  return {
    eventId: text(1),
    webhookId: text(2),
    receivedAt: row[3] as number,
    verdict: row[4] as NewEvent['verdict'],
    method: text(8),
    url: text(9),
    headers: text(10),
    body: row[13] as Uint8Array,
    ...Object.fromEntries(
      Object.entries(optional)
        .map(([name, i]) => [name, fromStoredOrNothing(row[i])])
        .filter(([, value]) => value !== undefined),
    ),
    ...(typeof row[11] === 'string' && { route: JSON.parse(row[11]) as Route }),
  };
}
