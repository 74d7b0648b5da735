// Schedules and their runs in SQL. A schedule is moved on by whoever's change of its `rev` holds, with the run it caused.

import { OUTCOME_COLUMNS, outcomeOf } from '../cycle/errands.ts';
import type { Writers } from '../cycle/item.ts';
import type { Cell, Change, Driver, Row } from '../drivers/driver.ts';
import { TABLES } from '../rows/tables.ts';
import { fromStored, toStored } from '../rows/text.ts';
import { Where } from '../rows/where.ts';
import type {
  RunState,
  ScheduleQuery,
  ScheduleRow,
  ScheduleRun,
  ScheduleRunQuery,
  ScheduleRunRecord,
  Schedules,
} from '../schedule.ts';

const COLUMNS = Object.keys(TABLES.schedule.columns).join(', ');
const RUN_COLUMNS = Object.keys(TABLES.schedule_run.columns)
  .map((column) => `r.${column}`)
  .join(', ');
const RUNS = 'schedule_run r left join errand o on o.id = r.id';
/** The fact that says that all schedules stand still. */
const HALTED = 'schedules halted';

const STATE: Readonly<Record<RunState, string>> = {
  POLLED: 'o.ok is null',
  EXECUTED: 'o.ok = 1',
  FAILED: 'o.ok = 0',
};

export function scheduleVerbs(driver: Driver, { write, dispatch }: Writers): Schedules {
  const get: Schedules['get'] = async (name) => {
    const [rows] = await driver.look('schedule', [[toStored(name)]]);
    return rows?.[0] && scheduleOf(rows[0]);
  };
  return {
    get,
    async list(query) {
      const where = scheduleWhere(driver, query);
      const order = `name ${query.descending ? 'desc' : 'asc'}`;
      const { total, rows } = await where.page(driver, COLUMNS, 'schedule', order, query);
      return { total, rows: rows.map(scheduleOf) };
    },
    async create(row) {
      const cells = rowOf(row);
      await write([{ op: 'ignore', table: 'schedule', row: cells }]);
      // Of two that create the same at once, the one whose row is there has won.
      const [rows = []] = await driver.look('schedule', [[toStored(row.name)]]);
      return cells.every((cell, i) => cell === rows[0]?.[i]);
    },
    change: (row, expectedRev, run) =>
      dispatch({
        guard: { op: 'swap', table: 'schedule', row: rowOf(row), expected: expectedRev },
        changes: run ? [runRow(run.record)] : [],
        errands: run ? [run.errand] : [],
        now: run?.record.executedAt ?? 0,
      }),
    remove: (name, expectedRev) =>
      dispatch({
        guard: { op: 'remove', table: 'schedule', row: [toStored(name)], expected: expectedRev },
        changes: [],
        errands: [],
        now: 0,
      }),
    async addRun(record, errand) {
      await dispatch({ changes: [runRow(record)], errands: [errand], now: record.executedAt });
    },
    async due(now, limit) {
      const rows = await driver.query(
        `select ${COLUMNS} from schedule where paused = 0 and next_at is not null and next_at <= ? order by next_at limit ?`,
        [now, limit],
      );
      return rows.map(scheduleOf);
    },
    async nextDue() {
      const rows = await driver.query('select min(next_at) from schedule where paused = 0 and next_at is not null', []);
      const at = rows[0]?.[0];
      return typeof at === 'number' ? at : undefined;
    },
    async runs(query) {
      const where = runWhere(driver, query);
      const by = query.sort.by === 'scheduledAt' ? 'r.scheduled_at' : 'r.executed_at';
      const direction = query.sort.descending ? 'desc' : 'asc';
      const order = `${by} ${direction}, r.id ${direction}`;
      const { total, rows } = await where.page(driver, `${RUN_COLUMNS}, ${OUTCOME_COLUMNS}`, RUNS, order, query);
      return { total, rows: rows.map(runOf) };
    },
    async halted() {
      const [rows] = await driver.look('fact', [[HALTED]]);
      return rows?.[0]?.[0] === 1;
    },
    halt: (halted) => write([{ op: 'put', table: 'fact', row: [HALTED, halted ? 1 : 0] }]),
  };
}

function scheduleWhere(driver: Driver, query: ScheduleQuery): Where {
  const where = new Where(driver.dialect);
  where.oneOf('name', query.names);
  where.oneOf('workflow', query.workflowName === undefined ? undefined : [query.workflowName]);
  where.oneOf('paused', query.paused === undefined ? undefined : [query.paused ? 1 : 0]);
  where.holds(query.text, ['name', 'workflow', 'body']);
  return where;
}

function runWhere(driver: Driver, query: ScheduleRunQuery): Where {
  const where = new Where(driver.dialect);
  where.oneOf('r.id', query.ids);
  where.oneOf('r.schedule', query.scheduleNames);
  where.oneOf('r.workflow', query.workflowNames);
  where.oneOf('r.workflow_id', query.workflowIds);
  where.between('r.scheduled_at', query.scheduledFrom, query.scheduledTo);
  where.between('r.executed_at', query.executedFrom, query.executedTo);
  if (query.states) where.either(query.states.map((state) => STATE[state]));
  where.holds(query.text, ['r.id', 'r.schedule', 'r.workflow', 'r.workflow_id', 'o.workflow_id', 'o.reason']);
  return where;
}

function rowOf(row: ScheduleRow): Cell[] {
  const { name, workflowName, paused, nextRunAt, rev, ...rest } = row;
  return [toStored(name), toStored(workflowName), paused ? 1 : 0, nextRunAt ?? null, rev, JSON.stringify(rest)];
}

const scheduleOf = ([name, workflow, paused, nextAt, rev, body]: Row): ScheduleRow => ({
  ...(JSON.parse(body as string) as Omit<ScheduleRow, 'name' | 'workflowName' | 'paused' | 'nextRunAt' | 'rev'>),
  name: fromStored(name as string),
  workflowName: fromStored(workflow as string),
  paused: paused === 1,
  ...(typeof nextAt === 'number' && { nextRunAt: nextAt }),
  rev: rev as number,
});

const runRow = (run: ScheduleRun): Change => ({
  op: 'ignore',
  table: 'schedule_run',
  row: [
    toStored(run.id),
    toStored(run.scheduleName),
    toStored(run.workflowName),
    toStored(run.workflowId),
    run.scheduledAt,
    run.executedAt,
    JSON.stringify(run.request),
    toStored(run.zoneId),
  ],
});

function runOf([
  id,
  schedule,
  workflow,
  workflowId,
  scheduledAt,
  executedAt,
  request,
  zone,
  ...o
]: Row): ScheduleRunRecord {
  const outcome = outcomeOf(o);
  return {
    id: fromStored(id as string),
    scheduleName: fromStored(schedule as string),
    workflowName: fromStored(workflow as string),
    workflowId: fromStored(workflowId as string),
    scheduledAt: scheduledAt as number,
    executedAt: executedAt as number,
    request: JSON.parse(request as string),
    zoneId: fromStored(zone as string),
    ...(outcome && { outcome }),
  };
}
