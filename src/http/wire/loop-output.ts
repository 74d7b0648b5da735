// What a loop that still runs shows as its output: `iteration`, and one key for each iteration (contract 5.6).
// The stored row holds it only once the loop has ended, since it would grow with each iteration.

import type { Json, JsonObject } from '../../core/json.ts';
import type { Task, WorkflowDef } from '../../core/model.ts';
import type { Node } from '../../core/plan.ts';
import { planOf } from '../../core/plan.ts';

export function loopOutputOf(def: WorkflowDef, tasks: readonly Task[], loop: Task): JsonObject {
  const { nodes } = planOf(def);
  const body = nodes.get(loop.place);
  const prefix = `${loop.scope}__`;
  const iterations = new Map<string, [string, Json][]>();
  for (const task of tasks) {
    if (task.retried || !task.scope.startsWith(prefix) || innermostLoop(nodes.get(task.place)) !== body) continue;
    const iteration = task.scope.slice(prefix.length);
    if (iteration.includes('__')) continue;
    const outputs = iterations.get(iteration) ?? [];
    outputs.push([task.place, task.output]);
    iterations.set(iteration, outputs);
  }
  const shown = [...iterations].map(([iteration, outputs]): [string, Json] => [iteration, Object.fromEntries(outputs)]);
  return { ...Object.fromEntries(shown), iteration: loop.iteration, ...loop.output };
}

function innermostLoop(node: Node | undefined): Node | undefined {
  for (let at = node?.parent; at; at = at.node.parent) if (at.node.task.type === 'DO_WHILE') return at.node;
  return undefined;
}
