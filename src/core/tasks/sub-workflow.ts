// SUB_WORKFLOW: another execution in place of a task (contract 5.6). Parent and child only ever write to each other's inbox.

import type { Draft, TaskType } from '../draft.ts';
import { isRecord } from '../json.ts';
import { MAX_SUB_WORKFLOW_DEPTH } from '../limits.ts';
import type { IdempotencyStrategy, SubWorkflowParam, Task, WorkflowDef } from '../model.ts';
import { resolveAt } from '../scope.ts';

/** What is to be started, with its expressions resolved, or why it cannot be. */
function target(
  draft: Draft,
  task: Task,
  param: SubWorkflowParam | undefined,
): { name: string; version?: number; def?: WorkflowDef } | string {
  if (!param) return 'subWorkflowParam is missing';
  const inline =
    typeof param.workflowDefinition === 'string'
      ? resolveAt(draft, param.workflowDefinition, task.scope)
      : param.workflowDefinition;
  if (inline !== undefined && inline !== null) {
    if (!isRecord(inline) || !Array.isArray(inline.tasks)) return 'workflowDefinition is not a workflow definition';
    const def = inline as unknown as WorkflowDef;
    return { name: def.name ?? param.name ?? task.name, def };
  }
  const name = resolveAt(draft, param.name ?? null, task.scope);
  if (typeof name !== 'string' || name === '') return 'subWorkflowParam.name is missing';
  const version = Number(resolveAt(draft, param.version ?? null, task.scope) ?? 0);
  return { name, ...(version > 0 && { version }) };
}

export const subWorkflow: TaskType = {
  begin(draft, task, node) {
    const { workflow, env } = draft;
    const param = node.task.subWorkflowParam;
    const found = target(draft, task, param);
    const tooDeep =
      workflow.depth + 1 > MAX_SUB_WORKFLOW_DEPTH &&
      `more than ${MAX_SUB_WORKFLOW_DEPTH} sub-workflows inside each other`;
    if (typeof found === 'string' || tooDeep) {
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: tooDeep || String(found) });
      return;
    }
    const id = env.newId();
    draft.run(task, { subWorkflowId: id, output: { subWorkflowId: id } });
    const key = param?.idempotencyKey && resolveAt(draft, param.idempotencyKey, task.scope);
    const priority = Number(resolveAt(draft, param?.priority ?? null, task.scope) ?? workflow.priority);
    draft.emit({
      type: 'start',
      id,
      ...found,
      input: task.input,
      ...(workflow.correlationId !== undefined && { correlationId: workflow.correlationId }),
      priority: Number.isFinite(priority) ? priority : workflow.priority,
      ...((param?.taskToDomain ?? workflow.taskToDomain) && {
        taskToDomain: param?.taskToDomain ?? workflow.taskToDomain,
      }),
      ...idempotency(typeof key === 'string' ? key : undefined, param?.idempotencyStrategy, workflow.idempotencyKey),
      ...(workflow.createdBy !== undefined && { createdBy: workflow.createdBy }),
      ...(workflow.traceId !== undefined && { traceId: workflow.traceId }),
      by: { workflowId: workflow.id, n: task.n, waits: true },
      depth: workflow.depth + 1,
    });
  },
  cancel(draft, task, reason) {
    if (task.subWorkflowId === undefined) return;
    draft.emit({
      type: 'tell',
      workflowId: task.subWorkflowId,
      command: { type: 'terminate', reason: `parent: ${reason}` },
    });
  },
};

/** A strategy without a key inherits the parent's key (contract 3.6). */
function idempotency(
  key: string | undefined,
  strategy: IdempotencyStrategy | undefined,
  inherited: string | undefined,
) {
  const idempotencyKey = key || (strategy && inherited);
  return idempotencyKey ? { idempotencyKey, ...(strategy && { idempotencyStrategy: strategy }) } : {};
}
