// SWITCH, and DECISION, its old name with its old fields: takes one of its cases (contract 5.6).
// A case that exists but is empty does not fall to the default.

import type { Draft, Standing, TaskType } from '../draft.ts';
import { enter, proceed } from '../flow.ts';
import type { Json } from '../json.ts';
import { CONDITION_DEADLINE_MS } from '../limits.ts';
import type { Task, WorkflowTask } from '../model.ts';
import { caseBranch, DEFAULT_BRANCH } from '../plan.ts';

type Choice = { ok: true; value: Json } | { ok: false; reason: string };

/** The value that chooses: an input by name (`value-param`) or the result of a script over the inputs. */
function choose(draft: Draft, task: Task, place: WorkflowTask): Choice {
  const { evaluatorType = 'value-param', expression = '' } = place;
  if (evaluatorType === 'value-param') return { ok: true, value: inputNamed(task, expression) };
  if (evaluatorType === 'javascript' || evaluatorType === 'graaljs')
    return draft.env.evaluate(expression, task.input, CONDITION_DEADLINE_MS);
  return { ok: false, reason: `evaluatorType ${evaluatorType} is not one of value-param, javascript, graaljs` };
}

function decideOld(draft: Draft, task: Task, { caseExpression, caseValueParam = '' }: WorkflowTask): Choice {
  if (caseExpression) return draft.env.evaluate(caseExpression, task.input, CONDITION_DEADLINE_MS);
  return { ok: true, value: inputNamed(task, caseValueParam) };
}

const inputNamed = ({ input }: Task, name: string): Json => (Object.hasOwn(input, name) ? (input[name] ?? null) : null);

function begin(draft: Draft, task: Task, choice: Choice, output: (chosen: string) => Record<string, Json>): void {
  if (!choice.ok) {
    draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: `the expression failed: ${choice.reason}` });
    return;
  }
  const chosen = typeof choice.value === 'string' ? choice.value : JSON.stringify(choice.value);
  draft.end(task, 'COMPLETED', { output: { ...output(chosen), selectedCase: chosen } });
}

function follow(draft: Draft, task: Task, { node }: Standing): void {
  const branch = caseBranch(String(task.output.selectedCase));
  const first = node.branches.get(node.branches.has(branch) ? branch : DEFAULT_BRANCH);
  if (first) enter(draft, first, task.scope);
  else proceed(draft, node, task.scope);
}

export const switchTask: TaskType = {
  begin(draft, task, { place }) {
    begin(draft, task, choose(draft, task, place), (chosen) => ({ evaluationResult: [chosen] }));
  },
  follow,
};

export const decision: TaskType = {
  begin(draft, task, { place }) {
    begin(draft, task, decideOld(draft, task, place), (chosen) => ({ caseOutput: [chosen] }));
  },
  follow,
};
