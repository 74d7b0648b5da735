// A stored event meets the waits that are open: all equal ones are completed, then executions are started (contract 3.4, 3.5).
// Routing an event again changes nothing: what it did is in `effect`, and an execution is completed by it at most once.

import type { JsonObject } from '../../core/json.ts';
import { referenceName } from '../../core/model.ts';
import { accepts } from '../../core/wait-terms.ts';
import { payloadOf } from '../document.ts';
import type { Change, Row } from '../drivers/driver.ts';
import type { Cycle } from './cycle.ts';
import { alreadyServed, claimRows, deliverOf, effectRow, isLimited, mayTake } from './effects.ts';
import { planEventStarts } from './event-starts.ts';
import { type Item, type ItemOf, type Offered, removal } from './item.ts';
import { keyText } from './keys.ts';
import { entriesAt, eventEntries, eventOf, offeredBy, todoRow } from './receive.ts';
import type { Routed } from './routed.ts';
import type { State } from './states.ts';
import { findTask } from './turn.ts';
import { comparePlaces, endsOf, type Found, findWaits, type Page } from './waits.ts';

/** @param lookBacks done when the waits that have just opened have taken what came before: older events go first */
export async function gatherRoutes(
  cycle: Cycle,
  found: Promise<readonly ItemOf<'route'>[]>,
  lookBacks: Promise<void>,
): Promise<void> {
  const items = await found;
  if (!items.length) return;
  const routed = await open(cycle, items);
  const [pages] = await Promise.all([
    findWaits(cycle.session, routed),
    cycle.context.driver.serial ? undefined : refreshShapes(cycle),
  ]);
  for (const one of routed) lookAgain(cycle, one, pages.get(one) ?? []);
  await lookBacks;
  const served = await alreadyServed(cycle, routed);
  const taken = await planWaits(cycle, routed, pages, served);
  const mayStart = (one: Routed): boolean => !taken.has(one) && mayTake(cycle, one.item.id, one.item);
  await planEventStarts(
    cycle,
    routed.filter((one) => !one.route.resumes || served.has(one) || mayStart(one)),
    served,
  );
  for (const { item, event, route, keys } of routed) {
    if (cycle.context.driver.serial && !route.resumes) cycle.note(entriesAt(keys, item.id, event, route), [item]);
    finishAfter(cycle, item);
  }
}

/**
 * True when each event was stored by this node a moment ago and may meet one wait now and another in the next cycle: shapes that
 * are not known here yet are read beside the waits anyway, and whatever they bring makes the event be looked at once more.
 */
const mayMeetLater = ({ context }: Cycle, items: readonly ItemOf<'route'>[]): boolean =>
  !context.driver.serial &&
  items.every(({ event, seen }) => seen > 0 && event?.route && !event.route.resumes && !isLimited(event.route));

async function refreshShapes(cycle: Cycle): Promise<void> {
  const { shape } = await cycle.latest();
  await cycle.context.shapes.refresh(cycle.session, shape);
}

