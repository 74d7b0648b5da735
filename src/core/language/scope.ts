// What `${…}` may see from one place of one execution (contract 5.5).

import type { Draft } from '../draft.ts';
import { outerScope } from '../iteration.ts';
import type { Json, JsonObject } from '../json.ts';
import { asksForWhole, loopOutput } from '../loop-output.ts';
import type { Task } from '../model.ts';
import { referenceName, taskId } from '../model.ts';
import type { Node } from '../plan.ts';
import type { Keep, Scope } from './expression.ts';
import { resolve } from './expression.ts';

/** From where a template looks: the loops around it, outermost first, and the iteration of each. */
export interface View {
  readonly loops: readonly Node[];
  readonly scope: string;
  /** The attempt that its own name means; absent: the latest. */
  readonly own?: Task;
}

/** Outside of all loops. */
export const OUTSIDE: View = { loops: [], scope: '' };

export const viewFrom = (node: Node, scope: string): View => ({ loops: node.loops, scope });

/** From inside the body of a loop. */
export const viewInside = (loop: Node, scope: string): View => ({ loops: [...loop.loops, loop], scope });

/** `${workflow.…}`: the execution as expressions see it. */
function workflowView({ workflow }: Draft): JsonObject {
  return {
    input: workflow.input,
    output: workflow.output,
    variables: workflow.variables,
    status: workflow.status,
    workflowId: workflow.id,
    parentWorkflowId: workflow.parent?.workflowId ?? null,
    parentWorkflowTaskId: workflow.parent ? taskId(workflow.parent.workflowId, workflow.parent.n) : null,
    workflowType: workflow.name,
    name: workflow.name,
    version: workflow.version,
    correlationId: workflow.correlationId ?? null,
    createTime: workflow.createdAt,
    startTime: workflow.startedAt,
    taskToDomain: workflow.taskToDomain ?? {},
    reasonForIncompletion: workflow.reason ?? null,
    priority: workflow.priority,
    idempotencyKey: workflow.idempotencyKey ?? null,
  };
}

/** `${ref.…}`: a task as expressions see it. `whole`: with the outputs of all iterations, if it is a loop. */
function taskView(draft: Draft, task: Task, whole: boolean): JsonObject {
  return {
    input: task.input,
    output: whole && task.type === 'DO_WHILE' ? loopOutput(draft, task) : task.output,
    status: task.status,
    taskId: taskId(draft.workflow.id, task.n),
    referenceTaskName: referenceName(task),
    taskType: task.type,
    taskDefName: task.name,
    retryCount: task.retryCount,
    iteration: task.iteration,
    startTime: task.startedAt ?? 0,
    endTime: task.endedAt ?? 0,
    workerId: task.workerId ?? null,
    subWorkflowId: task.subWorkflowId ?? null,
    reasonForIncompletion: task.reason ?? null,
  };
}

/**
 * The task that a name means seen from a view: in the iterations that both share the same one, in loops further in the
 * last one that ran. Where this iteration has none yet, it is the one of an iteration before, as in Conductor.
 */
function visible(draft: Draft, reference: string, view: View): Task | undefined {
  if (view.own?.place === reference) return view.own;
  const node = draft.nodeNamed(reference);
  if (!node) return draft.named(reference);
  let shared = 0;
  while (shared < view.loops.length && view.loops[shared] === node.loops[shared]) shared++;
  let scope = view.scope;
  for (let i = shared; i < view.loops.length; i++) scope = outerScope(scope);
  const here = node.loops.length === shared ? draft.tasks.latest(reference, scope) : draft.tasks.last(reference, scope);
  return here ?? draft.tasks.last(reference, '');
}

/** Resolves a template. Secrets and environment stay as written: they are filled in at hand-off and never stored. */
export function resolveAt(draft: Draft, template: Json, view: View, self?: string): Json {
  let text: string | undefined;
  const scope: Scope = {
    lookup(root) {
      if (root === 'workflow') return workflowView(draft);
      if (root === 'CPEWF_TASK_ID') return self;
      if (root === 'task' && self !== undefined && !draft.nodeNamed(root))
        return { taskId: self, callbackUrl: draft.env.callbackUrl?.(self) ?? null };
      const task = visible(draft, root, view);
      if (!task) return undefined;
      text ??= JSON.stringify(template);
      return taskView(draft, task, asksForWhole(text, root, LIGHT));
    },
  };
  return resolve(template, scope, { keep: staysForHandOff });
}

/** Resolves each member by itself, so that a secret in one leaves the text of the others plain. */
export function resolveRecord(draft: Draft, template: JsonObject, view: View, self?: string): JsonObject {
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, resolveAt(draft, value, view, self)]));
}

const staysForHandOff: Keep = (root, path) => root === 'workflow' && /^\.(secrets|env)\b/.test(path);

/** What stands behind the name of a loop in a template that only asks where it stands. */
const LIGHT = /^\.output\.(iteration|loopItem|loopIndex)\b/;
