// What an event did, as rows: at most one thing to each execution, and one thing at all when it is for one wait alone.

import type { Change, Row } from '../drivers/driver.ts';
import { toStored, toStoredOrNull } from '../rows/text.ts';
import type { Route } from '../store.ts';
import type { Cycle } from './cycle.ts';
import type { Item } from './item.ts';
import type { Routed } from './routed.ts';

export function effectRow(
  event: number,
  wf: number,
  n: number,
  type: string,
  name: string,
  at: number,
  reason?: string,
  ref?: string,
): Change {
  return {
    op: 'ignore',
    table: 'effect',
    row: [event, wf, n, type, toStored(name), toStoredOrNull(ref), toStoredOrNull(reason), at],
  };
}

/** Events for one wait only that have had it: routed again, they must not look for another. */
export async function alreadyServed({ session }: Cycle, routed: readonly Routed[]): Promise<Set<Routed>> {
  const single = routed.filter(({ route }) => isLimited(route));
  if (!single.length) return new Set();
  const effects = await session.look(
    'effects',
    single.map(({ item }): Row => [item.id]),
  );
  return new Set(single.filter(({ route }, i) => isServed(route, effects[i] ?? [])));
}

/** True when an event for one wait only has ended it, or, where it starts or resumes, has started an execution. */
export const isServed = (route: Route, effects: readonly Row[]): boolean =>
  isLimited(route) &&
  effects.some(([, , , type]) => type === 'completed' || (route.resumes === true && type === 'started'));

/**
 * Whether an item may have an event for one wait alone in this cycle: who comes first may. Any other is put off to the next
 * cycle, where it is known what became of that.
 */
export function mayTake(cycle: Cycle, event: number, item: Item): boolean {
  const { takers, deferred } = cycle;
  if (!takers.has(event)) takers.set(event, item);
  const isTaker = takers.get(event) === item;
  if (!isTaker) deferred.add(item);
  return isTaker;
}

/** The row that nobody else can write any more, beside what says that such an event was had. One writer needs none. */
export const claimRows = ({ context }: Cycle, event: number, wf: number): Change[] =>
  context.driver.serial ? [] : [{ op: 'insert', table: 'event_claim', row: [event, wf] }];

/** Of several waits that fit: all, unless it says otherwise; where it starts or resumes, one. */
export const deliverOf = ({ deliver, resumes }: Route): NonNullable<Route['deliver']> =>
  deliver ?? (resumes ? 'oldest' : 'all');

export const isLimited = (route: Route): boolean => deliverOf(route) !== 'all';