/** Reads what is not in memory, and computes the match keys with all shapes there are. */
async function open(cycle: Cycle, items: readonly ItemOf<'route'>[]): Promise<Routed[]> {
  const { shapes } = cycle.context;
  const unread = items.filter(({ event }) => !event);
  const [rows] = await Promise.all([
    unread.length
      ? cycle.session.look(
          'eventByKey',
          unread.map(({ id }): Row => [id]),
        )
      : [],
    mayMeetLater(cycle, items) ? false : refreshShapes(cycle),
  ]);
  const read = new Map(unread.map((item, i) => [item, rows[i]?.[0]]));
  const routed: Routed[] = [];
  for (const item of items) {
    const row = read.get(item);
    const event = item.event ?? (row && eventOf(row));
    const payload = event?.route && payloadOf(event);
    if (event?.route && payload) {
      const current = item.offered?.newest === shapes.newest ? item.offered : undefined;
      const { document, keys: all } = (current ?? offeredBy(cycle, event, event.route)) as Offered;
      const keys = item.after ? all.filter((key) => item.after?.has(keyText(key))) : all;
      routed.push({ item, event, route: event.route, payload, document, keys });
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

/** Sees to it that the event is looked at once more: there are more waits than a page, or shapes that were not known. */
function lookAgain(cycle: Cycle, one: Routed, pages: readonly Page[]): void {
  const { shapes, driver } = cycle.context;
  const newest = shapes.newest;
  // Shapes that came after the entries were stored: store theirs, and look once more after this commit.
  if (!driver.serial && one.item.seen < newest) {
    if (!one.route.resumes) cycle.note(eventEntries(cycle, one.item.id, one.event, one.route), [one.item]);
    leave(cycle, one.item, () => ({ ...anew(one.item), seen: newest }));
    return;
  }
  const after = isLimited(one.route) ? undefined : endsOf(pages);
  if (after) leave(cycle, one.item, () => ({ ...one.item, after }));
}

/** The event is looked at once more after this commit; `next` is asked then, since what the commit stores changes the item. */
function leave(cycle: Cycle, item: ItemOf<'route'>, next: () => ItemOf<'route'>): void {
  cycle.finishes.set(item, () => cycle.left.items.push(next()));
}

/** From the first page on. */
function anew(item: ItemOf<'route'>): ItemOf<'route'> {
  const { after: _, fits: __, ...rest } = item;
  return rest;
}

/** Plans what the events do to waits; answers those that do something. */
async function planWaits(
  cycle: Cycle,
  routed: readonly Routed[],
  pages: ReadonlyMap<Routed, readonly Page[]>,
  served: ReadonlySet<Routed>,
): Promise<Set<Routed>> {
  const taken = new Set<Routed>(served);
  const waitsOf = (one: Routed): Found[] => (pages.get(one) ?? []).flatMap(({ waits }) => waits);
  const rows = new Map(routed.flatMap((one) => waitsOf(one).map(({ wf, row }) => [wf, row] as const)));
  // The page behind a full one may be empty.
  if (!rows.size && !routed.some(({ item }) => item.fits)) return taken;
  // Whether an execution has had the event was read together with its rev: an effect written later makes the guard of this commit fail.
  const states = await cycle.context.states.looked(cycle.session, rows);
  const byWf = new Map([...rows.keys()].map((wf, i) => [wf, states[i]]));
  const claimed = new Set<string>();
  for (const one of routed) {
    if (served.has(one)) continue;
    const open = waitsOf(one).filter(({ wf, n, had }) => {
      const state = byWf.get(wf);
      const task = state && findTask(state.workflow.tasks, n);
      return task && !had && accepts(task.input, one.document);
    });
    const ends = isLimited(one.route) ? endsOf(pages.get(one) ?? []) : undefined;
    if (planDelivery(cycle, one, { open, ends }, byWf, claimed)) taken.add(one);
  }
  return taken;
}

/** The waits that fit, and where to read on if none of them takes the event. */
interface Fitting {
  readonly open: readonly Found[];
  readonly ends: ReturnType<typeof endsOf>;
}

/** Completes the waits that the route's `deliver` chooses. */
function planDelivery(
  cycle: Cycle,
  one: Routed,
  { open, ends }: Fitting,
  byWf: ReadonlyMap<number, State | undefined>,
  claimed: Set<string>,
): boolean {
  const { item, event, payload, route } = one;
  const deliver = deliverOf(route);
  const limited = isLimited(route);
  const free = limited ? open.filter(({ wf, n }) => !claimed.has(`${wf} ${n}`)) : open;
  if (deliver === 'one' && !item.isSole) {
    const fits = (item.fits ?? 0) + free.length;
    if (fits > 1) {
      const reason = `deliver is "one", but ${fits} waits fit`;
      cycle.note([effectRow(item.id, 0, 0, 'failed', '', event.receivedAt, reason)], [item]);
      return true;
    }
    if (ends) {
      leave(cycle, item, () => ({ ...item, after: ends, fits }));
      return true;
    }
    if (fits > free.length) {
      leave(cycle, item, () => ({ ...anew(item), isSole: true }));
      return true;
    }
  }
  if (route.resumes && !free.length && open.length) {
    // Its wait goes to another event of this commit, which may end the execution: decided when that is done.
    leave(cycle, item, () => ({ ...item }));
    return true;
  }
  if (ends && !free.length) {
    leave(cycle, item, () => ({ ...item, after: ends }));
    return true;
  }
  const sign = deliver === 'newest' ? -1 : 1;
  const sorted = [...free].sort((a, b) => sign * comparePlaces(a, b));
  const chosen = deliver === 'all' ? sorted : sorted.slice(0, 1);
  if (limited && chosen.length && !mayTake(cycle, item.id, item)) return true;
  for (const { wf, n } of chosen) {
    claimed.add(`${wf} ${n}`);
    const state = byWf.get(wf);
    // Somebody else was first: whoever is next in the row, or nobody, is found by looking again.
    const missed = limited ? () => leave(cycle, item, () => ({ ...item })) : undefined;
    if (state) eventStep(cycle, item, state, { n, event: item.id, payload, limited, now: event.receivedAt, missed });
  }
  return chosen.length > 0;
}

/** An event that is to end the wait `n`. */
interface Arrival {
  readonly n: number;
  /** Its key. */
  readonly event: number;
  readonly payload: JsonObject;
  /** It is for one wait alone. */
  readonly limited: boolean;
  readonly now: number;
  /** Rows to write whatever comes of it. */
  readonly beside?: readonly Change[];
  /** Called when the wait is over already. */
  readonly missed?: (() => void) | undefined;
}

/** The command by which an event ends a wait, with the rows that say so. */
export function eventStep(cycle: Cycle, item: Item, state: State, arrival: Arrival): void {
  const { n, event, payload, now, beside = [], missed } = arrival;
  const name = state.workflow.name;
  const task = findTask(state.workflow.tasks, n);
  const ref = task && referenceName(task);
  cycle.step(state, {
    item,
    now,
    command: { type: 'eventArrived', n, eventId: event, payload },
    rows(outcome) {
      if (outcome.type === 'done') {
        const claim = arrival.limited ? claimRows(cycle, event, state.wf) : [];
        const effect = effectRow(event, state.wf, n, 'completed', name, now, undefined, ref);
        // Written only with a guard that says nobody has, and PostgreSQL looks twice where a row may be there.
        return [{ ...effect, op: 'insert' }, ...claim, ...beside];
      }
      missed?.();
      return beside;
    },
    faultRows: (reason) => [effectRow(event, state.wf, n, 'failed', name, now, reason, ref), ...beside],
  });
}

function finishAfter(cycle: Cycle, item: ItemOf<'route'>): void {
  cycle.closings.push(() => close(cycle, item));
}

/**
 * Takes the event off the list of what is to be routed: in this commit where nothing of it can fail on its own,
 * else in the one after it. A crash in between routes it again, which changes nothing.
 */
function close(cycle: Cycle, item: ItemOf<'route'>): void {
  const isLeft = cycle.deferred.has(item) || cycle.again.has(item) || cycle.finishes.has(item);
  if (item.storedWith) {
    if (isLeft) item.storedWith.push(todoRow(item.id, item.now));
    item.storedWith = undefined;
    return;
  }
  if (isLeft) return;
  const done = removal('event_todo', [item.id]);
  const [first, ...others] = cycle.context.driver.serial ? [] : cycle.guarded(item);
  if (!first) cycle.note([done], [item]);
  else if (others.length === 0) first.unit.changes.push(done);
  else cycle.finishes.set(item, () => cycle.left.changes.push(done));
}
