// Received events are stored, each once: by its public id and, where it has one, by its dedupe key within its webhook and window.
// The answer is given after the commit. Where there is one writer, that commit routes them as well; else routing follows by itself.

import type { JsonObject } from '../../core/json.ts';
import { documentOf } from '../document.ts';
import type { Change, Driver, Guard, Row } from '../drivers/driver.ts';
import { fromStored, fromStoredOrNothing, toStored, toStoredOrNull } from '../rows/text.ts';
import type { NewEvent, Route } from '../store.ts';
import { newMessage } from '../verbs/message-verbs.ts';
import type { Cycle } from './cycle.ts';
import type { ItemOf, Offered } from './item.ts';
import { EVENT_ENTRY } from './turn.ts';

export async function gatherReceives(cycle: Cycle, items: readonly ItemOf<'receive'>[]): Promise<void> {
  if (!items.length) return;
  const { session, context } = cycle;
  const [first, names] = await Promise.all([session.newKeys(items.length), findNames(cycle, items)]);
  let id = first;
  const fresh: ItemOf<'route'>[] = [];
  const claimed = new Set<string>();
  for (const item of items) {
    const { event } = item;
    const repeats =
      event.alsoKey === undefined ? undefined : repeated(event, names.get(nameText(event, event.alsoKey)));
    if (repeats !== undefined) {
      cycle.finishes.set(item, () => cycle.left.items.push(repeatItem(item, repeats)));
      continue;
    }
    const key = id++;
    const { route, changes } = storedBeside(cycle, event, key);
    const routesNow = isFirst(item, names, claimed) && route !== undefined && context.driver.serial;
    if (routesNow) fresh.push(Object.assign(route, { storedWith: changes }));
    else if (route) changes.push(todoRow(key, event.receivedAt));
    cycle.plan({ key, guard: guardOf(item, key, changes), changes }, [item], {
      passed: () => {
        cycle.news.webhookIds.add(event.webhookId);
        if (event.announce !== undefined) cycle.news.messages = true;
        if (route && !routesNow) cycle.left.items.push(route);
        item.resolve({ type: 'stored', eventId: event.eventId });
      },
    });
  }
  cycle.fresh = fresh;
}

/** Where an event goes next, if anywhere, and its rows beside its own and its names'. */
function storedBeside(
  cycle: Cycle,
  event: NewEvent,
  id: number,
): { readonly route: ItemOf<'route'> | undefined; readonly changes: Change[] } {
  const changes: Change[] = [];
  const { shapes, driver } = cycle.context;
  let route: ItemOf<'route'> | undefined;
  if (event.line !== undefined)
    changes.push({ op: 'insert', table: 'event_hold', row: holdRow(event, event.line, id) });
  else if (event.route) {
    const offered = driver.serial ? undefined : offeredBy(cycle, event, event.route);
    route = { ...routeItem(id, event.receivedAt, event, shapes.newest), offered };
    // On a shared database the entries are there before anybody looks for waits: docs/decisions/0002-store.md, "No race".
    // An event that resumes or starts, never both, leaves none unless an execution with its key runs (route.ts).
    if (offered && !event.route.resumes)
      changes.push(...entriesAt(offered.keys, id, event, event.route, { op: 'insert' }));
  }
  if (event.announce !== undefined)
    changes.push(
      newMessage({
        id: event.eventId,
        event: event.announce,
        kind: 'WEBHOOK',
        createdAt: event.receivedAt,
        ...(event.traceId !== undefined && { traceId: event.traceId }),
      }),
    );
  if (typeof event.about?.replayOf === 'string')
    changes.push({ op: 'insert', table: 'event_replay', row: [id, toStored(event.about.replayOf)] });
  return { route, changes };
}

/** Undefined: its payload is not a JSON object, so nothing waits for it. */
export function offeredBy({ context: { shapes } }: Cycle, event: NewEvent, route: Route): Offered | undefined {
  const document = documentOf(event);
  return document && { newest: shapes.newest, document, keys: shapes.keysFor(route.receivers, document) };
}

/** A stored event that another one repeats. */
interface Repeated {
  readonly id: number;
  readonly eventId: string;
}

/**
 * Counts a duplicate with a row of its own, which nobody reads before: two nodes that count at once both do. Then it is
 * answered, also when it cannot be counted: its sender has nothing to do with that.
 */
export function repeatItem({ event, now, resolve }: ItemOf<'receive'>, { id, eventId }: Repeated): ItemOf<'write'> {
  const answer = (): void => resolve({ type: 'duplicate', eventId });
  const changes: Change[] = [{ op: 'put', table: 'event_repeat', row: [id, 1, event.receivedAt] }];
  return { kind: 'write', changes, now, tries: 0, alone: false, resolve: answer, reject: answer };
}

/** Marks an event as one that is to be routed, so that a crash only delays it. */
export const todoRow = (id: number, receivedAt: number): Change => ({
  op: 'insert',
  table: 'event_todo',
  row: [id, receivedAt, 0],
});

const holdRow = ({ webhookId, receivedAt }: NewEvent, line: string, id: number): Row => [
  toStored(webhookId),
  toStored(line),
  receivedAt,
  id,
];

const nameText = ({ webhookId }: NewEvent, name: string): string => JSON.stringify([webhookId, name]);
const idText = ({ eventId }: NewEvent): string => JSON.stringify([eventId]);

/** Texts of what must be free for an event to be stored: its names, or its id where nothing else keeps it from being repeated. */
const claimsOf = (event: NewEvent): string[] => [
  event.dedupeKey === undefined ? idText(event) : nameText(event, event.dedupeKey),
  ...(event.alsoKey === undefined ? [] : [nameText(event, event.alsoKey)]),
];

