// Workers take tasks: candidates come from the queue, the transition decides, and only what it gave is answered.
// Two pollers never get the same task, since the execution's rev guards the commit.

import { CACHE } from '../core/cache.ts';
import { queueEntryOf } from '../core/derive.ts';
import type { Task, Workflow } from '../core/model.ts';
import { planOf } from '../core/plan.ts';
import type { Cycle } from './cycle.ts';
import type { Change, QueueWish } from './drivers/driver.ts';
import { type ItemOf, removal } from './item.ts';
import { MAX_PAGE, POLL_LEASE_MS } from './limits.ts';
import { type Offer, offersOf, PollLimits } from './poll-limits.ts';
import type { PolledTask } from './store.ts';
import { toStored } from './text.ts';
import { findTask, queueRow } from './turn.ts';

interface Group extends QueueWish {
  readonly items: ItemOf<'poll'>[];
}

export async function gatherPolls(cycle: Cycle, items: readonly ItemOf<'poll'>[]): Promise<void> {
  if (!items.length) return;
  const groups = groupByQueue(items);
  const now = Math.max(...items.map((item) => item.now));
  const found = await cycle.session.claim(groups, now, POLL_LEASE_MS);
  const got = new Map(items.map((item): [ItemOf<'poll'>, PolledTask[]] => [item, []]));
  for (const [item, tasks] of got) {
    cycle.finishes.set(item, () => item.resolve(tasks));
    // What one of them was given is committed: it must be answered, even if another node took the rest.
    cycle.partial.set(item, () => tasks.length > 0);
  }
  const wfs = [...new Set(found.flat().map(({ wf }) => wf))].sort((a, b) => a - b);
  if (!wfs.length) return;
  const states = await cycle.context.states.byKey(cycle.session, wfs);
  const byWf = new Map(wfs.map((wf, i) => [wf, states[i]]));
  const offers = await offersOf(cycle, found.flat(), byWf, now);
  const limits = await PollLimits.read(cycle, [...offers.values()], now);
  groups.forEach((group, g) => {
    const candidates = (found[g] ?? []).values();
    for (const item of group.items)
      for (let i = 0; i < countOf(item); i++) {
        const { value } = candidates.next();
        if (value) take(cycle, item, offers.get(value) as Offer, limits, got.get(item) as PolledTask[]);
      }
  });
}

const countOf = ({ request }: ItemOf<'poll'>): number => Math.min(Math.max(0, request.count), MAX_PAGE);

function groupByQueue(items: readonly ItemOf<'poll'>[]): Group[] {
  const groups = new Map<string, { queue: string; domain: string; count: number; items: ItemOf<'poll'>[] }>();
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

function take(cycle: Cycle, item: ItemOf<'poll'>, offer: Offer, limits: PollLimits, got: PolledTask[]): void {
  const { wf, n, row } = offer.candidate;
  const { state, cached } = offer;
  if (!state) {
    cycle.note([removal('queue', row.slice(0, -1))], [item]);
    return;
  }
  if (cached) {
    const command = { type: 'updateTask', task: { n }, status: 'COMPLETED', output: cached, workerId: CACHE } as const;
    cycle.step(state, { item, now: item.now, command });
    return;
  }
  const counted = limits.take(offer, item.now);
  if (!counted) return;
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
}

/**
 * What whoever takes a task is told. Its input is resolved and its place goes along; the payloads and the definition of an
 * execution with thousands of tasks would go along with each of them.
 */
function polledOf(workflow: Workflow, task: Task): PolledTask {
  const { id, name, version, correlationId, priority, taskToDomain, traceId } = workflow;
  const place = planOf(workflow.def).nodes.get(task.place)?.task;
  return {
    task,
    ...(place && { place }),
    workflow: { id, name, version, correlationId, priority, taskToDomain, traceId },
  };
}
