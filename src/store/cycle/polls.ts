// Workers take tasks: candidates come from the queue, the transition decides, and only what it gave is answered.
// Two pollers never get the same task, since the execution's rev guards the commit.

import { queueEntryOf } from '../../core/derive.ts';
import type { Candidate, Change, QueueWish } from '../drivers/driver.ts';
import { MAX_PAGE, POLL_LEASE_MS } from '../limits.ts';
import type { PolledTask } from '../poll.ts';
import { toStored } from '../rows/text.ts';
import type { Cycle } from './cycle.ts';
import { polledOf } from './hand-over.ts';
import { type ItemOf, isAboutOne, removal } from './item.ts';
import { completion } from './kept.ts';
import { type Offer, offersOf, PollLimits } from './poll-limits.ts';
import { findTask, queueRow } from './turn.ts';

type Poll = ItemOf<'poll'>;

interface Group extends QueueWish {
  readonly items: Poll[];
}

export async function gatherPolls(cycle: Cycle, items: readonly Poll[]): Promise<void> {
  if (!items.length) return;
  const { waiting, states, busy, driver } = cycle.context;
  // Without leases others may have been given what it found.
  if (driver.serial) for (const item of items) delete item.found;
  const groups = groupByQueue(items.filter(({ found }) => !found));
  const now = Math.max(...items.map((item) => item.now));
  for (const item of items) waiting.look(item);
  const leasedUntil = now + POLL_LEASE_MS;
  const shares = shareOut(groups, groups.length ? await cycle.session.claim(groups, now, POLL_LEASE_MS) : []);
  for (const item of items) if (item.found) shares.set(item, item.found.candidates);
  const got = new Map<Poll, PolledTask[]>();
  for (const item of items) {
    // From here on, so that a task that this very cycle makes ready finds it.
    if (!shares.has(item) && waiting.mayWait(item) && waiting.stand(item)) cycle.items.delete(item);
    else {
      got.set(item, []);
      cycle.answerPoll(item, got.get(item) as PolledTask[]);
    }
  }
  for (const [item, candidates] of shares) {
    item.found ??= { candidates, leasedUntil };
    const id = isAboutOne(item) ? states.idOf(candidates[0]?.wf as number) : undefined;
    if (id === undefined || busy.hold(id, cycle.items)) continue;
    cycle.defer(item, id);
    shares.delete(item);
  }
  const found = [...shares.values()].flat();
  const wfs = [...new Set(found.map(({ wf }) => wf))].sort((a, b) => a - b);
  if (!wfs.length) return;
  const loaded = await states.currentByKey(cycle.session, wfs);
  const byWf = new Map(wfs.map((wf, i) => [wf, loaded[i]]));
  const offers = await offersOf(cycle, found, byWf, now);
  const offersTo = (candidates: readonly Candidate[]) => candidates.map((one) => offers.get(one) as Offer);
  // Who counts a queue is at it until its commit is done: others of this node come after that, with what they have found.
  for (const [item, candidates] of shares) {
    const counted = PollLimits.queueOf(offersTo(candidates));
    if (counted === undefined || busy.hold(`queue ${counted}`, cycle.items)) continue;
    cycle.defer(item, `queue ${counted}`);
    shares.delete(item);
  }
  const limits = await PollLimits.read(cycle, offersTo([...shares.values()].flat()), now);
  const refused = [...shares].map(([item, candidates]) => ({
    leasedUntil: item.found?.leasedUntil ?? leasedUntil,
    candidates: candidates.filter(
      (candidate) => !take(cycle, item, offers.get(candidate) as Offer, limits, got.get(item) as PolledTask[]),
    ),
  }));
  for (const one of refused) await cycle.session.release(one.candidates, one.leasedUntil);
}

/** Candidates of each poll, for those who have some: first come, first served. */
function shareOut(groups: readonly Group[], found: readonly (readonly Candidate[])[]): Map<Poll, readonly Candidate[]> {
  const shares = new Map<Poll, readonly Candidate[]>();
  groups.forEach(({ items }, g) => {
    let given = 0;
    for (const item of items) {
      const share = found[g]?.slice(given, given + countOf(item)) ?? [];
      if (share.length) shares.set(item, share);
      given += share.length;
    }
  });
  return shares;
}

const countOf = ({ request }: Poll): number => Math.min(Math.max(0, request.count), MAX_PAGE);

function groupByQueue(items: readonly Poll[]): Group[] {
  const groups = new Map<string, { queue: string; domain: string; count: number; items: Poll[] }>();
  for (const item of items) {
    const queue = toStored(item.request.queue);
    const domain = toStored(item.request.domain ?? '');
    const key = JSON.stringify([queue, domain]);
    const group = groups.get(key) ?? { queue, domain, count: 0, items: [] };
    group.count += countOf(item);
    group.items.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** False: there is no room for it now. */
function take(cycle: Cycle, item: Poll, offer: Offer, limits: PollLimits, got: PolledTask[]): boolean {
  const { wf, n, row } = offer.candidate;
  const { state, cached } = offer;
  if (!state) {
    cycle.note([removal('queue', row.slice(0, -1))], [item]);
    return true;
  }
  if (cached) {
    cycle.step(state, { item, now: item.now, command: completion(n, cached) });
    return true;
  }
  const counted = limits.take(offer, item.now);
  if (!counted) return false;
  cycle.step(state, {
    item,
    now: item.now,
    command: { type: 'pollTask', n, workerId: item.request.workerId },
    rows: (outcome, after): readonly Change[] => {
      if (outcome.type === 'done') return counted;
      // Not given: not offered again for a while, or never when the row is a leftover.
      const task = findTask(after.tasks, n);
      const entry = task && queueEntryOf(after, task);
      return entry &&
        queueRow(wf, n, entry)
          .slice(0, -1)
          .every((cell, i) => cell === row[i])
        ? [{ op: 'put', table: 'queue', row: [...row.slice(0, -1), item.now + POLL_LEASE_MS] }]
        : [];
    },
    settle: (outcome, workflow) => {
      if (outcome.type === 'done' && outcome.task) got.push(polledOf(workflow, outcome.task));
    },
  });
  return true;
}
