// What counts for a task where its task definition says nothing (Conductor's defaults, contract 5.2).

import type { Task, TaskDef, WorkflowTask } from './model.ts';

export const TASK_DEF_DEFAULTS = {
  retryCount: 3,
  retryLogic: 'FIXED',
  retryDelaySeconds: 60,
  backoffScaleFactor: 1,
  maxRetryDelaySeconds: 0,
  backoffJitterMs: 0,
  timeoutSeconds: 0,
  timeoutPolicy: 'TIME_OUT_WF',
  responseTimeoutSeconds: 3600,
  pollTimeoutSeconds: 0,
  totalTimeoutSeconds: 0,
} as const satisfies Partial<TaskDef>;

const NOTHING_SAID: TaskDef = { name: '' };

/** The rules for a task: those registered, else the defaults for a worker task, else none. */
export function rulesFor(place: WorkflowTask | undefined, task: Pick<Task, 'type'>): TaskDef | undefined {
  return place?.taskDefinition ?? (task.type === 'SIMPLE' ? NOTHING_SAID : undefined);
}
