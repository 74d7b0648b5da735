// How an execution ends: what is still open is cancelled, the output computed, parent and failure workflow told.

import type { Draft } from './draft.ts';
import type { JsonObject } from './json.ts';
import { MAX_REASON_LENGTH } from './limits.ts';
import type { Task, WorkflowStatus } from './model.ts';
import { hasEnded, hasSucceeded, referenceName, taskId } from './model.ts';
import { resolveAt, resolveRecord } from './scope.ts';

/** Ends the execution because a task failed for good (contract 5.3). */
export function failWorkflow(draft: Draft, task: Task, status: 'FAILED' | 'TIMED_OUT' | 'TERMINATED'): void {
  const reason = `Task ${taskId(draft.workflow.id, task.n)} (${referenceName(task)}) failed with status: ${task.status} and reason: '${task.reason ?? ''}'`;
  draft.set({
    failedRefs: withNew(draft.workflow.failedRefs, referenceName(task)),
    failedNames: withNew(draft.workflow.failedNames, task.name),
  });
  endWorkflow(draft, status, reason, undefined, task);
}

/** Ends the execution. `output` overrides what the definition says (TERMINATE). */
export function endWorkflow(
  draft: Draft,
  status: WorkflowStatus,
  reason?: string,
  output?: JsonObject,
  failed?: Task,
): void {
  const from = draft.before.status;
  cancelOpen(draft, reason ?? `the execution ended as ${status}`);
  draft.set({
    status,
    endedAt: draft.env.now,
    updatedAt: draft.env.now,
    unfinished: undefined,
    ...(reason !== undefined && { reason: reason.slice(0, MAX_REASON_LENGTH) }),
  });
  draft.set({ output: output ?? outputOf(draft) });
  if (status !== 'COMPLETED') startFailureWorkflow(draft, failed);
  draft.emit({ type: 'workflowChanged', from, to: status });
  tellParent(draft);
}

/** Ends every open task as CANCELED and tells who works for it. */
export function cancelOpen(draft: Draft, reason: string): void {
  for (const task of draft.tasks.slice()) {
    if (hasEnded(task)) continue;
    draft.typeOf(task.type).cancel?.(draft, task, reason);
    draft.update(draft.end(task, 'CANCELED', { reason }), { executed: true });
  }
}

/** outputParameters when there are any, else the output of the last task that ended well (contract 5.5). */
function outputOf(draft: Draft): JsonObject {
  const { outputParameters } = draft.workflow.def;
  if (outputParameters && Object.keys(outputParameters).length > 0) return resolveRecord(draft, outputParameters, '');
  return draft.tasks.findLast((task) => hasSucceeded(task) && task.type !== 'TERMINATE')?.output ?? {};
}

function tellParent(draft: Draft): void {
  const { parent, id, status, output, reason } = draft.workflow;
  if (!parent) return;
  draft.emit({
    type: 'tell',
    workflowId: parent.workflowId,
    command: { type: 'childEnded', n: parent.n, childId: id, status, output, ...(reason !== undefined && { reason }) },
  });
}

/** Starts the definition's failureWorkflow with what is known of the failure (contract 5.10). */
function startFailureWorkflow(draft: Draft, failed: Task | undefined): void {
  const { workflow, env } = draft;
  const name = workflow.def.failureWorkflow && resolveAt(draft, workflow.def.failureWorkflow, '');
  if (typeof name !== 'string' || name === '') return;
  const id = env.newId();
  draft.set({ output: { ...workflow.output, 'conductor.failure_workflow': id } });
  draft.emit({
    type: 'start',
    id,
    name,
    ...(workflow.def.failureWorkflowVersion !== undefined && { version: workflow.def.failureWorkflowVersion }),
    input: {
      ...workflow.input,
      workflowId: workflow.id,
      reason: workflow.reason ?? null,
      failureStatus: workflow.status,
      failureTaskId: failed ? taskId(workflow.id, failed.n) : null,
      failedWorkflow: {
        workflowId: workflow.id,
        workflowName: workflow.name,
        version: workflow.version,
        input: workflow.input,
      },
    },
    ...(workflow.correlationId !== undefined && { correlationId: workflow.correlationId }),
    ...(workflow.traceId !== undefined && { traceId: workflow.traceId }),
    depth: workflow.depth,
  });
}

const withNew = (list: readonly string[], item: string): readonly string[] =>
  list.includes(item) ? list : [...list, item];
