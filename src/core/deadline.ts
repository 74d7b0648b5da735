// The moment at which an open task or execution must be looked at, and what is wrong then (contract 5.4).

import type { Task, TaskDef, Workflow, WorkflowTask } from './model.ts';
import { isTerminal } from './model.ts';
import { isBuiltIn, leaseMsOf } from './queue.ts';
import { rulesFor, TASK_DEF_DEFAULTS } from './task-def.ts';

/** `own`: the task's alarm. `lease`: a worker of ours is gone. The others are the timeouts of its task definition. */
export type DeadlineKind = 'own' | 'lease' | 'poll' | 'response' | 'timeout' | 'total';

export interface Deadline {
  readonly kind: DeadlineKind;
  /** Epoch ms. */
  readonly at: number;
}

const earlier = (a: Deadline | undefined, kind: DeadlineKind, at: number): Deadline =>
  a && a.at <= at ? a : { kind, at };

/** The first deadline of an open task; of two at the same moment, its own alarm comes first. */
export function deadlineOf(place: WorkflowTask | undefined, task: Task): Deadline | undefined {
  let first = task.wakeAt === undefined ? undefined : earlier(undefined, 'own', task.wakeAt);
  const builtIn = isBuiltIn(task);
  const isHeld = task.status === 'IN_PROGRESS' && (builtIn || task.type === 'SIMPLE');
  // Work that others finish later (asyncComplete) is in nobody's hands.
  if (isHeld && builtIn && task.memo?.handedOver !== true)
    first = earlier(first, 'lease', task.updatedAt + leaseMsOf(task));
  const rules = rulesFor(place, task);
  if (!rules) return first;
  if (isHeld && task.memo?.handedOver !== true) {
    const { responseTimeoutSeconds = TASK_DEF_DEFAULTS.responseTimeoutSeconds } = rules;
    if (responseTimeoutSeconds > 0) first = earlier(first, 'response', task.updatedAt + responseTimeoutSeconds * 1000);
  }
  return rules.timeoutPolicy === 'ALERT_ONLY' ? first : withTimeouts(first, rules, task);
}

/** Timeouts that the policy of the task definition speaks of; ALERT_ONLY has none that change anything. */
function withTimeouts(first: Deadline | undefined, rules: TaskDef, task: Task): Deadline | undefined {
  const { pollTimeoutSeconds = 0, timeoutSeconds = 0, totalTimeoutSeconds = 0 } = rules;
  let found = first;
  const waitsForPoll = task.status === 'SCHEDULED' && (task.type === 'SIMPLE' || isBuiltIn(task));
  if (waitsForPoll && pollTimeoutSeconds > 0)
    found = earlier(found, 'poll', Math.max(task.scheduledAt, task.availableAt ?? 0) + pollTimeoutSeconds * 1000);
  if (task.startedAt !== undefined && timeoutSeconds > 0)
    found = earlier(found, 'timeout', task.startedAt + timeoutSeconds * 1000);
  const firstStart = task.firstStartedAt ?? task.startedAt;
  if (firstStart !== undefined && totalTimeoutSeconds > 0)
    found = earlier(found, 'total', firstStart + totalTimeoutSeconds * 1000);
  return found;
}

/** When the execution as a whole times out (epoch ms). */
export function workflowDeadline(workflow: Omit<Workflow, 'tasks'>): number | undefined {
  const { timeoutSeconds = 0, timeoutPolicy } = workflow.def;
  if (isTerminal(workflow.status) || timeoutSeconds <= 0 || timeoutPolicy !== 'TIME_OUT_WF') return undefined;
  return (workflow.lastRetriedAt ?? workflow.startedAt) + timeoutSeconds * 1000;
}
