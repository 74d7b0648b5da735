// The output of a DO_WHILE, composed from the tasks of its iterations while it runs, so that a long loop does not
// write a growing row with each iteration (5,000 iterations would write half a gigabyte).

import type { Draft } from './draft.ts';
import type { Json, JsonObject } from './json.ts';
import type { Task } from './model.ts';
import { hasEnded } from './model.ts';
import type { Node } from './plan.ts';

/** `iteration` and one key for each iteration. */
export function loopOutput(draft: Draft, task: Task): JsonObject {
  if (hasEnded(task)) return task.output;
  return { ...allOutputs(draft, task), iteration: task.iteration };
}

/** One pass over the tasks, however many iterations there are. */
export function allOutputs(draft: Draft, loop: Task): JsonObject {
  const outputs: Record<string, Record<string, Json>> = {};
  const prefix = `${loop.scope}__`;
  const body = draft.nodeOf(loop);
  for (const task of draft.tasks) {
    if (!task.scope.startsWith(prefix) || task.retried) continue;
    const iteration = task.scope.slice(prefix.length);
    if (iteration.includes('__') || !isOfLoop(draft, task, body)) continue;
    outputs[iteration] ??= {};
    (outputs[iteration] as Record<string, Json>)[task.place] = task.output;
  }
  return outputs;
}

function isOfLoop(draft: Draft, task: Task, loop: Node | undefined): boolean {
  for (let parent = draft.nodeOf(task)?.parent; parent; parent = parent.node.parent)
    if (parent.node.task.type === 'DO_WHILE') return parent.node === loop;
  return false;
}
