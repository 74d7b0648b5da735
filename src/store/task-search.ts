// Finding tasks: executions whose rows may hold some are read in parts, newest first, and their tasks are looked through.
// Where a task lies (in a row of its own or in that of its execution) is the business of States alone.

import type { Task, Workflow } from '../core/model.ts';
import { taskId } from '../core/model.ts';
import { wantedWords, wordsOfTask } from '../core/words.ts';
import type { Driver, Row } from './drivers/driver.ts';
import { MAX_PAGE, SEARCHED_EXECUTIONS } from './limits.ts';
import { searchRows } from './search.ts';
import type { States } from './states.ts';
import type { TaskPage, TaskQuery, WorkflowQuery } from './store.ts';

/** Executions whose tasks are read at once. */
const PART = 100;

/** Looks through the executions started last, at most SEARCHED_EXECUTIONS of them. */
export async function searchTasks(driver: Driver, states: States, query: TaskQuery): Promise<TaskPage> {
  const { offset, limit, workflows, text, ids } = query;
  // The text of a task is part of the text of its execution.
  const coarse = {
    ...workflows,
    ...(text !== undefined && { text }),
    ...(ids && { ids: executionsOf(ids, workflows.ids) }),
  };
  const wanted = Math.min(Math.max(0, limit), MAX_PAGE);
  const rows: { workflow: Workflow; tasks: readonly Task[] }[] = [];
  let total = 0;
  for await (const workflow of executions(driver, states, coarse, query.descending ?? true)) {
    const tasks = workflow.tasks.filter((task) => fits(query, workflow, task));
    const units = query.perExecution && tasks.length > 0 ? [tasks] : tasks.map((task) => [task]);
    for (const unit of units) {
      if (total >= offset && rows.length < wanted) rows.push({ workflow, tasks: unit });
      total += 1;
    }
  }
  return { total, rows };
}

async function* executions(
  driver: Driver,
  states: States,
  query: Partial<WorkflowQuery>,
  descending: boolean,
): AsyncGenerator<Workflow> {
  for (let offset = 0; offset < SEARCHED_EXECUTIONS; offset += MAX_PAGE) {
    const sort = { by: 'startedAt', descending } as const;
    const { rows } = await searchRows(driver, { ...query, sort, offset, limit: MAX_PAGE });
    const keys = rows.map((row: Row) => row[0] as number);
    for (let at = 0; at < keys.length; at += PART)
      for (const state of await states.byKey(driver, keys.slice(at, at + PART))) if (state) yield state.workflow;
    if (rows.length < MAX_PAGE) return;
  }
}

const executionsOf = (taskIds: readonly string[], given: readonly string[] | undefined): readonly string[] => {
  const own = [...new Set(taskIds.map((id) => id.slice(0, Math.max(0, id.lastIndexOf('.')))))];
  return given ? own.filter((id) => given.includes(id)) : own;
};

const isOneOf = <T>(list: readonly T[] | undefined, value: T): boolean => !list || list.includes(value);

function fits(query: TaskQuery, workflow: Workflow, task: Task): boolean {
  return (
    isOneOf(query.ids, taskId(workflow.id, task.n)) &&
    isOneOf(query.names, task.name) &&
    isOneOf(query.statuses, task.status) &&
    isOneOf(query.refs, task.place + task.scope) &&
    (!query.types || query.types.includes(task.type) || (task.type === 'SIMPLE' && query.types.includes(task.name))) &&
    within(query.scheduled, task.scheduledAt) &&
    within(query.started, task.startedAt) &&
    within(query.updated, task.updatedAt) &&
    within(query.ended, task.endedAt) &&
    (query.text === undefined || hasText(workflow, task, query.text))
  );
}

function within(bounds: readonly [from?: number, to?: number] | undefined, moment: number | undefined): boolean {
  if (!bounds) return true;
  const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = bounds;
  return moment !== undefined && moment >= from && moment <= to;
}

function hasText(workflow: Workflow, task: Task, text: string): boolean {
  const words = wordsOfTask(workflow, task);
  return wantedWords(text).every((word) => words.includes(word));
}
