// What follows from the state of an execution, each in one place: its alarm, its queue entries, its waits.
// The store writes the difference between before and after; nobody remembers any of it.

import { deadlineOf, workflowDeadline } from './deadline.ts';
import type { Task, Workflow } from './model.ts';
import { hasEnded, isTerminal } from './model.ts';

/** Types that are done by workers of ours inside the server; their queue is their type. */
export const BUILT_IN_WORKER_TYPES: ReadonlySet<string> = new Set(['HTTP', 'INLINE']);

/** A task that somebody may take: the queue is exactly these rows. */
export interface QueueEntry {
  readonly queue: string;
  readonly domain?: string;
  /** Higher first. */
  readonly priority: number;
  /** Not before (epoch ms). */
  readonly availableAt: number;
}

/** The queue entry of a task, if it is to be polled. */
export function queueEntryOf(workflow: Workflow, task: Task): QueueEntry | undefined {
  if (task.status !== 'SCHEDULED') return undefined;
  if (task.type !== 'SIMPLE' && !BUILT_IN_WORKER_TYPES.has(task.type)) return undefined;
  return {
    queue: task.type === 'SIMPLE' ? task.name : task.type,
    ...(task.domain !== undefined && { domain: task.domain }),
    priority: workflow.priority,
    availableAt: task.availableAt ?? task.scheduledAt,
  };
}

/** The next moment at which the execution must be looked at (epoch ms), or undefined when only others can move it. */
export function wakeAtOf(workflow: Workflow): number | undefined {
  if (isTerminal(workflow.status)) return undefined;
  if (workflow.unfinished) return workflow.updatedAt;
  let wakeAt = workflowDeadline(workflow);
  for (const task of workflow.tasks) {
    if (hasEnded(task)) continue;
    const at = deadlineOf(workflow, task);
    if (at !== undefined && (wakeAt === undefined || at < wakeAt)) wakeAt = at;
  }
  return wakeAt;
}
