// The output of a DO_WHILE, composed from the tasks of its iterations while it runs, so that a long loop does not
// write a growing row with each iteration (5,000 iterations would write half a gigabyte).

import type { Draft } from './draft.ts';
import { innerScope } from './iteration.ts';
import type { Json, JsonObject } from './json.ts';
import type { Task } from './model.ts';
import { hasEnded } from './model.ts';

/** What a loop shows while it runs: `iteration`, the item it is at, and all iterations so far. */
export const loopOutput = (draft: Draft, loop: Task): JsonObject =>
  hasEnded(loop) ? loop.output : { ...iterationsOf(draft, loop), ...loop.output };

/** What a loop leaves: one key for each iteration, and how many there were (contract 5.6). */
export const finalLoopOutput = (draft: Draft, loop: Task): JsonObject => ({
  ...iterationsOf(draft, loop),
  iteration: loop.iteration,
});

/** Outputs by reference name, by iteration. One pass over the tasks, however many iterations there are. */
function iterationsOf(draft: Draft, loop: Task): JsonObject {
  const iterations = new Map<string, [string, Json][]>();
  const prefix = `${loop.scope}__`;
  for (const task of draft.tasks.all) {
    if (!task.scope.startsWith(prefix) || task.retried) continue;
    const iteration = task.scope.slice(prefix.length);
    if (iteration.includes('__') || !isOfLoop(draft, task, loop)) continue;
    const outputs = iterations.get(iteration);
    if (outputs) outputs.push([task.place, task.output]);
    else iterations.set(iteration, [[task.place, task.output]]);
  }
  const composed = [...iterations].map(([iteration, outputs]): [string, Json] => [
    iteration,
    Object.fromEntries(outputs),
  ]);
  return Object.fromEntries(composed);
}

/** Outputs of the running iteration, by reference name without suffix. */
export function iterationOutputs(draft: Draft, loop: Task): JsonObject {
  const scope = innerScope(loop.scope, loop.iteration);
  const outputs: [string, Json][] = [];
  for (const task of draft.tasks.from(firstOf(loop)))
    if (task.scope === scope && !task.retried && isOfLoop(draft, task, loop)) outputs.push([task.place, task.output]);
  return Object.fromEntries(outputs);
}

/**
 * Whether a text says more of a loop than where it stands (`light`, right behind its name). Composing the outputs of all
 * iterations in each iteration would take quadratic time; what cannot be told from the text counts as a yes.
 */
export function asksForWhole(text: string, name: string, light: RegExp): boolean {
  let isNamed = false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const behind = text.slice(at + name.length, at + name.length + LONGEST_LIGHT);
    // The beginning of a longer name, as `loop` in `loopItem`.
    if (/^\w/.test(behind)) continue;
    if (!light.test(behind)) return true;
    isNamed = true;
  }
  return !isNamed;
}

const LONGEST_LIGHT = 24;

/** Number from which on the tasks of the running iteration are found. */
const firstOf = (loop: Task): number => (typeof loop.memo?.firstN === 'number' ? loop.memo.firstN : 0);

/** True when `loop` is the innermost loop around the task's place. */
const isOfLoop = (draft: Draft, task: Task, loop: Task): boolean =>
  draft.nodeOf(task)?.loops.at(-1)?.task.taskReferenceName === loop.place;
