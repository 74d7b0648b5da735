// An execution as Conductor's clients know it: in full, as a status, and as a line of a search (contract 5.2, 5.11).

import { shownWorkflow } from '../../core/mask.ts';
import type { Workflow } from '../../core/model.ts';
import { isTerminal, taskId } from '../../core/model.ts';
import type { WireWorkflow, WorkflowSummary } from '../contract/execution.ts';
import { unmaskedToWire } from './task.ts';

type Head = Omit<Workflow, 'tasks'>;

/** Times that have not come are 0 there, not absent. */
export function workflowToWire(given: Head & Partial<Pick<Workflow, 'tasks'>>): WireWorkflow {
  const workflow = shownWorkflow(given);
  const { parent } = workflow;
  return {
    workflowId: workflow.id,
    workflowName: workflow.name,
    workflowVersion: workflow.version,
    status: workflow.status,
    input: workflow.input,
    output: workflow.output,
    variables: workflow.variables,
    tasks: (workflow.tasks ?? []).map((task) => unmaskedToWire(workflow, task)),
    workflowDefinition: workflow.def,
    createTime: workflow.createdAt,
    startTime: workflow.startedAt,
    updateTime: workflow.updatedAt,
    endTime: workflow.endedAt ?? 0,
    lastRetriedTime: workflow.lastRetriedAt ?? 0,
    ...names(workflow),
    priority: workflow.priority,
    ownerApp: '',
    ...(parent && {
      parentWorkflowId: parent.workflowId,
      parentWorkflowTaskId: taskId(parent.workflowId, parent.n),
    }),
    ...(workflow.reRunFrom !== undefined && { reRunFromWorkflowId: workflow.reRunFrom }),
    failedReferenceTaskNames: [...workflow.failedRefs],
    failedTaskNames: [...workflow.failedNames],
    taskToDomain: workflow.taskToDomain ?? {},
    ...(workflow.rateLimitKey !== undefined && { rateLimitKey: workflow.rateLimitKey }),
    rateLimited: workflow.held === true,
    history: [],
  };
}

/** Times are ISO 8601 here, input and output are JSON text. */
export function workflowToSummary(given: Head): WorkflowSummary {
  const workflow = shownWorkflow(given);
  const input = JSON.stringify(workflow.input);
  const output = JSON.stringify(workflow.output);
  const end = isTerminal(workflow.status) ? workflow.endedAt : undefined;
  return {
    workflowId: workflow.id,
    workflowType: workflow.name,
    version: workflow.version,
    status: workflow.status,
    startTime: iso(workflow.startedAt),
    updateTime: iso(workflow.updatedAt),
    ...(end !== undefined && { endTime: iso(end) }),
    executionTime: end === undefined ? 0 : end - workflow.startedAt,
    input,
    output,
    inputSize: input.length,
    outputSize: output.length,
    ...names(workflow),
    failedReferenceTaskNames: workflow.failedRefs.join(','),
    failedTaskNames: [...workflow.failedNames],
    priority: workflow.priority,
    ...(workflow.taskToDomain && { taskToDomain: workflow.taskToDomain }),
    ...(workflow.parent && { parentWorkflowId: workflow.parent.workflowId }),
  };
}

/** What both forms hold under the same names. */
function names(workflow: Head) {
  const { correlationId, idempotencyKey, event, createdBy, reason } = workflow;
  return {
    ...(correlationId !== undefined && { correlationId }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(event !== undefined && { event }),
    ...(createdBy !== undefined && { createdBy }),
    ...(reason !== undefined && { reasonForIncompletion: reason }),
  };
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();
