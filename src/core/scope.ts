// What `${…}` may see from one place of one execution (contract 5.5).

import type { Draft } from './draft.ts';
import type { Scope } from './expression.ts';
import { resolve } from './expression.ts';
import type { Json, JsonObject } from './json.ts';
import { isRecord } from './json.ts';
import { loopOutput } from './loop-output.ts';
import type { Task, Workflow } from './model.ts';
import { referenceName, taskId } from './model.ts';

/** `${workflow.…}`: the execution as expressions see it. */
function workflowView(workflow: Workflow): JsonObject {
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

/** `${ref.…}`: a task as expressions see it. */
function taskView(draft: Draft, task: Task): JsonObject {
  return {
    input: task.input,
    output: task.type === 'DO_WHILE' ? loopOutput(draft, task) : task.output,
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

/** The names that a template at `scope` may use; `self` is the id of the task being made (`CPEWF_TASK_ID`). */
export function scopeAt(draft: Draft, scope: string, self?: string): Scope {
  return {
    lookup(root: string): Json | undefined {
      if (root === 'workflow') return workflowView(draft.workflow);
      if (root === 'CPEWF_TASK_ID') return self;
      const task = draft.visible(root, scope);
      return task && taskView(draft, task);
    },
  };
}

/** Resolves a template at a place. Secrets and environment stay as written: they are filled in at hand-off and never stored. */
export function resolveAt(draft: Draft, template: Json, scope: string, self?: string): Json {
  return resolve(template, scopeAt(draft, scope, self), { keep: staysForHandOff });
}

export function resolveRecord(
  draft: Draft,
  template: JsonObject | undefined,
  scope: string,
  self?: string,
): JsonObject {
  const value = resolveAt(draft, template ?? {}, scope, self);
  return isRecord(value) ? value : {};
}

const staysForHandOff = (root: string, path: string): boolean =>
  root === 'workflow' && /^[.[]['"]?(secrets|env)\b/.test(path);
