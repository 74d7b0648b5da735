// What templates and conditions of webhooks see of an execution at the moment of a change, and what a test sees instead.

import type { Json, JsonObject } from '../core/json.ts';
import { shownTask, shownWorkflow } from '../core/mask.ts';
import type { Task, Workflow } from '../core/model.ts';
import { taskId } from '../core/model.ts';
import type { Read, Reference } from './template.ts';

/** Moment of an execution: its id, and the status that is told, of the execution or of the task it is about. */
export interface Moment {
  readonly workflow: Workflow;
  readonly jobStatus: string;
  /** The task that it is about. */
  readonly task?: Task;
}

function workflowView(workflow: Workflow): JsonObject {
  return {
    workflowId: workflow.id,
    workflowType: workflow.name,
    version: workflow.version,
    status: workflow.status,
    input: workflow.input,
    output: workflow.output,
    variables: workflow.variables,
    correlationId: workflow.correlationId ?? null,
    createTime: workflow.createdAt,
    startTime: workflow.startedAt,
    endTime: workflow.endedAt ?? null,
    reasonForIncompletion: workflow.reason ?? null,
    parentWorkflowId: workflow.parent?.workflowId ?? null,
    priority: workflow.priority,
    idempotencyKey: workflow.idempotencyKey ?? null,
    traceId: workflow.traceId ?? null,
  };
}

function taskView(workflowId: string, task: Task): JsonObject {
  return {
    referenceTaskName: task.place + task.scope,
    taskId: taskId(workflowId, task.n),
    taskType: task.type,
    taskDefName: task.name,
    status: task.status,
    input: task.input,
    output: task.output,
    retryCount: task.retryCount,
    iteration: task.iteration,
    startTime: task.startedAt ?? null,
    endTime: task.endedAt ?? null,
    reasonForIncompletion: task.reason ?? null,
  };
}

/** For conditions: `jobId`, `jobStatus`, `workflow`, and `task` where the moment is about one. */
export const viewOf = ({ workflow, jobStatus, task }: Moment): JsonObject => ({
  jobId: workflow.id,
  jobStatus,
  workflow: workflowView(workflow),
  ...(task && { task: taskView(workflow.id, task) }),
});

/** For templates: the same, as it may be shown, and the last attempt at each place under its reference name. */
export function readerOf(moment: Moment): Read {
  const workflow = shownWorkflow(moment.workflow);
  const view = viewOf({ ...moment, workflow, ...(moment.task && { task: shownTask(moment.workflow, moment.task) }) });
  return ({ root, path }: Reference) => {
    const own = Object.hasOwn(view, root) && root !== 'task' ? view[root] : lastOf(workflow, root);
    return own === undefined ? null : (path.get({ [root]: own }) ?? null);
  };
}

function lastOf(workflow: Workflow, place: string): JsonObject | undefined {
  const task = workflow.tasks.findLast((candidate) => candidate.place === place);
  return task && taskView(workflow.id, task);
}

/** Stands for what only an execution knows. */
const SAMPLE_TEXT = 'sample';

/** Values for a test: what is known of the flow, and the word "sample" for all else. */
export function sampleReader(sample: JsonObject): Read {
  return ({ path }) => path.get(sample) ?? SAMPLE_TEXT;
}

export const sampleOf = (flow: string, jobId: string, jobStatus: string, now: number): JsonObject => ({
  jobId,
  jobStatus,
  workflow: {
    workflowId: jobId,
    workflowType: flow,
    version: 1,
    status: jobStatus,
    createTime: now,
    startTime: now,
    endTime: now,
    priority: 0,
  } satisfies Readonly<Record<string, Json>>,
});
