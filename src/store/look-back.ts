// A wait that has opened meets the events of the past: the oldest one that came since its execution started and that
// the execution has not consumed completes it, once. The mark in `wait_todo` makes this survive a crash.

import type { Cycle } from './cycle.ts';
import type { Cell, Change, Row } from './drivers/driver.ts';
import { type ItemOf, removal } from './item.ts';
import { BACKFILL_EVENTS, EVENTS_PER_LOOK } from './limits.ts';
import { payloadOf } from './receive.ts';
import { eventStep } from './route.ts';
import { keyFor, type Shape } from './shapes.ts';
import type { Route } from './store.ts';
import { fromStoredOrNothing, toStored } from './text.ts';
import { EVENT_ENTRY, type OpenedWait } from './turn.ts';

type LookBack = ItemOf<'lookBack'>;
interface Past {
  readonly event: number;
  readonly at: number;
}

export function lookBackItem({ wf, n, key, wait, shape, at }: OpenedWait): LookBack {
  const nothing = (): void => {};
  return {
    kind: 'lookBack',
    wf,
    n,
    key,
    since: wait.since,
    shape,
    now: at,
    tries: 0,
    alone: false,
    resolve: nothing,
    reject: nothing,
  };
}

export async function gatherLookBacks(cycle: Cycle, items: readonly LookBack[]): Promise<void> {
  if (!items.length) return;
  const { session, context } = cycle;
  const filled = await backfillAll(cycle, items);
  const rows = await session.look(
    'pastEvents',
    items.map(({ key, since }): Row => [key, EVENT_ENTRY, since]),
  );
  const found = items.map((item, i) => ({
    item,
    past: merge(filled.get(item), rows[i] ?? []),
    full: (rows[i]?.length ?? 0) >= EVENTS_PER_LOOK,
  }));
  for (const { item } of found.filter(({ past }) => !past.length)) cycle.note([doneWith(item)], [item]);
  const some = found.filter(({ past }) => past.length);
  if (!some.length) return;
  const [states, consumed] = await Promise.all([
    context.states.byKey(
      session,
      some.map(({ item }) => item.wf),
    ),
    session.look(
      'consumed',
      some.flatMap(({ item, past }) => past.map(({ event }): Row => [event, item.wf])),
    ),
  ]);
  let at = 0;
  for (const [i, { item, past, full }] of some.entries()) {
    const flags = consumed.slice(at, at + past.length).map((rows) => rows.length > 0);
    at += past.length;
    const state = states[i];
    const free = past.find((_, j) => !flags[j]) ?? (full ? await further(cycle, item, past.at(-1) as Past) : undefined);
    const [row] = free && state ? ((await session.look('payload', [[free.event]]))[0] ?? []) : [];
    const payload = row && payloadOf({ payload: fromStoredOrNothing(row[0]), body: row[1] as Uint8Array });
    if (state && free && payload)
      eventStep(cycle, item, state, item.n, free.event, payload, item.now, [doneWith(item)]);
    else cycle.note([doneWith(item)], [item]);
  }
}

const doneWith = ({ wf, n }: LookBack): Change => removal('wait_todo', [wf, n]);

function merge(filled: readonly Past[] | undefined, rows: readonly Row[]): Past[] {
  const past = rows.map(([event, at]): Past => ({ event: event as number, at: at as number }));
  if (!filled?.length) return past;
  const known = new Set(past.map(({ event }) => event));
  return [...past, ...filled.filter(({ event }) => !known.has(event))].sort((a, b) => a.at - b.at || a.event - b.event);
}

/** Reads on behind a full page of consumed events. */
async function further(cycle: Cycle, item: LookBack, last: Past): Promise<Past | undefined> {
  const { driver } = cycle.context;
  for (let from = last; ; ) {
    const rows = await driver.query(
      `select ref, at from rendezvous where match_key = ? and kind = ${EVENT_ENTRY} and (at, ref) > (?, ?) order by at, ref limit ${EVENTS_PER_LOOK}`,
      [item.key, from.at, from.event],
    );
    const past = merge(undefined, rows);
    const consumed = await driver.look(
      'consumed',
      past.map(({ event }): Row => [event, item.wf]),
    );
    const free = past.find((_, i) => !consumed[i]?.length);
    if (free || past.length < EVENTS_PER_LOOK) return free;
    from = past.at(-1) as Past;
  }
}

/** Makes entries for events of the past under shapes that nobody waited for when they came; once per shape. */
async function backfillAll(cycle: Cycle, items: readonly LookBack[]): Promise<Map<LookBack, Past[]>> {
  const filled = new Map<LookBack, Past[]>();
  const wanted = items.filter(({ shape }) => shape > 0);
  if (!wanted.length) return filled;
  const { shapes } = cycle.context;
  await shapes.refresh(cycle.session);
  for (const id of new Set(wanted.map(({ shape }) => shape))) {
    const own = wanted.filter(({ shape }) => shape === id);
    const shape = shapes.byId(id);
    const since = Math.min(...own.map((item) => item.since));
    if (!shape || shape.since <= since) continue;
    const entries = await backfill(cycle, shape, since);
    const row = [
      id,
      toStored(shape.workflowName),
      shape.version,
      toStored(shape.place),
      JSON.stringify(shape.paths),
      since,
    ];
    const changes: Change[] = [...entries.map(({ change }) => change), { op: 'put', table: 'shape', row }];
    cycle.plan({ key: 0, changes }, own, { passed: () => shapes.covers(id, since) });
    for (const item of own) {
      const same = entries.filter(({ key, past }) => past.at >= item.since && Buffer.compare(key, item.key) === 0);
      filled.set(
        item,
        same.map(({ past }) => past),
      );
    }
  }
  return filled;
}

async function backfill(
  cycle: Cycle,
  shape: Shape,
  since: number,
): Promise<{ key: Uint8Array; past: Past; change: Change }[]> {
  const rows = await cycle.context.driver.query(
    `select id, received_at, route, payload, body from (select * from event order by id desc limit ${BACKFILL_EVENTS}) as newest
      where received_at >= ? and received_at < ? and route is not null`,
    [since, shape.since],
  );
  return rows.flatMap(([id, receivedAt, route, payload, body]) => {
    const { receivers } = JSON.parse(route as string) as Route;
    if (!receivers.some(({ name, version }) => name === shape.workflowName && version === shape.version)) return [];
    const content = payloadOf({ payload: fromStoredOrNothing(payload), body: body as Uint8Array });
    const key = content && keyFor(shape, content);
    if (!key) return [];
    const row: Cell[] = [key, EVENT_ENTRY, receivedAt as number, id as number, 0];
    return [
      {
        key,
        past: { event: id as number, at: receivedAt as number },
        change: { op: 'ignore', table: 'rendezvous', row } as const,
      },
    ];
  });
}
