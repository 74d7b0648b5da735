// Executions that an event starts, or, where it may start or resume, that it is left for.

import type { Change, Row } from '../drivers/driver.ts';
import type { Route, StartResult } from '../store.ts';
import type { Cycle } from './cycle.ts';
import { claimRows, effectRow } from './effects.ts';
import { startId } from './keys.ts';
import { eventEntries } from './receive.ts';
import type { Routed } from './routed.ts';
import { planStarts, type StartJob } from './starts.ts';

/**
 * Starts count as n = -1, -2, … in the order of the route, so that each is done once.
 * @param served of those that start or resume, who has done so already: only what an earlier commit put off is left to start
 */
export async function planEventStarts(
  cycle: Cycle,
  routed: readonly Routed[],
  served: ReadonlySet<Routed>,
): Promise<void> {
  const starting = routed.filter(({ route }) => route.starts.length);
  if (!starting.length) return;
  const effects = await cycle.session.look(
    'effects',
    starting.map(({ item }): Row => [item.id]),
  );
  const claimed = new Set<Routed>();
  const jobs = starting.flatMap((one, i) => {
    const { route } = one;
    const isServed = served.has(one);
    if (isServed && !effects[i]?.some(isOf('started'))) return [];
    const isAsked = route.resumes && !isServed;
    const isDone = ([, , , type]: Row): boolean => type !== 'failed' && !(isAsked && type === 'existing');
    const done = new Set((effects[i] ?? []).filter(isDone).map((row) => row[2]));
    return route.starts.flatMap((start, s): StartJob[] => {
      const n = -(s + 1);
      return done.has(n) ? [] : [startJob(cycle, one, n, start, isAsked ? claimed : undefined)];
    });
  });
  await planStarts(cycle, jobs);
}

const isOf =
  (wanted: string) =>
  ([, , , type]: Row): boolean =>
    type === wanted;

/** True when the event has ended a wait. */
async function hasResumed({ session }: Cycle, event: number): Promise<boolean> {
  const [effects = []] = await session.look('effects', [[event]]);
  return effects.some(isOf('completed'));
}

/** @param claimed events that one of their starts claims in this commit; undefined: this one needs no claim */
function startJob(
  cycle: Cycle,
  one: Routed,
  n: number,
  start: Route['starts'][number],
  claimed: Set<Routed> | undefined,
): StartJob {
  const { item, event, route, payload } = one;
  const { name, version, idempotencyKey, idempotencyStrategy } = start;
  return {
    item,
    wish: {
      id: startId(event.eventId, event.receivedAt, name, version ?? 0),
      name,
      ...(version !== undefined && { version }),
      input: payload,
      event: route.event,
      createdBy: route.createdBy,
      now: event.receivedAt,
      ...(idempotencyKey && { idempotencyKey }),
      ...(idempotencyStrategy && { idempotencyStrategy }),
      ...(route.resumes && { idempotencyStrategy: 'FAIL_ON_RUNNING' as const }),
      ...(event.traceId !== undefined && { traceId: event.traceId }),
    },
    // The execution with its key may have taken it, and ended, since it was asked for.
    ...(route.resumes && { isVoid: () => hasResumed(cycle, item.id) }),
    // The claim is written by the start that goes first. If that loses its key to another node nothing of the event may be
    // written, so the others follow when it is known what became of it.
    mayBegin: () => cycle.context.driver.serial || !claimed?.has(one),
    rows(result, wf) {
      if (route.resumes && result.type === 'conflict') return leaveFor(cycle, one, n, name, result);
      const effect = startEffect(item.id, wf, n, name, event.receivedAt, result);
      if (!claimed || claimed.has(one) || result.type !== 'started') return [effect];
      claimed.add(one);
      return [effect, ...claimRows(cycle, item.id, wf)];
    },
  };
}

/**
 * An execution with the key runs already: the event is left where its next wait finds it, and looked at once more in
 * case that wait has opened, or the execution has ended, meanwhile. It must not count as consumed by that execution, so the row names none.
 */
function leaveFor(
  cycle: Cycle,
  { item, event, route }: Routed,
  n: number,
  name: string,
  conflict: Extract<StartResult, { type: 'conflict' }>,
): Change[] {
  const at = Math.max(event.receivedAt, conflict.startedAt ?? 0);
  const { leftFor = [] } = item;
  if (!cycle.finishes.has(item) && !leftFor.includes(conflict.id))
    cycle.finishes.set(item, () => cycle.left.items.push({ ...item, leftFor: [...leftFor, conflict.id] }));
  return [
    ...eventEntries(cycle, item.id, event, route, at),
    effectRow(item.id, 0, n, 'existing', name, event.receivedAt, `execution ${conflict.id} runs with this key`),
  ];
}

function startEffect(event: number, wf: number, n: number, name: string, at: number, result: StartResult): Change {
  if (result.type === 'started' || result.type === 'existing') return effectRow(event, wf, n, result.type, name, at);
  return effectRow(event, 0, n, 'failed', name, at, result.reason);
}
