// The query language of searches over runs of schedules (contract 5.11, 5.15): read into what the store can look up.

import type { RunState, ScheduleRunQuery } from '../store/schedule.ts';
import { type Condition, readConditions } from './query-language.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Query = Mutable<Omit<ScheduleRunQuery, 'sort' | 'offset' | 'limit' | 'text'>>;

export type RunQueryResult =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly reason: string };

const NAMED: Readonly<Record<string, 'ids' | 'scheduleNames' | 'workflowNames' | 'workflowIds'>> = {
  executionId: 'ids',
  scheduleName: 'scheduleNames',
  workflowName: 'workflowNames',
  workflowType: 'workflowNames',
  workflowId: 'workflowIds',
};

const TIMES: Readonly<Record<string, readonly ['scheduledFrom' | 'executedFrom', 'scheduledTo' | 'executedTo']>> = {
  scheduledTime: ['scheduledFrom', 'scheduledTo'],
  executionTime: ['executedFrom', 'executedTo'],
  startTime: ['executedFrom', 'executedTo'],
};

const STATES: readonly string[] = ['POLLED', 'EXECUTED', 'FAILED'] satisfies RunState[];
const FIELDS = [...Object.keys(NAMED), 'state', ...Object.keys(TIMES)];

export function readRunQuery(text: string): RunQueryResult {
  const conditions = readConditions(text);
  if (typeof conditions === 'string') return { ok: false, reason: conditions };
  const query: Query = {};
  for (const condition of conditions) {
    const problem = add(query, condition);
    if (problem !== undefined) return { ok: false, reason: problem };
  }
  return { ok: true, query };
}

/** Narrows the query; answers what is wrong with the condition. */
function add(query: Query, { field, operator, values }: Condition): string | undefined {
  const times = Object.hasOwn(TIMES, field) ? TIMES[field] : undefined;
  if (times) return addTime(query, field, operator, values[0] ?? '', times);
  const isState = field === 'state' || field === 'status';
  const key = Object.hasOwn(NAMED, field) ? NAMED[field] : undefined;
  if (!isState && !key) return `"${field}" is not a field; use one of ${FIELDS.join(', ')}`;
  if (operator !== '=' && operator !== 'IN') return `${field} can be compared with = and IN, not with ${operator}`;
  if (key) {
    query[key] = both(query[key], values);
    return undefined;
  }
  const wrong = values.find((value) => !STATES.includes(value));
  if (wrong !== undefined) return `"${wrong}" is not a state; use one of ${STATES.join(', ')}`;
  query.states = both(query.states, values as readonly RunState[]);
  return undefined;
}

/** Two conditions on one field must both hold. */
const both = <T>(before: readonly T[] | undefined, values: readonly T[]): readonly T[] =>
  before ? before.filter((value) => values.includes(value)) : values;

function addTime(
  query: Query,
  field: string,
  operator: string,
  text: string,
  [from, to]: (typeof TIMES)[string],
): string | undefined {
  const moment = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(moment)) return `"${text}" is not a time; write epoch milliseconds or ISO 8601`;
  const least = operator === '>' ? moment + 1 : moment;
  const most = operator === '<' ? moment - 1 : moment;
  if (!['=', '>', '>=', '<', '<='].includes(operator))
    return `${field} can be compared with =, >, >=, < and <=, not with ${operator}`;
  if (operator !== '<' && operator !== '<=') query[from] = Math.max(query[from] ?? least, least);
  if (operator !== '>' && operator !== '>=') query[to] = Math.min(query[to] ?? most, most);
  return undefined;
}

const SORTABLE: Readonly<Record<string, ScheduleRunQuery['sort']['by']>> = {
  scheduledTime: 'scheduledAt',
  executionTime: 'executedAt',
  startTime: 'executedAt',
};

/** `field:DESC`; newest first when absent. */
export function readRunSort(text: string | undefined): ScheduleRunQuery['sort'] | { readonly reason: string } {
  if (text === undefined || text === '') return { by: 'scheduledAt', descending: true };
  // A direction alone: so the Java client's own example asks.
  if (/^(asc|desc)$/i.test(text)) return { by: 'scheduledAt', descending: text.toUpperCase() === 'DESC' };
  const [field = '', direction = 'ASC', ...more] = text.split(':');
  const by = Object.hasOwn(SORTABLE, field) ? SORTABLE[field] : undefined;
  if (!by || more.length > 0 || !/^(asc|desc)$/i.test(direction))
    return { reason: `sort must be one of ${Object.keys(SORTABLE).join(', ')}, followed by :ASC or :DESC` };
  return { by, descending: direction.toUpperCase() === 'DESC' };
}
