// Schedules and their runs as the store keeps them.

import type { JsonObject } from '../core/json.ts';
import type { Errand, ErrandOutcome } from './errand.ts';

export interface ScheduleRow {
  readonly name: string;
  /** Workflow that it starts. */
  readonly workflowName: string;
  /** What a client may set, as given. */
  readonly config: JsonObject;
  readonly paused: boolean;
  readonly pausedReason?: string;
  /** Epoch ms; absent: it never runs again. A paused one keeps it, for catching up. */
  readonly nextRunAt?: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
  /** Grows with every change. */
  readonly rev: number;
}

/** One run that was due, or that somebody wished for. */
export interface ScheduleRun {
  /** Also the id of its errand. */
  readonly id: string;
  readonly scheduleName: string;
  readonly workflowName: string;
  /** The execution that it starts. */
  readonly workflowId: string;
  readonly scheduledAt: number;
  readonly executedAt: number;
  /** The request for the start, as it was then. */
  readonly request: JsonObject;
  readonly zoneId: string;
}

/** Without `outcome` it is under way. */
export interface ScheduleRunRecord extends ScheduleRun {
  readonly outcome?: ErrandOutcome;
}

export interface ScheduleQuery {
  readonly names?: readonly string[];
  readonly workflowName?: string;
  readonly paused?: boolean;
  /** Found in the name, the workflow or the description. */
  readonly text?: string;
  readonly descending?: boolean;
  readonly offset: number;
  readonly limit: number;
}

export type RunState = 'POLLED' | 'EXECUTED' | 'FAILED';

export interface ScheduleRunQuery {
  readonly ids?: readonly string[];
  readonly scheduleNames?: readonly string[];
  readonly workflowNames?: readonly string[];
  readonly workflowIds?: readonly string[];
  readonly states?: readonly RunState[];
  readonly scheduledFrom?: number;
  readonly scheduledTo?: number;
  readonly executedFrom?: number;
  readonly executedTo?: number;
  /** Found in the names, the ids or the reason. */
  readonly text?: string;
  readonly sort: { readonly by: 'scheduledAt' | 'executedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

export interface Schedules {
  get(name: string): Promise<ScheduleRow | undefined>;
  /** By name. */
  list(query: ScheduleQuery): Promise<{ readonly total: number; readonly rows: readonly ScheduleRow[] }>;
  /** False: one of this name is there. */
  create(row: ScheduleRow): Promise<boolean>;
  /** Writes the row unless it was changed since `expectedRev`, with a run and its start where one is due: all or nothing. */
  change(
    row: ScheduleRow,
    expectedRev: number,
    run?: { readonly record: ScheduleRun; readonly errand: Errand },
  ): Promise<boolean>;
  /** False: there is none, or it was changed meanwhile. Its runs stay. */
  remove(name: string, expectedRev: number): Promise<boolean>;
  /** A run that no row has to make way for. */
  addRun(record: ScheduleRun, errand: Errand): Promise<void>;
  /** Schedules that are not paused and whose time has come, the latest first in line last. */
  due(now: number, limit: number): Promise<readonly ScheduleRow[]>;
  /** The next moment at which one is due. */
  nextDue(): Promise<number | undefined>;
  runs(query: ScheduleRunQuery): Promise<{ readonly total: number; readonly rows: readonly ScheduleRunRecord[] }>;
  /** Whether all schedules of this installation stand still. */
  halted(): Promise<boolean>;
  halt(halted: boolean): Promise<void>;
}
