// Schedules: what may be saved, what pausing and resuming mean, and what a run starts (contract 5.15).
// Every change is made under the rev that was read, so no edit, pause or run is lost when they meet.

import { isDeepStrictEqual } from 'node:util';
import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { IdempotencyStrategy, WorkflowDef } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Errand } from '../store/errand.ts';
import type {
  Schedules as Rows,
  ScheduleQuery,
  ScheduleRow,
  ScheduleRun,
  ScheduleRunQuery,
} from '../store/schedule.ts';
import type { Store } from '../store/store.ts';
import type { BulkResult, Definitions } from './definitions.ts';
import { type CronSpec, cronProblem, nextRun, nextRuns, type Times } from './schedule-times.ts';

/** What a client sets, under Conductor's names. Times are epoch ms; 0 counts as absent. */
export interface ScheduleConfig {
  readonly name: string;
  readonly cronExpression?: string;
  readonly zoneId?: string;
  /** Wins over `cronExpression`. */
  readonly cronSchedules?: readonly CronSpec[];
  readonly scheduleStartTime?: number;
  readonly scheduleEndTime?: number;
  readonly runCatchupScheduleInstances?: boolean;
  readonly description?: string;
  readonly startWorkflowRequest: ScheduledStart;
}

export interface ScheduledStart {
  readonly name: string;
  readonly version?: number;
  /** Inline definition; as it was written when it is saved, checked and cleaned in what is stored. */
  readonly workflowDef?: unknown;
  readonly input?: JsonObject;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: IdempotencyStrategy;
  readonly createdBy?: string;
}

export interface Schedules {
  save(
    config: ScheduleConfig,
    paused: { readonly reason?: string } | undefined,
    by: string,
  ): Promise<ScheduleRow | Refusal>;
  /** Why it could not be saved. */
  problemOf(config: ScheduleConfig): Refusal | undefined;
  get(name: string): Promise<ScheduleRow | Refusal>;
  list(query: ScheduleQuery): ReturnType<Rows['list']>;
  remove(name: string): Promise<Refusal | undefined>;
  /** Both change nothing when it is so already. */
  pause(name: string, reason: string | undefined, by: string): Promise<Refusal | undefined>;
  resume(name: string, by: string): Promise<Refusal | undefined>;
  each(names: readonly string[], change: (name: string) => Promise<Refusal | undefined>): Promise<BulkResult>;
  /** Starts its workflow at once, paused or not; its times stay as they are. */
  runNow(name: string): Promise<ScheduleRun | Refusal>;
  /** Moves a due schedule on and starts its workflow; false when another node did so first. */
  fire(row: ScheduleRow): Promise<boolean>;
  /** The next moments of times that are not saved. */
  preview(times: Times, count: number): readonly number[] | Refusal;
  runs(query: ScheduleRunQuery): ReturnType<Rows['runs']>;
  /** Stops all schedules of this installation, or lets them go on. */
  halt(halted: boolean): Promise<void>;
  /** Lets the scheduler look for what is due now. */
  look(): Promise<void>;
  /** Told when something may be due sooner than before. */
  onChange(listener: () => void): void;
}

export interface ScheduleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly definitions: Definitions;
}

/** Expressions of one schedule. */
const MAX_CRONS = 100;

const unknown = (name: string): Refusal => refused('notFound', `Schedule '${name}' not found`);

export const configOf = (row: ScheduleRow): ScheduleConfig => row.config as unknown as ScheduleConfig;

/** When a schedule runs. */
export function timesOf(config: Omit<ScheduleConfig, 'name' | 'startWorkflowRequest'>): Times {
  const { cronExpression, zoneId, cronSchedules, scheduleStartTime, scheduleEndTime } = config;
  const single = cronExpression ? [{ cronExpression, ...(zoneId && { zoneId }) }] : [];
  return {
    crons: cronSchedules?.length ? cronSchedules : single,
    ...(scheduleStartTime && { startAt: scheduleStartTime }),
    ...(scheduleEndTime && { endAt: scheduleEndTime }),
  };
}

