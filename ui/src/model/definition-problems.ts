// What is wrong with a definition while it is edited: the engine's own validation, each problem tied to its task.
import type { WorkflowDef, WorkflowTask } from '../../../src/core/model.ts';
import { validateWorkflowDef } from '../../../src/core/validate.ts';
import { type DefPath, listsIn, ROOT_LIST } from './def-edit.ts';

export interface Problem {
  /** Address of the task; empty for the workflow itself. */
  readonly path: DefPath;
  readonly message: string;
}

/** Addresses in the validator's spelling: `tasks[1].decisionCases.paid[0]`. Made, not parsed: a case may be called `a.b[0]`. */
function places(def: WorkflowDef): Map<string, { path: DefPath; task: WorkflowTask }> {
  const found = new Map<string, { path: DefPath; task: WorkflowTask }>();
  const visit = (tasks: readonly WorkflowTask[], list: DefPath, text: string) => {
    for (const [i, task] of tasks.entries()) {
      const path = [...list, i];
      const at = `${text}[${i}]`;
      found.set(at, { path, task });
      for (const inner of listsIn(task)) {
        const below = inner.at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
        visit(inner.tasks, [...path, ...inner.at], at + below);
      }
    }
  };
  visit(def.tasks ?? [], ROOT_LIST, 'tasks');
  return found;
}

export function definitionProblems(def: WorkflowDef): Problem[] {
  const result = validateWorkflowDef(def);
  if (result.ok) return [];
  const known = places(def);
  return result.errors.map(({ path, message }) => {
    const at = longestPlace(path, known);
    const place = at === undefined ? undefined : known.get(at);
    const field = path.slice(at?.length ?? 0).replace(/^\./, '');
    const who = place ? place.task.taskReferenceName || 'a task' : 'The workflow';
    return { path: place?.path ?? [], message: field === '' ? `${who}: ${message}` : `${who}: ${field} ${message}` };
  });
}

/** The innermost task that the path goes through. */
function longestPlace(path: string, known: ReadonlyMap<string, unknown>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf(']', end - 2) + 1) {
    const text = path.slice(0, end);
    if (known.has(text)) return text;
    if (path.lastIndexOf(']', end - 2) < 0) return undefined;
  }
  return undefined;
}
