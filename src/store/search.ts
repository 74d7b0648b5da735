// Finding executions by what is in their row, and by text in what they were given and gave.

import type { Cell, Driver, Row } from './drivers/driver.ts';
import { MAX_PAGE } from './limits.ts';
import type { WorkflowQuery } from './store.ts';
import { TABLES } from './tables.ts';
import { toStored } from './text.ts';

const COLUMNS = Object.keys(TABLES.workflow.columns)
  .map((name) => `w.${name}`)
  .join(', ');
const SORT = { startedAt: 'w.started_at', updatedAt: 'w.updated_at', endedAt: 'w.ended_at', name: 'w.name' } as const;

/** Rows of one page and how many there are in all. */
export async function searchRows(driver: Driver, query: WorkflowQuery): Promise<{ total: number; rows: Row[] }> {
  const { where, params } = conditions(driver, query);
  const direction = query.sort.descending ? 'desc' : 'asc';
  const order = `${SORT[query.sort.by]} ${direction}, w.wf ${direction}`;
  const limit = Math.min(Math.max(0, query.limit), MAX_PAGE);
  const [counted, rows] = await Promise.all([
    driver.query(`select count(*) from workflow w where ${where}`, params),
    driver.query(`select ${COLUMNS} from workflow w where ${where} order by ${order} limit ? offset ?`, [
      ...params,
      limit,
      Math.max(0, query.offset),
    ]),
  ]);
  return { total: counted[0]?.[0] as number, rows };
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
  if (query.text) textCondition(driver, query.text, parts, params);
  return { where: parts.join(' and '), params };
}

/** Substring search, without regard to case. Texts lie as JSON in the rows, so the text is looked for in its JSON spelling. */
function textCondition(driver: Driver, text: string, parts: string[], params: Cell[]): void {
  const isPostgres = driver.dialect === 'postgres';
  const spelled = JSON.stringify(text).slice(1, -1);
  const has = (column: string, wanted = spelled): string => {
    params.push(`%${wanted.replaceAll(/[\\%_]/g, '\\$&')}%`);
    return `${column} ${isPostgres ? 'ilike' : 'like'} ? escape '\\'`;
  };
  const anyOf = (...columns: string[]): string => columns.map((column) => has(column)).join(' or ');
  const own = anyOf('w.input', 'w.output', 'w.data', 'w.tasks', 'w.id', 'w.correlation_id');
  const tasks = anyOf('t.input', 't.output', 't.data');
  const payload = has('e.payload');
  // A body may be any bytes: PostgreSQL spells those beyond ASCII as octal numbers instead of refusing them.
  const body = isPostgres ? has("encode(e.body, 'escape')", octal(spelled)) : has('cast(e.body as text)');
  parts.push(
    `(${own}
      or exists (select 1 from task t where t.wf = w.wf and (${tasks}))
      or w.wf in (select x.wf from event e join effect x on x.event = e.id where x.n > 0 and (${payload} or ${body})))`,
  );
}

const ASCII_END = 0x80;

/** Text as PostgreSQL's `encode(bytes, 'escape')` spells it. */
const octal = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    if (byte >= ASCII_END || byte === 0) return `\\${byte.toString(8).padStart(3, '0')}`;
    return byte === 0x5c ? '\\\\' : String.fromCharCode(byte);
  }).join('');
