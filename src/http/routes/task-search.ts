// Finding tasks, and executions by their tasks: /api/tasks/search, /api/workflow/search-by-tasks (contract 5.11).

import { z } from 'zod';
import type { TaskPage } from '../../store/store.ts';
import { json, problem } from '../answer.ts';
import { TaskSummary, WireTask, WorkflowPage, WorkflowSummaryPage } from '../contract/execution.ts';
import { integer } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { readSort } from '../search-query.ts';
import { readTaskQuery } from '../task-query.ts';
import { taskToSummary, taskToWire } from '../wire/task.ts';
import { workflowToSummary, workflowToWire } from '../wire/workflow.ts';

const tag = { tag: 'Search' };

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
const MAX_TEXT_LENGTH = 1_000;

const SearchQuery = z.object({
  start: integer(0).optional(),
  size: integer(1, MAX_PAGE).optional(),
  sort: z.string().optional(),
  freeText: z.string().max(MAX_TEXT_LENGTH).optional(),
  query: z.string().optional(),
});

const page = <T extends z.ZodType>(item: T) => z.object({ totalHits: z.number().int(), results: z.array(item) });

type Row = TaskPage['rows'][number];

export function taskSearchRoutes({ store }: AppDeps): readonly Route[] {
  const search = async <T>(
    given: z.infer<typeof SearchQuery>,
    perExecution: boolean,
    view: (row: Row) => readonly T[],
  ) => {
    const parsed = readTaskQuery(given.query ?? '');
    if (!parsed.ok) return problem(400, `query: ${parsed.reason}`);
    // Tasks come in the order of their executions, so of the sort only the direction counts.
    const sort = readSort(given.sort?.replace('scheduledTime', 'startTime'));
    if ('reason' in sort) return problem(400, `sort: ${sort.reason}`);
    const text = given.freeText?.trim() ?? '*';
    const found = await store.tasks.search({
      ...parsed.query,
      ...(text !== '*' && text !== '' && { text }),
      perExecution,
      descending: sort.descending,
      offset: given.start ?? 0,
      limit: given.size ?? DEFAULT_PAGE,
    });
    return json({ totalHits: found.total, results: found.rows.flatMap(view) });
  };
  const searchRoute = <T>(
    path: string,
    summary: string,
    answer: z.ZodType,
    perExecution: boolean,
    view: (row: Row) => readonly T[],
  ): Route =>
    route({
      method: 'GET',
      path,
      need: 'read',
      ...tag,
      summary,
      query: SearchQuery,
      answers: { 200: answer },
      run: ({ query }) => search(query, perExecution, view),
    });
  return [
    searchRoute('/api/tasks/search', 'Search tasks; the answer holds summaries', page(TaskSummary), false, (row) =>
      row.tasks.map((task) => taskToSummary(row.workflow, task)),
    ),
    searchRoute('/api/tasks/search-v2', 'Search tasks; the answer holds tasks', page(WireTask), false, (row) =>
      row.tasks.map((task) => taskToWire(row.workflow, task)),
    ),
    searchRoute(
      '/api/workflow/search-by-tasks',
      'Search executions by their tasks; the answer holds summaries',
      WorkflowSummaryPage,
      true,
      ({ workflow }) => [workflowToSummary(workflow)],
    ),
    searchRoute(
      '/api/workflow/search-by-tasks-v2',
      'Search executions by their tasks; the answer holds executions without tasks',
      WorkflowPage,
      true,
      ({ workflow }) => [workflowToWire({ ...workflow, tasks: [] })],
    ),
  ];
}
