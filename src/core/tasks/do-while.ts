// DO_WHILE: runs its body again while a condition holds, or once for each item (contract 5.6).
// Tasks of iteration i carry the suffix `__i`.

import type { Draft, TaskType } from '../draft.ts';
import { enter } from '../flow.ts';
import type { Json, JsonObject } from '../json.ts';
import { CONDITION_DEADLINE_MS, MAX_LOOP_ITERATIONS } from '../limits.ts';
import { allOutputs } from '../loop-output.ts';
import type { Task } from '../model.ts';
import { hasEnded } from '../model.ts';
import type { Node } from '../plan.ts';
import { LOOP_BRANCH } from '../plan.ts';
import { resolveAt } from '../scope.ts';

const iterationScope = (task: Task, iteration: number): string => `${task.scope}__${iteration}`;

/** Outputs of one iteration by reference name without suffix; the last attempt counts. */
function outputsOf(draft: Draft, scope: string): JsonObject {
  const outputs: Record<string, Json> = {};
  for (const task of draft.tasks) if (task.scope === scope && !task.retried) outputs[task.place] = task.output;
  return outputs;
}

function itemsOf(task: Task, node: Node): readonly Json[] | undefined {
  if (node.task.items === undefined) return undefined;
  const items = task.input.items;
  return Array.isArray(items) ? items : [];
}

function startIteration(draft: Draft, task: Task, node: Node, iteration: number): void {
  const items = itemsOf(task, node);
  draft.update(task, {
    iteration,
    updatedAt: draft.env.now,
    ...(items && { output: { iteration, loopItem: items[iteration - 1] ?? null, loopIndex: iteration - 1 } }),
  });
  forgetOld(draft, task, iteration);
  const first = node.branches.get(LOOP_BRANCH);
  if (first) enter(draft, first, iterationScope(task, iteration));
}

/** With keepLastN only the last iterations stay in the record. */
function forgetOld(draft: Draft, task: Task, iteration: number): void {
  const keep = Number(task.input.keepLastN ?? 0);
  if (!(keep > 0) || iteration <= keep) return;
  const gone = iterationScope(task, iteration - keep);
  const body = draft.nodeOf(task);
  draft.remove((one) => (one.scope === gone || one.scope.startsWith(`${gone}__`)) && isAnywhereIn(draft, one, body));
}

function isAnywhereIn(draft: Draft, task: Task, loop: Node | undefined): boolean {
  for (let parent = draft.nodeOf(task)?.parent; parent; parent = parent.node.parent)
    if (parent.node === loop) return true;
  return false;
}

function end(draft: Draft, task: Task, status: 'COMPLETED' | 'FAILED_WITH_TERMINAL_ERROR', reason?: string): void {
  const output = { ...allOutputs(draft, task), iteration: task.iteration };
  draft.end(task, status, { output, ...(reason !== undefined && { reason }) });
}

/** True when nothing of this iteration is open or waits to be settled. */
function iterationIsOver(draft: Draft, task: Task, node: Node): boolean {
  const scope = iterationScope(task, task.iteration);
  return !draft.tasks.some(
    (one) =>
      (!hasEnded(one) || !one.executed) &&
      (one.scope === scope || one.scope.startsWith(`${scope}__`)) &&
      isAnywhereIn(draft, one, node),
  );
}

function goesOn(draft: Draft, task: Task, node: Node): boolean | string {
  const items = itemsOf(task, node);
  if (items) return task.iteration < items.length;
  const outputs = outputsOf(draft, iterationScope(task, task.iteration));
  const self = { iteration: task.iteration };
  const bindings = { ...task.input, ...outputs, [task.place]: self, iteration: task.iteration };
  const result = draft.env.evaluate(node.task.loopCondition ?? 'false', bindings, CONDITION_DEADLINE_MS);
  return result.ok ? isTrue(result.value) : `loopCondition failed: ${result.reason}`;
}

const isTrue = (value: Json): boolean =>
  value === true || value === 'true' || (typeof value === 'number' && value !== 0);

export const doWhile: TaskType = {
  begin(draft, task, node) {
    const loopInput: JsonObject = node.task.items === undefined ? {} : { items: draftItems(draft, task, node) };
    const keepLastN = node.task.keepLastN ?? task.input.keepLastN;
    const begun = draft.run(task, {
      iteration: 0,
      input: { ...task.input, ...loopInput, ...(typeof keepLastN === 'number' && { keepLastN }) },
    });
    const items = itemsOf(begun, node);
    if (items?.length === 0) end(draft, begun, 'COMPLETED');
    else startIteration(draft, begun, node, 1);
  },

  advance(draft, task, node) {
    if (draft.full || !iterationIsOver(draft, task, node)) return;
    const more = goesOn(draft, task, node);
    if (typeof more === 'string') end(draft, task, 'FAILED_WITH_TERMINAL_ERROR', more);
    else if (!more) end(draft, task, 'COMPLETED');
    else if (task.iteration >= MAX_LOOP_ITERATIONS)
      end(
        draft,
        task,
        'FAILED_WITH_TERMINAL_ERROR',
        `the loop ran ${MAX_LOOP_ITERATIONS} times, the most that one may`,
      );
    else startIteration(draft, task, node, task.iteration + 1);
  },
};

function draftItems(draft: Draft, task: Task, node: Node): Json {
  return resolveAt(draft, node.task.items ?? null, task.scope);
}
