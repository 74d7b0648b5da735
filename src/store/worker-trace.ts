// What workers leave behind beside results: lines of their log, and when they polled last, as the store keeps it.

export interface TaskLogLine {
  /** Unique and growing with time, so that lines keep their order. */
  readonly id: string;
  readonly at: number;
  readonly text: string;
}

export interface TaskLogs {
  add(workflowId: string, n: number, lines: readonly TaskLogLine[]): Promise<void>;
  /** The first ones, in order. */
  list(workflowId: string, n: number, limit: number): Promise<readonly TaskLogLine[]>;
}

export interface LastPoll {
  readonly queue: string;
  readonly domain?: string;
  readonly workerId: string;
  readonly at: number;
}

export interface LastPolls {
  put(polls: readonly LastPoll[]): Promise<void>;
  /** Of one queue or of all; one for each domain. */
  list(queue?: string): Promise<readonly LastPoll[]>;
}
