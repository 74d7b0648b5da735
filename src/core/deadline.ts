// Moments at which an open task or execution must be looked at, and what is wrong then (contract 5.4).

import type { Task, TaskDef, Workflow } from './model.ts';
import { hasEnded, isTerminal } from './model.ts';
import { placeOf } from './plan.ts';

export type DeadlineKind = 'own' | 'poll' | 'response' | 'timeout' | 'total';

/** Deadlines of an open task. A task without a task definition has none but its own alarm. */
export function* deadlinesOf(task: Task, def: TaskDef | undefined): Generator<{ kind: DeadlineKind; at: number }> {
  if (hasEnded(task)) return;
  if (task.wakeAt !== undefined) yield { kind: 'own', at: task.wakeAt };
  if (!def) return;
  const { pollTimeoutSeconds = 0, responseTimeoutSeconds = 0, timeoutSeconds = 0, totalTimeoutSeconds = 0 } = def;
  if (task.status === 'SCHEDULED' && pollTimeoutSeconds > 0)
    yield { kind: 'poll', at: Math.max(task.scheduledAt, task.availableAt ?? 0) + pollTimeoutSeconds * 1000 };
  if (task.status === 'IN_PROGRESS' && responseTimeoutSeconds > 0 && task.type === 'SIMPLE')
    yield { kind: 'response', at: task.updatedAt + responseTimeoutSeconds * 1000 };
  if (task.startedAt !== undefined && timeoutSeconds > 0)
    yield { kind: 'timeout', at: task.startedAt + timeoutSeconds * 1000 };
  const first = task.firstStartedAt ?? task.startedAt;
  if (first !== undefined && totalTimeoutSeconds > 0) yield { kind: 'total', at: first + totalTimeoutSeconds * 1000 };
}

/** The earliest of them (epoch ms). */
export function deadlineOf(workflow: Workflow, task: Task): number | undefined {
  let earliest: number | undefined;
  const def = placeOf(workflow, task)?.taskDefinition;
  for (const { at } of deadlinesOf(task, def)) if (earliest === undefined || at < earliest) earliest = at;
  return earliest;
}

/** When the execution as a whole times out (epoch ms). */
export function workflowDeadline(workflow: Workflow): number | undefined {
  const { timeoutSeconds = 0, timeoutPolicy } = workflow.def;
  if (isTerminal(workflow.status) || timeoutSeconds <= 0 || timeoutPolicy !== 'TIME_OUT_WF') return undefined;
  return (workflow.lastRetriedAt ?? workflow.startedAt) + timeoutSeconds * 1000;
}
