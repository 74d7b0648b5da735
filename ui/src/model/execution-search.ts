// The filter of the executions page: one plain object in the address, and the query that the search API understands.
import type { WorkflowStatus } from '../../../src/core/model.ts';

export const WORKFLOW_STATUSES: readonly WorkflowStatus[] = [
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'TIMED_OUT',
  'TERMINATED',
];

/** Windows offered by name; `all` has no bound. */
const RANGES = { '15m': 15, '1h': 60, '24h': 24 * 60, '7d': 7 * 24 * 60, '30d': 30 * 24 * 60 } as const;
export type RangeName = keyof typeof RANGES | 'all' | 'custom';
const RANGE_NAMES: readonly string[] = [...Object.keys(RANGES), 'all', 'custom'];

export const PAGE_SIZES = [25, 50, 100, 200] as const;
const DEFAULT_SIZE = 50;
/** Orders offered, with their words. */
export const SORTS = {
  'startTime:DESC': 'Newest first',
  'startTime:ASC': 'Oldest first',
  'updateTime:DESC': 'Last changed first',
  'endTime:DESC': 'Last ended first',
  'workflowType:ASC': 'By workflow',
} as const;
export type SortName = keyof typeof SORTS;

export interface ExecutionSearch {
  readonly status?: readonly WorkflowStatus[];
  readonly workflow?: string;
  readonly version?: number;
  readonly id?: string;
  readonly correlation?: string;
  readonly idempotency?: string;
  /** Execution that started them as sub-workflows. */
  readonly parent?: string;
  readonly text?: string;
  /** Conditions in the query language of the API, added to the others. */
  readonly query?: string;
  readonly range?: RangeName;
  /** Epoch ms, with range `custom`. */
  readonly from?: number;
  readonly to?: number;
  readonly sort?: SortName;
  readonly page?: number;
  readonly size?: number;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

function whole(value: unknown, min: number, max: number): number | undefined {
  const n = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isInteger(n) && n >= min && n <= max ? n : undefined;
}

const oneOf = <T extends string>(value: unknown, names: readonly string[]): T | undefined =>
  typeof value === 'string' && names.includes(value) ? (value as T) : undefined;

/** Only what is set; keys with undefined are left out, so that the address stays short. */
export function withoutEmpty<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined && v !== '')) as T;
}

/** Reads the parameters of an address; what is not understood is left out, never an error: addresses get old. */
export function readExecutionSearch(raw: Readonly<Record<string, unknown>>): ExecutionSearch {
  const names = Array.isArray(raw.status) ? raw.status : (text(raw.status)?.split(',') ?? []);
  const status = WORKFLOW_STATUSES.filter((name) => names.includes(name));
  return withoutEmpty({
    status: status.length > 0 ? status : undefined,
    workflow: text(raw.workflow),
    version: whole(raw.version, 1, 1e9),
    id: text(raw.id),
    correlation: text(raw.correlation),
    idempotency: text(raw.idempotency),
    parent: text(raw.parent),
    text: text(raw.text),
    query: text(raw.query),
    range: oneOf<RangeName>(raw.range, RANGE_NAMES),
    from: whole(raw.from, 0, 8.64e15),
    to: whole(raw.to, 0, 8.64e15),
    sort: oneOf<SortName>(raw.sort, Object.keys(SORTS)),
    page: whole(raw.page, 1, 100_000),
    size: whole(raw.size, 1, 500),
  });
}

/** A value of the query language: quoted, and with the other quote when it holds one (contract 5.11 knows no escapes). */
const quoted = (value: string): string => (value.includes('"') ? `'${value}'` : `"${value}"`);

/** The `query` parameter: `field = value` and its kin joined with AND. Empty text: everything. */
export function queryText(search: ExecutionSearch, now: number): string {
  const parts: string[] = [];
  const equals = (field: string, value: string | undefined) => {
    if (value !== undefined) parts.push(`${field} = ${quoted(value)}`);
  };
  if (search.status) parts.push(`status IN (${search.status.join(',')})`);
  equals('workflowType', search.workflow);
  if (search.version !== undefined) parts.push(`version = ${search.version}`);
  equals('workflowId', search.id);
  equals('correlationId', search.correlation);
  equals('idempotencyKey', search.idempotency);
  equals('parentWorkflowId', search.parent);
  const { from, to } = boundsOf(search, now);
  if (from !== undefined) parts.push(`startTime > ${from}`);
  if (to !== undefined) parts.push(`startTime < ${to}`);
  if (search.query !== undefined) parts.push(search.query);
  return parts.join(' AND ');
}

/** Of the start time, epoch ms. */
export interface Bounds {
  readonly from?: number;
  readonly to?: number;
}

/** The stretch of time that a filter asks to see: a named window ends now. */
export function askedBounds(search: ExecutionSearch, now: number): Bounds {
  const { from, to } = boundsOf(search, now);
  return withoutEmpty({ from, to: to ?? (from === undefined ? undefined : now) });
}

/** Bounds of the start time. A named window is cut to whole seconds, so that equal filters are equal queries for a moment. */
function boundsOf(search: ExecutionSearch, now: number): Bounds {
  const range = search.range ?? 'all';
  if (range === 'all') return {};
  if (range === 'custom') return withoutEmpty({ from: search.from, to: search.to });
  return { from: Math.floor(now / 1_000) * 1_000 - RANGES[range] * 60_000 };
}

export interface SearchRequest {
  readonly query: string;
  readonly freeText: string;
  readonly sort: SortName;
  readonly start: number;
  readonly size: number;
}

export function searchRequest(search: ExecutionSearch, now: number): SearchRequest {
  const size = search.size ?? DEFAULT_SIZE;
  return {
    query: queryText(search, now),
    freeText: search.text ?? '*',
    sort: search.sort ?? 'startTime:DESC',
    start: ((search.page ?? 1) - 1) * size,
    size,
  };
}

/** True when something narrows the list. */
export const isFiltered = (search: ExecutionSearch): boolean =>
  Object.keys(search).some((key) => !['sort', 'page', 'size'].includes(key) && key !== 'range') ||
  (search.range !== undefined && search.range !== 'all');

/** `1–50 of 1,204`. */
export function pageText(search: ExecutionSearch, shown: number, total: number): string {
  const { start } = searchRequest(search, 0);
  const number = (n: number) => n.toLocaleString('en-US');
  return total === 0 ? 'none' : `${number(start + 1)}–${number(start + shown)} of ${number(total)}`;
}
