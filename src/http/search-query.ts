// The query language of searches (contract 5.11): `field OP value` joined by AND, read into what the store can look up.
// What cannot be looked up is refused with a reason, since an ignored condition would show too much.

import type { WorkflowStatus } from '../core/model.ts';
import type { WorkflowQuery } from '../store/store.ts';
import { workflowStatus } from './contract/execution.ts';

export type QueryResult =
  | { readonly ok: true; readonly query: Mutable<Omit<WorkflowQuery, 'sort' | 'offset' | 'limit' | 'text'>> }
  | { readonly ok: false; readonly reason: string };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Query = Extract<QueryResult, { ok: true }>['query'];

export interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const MAX_QUERY_LENGTH = 10_000;
const MAX_VALUES = 1_000;

/** Fields that are compared for equality, and where they go. */
const NAMED: Readonly<Record<string, 'ids' | 'names' | 'correlationIds' | 'idempotencyKeys' | 'parentIds'>> = {
  workflowId: 'ids',
  workflowType: 'names',
  workflowName: 'names',
  correlationId: 'correlationIds',
  idempotencyKey: 'idempotencyKeys',
  parentWorkflowId: 'parentIds',
};

/** Fields that hold a moment, and the bounds they go to. */
const TIMES: Readonly<
  Record<string, readonly ['startedFrom' | 'updatedFrom' | 'endedFrom', 'startedTo' | 'updatedTo' | 'endedTo']>
> = {
  startTime: ['startedFrom', 'startedTo'],
  updateTime: ['updatedFrom', 'updatedTo'],
  endTime: ['endedFrom', 'endedTo'],
};

const FIELDS = [...Object.keys(NAMED), 'version', 'status', ...Object.keys(TIMES)];

/** Reads the text of `query`. Bounds of times are inclusive, in epoch ms. */
export function readQuery(text: string): QueryResult {
  const conditions = readConditions(text);
  if (typeof conditions === 'string') return no(conditions);
  const query: Query = {};
  for (const condition of conditions) {
    const problem = add(query, condition);
    if (problem !== undefined) return no(problem);
  }
  return { ok: true, query };
}

/** The conditions of a query, whatever their fields mean; a text says what cannot be read. */
export function readConditions(text: string): readonly Condition[] | string {
  if (text.length > MAX_QUERY_LENGTH) return `the query is longer than ${MAX_QUERY_LENGTH} characters`;
  const tokens = tokensOf(text);
  if (typeof tokens === 'string') return tokens;
  const conditions: Condition[] = [];
  for (let at = 0; at < tokens.length; ) {
    const condition = conditionAt(tokens, at);
    if (typeof condition === 'string') return condition;
    conditions.push(condition.condition);
    at = condition.next;
    const joint = tokens[at];
    if (joint === undefined) break;
    if (joint.quoted || joint.text.toUpperCase() !== 'AND' || at + 1 === tokens.length)
      return `conditions are joined by AND; found "${joint.text}"`;
    at += 1;
  }
  return conditions;
}

const no = (reason: string): QueryResult => ({ ok: false, reason });

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

const SIGNS = new Set(['=', '>', '<', '>=', '<=', '!=', '(', ')', ',']);

/** Words, quoted texts and signs; a text says what cannot be read. */
function tokensOf(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = text[at] as string;
    if (/\s/.test(sign)) {
      at += 1;
    } else if (sign === '"' || sign === "'") {
      const end = text.indexOf(sign, at + 1);
      if (end < 0) return `the query has a ${sign} without its other end`;
      tokens.push({ text: text.slice(at + 1, end), quoted: true });
      at = end + 1;
    } else if (SIGNS.has(sign) || sign === '!') {
      const double = text.slice(at, at + 2);
      const token = SIGNS.has(double) ? double : sign;
      tokens.push({ text: token, quoted: false });
      at += token.length;
    } else {
      let end = at + 1;
      while (end < text.length && !/[\s=<>!(),]/.test(text[end] as string)) end += 1;
      tokens.push({ text: text.slice(at, end), quoted: false });
      at = end;
    }
  }
  return tokens;
}

const isSign = (token: Token | undefined, text: string): boolean => token?.text === text && !token.quoted;

