// A wait that has opened meets the events of the past: the oldest one that came since its execution started and that
// the execution has not consumed completes it, once. The mark in `wait_todo` makes this survive a crash.

import type { JsonObject } from '../../core/json.ts';
import { referenceName, type Task } from '../../core/model.ts';
import { accepts, termsOf } from '../../core/wait-terms.ts';
import { payloadOf, withRequest } from '../document.ts';
import type { Cell, Change, Row } from '../drivers/driver.ts';
import { BACKFILL_EVENTS, EVENTS_PER_LOOK } from '../limits.ts';
import { fromStored, fromStoredOrNothing, toStored } from '../rows/text.ts';
import type { Route } from '../store.ts';
import type { Cycle } from './cycle.ts';
import { effectRow, isLimited, isServed, mayTake } from './effects.ts';
import { type ItemOf, removal } from './item.ts';
import { eventStep } from './route.ts';
import { keyFor, type Shape } from './shapes.ts';
import type { State } from './states.ts';
import { EVENT_ENTRY, findTask, type OpenedWait } from './turn.ts';

type LookBack = ItemOf<'lookBack'>;
interface Past {
  readonly event: number;
  readonly at: number;
  /** For so long it can be found; 0: always. */
  readonly findableMs: number;
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
    const task = state && findTask(state.workflow.tasks, item.n);
    const free = past.filter((_, j) => !flags[j]);
    const chosen = task ? await choose(cycle, item, task, free, full ? past.at(-1) : undefined) : undefined;
    if (state && chosen?.type === 'event') {
      if (chosen.limited && !mayTake(cycle, chosen.event, item)) continue;
      const { n, now } = item;
      eventStep(cycle, item, state, { ...chosen, n, now, beside: [doneWith(item)] });
    } else if (state && chosen?.type === 'several') refuseSeveral(cycle, item, state, chosen.events);
    else cycle.note([doneWith(item)], [item]);
  }
}

type Chosen =
  | { readonly type: 'event'; readonly event: number; readonly payload: JsonObject; readonly limited: boolean }
  | { readonly type: 'several'; readonly events: readonly number[] };

/** The event of the past that a wait takes: the first that it accepts, or what its `deliver` says. */
async function choose(
  cycle: Cycle,
  item: LookBack,
  task: Task,
  first: readonly Past[],
  last: Past | undefined,
): Promise<Chosen | undefined> {
  const { deliver } = termsOf(task.input);
  const accepted: (Chosen & { type: 'event' })[] = [];
  for await (const { event, at, findableMs } of pastOf(cycle, item, first, last)) {
    if (findableMs > 0 && at + findableMs < item.now) continue;
    const [row] = (await cycle.context.driver.look('eventContent', [[event]]))[0] ?? [];
    const payload = row && payloadOf({ payload: fromStoredOrNothing(row[0]), body: row[1] as Uint8Array });
    if (!payload) continue;
    const request = { headers: fromStored(row[2] as string), url: fromStored(row[3] as string) };
    if (!accepts(task.input, withRequest(payload, request))) continue;
    const route = typeof row[4] === 'string' ? (JSON.parse(row[4]) as Route) : undefined;
    const limited = route !== undefined && isLimited(route);
    if (limited && (await wasForAnother(cycle, event, route))) continue;
    accepted.push({ type: 'event', event, payload, limited });
    if (deliver === 'oldest' || deliver === 'all' || (deliver === 'one' && accepted.length > 1)) break;
  }
  if (deliver === 'one' && accepted.length > 1) return { type: 'several', events: accepted.map(({ event }) => event) };
  return deliver === 'newest' ? accepted.at(-1) : accepted[0];
}

/** True when the event is for one wait alone, and that has had it, or when it has begun an execution instead. */
async function wasForAnother({ session }: Cycle, event: number, route: Route): Promise<boolean> {
  const [effects = []] = await session.look('effects', [[event]]);
  return isServed(route, effects);
}

/** Events of the past that the execution has not had, oldest first. */
async function* pastOf(
  cycle: Cycle,
  item: LookBack,
  first: readonly Past[],
  last: Past | undefined,
): AsyncGenerator<Past> {
  yield* first;
  for (let from = last; from; ) {
    const page = await further(cycle, item, from);
    yield* page.free;
    from = page.last;
  }
}

/** `deliver: one`, and several fit: a person must see that, so the wait fails with the reason. */
function refuseSeveral(cycle: Cycle, item: LookBack, state: State, events: readonly number[]): void {
  const reason = 'deliver is "one", but more than one event that came before fits this wait';
  const { name, tasks } = state.workflow;
  const task = findTask(tasks, item.n);
  const ref = task && referenceName(task);
  cycle.step(state, {
    item,
    now: item.now,
    command: { type: 'updateTask', task: { n: item.n }, status: 'FAILED_WITH_TERMINAL_ERROR', reason },
    rows: () => [
      ...events.map((event) => effectRow(event, state.wf, item.n, 'failed', name, item.now, reason, ref)),
      doneWith(item),
    ],
    faultRows: () => [doneWith(item)],
  });
}

const doneWith = ({ wf, n }: LookBack): Change => removal('wait_todo', [wf, n]);

function merge(filled: readonly Past[] | undefined, rows: readonly Row[]): Past[] {
  const past = rows.map(
    ([event, at, forMs]): Past => ({ event: event as number, at: at as number, findableMs: forMs as number }),
  );
  if (!filled?.length) return past;
  const known = new Set(past.map(({ event }) => event));
  return [...past, ...filled.filter(({ event }) => !known.has(event))].sort((a, b) => a.at - b.at || a.event - b.event);
}

/** Reads on behind a full page. `last` is absent when there is no more. */
async function further(
  cycle: Cycle,
  item: LookBack,
  from: Past,
): Promise<{ readonly free: readonly Past[]; readonly last: Past | undefined }> {
  const { driver } = cycle.context;
  const rows = await driver.query(
    `select ref, at, n from rendezvous where match_key = ? and kind = ${EVENT_ENTRY} and (at, ref) > (?, ?) order by at, ref limit ${EVENTS_PER_LOOK}`,
    [item.key, from.at, from.event],
  );
  const past = merge(undefined, rows);
  const consumed = await driver.look(
    'consumed',
    past.map(({ event }): Row => [event, item.wf]),
  );
  return {
    free: past.filter((_, i) => !consumed[i]?.length),
    last: past.length < EVENTS_PER_LOOK ? undefined : past.at(-1),
  };
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
    `select id, received_at, route, payload, body, headers, url from (select * from event order by id desc limit ${BACKFILL_EVENTS}) as newest
      where received_at >= ? and received_at < ? and route is not null`,
    [since, shape.since],
  );
  return rows.flatMap(([id, receivedAt, route, payload, body, headers, url]) => {
    const { receivers, findableMs, resumes } = JSON.parse(route as string) as Route;
    const { workflowName, version } = shape;
    if (findableMs === 0 || resumes) return [];
    if (!receivers.some((one) => one.name === workflowName && (one.version === version || one.version === 'any')))
      return [];
    const content = payloadOf({ payload: fromStoredOrNothing(payload), body: body as Uint8Array });
    const request = { headers: fromStored(headers as string), url: fromStored(url as string) };
    const key = content && keyFor(shape, withRequest(content, request));
    if (!key) return [];
    const row: Cell[] = [key, EVENT_ENTRY, receivedAt as number, id as number, findableMs ?? 0];
    return [
      {
        key,
        past: { event: id as number, at: receivedAt as number, findableMs: findableMs ?? 0 },
        change: { op: 'ignore', table: 'rendezvous', row } as const,
      },
    ];
  });
}
