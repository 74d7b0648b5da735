// SWITCH: takes one of its cases (contract 5.6). A case that exists but is empty does not fall to the default.

import type { Draft, TaskType } from '../draft.ts';
import { enter, proceed } from '../flow.ts';
import type { Json } from '../json.ts';
import { CONDITION_DEADLINE_MS } from '../limits.ts';
import type { Task, WorkflowTask } from '../model.ts';
import { caseBranch, DEFAULT_BRANCH } from '../plan.ts';

type Choice = { ok: true; value: Json } | { ok: false; reason: string };

/** The value that chooses: an input by name (`value-param`) or the result of a script over the inputs. */
function choose(draft: Draft, task: Task, place: WorkflowTask): Choice {
  const { evaluatorType = 'value-param', expression = '' } = place;
  if (evaluatorType === 'value-param') return { ok: true, value: task.input[expression] ?? null };
  if (evaluatorType === 'javascript' || evaluatorType === 'graaljs')
    return draft.env.evaluate(expression, task.input, CONDITION_DEADLINE_MS);
  return { ok: false, reason: `evaluatorType ${evaluatorType} is not one of value-param, javascript, graaljs` };
}

export const switchTask: TaskType = {
  begin(draft, task, node) {
    const choice = choose(draft, task, node.task);
    if (!choice.ok) {
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: `the expression failed: ${choice.reason}` });
      return;
    }
    const chosen = typeof choice.value === 'string' ? choice.value : JSON.stringify(choice.value);
    draft.end(task, 'COMPLETED', { output: { evaluationResult: [chosen], selectedCase: chosen } });
  },
  follow(draft, task, node) {
    const branch = caseBranch(String(task.output.selectedCase));
    const first = node.branches.has(branch) ? node.branches.get(branch) : node.branches.get(DEFAULT_BRANCH);
    if (first) enter(draft, first, task.scope);
    else proceed(draft, node, task.scope);
  },
};
