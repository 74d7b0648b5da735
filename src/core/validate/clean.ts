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

const cleanList = (tasks: unknown): readonly WorkflowTask[] => (tasks as readonly Fields[]).map(cleanPlace);

/** Goes only into what the type uses, for that is what was checked; an inline sub-workflow is cleaned when it is started. */
export function cleanPlace(place: Fields): WorkflowTask {
  const clean: Record<string, unknown> = { type: 'SIMPLE', ...withoutNulls(place) };
  if (isRecord(clean.taskDefinition)) clean.taskDefinition = cleanTaskDef(clean.taskDefinition);
  return { ...clean, ...insideOf(clean) } as unknown as WorkflowTask;
}

function insideOf({ type, loopOver, forkTasks, decisionCases, defaultCase }: Fields): Fields {
  switch (type) {
    case 'DO_WHILE':
      return { loopOver: cleanList(loopOver) };
    case 'FORK_JOIN':
      return { forkTasks: (forkTasks as readonly unknown[]).map(cleanList) };
    case 'SWITCH':
    case 'DECISION':
      return {
        ...(isRecord(decisionCases) && { decisionCases: cleanCases(decisionCases) }),
        ...(isList(defaultCase) && { defaultCase: cleanList(defaultCase) }),
      };
    default:
      return {};
  }
}

const cleanCases = (cases: Fields): Fields =>
  Object.fromEntries(Object.entries(cases).map(([name, tasks]) => [name, cleanList(tasks)]));
