// Finding executions: by query, by correlation id, those that run (contract 5.1, 5.11).

import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import type { Store, WorkflowPage as StoredPage, WorkflowQuery } from '../../store/store.ts';
import type { Problem } from '../answer.ts';
import { json, problem } from '../answer.ts';
import { WireWorkflow, WorkflowHistogram, WorkflowPage, WorkflowSummaryPage } from '../contract/execution.ts';
import { flag, integer } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { readQuery, readSort } from '../search-query.ts';
import { asksForTasks, readTaskQuery } from '../task-query.ts';
import { workflowToSummary, workflowToWire } from '../wire/workflow.ts';

const tag = { tag: 'Search' };

/** Rows of one page; Conductor's clients ask for 100 unless told otherwise. */
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
/** Executions that one answer without pages holds; more are found with a search. */
const MAX_UNPAGED = 1_000;
const MAX_TEXT_LENGTH = 1_000;

const SearchQuery = z.object({
  start: integer(0).optional(),
  size: integer(1, MAX_PAGE).optional(),
  sort: z.string().optional(),
  freeText: z.string().max(MAX_TEXT_LENGTH).optional(),
  query: z.string().optional(),
});

const NEWEST_FIRST: WorkflowQuery['sort'] = { by: 'startedAt', descending: true };

export function workflowSearchRoutes({ store, clock }: AppDeps): readonly Route[] {
  const search = async <T>(given: z.infer<typeof SearchQuery>, view: (row: StoredPage['rows'][number]) => T) => {
    const isByTasks = asksForTasks(given.query ?? '');
    const query = readSearch(isByTasks ? { ...given, query: '' } : given);
    if ('status' in query) return query;
    const page = isByTasks ? await findByTasks(store, given, query) : await find(store, query);
    if ('type' in page) return page;
    return json({ totalHits: page.total, results: page.rows.map(view) });
  };
  return [
    route({
      method: 'GET',
      path: '/api/workflow/search',
      need: 'read',
      ...tag,
      summary: 'Search executions; the answer holds summaries',
      query: SearchQuery,
      answers: { 200: WorkflowSummaryPage },
      run: ({ query }) => search(query, workflowToSummary),
    }),
    route({
      method: 'GET',
      path: '/api/workflow/search-v2',
      need: 'read',
      ...tag,
      summary: 'Search executions; the answer holds executions without tasks',
      query: SearchQuery,
      answers: { 200: WorkflowPage },
      run: ({ query }) => search(query, workflowToWire),
    }),
    route({
      method: 'GET',
      path: '/api/workflow/running/{name}',
      need: 'read',
      ...tag,
      summary: 'Ids of the running executions of a workflow',
      query: z.object({
        version: integer(0).optional(),
        startTime: integer(0).optional(),
        endTime: integer(0).optional(),
      }),
      answers: { 200: z.array(z.string()) },
      run: async ({ params, query }) => {
        const { rows } = await find(store, {
          names: [params.name],
          statuses: ['RUNNING'],
          versions: [query.version || 1],
          ...(query.startTime !== undefined && { startedFrom: query.startTime }),
          ...(query.endTime !== undefined && { startedTo: query.endTime }),
          sort: NEWEST_FIRST,
          offset: 0,
          limit: MAX_UNPAGED,
        });
        return json(rows.map(({ id }) => id));
      },
    }),
    histogramRoute(store, clock),
    ...correlatedRoutes(store),
  ];
}

const DEFAULT_BARS = 60;
const MAX_BARS = 200;

const histogramRoute = (store: Store, clock: Clock): Route =>
  route({
    method: 'GET',
    path: '/api/workflow-histogram',
    need: 'read',
    ...tag,
    summary: 'How many executions a search finds, by status and when they started',
    query: SearchQuery.pick({ freeText: true, query: true }).extend({ bars: integer(1, MAX_BARS).optional() }),
    answers: { 200: WorkflowHistogram },
    run: async ({ query: { bars = DEFAULT_BARS, ...given } }) => {
      const query = readSearch(given);
      if ('status' in query) return query;
      if (contradicts(query)) return json({ widthMs: 0, counts: [] });
      return json(await store.workflows.histogram(query, bars, clock.now()));
    },
  });

