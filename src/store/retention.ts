// What is kept for a time only, as the store deletes it: in small steps, each one commit, never what is open or needed.

export type Swept =
  /** Finished executions with all that hangs on them, but for children of open parents. By their end. */
  | 'executions'
  /** Entries under which waits find past events. */
  | 'entries'
  /** Names of deliveries, once their event is gone. */
  | 'names'
  /** Received events with their bytes, names and effects: not while an execution points at them, or while they wait. */
  | 'events'
  /** Lines of task logs. */
  | 'logs'
  /** Deliveries that are over, with their attempts. By their last change. */
  | 'deliveries'
  /** Runs of schedules whose outcome is known. */
  | 'runs'
  /** What event handlers did, once its outcome is known. */
  | 'handled'
  /** Messages to event handlers that somebody has looked at. */
  | 'messages'
  /** Outputs kept by cacheConfig, once their time is over. */
  | 'outputs';

/** Where a step ended; opaque. */
export type Cursor = readonly (string | number | Uint8Array)[];

export interface SweepStep {
  readonly now: number;
  /** What is older goes. */
  readonly before: number;
  /** Events that have a name for the sake of duplicates: what is older goes. Absent: as `before`. */
  readonly namedBefore?: number;
  /** Rows looked at in this step. */
  readonly limit: number;
  /** Where the step before ended; absent: from the beginning. */
  readonly after?: Cursor;
}

export interface SweepResult {
  readonly removed: number;
  /** Absent: there is nothing more to look at. */
  readonly next?: Cursor;
}

export interface Retention {
  sweep(kind: Swept, step: SweepStep): Promise<SweepResult>;
  /**
   * Takes or renews a lease that one node has at a time; undefined: another one has it. The answer is what to show as `held`
   * when renewing.
   */
  lease(
    name: string,
    wish: { readonly now: number; readonly forMs: number; readonly held?: number },
  ): Promise<number | undefined>;
}
