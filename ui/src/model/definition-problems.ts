// What is wrong with a definition while it is edited, each with the place it is about.
import type { WorkflowDef, WorkflowTask } from '../../../src/core/model.ts';
import { type DefPath, listsIn, ROOT_LIST, readAt } from './def-edit.ts';
import { taskKind } from './task-catalog.ts';

export interface Problem {
  /** Address of the task; empty for the workflow itself. */
  readonly path: DefPath;
  readonly message: string;
}

export function definitionProblems(def: WorkflowDef): Problem[] {
  const problems: Problem[] = [];
  if (!def.name?.trim()) problems.push({ path: [], message: 'The workflow has no name.' });
  if (!def.tasks?.length) problems.push({ path: [], message: 'The workflow has no task: press a + in the diagram.' });
  const seen = new Set<string>();
  const visit = (tasks: readonly WorkflowTask[], list: DefPath) => {
    for (const [i, task] of tasks.entries()) {
      const path = [...list, i];
      problems.push(...taskProblems(task, seen).map((message) => ({ path, message })));
      for (const inner of listsIn(task)) visit(inner.tasks, [...path, ...inner.at]);
    }
  };
  visit(def.tasks ?? [], ROOT_LIST);
  return problems;
}

function taskProblems(task: WorkflowTask, seen: Set<string>): string[] {
  const problems: string[] = [];
  const reference = task.taskReferenceName;
  if (!reference) problems.push('A task has no reference name.');
  else if (seen.has(reference)) problems.push(`Two tasks have the reference name ${reference}.`);
  seen.add(reference);
  if (!task.name) problems.push(`${reference || 'A task'} has no name.`);
  for (const field of taskKind(task.type)?.fields ?? []) {
    const value = readAt(task, field.at);
    if (field.required && (value === undefined || value === ''))
      problems.push(`${reference}: ${field.label} is missing.`);
  }
  return problems;
}