export function createSchedules({ store, clock, ids, definitions }: ScheduleDeps): Schedules {
  const rows = store.schedules;
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };

  /** Reads, changes and writes until nobody came in between. */
  const edit = async (name: string, change: (row: ScheduleRow) => ScheduleRow): Promise<Refusal | undefined> => {
    for (;;) {
      const row = await rows.get(name);
      if (!row) return unknown(name);
      const after = change(row);
      if (after === row) return undefined;
      if (await rows.change({ ...after, rev: row.rev + 1 }, row.rev)) {
        changed();
        return undefined;
      }
    }
  };

  return {
    async save(given, paused, by) {
      const config = checked(given, definitions);
      if ('type' in config) return config;
      for (;;) {
        const before = await rows.get(config.name);
        const row = rowOf(config, paused, before, by, clock.now());
        const done = before ? await rows.change(row, before.rev) : await rows.create(row);
        if (!done) continue;
        changed();
        return row;
      }
    },
    problemOf(config) {
      const found = checked(config, definitions);
      return 'type' in found ? found : undefined;
    },
    get: async (name) => (await rows.get(name)) ?? unknown(name),
    list: (query) => rows.list(query),
    async remove(name) {
      for (;;) {
        const row = await rows.get(name);
        if (!row) return unknown(name);
        if (await rows.remove(name, row.rev)) return undefined;
      }
    },
    pause: (name, reason, by) => edit(name, (row) => (row.paused ? row : pausedRow(row, reason, by, clock.now()))),
    resume: (name, by) => edit(name, (row) => (row.paused ? resumedRow(row, by, clock.now()) : row)),
    async each(names, change) {
      const done: string[] = [];
      const failed = new Map<string, string>();
      for (const name of names) {
        const refusal = await change(name);
        if (refusal) failed.set(name, refusal.reason);
        else done.push(name);
      }
      return { done, refused: failed };
    },
    async runNow(name) {
      const row = await rows.get(name);
      if (!row) return unknown(name);
      const now = clock.now();
      const { record, errand } = runOf(row, now, now, ids);
      await rows.addRun(record, errand);
      return record;
    },
    fire(row) {
      const now = clock.now();
      const due = row.nextRunAt ?? now;
      return rows.change(firedRow(row, due, now), row.rev, runOf(row, due, now, ids));
    },
    preview(times, count) {
      const problem = cronsProblem(times);
      return problem === undefined ? nextRuns(times, clock.now(), count) : refused('invalid', problem);
    },
    runs: (query) => rows.runs(query),
    async halt(halted) {
      await rows.halt(halted);
      changed();
    },
    look: async () => changed(),
    onChange: (listener) => void listeners.add(listener),
  };
}

function checked(config: ScheduleConfig, definitions: Definitions): ScheduleConfig | Refusal {
  const times = timesOf(config);
  const problem = cronsProblem(times);
  if (problem !== undefined) return refused('invalid', problem);
  if (times.startAt !== undefined && times.endAt !== undefined && times.endAt < times.startAt)
    return refused('invalid', 'scheduleEndTime is before scheduleStartTime, so it would never run');
  const { workflowDef, ...request } = config.startWorkflowRequest;
  if (workflowDef === undefined) return config;
  const inline = definitions.checkWorkflow(workflowDef);
  if (inline.type !== 'valid') return inline;
  return { ...config, startWorkflowRequest: { ...request, workflowDef: inline.def } };
}

function cronsProblem({ crons }: Times): string | undefined {
  if (crons.length === 0)
    return 'a cronExpression is missing, such as "0 0 9 * * MON-FRI" (the first field is the second)';
  if (crons.length > MAX_CRONS) return `cronSchedules has at most ${MAX_CRONS} entries`;
  return crons.map(cronProblem).find((problem) => problem !== undefined);
}