const Correlated = z.object({ includeClosed: flag.optional(), includeTasks: flag.optional() });

function correlatedRoutes(store: Store): readonly Route[] {
  const correlated = async (name: string, ids: readonly string[], query: z.infer<typeof Correlated>) => {
    const { rows } = await find(store, {
      names: [name],
      correlationIds: ids,
      ...(!query.includeClosed && { statuses: ['RUNNING', 'PAUSED'] as const }),
      sort: NEWEST_FIRST,
      offset: 0,
      limit: MAX_UNPAGED,
    });
    if (!query.includeTasks) return rows.map(workflowToWire);
    const whole = await Promise.all(rows.map(({ id }) => store.workflows.get(id, { tasks: true })));
    return whole.flatMap((workflow) => (workflow ? [workflowToWire(workflow)] : []));
  };
  return [
    route({
      method: 'GET',
      path: '/api/workflow/{name}/correlated/{correlationId}',
      need: 'read',
      ...tag,
      summary: 'Executions of a workflow with a correlation id',
      query: Correlated,
      answers: { 200: z.array(WireWorkflow) },
      run: async ({ params, query }) => json(await correlated(params.name, [params.correlationId], query)),
    }),
    route({
      method: 'POST',
      path: '/api/workflow/{name}/correlated',
      need: 'read',
      ...tag,
      summary: 'Executions of a workflow for many correlation ids',
      query: Correlated,
      body: z.array(z.string()).max(1_000),
      answers: { 200: z.record(z.string(), z.array(WireWorkflow)) },
      run: async ({ params, query, body }) => {
        const found = await correlated(params.name, body, query);
        const of = (id: string) => found.filter(({ correlationId }) => correlationId === id);
        return json(Object.fromEntries(body.map((id) => [id, of(id)])));
      },
    }),
  ];
}

/** A list of conditions that contradict each other finds nothing, so nobody is asked. */
function contradicts(query: WorkflowQuery): boolean {
  const { ids, names, versions, statuses, correlationIds, idempotencyKeys, parentIds } = query;
  const lists = [ids, names, versions, statuses, correlationIds, idempotencyKeys, parentIds];
  return lists.some((list) => list?.length === 0);
}

const find = async (store: Store, query: WorkflowQuery): Promise<StoredPage> =>
  contradicts(query) ? { total: 0, rows: [] } : store.workflows.search(query);

/** A query that names a field of tasks finds the executions that have such tasks, as with Orkes. */
async function findByTasks(
  store: Store,
  given: z.infer<typeof SearchQuery>,
  { text, sort, offset, limit }: WorkflowQuery,
): Promise<StoredPage | Problem> {
  const parsed = readTaskQuery(given.query ?? '');
  if (!parsed.ok) return problem(400, `query: ${parsed.reason}`);
  const page = { ...(text !== undefined && { text }), offset, limit, perExecution: true, descending: sort.descending };
  const { total, rows } = await store.tasks.search({ ...parsed.query, ...page });
  return { total, rows: rows.map(({ workflow }) => ({ ...workflow, tasks: [] })) };
}

function readSearch(given: z.infer<typeof SearchQuery>): WorkflowQuery | Problem {
  const parsed = readQuery(given.query ?? '');
  if (!parsed.ok) return problem(400, `query: ${parsed.reason}`);
  const sort = readSort(given.sort);
  if ('reason' in sort) return problem(400, `sort: ${sort.reason}`);
  const text = given.freeText?.trim() ?? '*';
  return {
    ...parsed.query,
    ...(text !== '*' && text !== '' && { text }),
    sort,
    offset: given.start ?? 0,
    limit: given.size ?? DEFAULT_PAGE,
  };
}
