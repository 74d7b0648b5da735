// What searches for tasks ask (contract 5.11), read into what the store can look for.

import type { Filter } from '../store/filter.ts';
import type { TaskQuery } from '../store/store.ts';
import { filterOf, type Meanings } from './condition.ts';
import { taskStatus } from './contract/execution.ts';
import { partsOf, readTree, type Tree } from './query-language.ts';
import { EXECUTION_FIELDS } from './search-query.ts';

export type TaskQueryResult =
  | { readonly ok: true; readonly query: Pick<TaskQuery, 'workflows' | 'filter'> }
  | { readonly ok: false; readonly reason: string };

const TASK_FIELDS: Meanings = {
  taskId: { to: 'taskId', holds: 'text' },
  taskType: { to: 'type', holds: 'text' },
  taskDefName: { to: 'task', holds: 'text' },
  taskName: { to: 'task', holds: 'text' },
  referenceTaskName: { to: 'ref', holds: 'text' },
  taskReferenceName: { to: 'ref', holds: 'text' },
  taskRefName: { to: 'ref', holds: 'text' },
  status: { to: 'status', holds: 'text', known: taskStatus.options },
  reasonForIncompletion: { to: 'taskReason', holds: 'text' },
  workerId: { to: 'workerId', holds: 'text' },
  domain: { to: 'domain', holds: 'text' },
  scheduledTime: { to: 'scheduledAt', holds: 'time' },
  startTime: { to: 'taskStartedAt', holds: 'time' },
  updateTime: { to: 'taskUpdatedAt', holds: 'time' },
  modifiedTime: { to: 'taskUpdatedAt', holds: 'time' },
  endTime: { to: 'taskEndedAt', holds: 'time' },
};

/** Fields of the execution that a task belongs to. */
const OF_EXECUTION: Meanings = Object.fromEntries(
  ['workflowId', 'workflowType', 'workflowName', 'correlationId', 'version', 'createTime'].flatMap((name) => {
    const meaning = EXECUTION_FIELDS[name];
    return meaning ? [[name, meaning]] : [];
  }),
);

const MEANINGS: Meanings = { ...TASK_FIELDS, ...OF_EXECUTION };

export function readTaskQuery(text: string): TaskQueryResult {
  const tree = readTree(text);
  if (typeof tree === 'string') return { ok: false, reason: tree };
  const [ofExecutions, ofTasks]: [Filter[], Filter[]] = [[], []];
  for (const part of partsOf(tree)) {
    const filter = filterOf(part, MEANINGS);
    if (typeof filter === 'string') return { ok: false, reason: filter };
    if (fieldsOf(part).every((field) => Object.hasOwn(OF_EXECUTION, field))) ofExecutions.push(filter);
    else ofTasks.push(filter);
  }
  return {
    ok: true,
    query: {
      workflows: ofExecutions.length > 0 ? { filter: { all: ofExecutions } } : {},
      ...(ofTasks.length > 0 && { filter: { all: ofTasks } }),
    },
  };
}

/** True when a query names a field that only tasks have, so that it means executions with such tasks. */
export function asksForTasks(text: string): boolean {
  const tree = readTree(text);
  return typeof tree !== 'string' && fieldsOf(tree).some((field) => ONLY_OF_TASKS.has(field));
}

const ONLY_OF_TASKS = new Set(Object.keys(TASK_FIELDS).filter((name) => !Object.hasOwn(EXECUTION_FIELDS, name)));

function fieldsOf(tree: Tree): readonly string[] {
  if (tree.type === 'one') return [tree.condition.field];
  return tree.type === 'not' ? fieldsOf(tree.of) : tree.of.flatMap(fieldsOf);
}
