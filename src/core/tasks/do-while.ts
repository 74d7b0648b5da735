// DO_WHILE: runs its body again while a condition holds, or once for each item (contract 5.6).
// Tasks of iteration i carry the suffix `__i`.

import type { Draft, Standing, TaskType } from '../draft.ts';
import { enter } from '../flow.ts';
import { innerScope, isInScope } from '../iteration.ts';
import type { Json, JsonObject } from '../json.ts';
import { isList } from '../json.ts';
import { resolveAt, resolveRecord, viewFrom, viewInside } from '../language/scope.ts';
import { CONDITION_DEADLINE_MS, MAX_LOOP_ITERATIONS } from '../limits.ts';
import { asksForWhole, finalLoopOutput, iterationOutputs, loopOutput } from '../loop-output.ts';
import type { Task, WorkflowTask } from '../model.ts';
import { isInside, LOOP_BRANCH } from '../plan.ts';
import { movesInside } from './join.ts';

/** What the Python client writes beside the items of a loop over items: it would never hold. */
const NEVER = 'if ( $.REF.iteration < 0 ) { true; } else { false; }';

/** Whether and how long a loop goes on; undefined when only its items say so. */
const conditionOf = ({ loopCondition, inputParameters, taskReferenceName }: WorkflowTask): string | undefined =>
  inputParameters?.items !== undefined && loopCondition === NEVER.replace('REF', () => taskReferenceName)
    ? undefined
    : loopCondition;

/** `items` stands at the place (open source) or among its inputs (Orkes); there it means a loop only without a condition. */
const isOverItems = (place: WorkflowTask): boolean =>
  place.items !== undefined || (conditionOf(place) === undefined && place.inputParameters?.items !== undefined);

/** The items of a loop that has begun. */
const itemsOf = (task: Task, place: WorkflowTask): readonly Json[] | undefined =>
  isOverItems(place) && isList(task.input.items) ? task.input.items : undefined;

function startIteration(draft: Draft, task: Task, { node, place }: Standing, iteration: number): void {
  const items = itemsOf(task, place);
  draft.update(task, {
    iteration,
    updatedAt: draft.env.now,
    output: { iteration, ...(items && { loopItem: items[iteration - 1] ?? null, loopIndex: iteration - 1 }) },
    memo: { firstN: draft.workflow.nextN },
  });
  const keep = Number(place.keepLastN ?? task.input.keepLastN ?? 0);
  const gone = keep > 0 && iteration > keep ? innerScope(task.scope, iteration - keep) : undefined;
  if (gone !== undefined)
    draft.remove((one) => {
      const there = isInScope(one.scope, gone) ? draft.nodeOf(one) : undefined;
      return there !== undefined && isInside(there, node);
    });
  const first = node.branches.get(LOOP_BRANCH);
  if (first) enter(draft, first, innerScope(task.scope, iteration));
}

function end(draft: Draft, task: Task, failure?: string): void {
  const output = finalLoopOutput(draft, task);
  if (failure === undefined) draft.end(task, 'COMPLETED', { output });
  else draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { output, reason: failure });
}

type Answer = { readonly more: boolean } | { readonly failure: string };

function goesOn(draft: Draft, task: Task, at: Standing): Answer {
  const items = itemsOf(task, at.place);
  if (items && task.iteration >= items.length) return { more: false };
  const condition = conditionOf(at.place);
  return condition === undefined ? { more: items !== undefined } : holds(draft, task, at, condition);
}

/** The condition sees the inputs as they are now, the outputs of this iteration, and the loop itself by its name. */
function holds(draft: Draft, task: Task, { node, place }: Standing, condition: string): Answer {
  const view = viewInside(node, innerScope(task.scope, task.iteration));
  const input = { ...task.input, ...resolveRecord(draft, place.inputParameters ?? {}, view) };
  if (place.evaluatorType === 'value-param') return { more: isTrue(input[condition] ?? null) };
  const self =
    condition.includes(task.place) && asksForWhole(condition, task.place, LIGHT)
      ? loopOutput(draft, task)
      : task.output;
  const bindings: JsonObject = {
    iteration: task.iteration,
    ...input,
    ...iterationOutputs(draft, task),
    ...Object.fromEntries([[task.place, self]]),
  };
  const result = draft.env.evaluate(condition, bindings, CONDITION_DEADLINE_MS);
  return result.ok ? { more: isTrue(result.value) } : { failure: `loopCondition failed: ${result.reason}` };
}

/** What stands behind the name of a loop in a script that only asks where it stands. */
const LIGHT = /^(['"]\])?(\.|\[['"])(iteration|loopItem|loopIndex)\b/;

const isTrue = (value: Json): boolean =>
  value === true || value === 'true' || (typeof value === 'number' && value !== 0);

export const doWhile: TaskType = {
  begin(draft, task, at) {
    const { node, place } = at;
    const begun = draft.run(task, { iteration: 0 });
    if (!node.branches.get(LOOP_BRANCH)) return end(draft, begun, 'loopOver is empty');
    if (!isOverItems(place)) return startIteration(draft, begun, at, 1);
    const items =
      place.items === undefined ? task.input.items : resolveAt(draft, place.items, viewFrom(node, task.scope));
    if (!isList(items)) return end(draft, begun, `items must be a list; it is ${JSON.stringify(items)?.slice(0, 100)}`);
    const full = draft.update(begun, { input: { ...begun.input, items } });
    if (items.length === 0) end(draft, full);
    else startIteration(draft, full, at, 1);
  },

  advance(draft, task, at) {
    if (draft.full || movesInside(draft, at.node, innerScope(task.scope, task.iteration))) return;
    const answer = goesOn(draft, task, at);
    if ('failure' in answer) end(draft, task, answer.failure);
    else if (!answer.more) end(draft, task);
    else if (task.iteration >= MAX_LOOP_ITERATIONS)
      end(draft, task, `the loop ran ${MAX_LOOP_ITERATIONS} times, the most that one may`);
    else startIteration(draft, task, at, task.iteration + 1);
  },
};
