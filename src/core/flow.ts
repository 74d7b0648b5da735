// Walking the plan: entering a place, going on behind it, trying it again.

import type { Draft } from './draft.ts';
import { QUEUED } from './draft.ts';
import type { JsonObject } from './json.ts';
import { MAX_TASKS_PER_WORKFLOW } from './limits.ts';
import type { Task, WorkflowTask } from './model.ts';
import { taskId } from './model.ts';
import type { Node, Parent } from './plan.ts';
import { retryDelayMs } from './retry.ts';
import { resolveRecord } from './scope.ts';

/** Makes the first attempt at a place, or lets a task that was skipped in advance count. */
export function enter(
  draft: Draft,
  node: Node,
  scope: string,
  given: { input?: JsonObject; def?: WorkflowTask } = {},
): void {
  const skipped = draft.latest(node.task.taskReferenceName + scope);
  if (skipped?.memo?.skippedAhead === true) {
    draft.update(skipped, { executed: false, memo: undefined });
    return;
  }
  if (draft.tasks.length >= MAX_TASKS_PER_WORKFLOW) {
    const reason = `the execution already has ${MAX_TASKS_PER_WORKFLOW} tasks, the most that one may have`;
    draft.end(make(draft, node, scope, {}, { status: 'IN_PROGRESS' }), 'FAILED_WITH_TERMINAL_ERROR', { reason });
    return;
  }
  const self = taskId(draft.workflow.id, draft.workflow.nextN);
  const input = { ...resolveRecord(draft, templateOf(node.task), scope, self), ...given.input };
  const delayMs = (node.task.startDelay ?? 0) * 1000;
  const task = make(draft, node, scope, input, {
    ...(delayMs > 0 && { availableAt: draft.env.now + delayMs }),
    ...(given.def && { def: given.def }),
  });
  beginUnlessDelayed(draft, task, node);
}

/** Makes the next attempt at a place, after the delay of its task definition. */
export function tryAgain(draft: Draft, task: Task, place: WorkflowTask | undefined): void {
  const at = draft.env.now + retryDelayMs(place?.taskDefinition, task.retryCount, draft.env);
  attemptAgain(draft, task, {
    at,
    retryCount: task.retryCount + 1,
    firstStartedAt: task.firstStartedAt ?? task.startedAt,
  });
}

/** A new attempt that takes over from `task`, at once or at a moment to come, with the same input unless given another. */
export function attemptAgain(
  draft: Draft,
  task: Task,
  options: { at?: number; retryCount: number; firstStartedAt?: number; input?: JsonObject },
): void {
  const node = draft.nodeOf(task);
  draft.update(task, { retried: true, executed: true });
  if (!node) return;
  const { at = 0, retryCount, firstStartedAt } = options;
  const again = make(draft, node, task.scope, options.input ?? task.input, {
    retryCount,
    retryOf: task.n,
    ...(firstStartedAt !== undefined && { firstStartedAt }),
    ...(at > draft.env.now && { availableAt: at }),
    ...(task.def && { def: task.def }),
  });
  beginUnlessDelayed(draft, again, node);
}

/** Goes on behind a place that ended well: the next in its list, else what the list's owner says. */
export function proceed(draft: Draft, node: Node, scope: string): void {
  if (node.next) enter(draft, node.next, scope);
  else leave(draft, node.parent, scope);
}

/** A list has come to its end. Joins and loops look by themselves; a switch goes on behind itself. */
function leave(draft: Draft, parent: Parent | undefined, scope: string): void {
  if (parent?.node.task.type === 'SWITCH' || parent?.node.task.type === 'DECISION') proceed(draft, parent.node, scope);
}

/** A delay of a type that nobody polls for is an alarm of its own; a queued task is simply not handed out before. */
function beginUnlessDelayed(draft: Draft, task: Task, node: Node): void {
  if (task.availableAt === undefined) draft.typeOf(task.type).begin?.(draft, task, node);
  else if (draft.typeOf(task.type) !== QUEUED) draft.update(task, { wakeAt: task.availableAt });
}

/** The delay of a task that nobody polls for is over. */
export function beginAfterDelay(draft: Draft, task: Task): void {
  const node = draft.nodeOf(task);
  const ready = draft.update(task, { availableAt: undefined, wakeAt: undefined, updatedAt: draft.env.now });
  if (node) draft.typeOf(ready.type).begin?.(draft, ready, node);
}

function make(draft: Draft, node: Node, scope: string, input: JsonObject, fields: Partial<Task>): Task {
  const def = fields.def ?? node.task;
  const place = node.task.taskReferenceName;
  return draft.add({ place, scope, type: def.type, name: def.name || place, input, status: 'SCHEDULED', ...fields });
}

/** Template of the task definition first, then the place's own parameters (contract 5.5). */
function templateOf(task: WorkflowTask): JsonObject {
  return { ...task.taskDefinition?.inputTemplate, ...task.inputParameters };
}
