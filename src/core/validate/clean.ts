// A checked definition as the rules take it: null fields left out, defaults that the rules rely on filled in.
// Inputs, templates and payloads stay as they are: there a null is a value.

import { isList, isRecord } from '../json.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../model.ts';

type Fields = Readonly<Record<string, unknown>>;

const withoutNulls = (value: Fields): Fields =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));

export const cleanTaskDef = (def: Fields): TaskDef => withoutNulls(def) as unknown as TaskDef;

export function cleanWorkflowDef(def: Fields): WorkflowDef {
  const { tasks, ...rest } = withoutNulls(def);
  return { version: 1, ...rest, tasks: cleanList(tasks) } as unknown as WorkflowDef;
}

const cleanList = (tasks: unknown): unknown =>
  isList(tasks) ? tasks.map((task) => cleanPlace(task as Fields)) : tasks;

const LISTS = ['loopOver', 'defaultCase'] as const;

export function cleanPlace(place: Fields): WorkflowTask {
  const clean: Record<string, unknown> = { type: 'SIMPLE', ...withoutNulls(place) };
  for (const field of LISTS) if (clean[field] !== undefined) clean[field] = cleanList(clean[field]);
  if (isList(clean.forkTasks)) clean.forkTasks = clean.forkTasks.map(cleanList);
  if (isRecord(clean.decisionCases))
    clean.decisionCases = Object.fromEntries(
      Object.entries(clean.decisionCases).map(([name, tasks]) => [name, cleanList(tasks)]),
    );
  if (isRecord(clean.taskDefinition)) clean.taskDefinition = cleanTaskDef(clean.taskDefinition);
  if (isRecord(clean.subWorkflowParam)) clean.subWorkflowParam = cleanParam(clean.subWorkflowParam);
  return clean as unknown as WorkflowTask;
}

function cleanParam(param: Fields): Fields {
  const clean = withoutNulls(param);
  return isRecord(clean.workflowDefinition)
    ? { ...clean, workflowDefinition: cleanWorkflowDef(clean.workflowDefinition) }
    : clean;
}
