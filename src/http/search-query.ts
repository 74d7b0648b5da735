// What searches for executions ask (contract 5.11), read into what the store can look up. What cannot be looked up is
// refused with a reason, since an ignored condition would show too much.

import type { Filter } from '../store/filter.ts';
import type { WorkflowQuery } from '../store/store.ts';
import { filterOf, type Meanings } from './condition.ts';
import { workflowStatus } from './contract/execution.ts';
import { partsOf, readTree, type Tree } from './query-language.ts';

type Query = Pick<WorkflowQuery, 'filter' | 'startedFrom' | 'startedTo'>;

export type QueryResult =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly reason: string };

/** Fields of an execution. */
export const EXECUTION_FIELDS: Meanings = {
  workflowId: { to: 'id', holds: 'text' },
  workflowType: { to: 'name', holds: 'text' },
  workflowName: { to: 'name', holds: 'text' },
  correlationId: { to: 'correlationId', holds: 'text' },
  idempotencyKey: { to: 'idempotencyKey', holds: 'text' },
  parentWorkflowId: { to: 'parentId', holds: 'text' },
  event: { to: 'event', holds: 'text' },
  createdBy: { to: 'createdBy', holds: 'text' },
  reasonForIncompletion: { to: 'reason', holds: 'text' },
  version: { to: 'version', holds: 'number' },
  priority: { to: 'priority', holds: 'number' },
  status: { to: 'status', holds: 'text', known: workflowStatus.options },
  startTime: { to: 'startedAt', holds: 'time' },
  createTime: { to: 'createdAt', holds: 'time' },
  updateTime: { to: 'updatedAt', holds: 'time' },
  modifiedTime: { to: 'updatedAt', holds: 'time' },
  endTime: { to: 'endedAt', holds: 'time' },
};

/** Reads the text of `query`. */
export function readQuery(text: string): QueryResult {
  const tree = readTree(text);
  if (typeof tree === 'string') return { ok: false, reason: tree };
  const filters: Filter[] = [];
  let [startedFrom, startedTo]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const part of partsOf(tree)) {
    const filter = filterOf(part, EXECUTION_FIELDS);
    if (typeof filter === 'string') return { ok: false, reason: filter };
    // Bars of a histogram go by the bounds that were asked for.
    if (isAboutStart(part) && 'within' in filter) {
      startedFrom = narrower(Math.max, startedFrom, filter.from);
      startedTo = narrower(Math.min, startedTo, filter.to);
    } else filters.push(filter);
  }
  const query: Query = {
    ...(filters.length > 0 && { filter: { all: filters } }),
    ...(startedFrom !== undefined && { startedFrom }),
    ...(startedTo !== undefined && { startedTo }),
  };
  return { ok: true, query };
}

const isAboutStart = (part: Tree): boolean => part.type === 'one' && part.condition.field === 'startTime';

const narrower = (choose: typeof Math.max, before: number | undefined, bound: number | undefined) =>
  before === undefined || bound === undefined ? (before ?? bound) : choose(before, bound);

const SORTABLE: Readonly<Record<string, WorkflowQuery['sort']['by']>> = {
  startTime: 'startedAt',
  createTime: 'createdAt',
  updateTime: 'updatedAt',
  modifiedTime: 'updatedAt',
  endTime: 'endedAt',
  workflowType: 'name',
  workflowName: 'name',
  workflowId: 'id',
  correlationId: 'correlationId',
  status: 'status',
  version: 'version',
  priority: 'priority',
};

/** `field:DESC`; newest first when absent. */
export function readSort(text: string | undefined): WorkflowQuery['sort'] | { readonly reason: string } {
  if (text === undefined || text === '') return { by: 'startedAt', descending: true };
  const [field = '', direction = 'ASC', ...more] = text.split(':');
  const by = Object.hasOwn(SORTABLE, field) ? SORTABLE[field] : undefined;
  if (!by || more.length > 0 || !/^(asc|desc)$/i.test(direction))
    return { reason: `sort must be one of ${Object.keys(SORTABLE).join(', ')}, followed by :ASC or :DESC` };
  return { by, descending: direction.toUpperCase() === 'DESC' };
}