function conditionAt(tokens: readonly Token[], at: number): { condition: Condition; next: number } | string {
  const [field, operator] = [tokens[at], tokens[at + 1]];
  if (!field || field.quoted || SIGNS.has(field.text))
    return `expected a field, such as status; found "${field?.text ?? 'the end'}"`;
  if (!operator || operator.quoted) return `expected an operator after ${field.text}, such as = or IN`;
  if (operator.text.toUpperCase() !== 'IN') {
    const value = tokens[at + 2];
    if (!value || (!value.quoted && SIGNS.has(value.text)))
      return `expected a value after ${field.text} ${operator.text}`;
    return { condition: { field: field.text, operator: operator.text, values: [value.text] }, next: at + 3 };
  }
  if (!isSign(tokens[at + 2], '(')) return `expected ( after ${field.text} IN`;
  const values: string[] = [];
  for (let i = at + 3; i < tokens.length; i += 2) {
    const [value, after] = [tokens[i], tokens[i + 1]];
    if (!value || (!value.quoted && SIGNS.has(value.text))) break;
    values.push(value.text);
    if (isSign(after, ')')) return { condition: { field: field.text, operator: 'IN', values }, next: i + 2 };
    if (!isSign(after, ',')) break;
  }
  return `expected a list such as (a,b) after ${field.text} IN`;
}

/** Narrows the query; answers what is wrong with the condition. */
function add(query: Query, { field, operator, values }: Condition): string | undefined {
  const times = Object.hasOwn(TIMES, field) ? TIMES[field] : undefined;
  if (times) return addTime(query, field, operator, values, times);
  if (!FIELDS.includes(field)) return `"${field}" is not a field; use one of ${FIELDS.join(', ')}`;
  if (operator !== '=' && operator !== 'IN') return `${field} can be compared with = and IN, not with ${operator}`;
  if (values.length > MAX_VALUES) return `${field} IN takes ${MAX_VALUES} values at most`;
  if (values.some((value) => value.includes('*')))
    return `${field} does not take the wildcard *; use freeText to find parts`;
  if (field === 'status') return addStatuses(query, values);
  if (field === 'version') return addVersions(query, values);
  const key = NAMED[field] as (typeof NAMED)[string];
  query[key] = both(query[key], values);
  return undefined;
}

function addStatuses(query: Query, values: readonly string[]): string | undefined {
  const known: readonly string[] = workflowStatus.options;
  const wrong = values.find((value) => !known.includes(value));
  if (wrong !== undefined) return `"${wrong}" is not a status; use one of ${known.join(', ')}`;
  query.statuses = both(query.statuses, values as readonly WorkflowStatus[]);
  return undefined;
}

function addVersions(query: Query, values: readonly string[]): string | undefined {
  const wrong = values.find((value) => !/^\d{1,9}$/.test(value));
  if (wrong !== undefined) return `"${wrong}" is not a version; write a whole number`;
  query.versions = both(query.versions, values.map(Number));
  return undefined;
}

/** Two conditions on one field must both hold. */
const both = <T>(before: readonly T[] | undefined, values: readonly T[]): readonly T[] =>
  before ? before.filter((value) => values.includes(value)) : values;

function addTime(
  query: Query,
  field: string,
  operator: string,
  [text = '']: readonly string[],
  [from, to]: (typeof TIMES)[string],
): string | undefined {
  const moment = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(moment)) return `"${text}" is not a time; write epoch milliseconds or ISO 8601`;
  const least = operator === '>' ? moment + 1 : moment;
  const most = operator === '<' ? moment - 1 : moment;
  const isFrom = operator === '>' || operator === '>=' || operator === '=';
  const isTo = operator === '<' || operator === '<=' || operator === '=';
  if (!isFrom && !isTo) return `${field} can be compared with =, >, >=, < and <=, not with ${operator}`;
  if (isFrom) query[from] = Math.max(query[from] ?? least, least);
  if (isTo) query[to] = Math.min(query[to] ?? most, most);
  return undefined;
}

const SORTABLE: Readonly<Record<string, WorkflowQuery['sort']['by']>> = {
  startTime: 'startedAt',
  createTime: 'startedAt',
  updateTime: 'updatedAt',
  endTime: 'endedAt',
  workflowType: 'name',
  workflowName: 'name',
};

/** `field:DESC`; newest first when absent. */
export function readSort(text: string | undefined): WorkflowQuery['sort'] | { readonly reason: string } {
  if (text === undefined) return { by: 'startedAt', descending: true };
  const [field = '', direction = 'ASC', ...more] = text.split(':');
  const by = Object.hasOwn(SORTABLE, field) ? SORTABLE[field] : undefined;
  if (!by || more.length > 0 || !/^(asc|desc)$/i.test(direction))
    return { reason: `sort must be one of ${Object.keys(SORTABLE).join(', ')}, followed by :ASC or :DESC` };
  return { by, descending: direction.toUpperCase() === 'DESC' };
}
