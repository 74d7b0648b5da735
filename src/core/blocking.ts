// The task that holds an execution until somebody says something (contract 5.12).

import type { Task } from './model.ts';

/** A WAIT without an end of its own, a YIELD, a HUMAN. Those that an event or an alarm ends do not ask for a signal. */
const isBlocking = (task: Task): boolean =>
  task.status === 'IN_PROGRESS' &&
  (task.type === 'YIELD' || task.type === 'HUMAN' || (task.type === 'WAIT' && task.wakeAt === undefined));

/** The first of an execution's tasks that blocks. In a sub-workflow it is found through the `subWorkflowId` of an open task. */
export const blockingTaskOf = (tasks: readonly Task[]): Task | undefined => tasks.find(isBlocking);