/** Who has the names of the events. Where an event may be routed at once it must be certain that its guard will hold. */
async function findNames(
  { session, context }: Cycle,
  items: readonly ItemOf<'receive'>[],
): Promise<Map<string, Row | undefined>> {
  const { serial } = context.driver;
  const named = items.flatMap(({ event }) =>
    [serial ? event.dedupeKey : undefined, event.alsoKey].flatMap((name) =>
      name === undefined ? [] : { event, name },
    ),
  );
  const nameless = serial ? items.filter(({ event }) => event.dedupeKey === undefined) : [];
  const [byName, byId] = await Promise.all([
    named.length
      ? session.look(
          'eventByName',
          named.map(({ event, name }): Row => [toStored(event.webhookId), toStored(name)]),
        )
      : [],
    nameless.length
      ? session.look(
          'eventKeyById',
          nameless.map(({ event }): Row => [toStored(event.eventId)]),
        )
      : [],
  ]);
  return new Map([
    ...named.map(({ event, name }, i) => [nameText(event, name), byName[i]?.[0]] as const),
    ...nameless.map(({ event }, i) => [idText(event), byId[i]?.[0]] as const),
  ]);
}

/** The event that an unsigned name makes this one a duplicate of. Who comes second in the same moment is caught by the guard. */
function repeated(event: NewEvent, taken: Row | undefined): Repeated | undefined {
  const [id, at, eventId] = taken ?? [];
  const isRepeated = typeof eventId === 'string' && isWithin(event, at as number, event.alsoWindowMs);
  return isRepeated ? { id: id as number, eventId: fromStored(eventId) } : undefined;
}

/** True when all it claims is free: nobody stored has it, nor one of this commit, which has it from now on. */
function isFirst(
  { event, tries }: ItemOf<'receive'>,
  names: Map<string, Row | undefined>,
  claimed: Set<string>,
): boolean {
  const claims = claimsOf(event);
  const isFree = claims.every((claim) => !names.get(claim) && !claimed.has(claim));
  for (const claim of claims) claimed.add(claim);
  return isFree && tries === 0;
}

const isWithin = ({ receivedAt }: NewEvent, at: number, windowMs = Number.POSITIVE_INFINITY): boolean =>
  Math.abs(receivedAt - at) < windowMs;

/** What makes it stored once: the row of its name where it has one (a new one, or one whose window has passed), else its own. */
function guardOf(item: ItemOf<'receive'>, key: number, changes: Change[]): Guard {
  const { event, outdated } = item;
  const row = eventRow(key, event);
  const webhook = toStored(event.webhookId);
  if (event.alsoKey !== undefined)
    changes.push({ op: 'ignore', table: 'event_key', row: [webhook, toStored(event.alsoKey), key, event.receivedAt] });
  if (event.dedupeKey === undefined) return { op: 'insert', table: 'event', row };
  changes.push({ op: 'insert', table: 'event', row });
  const name: Row = [webhook, toStored(event.dedupeKey), key, event.receivedAt];
  return outdated === undefined
    ? { op: 'insert', table: 'event_key', row: name }
    : { op: 'swap', table: 'event_key', row: name, expected: outdated };
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
export function eventEntries(cycle: Cycle, id: number, event: NewEvent, route: Route, at = event.receivedAt): Change[] {
  const offered = route.findableMs === 0 ? undefined : offeredBy(cycle, event, route);
  return offered ? entriesAt(offered.keys, id, event, route, { at }) : [];
}

/** The same with its match keys at hand. `op`: insert where none can be there yet. */
export function entriesAt(
  keys: readonly Uint8Array[],
  id: number,
  { receivedAt }: NewEvent,
  { findableMs }: Route,
  { op = 'ignore', at = receivedAt }: { readonly op?: 'insert' | 'ignore'; readonly at?: number } = {},
): Change[] {
  if (findableMs === 0) return [];
  return keys.map((key) => ({ op, table: 'rendezvous', row: [key, EVENT_ENTRY, at, id, findableMs ?? 0] }));
}

/** What became of an event that was not stored, because one like it is there. Undefined: it is gone meanwhile. */
export async function findDuplicate(
  driver: Pick<Driver, 'look'>,
  event: NewEvent,
): Promise<
  | { readonly type: 'stored'; readonly eventId: string; readonly id: number }
  | ({ readonly type: 'duplicate' } & Repeated)
  /** Its name is taken by an event (this key) whose window has passed. */
  | { readonly type: 'outdated'; readonly by: number }
  | undefined
> {
  const [same] = await driver.look('eventKeyById', [[toStored(event.eventId)]]);
  const id = same?.[0]?.[0];
  // Our own commit, whose answer was lost.
  if (typeof id === 'number') return { type: 'stored', eventId: event.eventId, id };
  if (event.dedupeKey === undefined) return undefined;
  const [other] = await driver.look('eventByName', [[toStored(event.webhookId), toStored(event.dedupeKey)]]);
  const [by, at, eventId] = other?.[0] ?? [];
  if (typeof by !== 'number') return undefined;
  if (typeof eventId === 'string' && isWithin(event, at as number, event.dedupeWindowMs))
    return { type: 'duplicate', id: by, eventId: fromStored(eventId) };
  return { type: 'outdated', by };
}

export function eventRow(id: number, event: NewEvent): Row {
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
    event.about ? JSON.stringify(event.about) : null,
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
    ...(typeof row[14] === 'string' && { about: JSON.parse(row[14]) as JsonObject }),
  };
}
