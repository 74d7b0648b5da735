// What those who wait for an execution ask and get: synchronous start, signal, update of state (contract 5.12).

import { z } from 'zod';
import {
  idempotencyStrategy,
  StartWorkflowRequest,
  TaskResult,
  taskStatus,
  WireTask,
  workflowStatus,
} from './execution.ts';
import { anyObject, epochMs, id, integer, name } from './field.ts';

/** Longest time that one call may wait. */
const MAX_WAIT_SECONDS = 300;
const MAX_WAIT_MS = MAX_WAIT_SECONDS * 1000;

const returnStrategy = z.enum(['TARGET_WORKFLOW', 'BLOCKING_WORKFLOW', 'BLOCKING_TASK', 'BLOCKING_TASK_INPUT']);
export type ReturnStrategy = z.infer<typeof returnStrategy>;

export const WaitQuery = z.object({
  requestId: z.string().max(255).optional(),
  /** Reference names, separated by commas. */
  waitUntilTaskRef: z.string().max(10_000).optional(),
  waitForSeconds: integer(0, MAX_WAIT_SECONDS).optional(),
});

/** Every commit is durable here, so all three say the same. */
const consistency = z.enum(['DURABLE', 'SYNCHRONOUS', 'REGION_DURABLE']);
export const ExecuteQuery = WaitQuery.extend({
  consistency: consistency.optional(),
  returnStrategy: returnStrategy.optional(),
});
export const SignalQuery = z.object({
  returnStrategy: returnStrategy.optional(),
  timeoutMillis: integer(0, MAX_WAIT_MS).optional(),
});

/** As for a start; name and version may be left to the path. */
export const ExecuteRequest = StartWorkflowRequest.extend({
  name: z.union([z.literal(''), name]).optional(),
  idempotencyStrategy: idempotencyStrategy.optional(),
});

export const WorkflowStateUpdate = z
  .looseObject({
    taskReferenceName: z.string().optional(),
    /** Whoever names the task by its reference may leave the id empty. */
    taskResult: TaskResult.partial({ status: true })
      .extend({ taskId: z.union([z.literal(''), id]).optional() })
      .optional(),
    variables: anyObject.optional(),
  })
  .meta({ id: 'WorkflowStateUpdate' });

export const RunView = z
  .object({
    responseType: returnStrategy,
    targetWorkflowId: z.string(),
    targetWorkflowStatus: workflowStatus,
    requestId: z.string().optional(),
    workflowId: z.string(),
    correlationId: z.string().optional(),
    input: anyObject,
    output: anyObject,
    status: z.union([workflowStatus, taskStatus]),
    priority: z.number().int(),
    variables: anyObject,
    createdBy: z.string().optional(),
    createTime: epochMs,
    updateTime: epochMs,
    reasonForIncompletion: z.string().optional(),
    /** Kinds about an execution. */
    tasks: z.array(WireTask).optional(),
    /** Kinds about a task. */
    taskType: z.string().optional(),
    taskId: z.string().optional(),
    referenceTaskName: z.string().optional(),
    retryCount: z.number().int().optional(),
    retriedTaskId: z.string().optional(),
    taskDefName: z.string().optional(),
    workflowType: z.string().optional(),
    /** The time to wait ran out. */
    signalTimeout: z.boolean().optional(),
  })
  .meta({ id: 'WorkflowRun' });
export type RunView = z.infer<typeof RunView>;
