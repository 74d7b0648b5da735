// A stored event meets the waits that are open: all equal ones are completed, then executions are started (contract 3.4, 3.5).
// Routing an event again changes nothing: what it did is in `effect`, and an execution is completed by it at most once.

import type { JsonObject } from '../core/json.ts';
import type { Cycle } from './cycle.ts';
import type { Change, Row } from './drivers/driver.ts';
import { type Item, type ItemOf, removal } from './item.ts';
import { keyText, startId } from './keys.ts';
import { WAITS_PER_LOOK } from './limits.ts';
import { eventEntries, eventOf, payloadOf } from './receive.ts';
import { planStarts, type StartJob } from './starts.ts';
import type { State } from './states.ts';
import type { NewEvent, Route, StartResult } from './store.ts';
import { toStored } from './text.ts';
import { WAIT_ENTRY } from './turn.ts';

interface Routed {
  readonly item: ItemOf<'route'>;
  readonly event: NewEvent;
  readonly route: Route;
  readonly payload: JsonObject;
  readonly keys: readonly Uint8Array[];
}

export async function gatherRoutes(cycle: Cycle, items: readonly ItemOf<'route'>[]): Promise<void> {
  if (!items.length) return;
  const routed = await open(cycle, items);
  const waits = await findWaits(cycle, routed);
  await Promise.all([planWaits(cycle, routed, waits), planEventStarts(cycle, routed)]);
  for (const { item, event, route } of routed) {
    if (cycle.context.driver.serial) cycle.note(eventEntries(cycle, item.id, event, route), [item]);
    finishAfter(cycle, item);
  }
}

/** Reads what is not in memory, and computes the match keys with all shapes there are. */
async function open(cycle: Cycle, items: readonly ItemOf<'route'>[]): Promise<Routed[]> {
  const unread = items.filter(({ event }) => !event);
  const [rows] = await Promise.all([
    unread.length
      ? cycle.session.look(
          'eventByKey',
          unread.map(({ id }): Row => [id]),
        )
      : [],
    cycle.context.shapes.refresh(cycle.session),
  ]);
  const read = new Map(unread.map((item, i) => [item, rows[i]?.[0]]));
  const routed: Routed[] = [];
  for (const item of items) {
    const row = read.get(item);
    const event = item.event ?? (row && eventOf(row));
    const payload = event?.route && payloadOf(event);
    if (event?.route && payload) {
      const keys = cycle.context.shapes.keysFor(event.route.receivers, payload);
      routed.push({ item, event, route: event.route, payload, keys });
    } else {
      if (event?.route)
        cycle.note(
          [effectRow(item.id, 0, 0, 'failed', '', event.receivedAt, 'the payload is not a JSON object')],
          [item],
        );
      finishAfter(cycle, item);
    }
  }
  return routed;
}

/** Open waits of each event: execution -> numbers of its tasks. */
async function findWaits(cycle: Cycle, routed: readonly Routed[]): Promise<Map<Routed, Map<number, number[]>>> {
  const { session, context } = cycle;
  const keys = new Map<string, Uint8Array>();
  for (const { keys: own } of routed) for (const key of own) keys.set(keyText(key), key);
  const list = [...keys.values()].sort(Buffer.compare);
  const [rows] = await Promise.all([
    list.length
      ? session.look(
          'waits',
          list.map((key): Row => [key, WAIT_ENTRY]),
        )
      : [],
    context.driver.serial ? false : context.shapes.refresh(session),
  ]);
  const newest = context.shapes.newest;
  const byKey = new Map(list.map((key, i) => [keyText(key), rows[i] ?? []]));
  const waits = new Map<Routed, Map<number, number[]>>();
  for (const one of routed) {
    const found = new Map<number, number[]>();
    for (const key of one.keys)
      for (const [wf, n] of byKey.get(keyText(key)) ?? []) {
        const list = found.get(wf as number);
        if (list) list.push(n as number);
        else found.set(wf as number, [n as number]);
      }
    waits.set(one, found);
    const more = one.keys.some((key) => (byKey.get(keyText(key))?.length ?? 0) >= WAITS_PER_LOOK);
    const stale = !context.driver.serial && one.item.seen < newest;
    // Shapes that came after the entries were stored: store theirs, and look once more after this commit.
    if (stale) cycle.note(eventEntries(cycle, one.item.id, one.event, one.route), [one.item]);
    if (more || stale) cycle.finishes.set(one.item, () => cycle.left.items.push({ ...one.item, seen: newest }));
  }
  return waits;
}

