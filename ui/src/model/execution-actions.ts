// Which controls make sense in which state (contract 5.9).
import type { TaskStatus, WorkflowStatus } from '../../../src/core/model.ts';

export interface ExecutionActions {
  readonly pause: boolean;
  readonly resume: boolean;
  readonly terminate: boolean;
  readonly retry: boolean;
  readonly restart: boolean;
  readonly rerun: boolean;
  readonly skip: boolean;
}

export function actionsFor(status: WorkflowStatus): ExecutionActions {
  const open = status === 'RUNNING' || status === 'PAUSED';
  return {
    pause: status === 'RUNNING',
    resume: status === 'PAUSED',
    terminate: open,
    retry: status === 'FAILED' || status === 'TIMED_OUT' || status === 'TERMINATED',
    restart: !open,
    rerun: !open,
    skip: open,
  };
}

/** An open task can be completed or failed by hand. */
export const canUpdateTask = (status: TaskStatus): boolean => status === 'IN_PROGRESS' || status === 'SCHEDULED';
