// Finding executions by what is in their row, and by text in what they were given and gave.

import type { WorkflowStatus } from '../../core/model.ts';
import type { Cell, Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { filterSql } from '../rows/filter-sql.ts';
import { TABLES } from '../rows/tables.ts';
import { toStored } from '../rows/text.ts';
import type { WorkflowHistogram, WorkflowQuery } from '../store.ts';
import { textCondition } from './texts.ts';

const COLUMNS = Object.keys(TABLES.workflow.columns)
  .map((name) => `w.${name}`)
  .join(', ');

type SortField = WorkflowQuery['sort']['by'];

const SORT = {
  startedAt: 'w.started_at',
  createdAt: 'w.created_at',
  updatedAt: 'w.updated_at',
  endedAt: 'w.ended_at',
  name: 'w.name',
  id: 'w.id',
  correlationId: 'w.correlation_id',
  status: 'w.status',
  version: 'w.version',
  priority: 'w.priority',
} as const satisfies Record<SortField, string>;
/** Columns that may be empty; the databases do not agree on where such rows come. */
const SPARSE: ReadonlySet<SortField> = new Set(['endedAt', 'correlationId']);

/** What filters may name. */
const FILTERED: Readonly<Record<string, string>> = {
  ...SORT,
  idempotencyKey: 'w.idempotency_key',
  parentId: 'w.parent_id',
};

/** Fields without a column of their own lie in the JSON text of `data`. PostgreSQL has no text for a NUL in it. */
const columnIn =
  (dialect: Driver['dialect']) =>
  (field: string): string => {
    const column = Object.hasOwn(FILTERED, field) ? FILTERED[field] : undefined;
    if (column !== undefined) return column;
    if (!/^[a-zA-Z]+$/.test(field)) throw new Error(`no such field of a search: ${field}`);
    return dialect === 'postgres'
      ? `(case when strpos(w.data, '\\u0000') = 0 then w.data::json ->> '${field}' end)`
      : `json_extract(w.data, '$.${field}')`;
  };

/** Rows of one page and how many there are in all. */
export async function searchRows(driver: Driver, query: WorkflowQuery): Promise<{ total: number; rows: Row[] }> {
  const { where, params } = conditions(driver, query);
  const direction = query.sort.descending ? 'desc' : 'asc';
  const empty = SPARSE.has(query.sort.by) ? ` nulls ${query.sort.descending ? 'last' : 'first'}` : '';
  const order = `${SORT[query.sort.by]} ${direction}${empty}, w.wf ${direction}`;
  const limit = Math.min(Math.max(0, query.limit), MAX_PAGE);
  const [counted, rows] = await Promise.all([
    driver.query(`select count(*) from workflow w where ${where}`, params),
    // Keys first: a sort that carries whole rows is several times slower.
    driver.query(
      `select ${COLUMNS} from (select w.wf from workflow w where ${where} order by ${order} limit ? offset ?) k
        join workflow w on w.wf = k.wf order by ${order}`,
      [...params, limit, Math.max(0, query.offset)],
    ),
  ]);
  return { total: counted[0]?.[0] as number, rows };
}

/** Widths of bars that people read easily: seconds, minutes, hours, days. */
const WIDTHS_S = [1, 5, 15, 60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000];

/** The narrowest of them that needs no more than so many bars. */
function barWidthMs(spanMs: number, bars: number): number {
  const widths = WIDTHS_S.map((seconds) => seconds * 1_000);
  return widths.find((width) => spanMs / width <= bars) ?? Math.ceil(spanMs / bars);
}

/** Counts by start and status. What falls into one bar is counted by the database: only bars leave it. */
export async function histogramRows(
  driver: Driver,
  query: WorkflowQuery,
  bars: number,
  now: number,
): Promise<WorkflowHistogram> {
  const { where, params } = conditions(driver, query);
  const [span] = await driver.query(
    `select min(w.started_at), max(w.started_at) from workflow w where ${where}`,
    params,
  );
  const [first, last] = (span ?? []) as (number | null)[];
  if (typeof first !== 'number' || typeof last !== 'number') return { widthMs: 0, counts: [] };
  // Who asks for the last day sees all of it, up to now, and not only up to the last start.
  const open = query.startedFrom === undefined ? last : Math.max(last, now);
  const widthMs = barWidthMs((query.startedTo ?? open) - (query.startedFrom ?? first), bars);
  const rows = await driver.query(
    `select w.started_at / cast(? as bigint), w.status, count(*) from workflow w where ${where} group by 1, 2 order by 1, 2`,
    [widthMs, ...params],
  );
  return {
    widthMs,
    counts: rows.map(([bar, status, count]) => ({
      at: (bar as number) * widthMs,
      status: status as WorkflowStatus,
      count: count as number,
    })),
  };
}

function conditions(driver: Driver, query: WorkflowQuery): { where: string; params: Cell[] } {
  const parts = ['true'];
  const params: Cell[] = [];
  const oneOf = (column: string, values: readonly (string | number)[] | undefined): void => {
    if (!values) return;
    parts.push(values.length ? `${column} in (${values.map(() => '?').join(', ')})` : 'false');
    params.push(...values.map((value) => (typeof value === 'string' ? toStored(value) : value)));
  };
  const bound = (column: string, op: '>=' | '<=', value: number | undefined): void => {
    if (value === undefined) return;
    parts.push(`${column} ${op} ?`);
    params.push(value);
  };
  oneOf('w.id', query.ids);
  oneOf('w.name', query.names);
  oneOf('w.version', query.versions);
  oneOf('w.status', query.statuses);
  oneOf('w.correlation_id', query.correlationIds);
  oneOf('w.idempotency_key', query.idempotencyKeys);
  oneOf('w.parent_id', query.parentIds);
  bound('w.started_at', '>=', query.startedFrom);
  bound('w.started_at', '<=', query.startedTo);
  bound('w.updated_at', '>=', query.updatedFrom);
  bound('w.updated_at', '<=', query.updatedTo);
  bound('w.ended_at', '>=', query.endedFrom);
  bound('w.ended_at', '<=', query.endedTo);
  if (query.filter) parts.push(filterSql(query.filter, columnIn(driver.dialect), driver.dialect, params));
  if (query.text) parts.push(textCondition(driver.dialect, query.text, params));
  return { where: parts.join(' and '), params };
}
