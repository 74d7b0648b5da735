// What a database must be able to do for the store: look up rows by key, write a set of rows as one commit, run a list query.
// Rules are not here: both drivers move the same rows for the same reasons.

import type { LookName } from '../rows/looks.ts';
import type { TableName } from '../rows/tables.ts';

export type Cell = string | number | Uint8Array | null;
export type Row = readonly Cell[];

/** One row to write. `put` inserts or replaces, `ignore` inserts unless it is there, `remove` takes the key columns alone. */
export interface Change {
  readonly op: 'insert' | 'put' | 'ignore' | 'remove';
  readonly table: TableName;
  readonly row: Row;
}

/** What must hold for a unit to be written. It also writes (or removes) the row that it names. */
export interface Guard {
  /** `insert`: nobody has this unique row yet. `swap`, `swapAll`, `remove`: the row still has the expected value. */
  readonly op: 'insert' | 'swap' | 'swapAll' | 'remove';
  readonly table:
    | 'workflow'
    | 'event'
    | 'event_key'
    | 'idempotency'
    | 'schedule'
    | 'flow'
    | 'delivery'
    | 'delivery_todo'
    | 'message'
    | 'fact';
  /** All columns; `remove`: the key. */
  readonly row: Row;
  readonly expected?: Cell;
}

/** Rows that are written together or not at all. */
export interface Unit {
  /** Key of the execution or event it is about; 0 for a unit without guard. */
  readonly key: number;
  readonly guard?: Guard;
  /** Grows until the commit. */
  readonly changes: Change[];
}

export interface QueueWish {
  readonly queue: string;
  readonly domain: string;
  readonly count: number;
}

export interface Candidate {
  readonly wf: number;
  readonly n: number;
  /** The whole row, to be removed or leased. */
  readonly row: Row;
}

/** One cycle: look-ups, then at most one commit. Ended by `commit` or by `end`. */
export interface Session {
  look(name: LookName, keys: readonly Row[]): Promise<Row[][]>;
  /** First of `count` fresh keys, never used before in this database; keys of executions and events are one series. */
  newKeys(count: number): Promise<number>;
  /** Tasks that may be polled, best first, one list for each wish; on a shared database they are leased. */
  claim(wishes: readonly QueueWish[], now: number, leaseMs: number): Promise<Candidate[][]>;
  /** Gives back leases of `claim` that ended at this moment, where they still do. */
  release(candidates: readonly Candidate[], leasedUntil: number): Promise<void>;
  /** Adds shapes (name, version, place, paths, since) that are not there; their ids grow in the order of commits. */
  addShapes(rows: readonly Row[]): Promise<void>;
  /** Writes all units as one commit; for each unit, whether its guard held. */
  commit(units: readonly Unit[]): Promise<boolean[]>;
  /** Ends without a write. */
  end(): Promise<void>;
}

/** Nothing was written, and doing the same again may succeed. */
export class RetryableError extends Error {}

/** Another node has what this commit was to take, as whoever looks again sees. Nothing was written. */
export class TakenError extends RetryableError {}

/** The database is not to be reached; whoever asked must ask again later. */
export class UnreachableError extends Error {}

export interface Driver {
  readonly dialect: 'sqlite' | 'postgres';
  /** True when this is the only writer: what a cycle has read holds until its commit. */
  readonly serial: boolean;
  /** Cycles that may be under way at once. */
  readonly inFlight: number;
  /** Calls of one kind in one cycle. */
  readonly batch: number;
  begin(): Promise<Session>;
  look(name: LookName, keys: readonly Row[]): Promise<Row[][]>;
  /** A list query; `?` marks a parameter in both dialects. */
  query(sql: string, params: readonly Cell[]): Promise<Row[]>;
  /** Whether the database answers, said soon. */
  alive(): Promise<boolean>;
  /** What the clock of the database shows (epoch ms); undefined where all processes have one clock anyway. */
  now(): Promise<number | undefined>;
  /** Serial drivers: true when somebody else has written since it was asked last. */
  changedByOthers(): boolean;
  /** Runs a migration unless its version row is there. Answers whether it ran. */
  migrate(version: number, sql: string): Promise<boolean>;
  close(): Promise<void>;
}
