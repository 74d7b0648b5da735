// What workers say to a store when they look for work.

import type { Task, Workflow, WorkflowTask } from '../core/model.ts';

export interface PollRequest {
  /** Queue = name of the task definition (worker tasks) or the task type (built-in workers). */
  readonly queue: string;
  /** Absent: only tasks without a domain. */
  readonly domain?: string;
  readonly workerId: string;
  readonly count: number;
  readonly now: number;
  /**
   * It waits until there is a task, under this name, which nobody else has; `letGo` ends that. Absent: it is answered at once.
   */
  readonly waits?: string;
}

/** What is told of the execution is without its payloads and its definition. */
export interface PolledTask {
  readonly task: Task;
  /** Its place, as the definition has it; absent when it was made at run time. */
  readonly place?: WorkflowTask;
  readonly workflow: PolledFrom;
}

export type PolledFrom = Pick<
  Workflow,
  'id' | 'name' | 'version' | 'correlationId' | 'priority' | 'taskToDomain' | 'traceId'
>;

export interface Polls {
  /** Takes tasks of a queue. One that waits is given what becomes ready in the commit that makes it so. */
  poll(request: PollRequest): Promise<readonly PolledTask[]>;
  /** Polls that wait no more are answered with nothing. Names that nobody has mean nothing. */
  letGo(waits: readonly string[]): Promise<void>;
  /** Those who wait look again, for what made no stir here: delays that are over, work of other nodes. */
  lookAgain(now: number): Promise<void>;
  queueSizes(): Promise<readonly { queue: string; domain?: string; size: number }[]>;
}