function rowOf(
  config: ScheduleConfig,
  paused: { readonly reason?: string } | undefined,
  before: ScheduleRow | undefined,
  by: string,
  now: number,
): ScheduleRow {
  const same = before && isDeepStrictEqual(timesOf(configOf(before)), timesOf(config));
  const at = same ? keptNext(config, before, now) : nextRun(timesOf(config), now)?.at;
  return {
    name: config.name,
    workflowName: config.startWorkflowRequest.name,
    config: config as unknown as JsonObject,
    paused: paused !== undefined,
    ...(paused?.reason !== undefined && { pausedReason: paused.reason }),
    ...(at !== undefined && { nextRunAt: at }),
    createdBy: before?.createdBy ?? by,
    createdAt: before?.createdAt ?? now,
    updatedBy: by,
    updatedAt: now,
    rev: (before?.rev ?? 0) + 1,
  };
}

const withNext = ({ nextRunAt: _, ...row }: ScheduleRow, at: number | undefined): ScheduleRow =>
  at === undefined ? row : { ...row, nextRunAt: at };

const pausedRow = (row: ScheduleRow, reason: string | undefined, by: string, now: number): ScheduleRow => ({
  ...row,
  paused: true,
  ...(reason !== undefined && { pausedReason: reason }),
  updatedBy: by,
  updatedAt: now,
});

function resumedRow({ pausedReason: _, ...row }: ScheduleRow, by: string, now: number): ScheduleRow {
  const next = nextAfterPause(configOf(row), row, now);
  return withNext({ ...row, paused: false, updatedBy: by, updatedAt: now }, next);
}

/** Without catching up a late run is made up for once; what else was missed meanwhile is passed over. */
function firedRow(row: ScheduleRow, due: number, now: number): ScheduleRow {
  const config = configOf(row);
  const next = nextRun(timesOf(config), config.runCatchupScheduleInstances ? due : Math.max(due, now));
  return withNext({ ...row, rev: row.rev + 1 }, next?.at);
}

/** Of a schedule whose times did not change: what is due stays due. */
const keptNext = (config: ScheduleConfig, before: ScheduleRow, now: number): number | undefined =>
  before.paused ? nextAfterPause(config, before, now) : before.nextRunAt;

/** What came due during a pause is caught up on only where that is wished for. */
function nextAfterPause(config: ScheduleConfig, { nextRunAt }: ScheduleRow, now: number): number | undefined {
  if (nextRunAt === undefined || nextRunAt > now || config.runCatchupScheduleInstances) return nextRunAt;
  return nextRun(timesOf(config), now)?.at;
}

function runOf(row: ScheduleRow, due: number, now: number, ids: Ids): { record: ScheduleRun; errand: Errand } {
  const config = configOf(row);
  const request = config.startWorkflowRequest;
  const { version, workflowDef, input, createdBy, ...rest } = request;
  const times = timesOf(config);
  const run = nextRun(times, due - 1);
  const cron = run?.at === due ? run.cron : times.crons[0];
  const id = ids.next();
  const workflowId = ids.next();
  const start = {
    ...rest,
    id: workflowId,
    ...(version && { version }),
    ...(workflowDef !== undefined && { def: workflowDef as WorkflowDef }),
    input: {
      ...input,
      _startedByScheduler: row.name,
      _scheduledTime: due,
      _executedTime: now,
      _executionId: id,
      _schedulerCron: cron?.cronExpression ?? '',
    },
    createdBy: createdBy ?? row.createdBy,
    traceId: ids.next(),
  };
  const record = {
    id,
    scheduleName: row.name,
    workflowName: request.name,
    workflowId,
    scheduledAt: due,
    executedAt: now,
    request: request as unknown as JsonObject,
    zoneId: cron?.zoneId ?? 'UTC',
  };
  return { record, errand: { id, type: 'start', start } };
}
