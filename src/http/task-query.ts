// The query language of searches for tasks (contract 5.11), read into what the store can look for.

import type { TaskStatus } from '../core/model.ts';
import type { TaskQuery } from '../store/store.ts';
import { taskStatus } from './contract/execution.ts';
import { readConditions, readQuery } from './search-query.ts';

type Found = Omit<TaskQuery, 'offset' | 'limit'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type TaskQueryResult =
  | { readonly ok: true; readonly query: Found }
  | { readonly ok: false; readonly reason: string };

/** Fields of a task that are compared for equality. */
const NAMED: Readonly<Record<string, 'ids' | 'types' | 'names' | 'refs'>> = {
  taskId: 'ids',
  taskType: 'types',
  taskDefName: 'names',
  taskName: 'names',
  referenceTaskName: 'refs',
  taskRefName: 'refs',
};

const TIMES: Readonly<Record<string, 'scheduled' | 'started' | 'updated' | 'ended'>> = {
  scheduledTime: 'scheduled',
  startTime: 'started',
  updateTime: 'updated',
  endTime: 'ended',
};

/** Fields of the execution that a task belongs to, as searches for executions take them. */
const OF_EXECUTION: ReadonlySet<string> = new Set([
  'workflowId',
  'workflowType',
  'workflowName',
  'correlationId',
  'version',
]);

const FIELDS = [...Object.keys(NAMED), 'status', ...Object.keys(TIMES), ...OF_EXECUTION];

export function readTaskQuery(text: string): TaskQueryResult {
  const conditions = readConditions(text);
  if (typeof conditions === 'string') return { ok: false, reason: conditions };
  const query: Mutable<Found> = { workflows: {} };
  for (const { field, operator, values } of conditions) {
    const reason = add(query, field, operator, values);
    if (reason !== undefined) return { ok: false, reason };
  }
  return { ok: true, query };
}

function add(query: Mutable<Found>, field: string, operator: string, values: readonly string[]): string | undefined {
  const time = Object.hasOwn(TIMES, field) ? TIMES[field] : undefined;
  if (time) return addTime(query, time, field, operator, values[0] ?? '');
  if (OF_EXECUTION.has(field)) return addExecution(query, field, operator, values);
  if (!FIELDS.includes(field)) return `"${field}" is not a field; use one of ${FIELDS.join(', ')}`;
  if (operator !== '=' && operator !== 'IN') return `${field} can be compared with = and IN, not with ${operator}`;
  if (field === 'status') {
    const wrong = values.find((value) => !taskStatus.safeParse(value).success);
    if (wrong !== undefined) return `"${wrong}" is not a status; use one of ${taskStatus.options.join(', ')}`;
    query.statuses = both(query.statuses, values as readonly TaskStatus[]);
    return undefined;
  }
  const key = NAMED[field] as (typeof NAMED)[string];
  query[key] = both(query[key], values);
  return undefined;
}

const both = <T>(before: readonly T[] | undefined, values: readonly T[]): readonly T[] =>
  before ? before.filter((value) => values.includes(value)) : values;

/** Asked of the other language, whose bounds mean the same. */
function addTime(
  query: Mutable<Found>,
  key: 'scheduled' | 'started' | 'updated' | 'ended',
  field: string,
  operator: string,
  value: string,
): string | undefined {
  const read = readQuery(`startTime ${operator} "${value}"`);
  if (!read.ok) return read.reason.replace('startTime', field);
  const [from, to] = query[key] ?? [];
  const { startedFrom = from, startedTo = to } = read.query;
  query[key] = [
    from === undefined ? startedFrom : Math.max(from, startedFrom ?? from),
    to === undefined ? startedTo : Math.min(to, startedTo ?? to),
  ];
  return undefined;
}

function addExecution(
  query: Mutable<Found>,
  field: string,
  operator: string,
  values: readonly string[],
): string | undefined {
  const list = values.map((value) => `"${value}"`).join(',');
  const read = readQuery(`${field} ${operator === 'IN' ? `IN (${list})` : `${operator} ${list}`}`);
  if (!read.ok) return read.reason;
  query.workflows = { ...query.workflows, ...read.query };
  return undefined;
}
