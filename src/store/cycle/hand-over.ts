// Tasks that a decision makes ready go to polls that wait for them, in the same commit: the worker has its task when the report
// before it is answered, and neither a row of the queue nor a second commit was needed.

import { cacheEntryOf } from '../../core/cache.ts';
import type { Command } from '../../core/command.ts';
import type { Decision } from '../../core/decision.ts';
import { type QueueEntry, queueEntryOf } from '../../core/derive.ts';
import type { Task, Workflow } from '../../core/model.ts';
import { planOf } from '../../core/plan.ts';
import type { PolledTask } from '../poll.ts';
import type { ItemOf } from './item.ts';
import { findTask } from './turn.ts';
import type { WaitingPolls } from './waiting-polls.ts';

type Poll = ItemOf<'poll'>;

export interface HandedOver {
  /** The decision, and that the tasks were taken. */
  readonly decision: Decision;
  /** Polls that waited, and what each of them is given. */
  readonly given: ReadonlyMap<Poll, readonly PolledTask[]>;
}

/** Undefined: nobody waits for what has become ready. `decide` goes on from an execution with further commands. */
export function handOver(
  waiting: WaitingPolls,
  first: Decision,
  now: number,
  decide: (workflow: Workflow, commands: readonly Command[]) => Decision,
): HandedOver | undefined {
  if (waiting.size === 0) return undefined;
  const taken = takersOf(waiting, first, now);
  if (!taken.length) return undefined;
  const commands = taken.map(({ n, poll }): Command => ({ type: 'pollTask', n, workerId: poll.request.workerId }));
  let second: Decision;
  try {
    second = decide(first.after, commands);
  } catch {
    // Whoever polls for it comes upon the fault by itself, where it is written down; what was decided first stands.
    for (const { poll } of taken) waiting.stand(poll);
    return undefined;
  }
  const given = new Map<Poll, PolledTask[]>(taken.map(({ poll }) => [poll, []]));
  taken.forEach(({ poll }, i) => {
    const outcome = second.outcomes[i];
    if (outcome?.type === 'done' && outcome.task) given.get(poll)?.push(polledOf(second.after, outcome.task));
  });
  return { decision: both(first, second), given };
}

interface Taker {
  readonly n: number;
  readonly poll: Poll;
}

/** Who gets which task. A poll that wants several gets as many of this decision as it wants. */
function takersOf(waiting: WaitingPolls, { after, changed }: Decision, now: number): Taker[] {
  const takers: Taker[] = [];
  const filling = new Map<string, { readonly poll: Poll; left: number }>();
  for (const n of changed) {
    if (waiting.size === 0 && filling.size === 0) break;
    const task = findTask(after.tasks, n);
    const entry = task && readyEntry(after, task, now);
    if (!entry) continue;
    const line = JSON.stringify([entry.queue, entry.domain]);
    const next = filling.get(line) ?? nextOf(waiting, entry);
    if (!next) continue;
    takers.push({ n, poll: next.poll });
    next.left--;
    if (next.left > 0) filling.set(line, next);
    else filling.delete(line);
  }
  return takers;
}

function nextOf(waiting: WaitingPolls, { queue, domain }: QueueEntry): { poll: Poll; left: number } | undefined {
  const poll = waiting.take(queue, domain);
  return poll && { poll, left: poll.request.count };
}

/** Where limits are to be counted or a kept output may do, the task takes the way through the queue (poll-limits.ts). */
function readyEntry(workflow: Workflow, task: Task, now: number): QueueEntry | undefined {
  const entry = queueEntryOf(workflow, task);
  if (!entry || entry.availableAt > now) return undefined;
  if (entry.concurrentExecLimit !== undefined || entry.rateLimit || cacheEntryOf(workflow, task)) return undefined;
  return entry;
}

/** Two decisions, one after the other, as one; asked for was the first. */
function both(first: Decision, second: Decision): Decision {
  const removed = new Set([...first.removed, ...second.removed]);
  const changed = new Set([...first.changed, ...second.changed]);
  const ascending = (a: number, b: number): number => a - b;
  return {
    after: second.after,
    changed: [...changed].filter((n) => !removed.has(n)).sort(ascending),
    removed: [...removed].sort(ascending),
    messages: [...first.messages, ...second.messages],
    outcomes: first.outcomes,
  };
}

/**
 * What whoever takes a task is told. Its input is resolved and its place goes along; the payloads and the definition of an
 * execution with thousands of tasks would go along with each of them.
 */
export function polledOf(workflow: Workflow, task: Task): PolledTask {
  const { id, name, version, correlationId, priority, taskToDomain, traceId } = workflow;
  const place = planOf(workflow.def).nodes.get(task.place)?.task;
  return {
    task,
    ...(place && { place }),
    workflow: { id, name, version, correlationId, priority, taskToDomain, traceId },
  };
}
