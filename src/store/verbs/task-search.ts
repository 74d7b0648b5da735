// Finding tasks: executions whose rows may hold some are read in parts, newest first, and their tasks are looked through.
// Where a task lies (in a row of its own or in that of its execution) is the business of States alone.

import type { Task, Workflow } from '../../core/model.ts';
import { taskId } from '../../core/model.ts';
import { wantedWords, wordsOfTask } from '../../core/words.ts';
import type { States } from '../cycle/states.ts';
import type { Driver, Row } from '../drivers/driver.ts';
import { type Filter, fits } from '../filter.ts';
import { MAX_PAGE, SEARCHED_EXECUTIONS } from '../limits.ts';
import type { TaskPage, TaskQuery, WorkflowQuery } from '../store.ts';
import { searchRows } from './search.ts';

/** Executions whose tasks are read at once. */
const PART = 100;

/** Looks through the executions started last, at most SEARCHED_EXECUTIONS of them. */
export async function searchTasks(driver: Driver, states: States, query: TaskQuery): Promise<TaskPage> {
  const { offset, limit, workflows, text } = query;
  const ids = executionsOf(query.filter);
  // The text of a task is part of the text of its execution.
  const coarse = {
    ...workflows,
    ...(text !== undefined && { text }),
    ...(ids && { ids }),
  };
  const wanted = Math.min(Math.max(0, limit), MAX_PAGE);
  const rows: { workflow: Workflow; tasks: readonly Task[] }[] = [];
  let total = 0;
  for await (const workflow of executions(driver, states, coarse, query.descending ?? true)) {
    const tasks = workflow.tasks.filter((task) => isWanted(query, workflow, task));
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

/** The executions of task ids that a filter names, when it names some: then no other has to be read. */
function executionsOf(filter: Filter | undefined): readonly string[] | undefined {
  const parts = filter && 'all' in filter ? filter.all : [];
  const named = parts.find((part) => 'oneOf' in part && part.field === 'taskId');
  if (!named || !('oneOf' in named)) return undefined;
  return [...new Set(named.oneOf.map((id) => String(id).slice(0, Math.max(0, String(id).lastIndexOf('.')))))];
}

/** What filters may name, of a task and of its execution. */
const FIELDS: Readonly<Record<string, (workflow: Workflow, task: Task) => readonly (string | number | undefined)[]>> = {
  taskId: (workflow, task) => [taskId(workflow.id, task.n)],
  // Worker tasks go by the name of their definition as well.
  type: (_, task) => (task.type === 'SIMPLE' ? [task.type, task.name] : [task.type]),
  task: (_, task) => [task.name],
  ref: (_, task) => [task.place + task.scope],
  status: (_, task) => [task.status],
  taskReason: (_, task) => [task.reason],
  workerId: (_, task) => [task.workerId],
  domain: (_, task) => [task.domain],
  scheduledAt: (_, task) => [task.scheduledAt],
  taskStartedAt: (_, task) => [task.startedAt],
  taskUpdatedAt: (_, task) => [task.updatedAt],
  taskEndedAt: (_, task) => [task.endedAt],
  id: (workflow) => [workflow.id],
  name: (workflow) => [workflow.name],
  correlationId: (workflow) => [workflow.correlationId],
  version: (workflow) => [workflow.version],
  createdAt: (workflow) => [workflow.createdAt],
};

function isWanted({ filter, text }: TaskQuery, workflow: Workflow, task: Task): boolean {
  const valuesOf = (field: string) =>
    (FIELDS[field]?.(workflow, task) ?? []).filter((value): value is string | number => value !== undefined);
  return (!filter || fits(filter, valuesOf)) && (text === undefined || hasText(workflow, task, text));
}

function hasText(workflow: Workflow, task: Task, text: string): boolean {
  const words = wordsOfTask(workflow, task);
  return wantedWords(text).every((word) => words.includes(word));
}
