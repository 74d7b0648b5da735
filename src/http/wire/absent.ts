// Clients in Java write `null` for what is absent. Here it is taken out again, but only where our own fields are:
// inside of inputs, templates and payloads a null is a value.

import { isRecord } from '../../core/json.ts';

/** The object without its null fields; other values as they are. */
export function withoutNulls(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

/** A workflow definition, its tasks at every depth and what hangs on them, without null fields. */
export function definitionWithoutNulls(value: unknown): unknown {
  return change(value, { tasks: taskList });
}

/** As `withoutNulls`, for a body that holds a definition in one of its fields. */
export function startWithoutNulls(value: unknown): unknown {
  return change(value, { workflowDef: definitionWithoutNulls });
}

/** For a body that is a list of definitions. */
export const eachDefinition = (value: unknown): unknown => list(value, definitionWithoutNulls);
export const eachTaskDefinition = (value: unknown): unknown => list(value, withoutNulls);

type Change = (value: unknown) => unknown;

function change(value: unknown, changes: Readonly<Record<string, Change>>): unknown {
  const cleaned = withoutNulls(value);
  if (!isRecord(cleaned)) return cleaned;
  return Object.fromEntries(
    Object.entries(cleaned).map(([key, field]) => {
      const changed = Object.hasOwn(changes, key) ? changes[key] : undefined;
      return [key, changed ? changed(field) : field];
    }),
  );
}

const list = (value: unknown, each: Change): unknown => (Array.isArray(value) ? value.map(each) : value);

const taskList: Change = (value) => list(value, task);

const TASK_FIELDS: Readonly<Record<string, Change>> = {
  taskDefinition: withoutNulls,
  subWorkflowParam: (value) => change(value, { workflowDefinition: definitionWithoutNulls }),
  loopOver: taskList,
  defaultCase: taskList,
  forkTasks: (value) => list(value, taskList),
  decisionCases: (value) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, tasks]) => [name, taskList(tasks)])) : value,
};

function task(value: unknown): unknown {
  return change(value, TASK_FIELDS);
}
