// What follows from the state of an execution, each in one place: its alarm, its queue entries, its waits (match.ts).
// The store writes the difference between before and after; nobody remembers any of it.

import { deadlineOf, workflowDeadline } from './deadline.ts';
import type { Task, Workflow } from './model.ts';
import { isTerminal } from './model.ts';
import { placeOf } from './plan.ts';
import { queueOf } from './queue.ts';
import { firstMoment } from './task-list.ts';
import { TASK_TYPES } from './tasks/index.ts';

/** A task that somebody may take: the queue is exactly these rows. */
export interface QueueEntry {
  readonly queue: string;
  readonly domain?: string;
  /** Higher first. */
  readonly priority: number;
  /** Not before (epoch ms). */
  readonly availableAt: number;
  /** At most so many tasks of this queue in progress at once; absent: no limit (contract 5.4). */
  readonly concurrentExecLimit?: number;
  /** At most so many tasks of this queue handed out in any such stretch of time; absent: no limit. */
  readonly rateLimit?: { readonly count: number; readonly perMs: number };
}

/** The queue entry of a task, if it is to be polled. */
export function queueEntryOf(workflow: Workflow, task: Task): QueueEntry | undefined {
  // A task with an alarm of its own has not begun yet.
  if (task.status !== 'SCHEDULED' || task.wakeAt !== undefined || !isPolled(task)) return undefined;
  return {
    queue: queueOf(task),
    ...(task.domain !== undefined && { domain: task.domain }),
    priority: workflow.priority,
    availableAt: task.availableAt ?? task.scheduledAt,
    ...limitsOf(workflow, task),
  };
}

/** The queue whose limit a task in progress counts for; undefined: it has none. */
export function limitedQueueOf(workflow: Workflow, task: Task): string | undefined {
  if (task.status !== 'IN_PROGRESS' || !isPolled(task)) return undefined;
  return limitsOf(workflow, task).concurrentExecLimit === undefined ? undefined : queueOf(task);
}

const isPolled = (task: Task): boolean => TASK_TYPES.get(task.type)?.queued ?? true;

const DEFAULT_FREQUENCY_SECONDS = 1;

function limitsOf(workflow: Workflow, task: Task): Pick<QueueEntry, 'concurrentExecLimit' | 'rateLimit'> {
  const rules = placeOf(workflow, task)?.taskDefinition;
  if (!rules) return {};
  const { concurrentExecLimit = 0, rateLimitPerFrequency: count = 0 } = rules;
  const perMs = (rules.rateLimitFrequencyInSeconds ?? DEFAULT_FREQUENCY_SECONDS) * 1000;
  return {
    ...(concurrentExecLimit > 0 && { concurrentExecLimit }),
    ...(count > 0 && perMs > 0 && { rateLimit: { count, perMs } }),
  };
}

/** The next moment at which the execution must be looked at (epoch ms), or undefined when only others can move it. */
export function wakeAtOf(workflow: Workflow): number | undefined {
  if (isTerminal(workflow.status)) return undefined;
  const wakeAt = workflowDeadline(workflow);
  // Nothing but its own deadline moves an execution that is paused or has not been admitted yet.
  if (workflow.status === 'PAUSED' || workflow.held) return wakeAt;
  if (workflow.unfinished) return workflow.updatedAt;
  const { tasks, def } = workflow;
  const first = firstMoment(tasks, def, (task) => deadlineOf(placeOf(workflow, task), task)?.at);
  return wakeAt !== undefined && first !== undefined ? Math.min(wakeAt, first) : (first ?? wakeAt);
}