async function planWaits(
  cycle: Cycle,
  routed: readonly Routed[],
  waits: Map<Routed, Map<number, number[]>>,
): Promise<void> {
  const { session, context } = cycle;
  const wfs = [...new Set(routed.flatMap((one) => [...(waits.get(one)?.keys() ?? [])]))].sort((a, b) => a - b);
  if (!wfs.length) return;
  const pairs = routed.flatMap((one) => [...(waits.get(one)?.keys() ?? [])].map((wf) => ({ one, wf })));
  // The executions (with their revs) are asked for first: an effect written later makes the guard of this commit fail.
  const [states, consumed] = await Promise.all([
    context.states.byKey(session, wfs),
    session.look(
      'consumed',
      pairs.map(({ one, wf }): Row => [one.item.id, wf]),
    ),
  ]);
  const byWf = new Map(wfs.map((wf, i) => [wf, states[i]]));
  pairs.forEach(({ one, wf }, i) => {
    const state = byWf.get(wf);
    if (!state || consumed[i]?.length) return;
    for (const n of waits.get(one)?.get(wf) ?? [])
      eventStep(cycle, one.item, state, n, one.item.id, one.payload, one.event.receivedAt);
  });
}

/** The command by which an event ends a wait, with the row that says so. */
export function eventStep(
  cycle: Cycle,
  item: Item,
  state: State,
  n: number,
  event: number,
  payload: JsonObject,
  now: number,
  extra: readonly Change[] = [],
): void {
  const name = state.workflow.name;
  cycle.step(state, {
    item,
    now,
    command: { type: 'eventArrived', n, eventId: event, payload },
    rows: (outcome) =>
      outcome.type === 'done' ? [effectRow(event, state.wf, n, 'completed', name, now), ...extra] : [...extra],
    faultRows: (reason) => [effectRow(event, state.wf, n, 'failed', name, now, reason), ...extra],
  });
}

export function effectRow(
  event: number,
  wf: number,
  n: number,
  type: string,
  name: string,
  at: number,
  reason?: string,
): Change {
  return {
    op: 'ignore',
    table: 'effect',
    row: [event, wf, n, type, toStored(name), reason === undefined ? null : toStored(reason), at],
  };
}

/** Starts count as n = -1, -2, … in the order of the route, so that each is done once. */
async function planEventStarts(cycle: Cycle, routed: readonly Routed[]): Promise<void> {
  const starting = routed.filter(({ route }) => route.starts.length);
  if (!starting.length) return;
  const effects = await cycle.session.look(
    'effects',
    starting.map(({ item }): Row => [item.id]),
  );
  const jobs = starting.flatMap(({ item, event, route, payload }, i) => {
    const done = new Set((effects[i] ?? []).map((row) => row[2]));
    return route.starts.flatMap((start, s): StartJob[] => {
      const n = -(s + 1);
      if (done.has(n)) return [];
      const id = startId(event.eventId, event.receivedAt, start.name, start.version);
      return [
        {
          item,
          wish: {
            id,
            name: start.name,
            version: start.version,
            input: payload,
            event: route.event,
            createdBy: route.createdBy,
            now: event.receivedAt,
            ...(start.idempotencyKey && { idempotencyKey: start.idempotencyKey }),
            ...(start.idempotencyStrategy && { idempotencyStrategy: start.idempotencyStrategy }),
            ...(event.traceId !== undefined && { traceId: event.traceId }),
          },
          rows: (result, wf) => [startEffect(item.id, wf, n, start.name, event.receivedAt, result)],
        },
      ];
    });
  });
  await planStarts(cycle, jobs);
}

function startEffect(event: number, wf: number, n: number, name: string, at: number, result: StartResult): Change {
  if (result.type === 'started' || result.type === 'existing') return effectRow(event, wf, n, result.type, name, at);
  return effectRow(event, 0, n, 'failed', name, at, result.reason);
}

function finishAfter(cycle: Cycle, item: ItemOf<'route'>): void {
  cycle.closings.push(() => close(cycle, item));
}

/**
 * Takes the event off the list of what is to be routed: in this commit where nothing of it can fail on its own,
 * else in the one after it. A crash in between routes it again, which changes nothing.
 */
function close(cycle: Cycle, item: ItemOf<'route'>): void {
  if (cycle.deferred.has(item) || cycle.again.has(item)) return;
  if (cycle.finishes.has(item)) return;
  const done = removal('event_todo', [item.id]);
  const [first, ...others] = cycle.planned.filter(({ unit, items }) => unit.guard && items.includes(item));
  if (cycle.context.driver.serial || !first) cycle.note([done], [item]);
  else if (others.length === 0) first.unit.changes.push(done);
  else cycle.finishes.set(item, () => cycle.left.changes.push(done));
}
