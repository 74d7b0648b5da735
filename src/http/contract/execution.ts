// Executions and their tasks on the wire, and what is asked of them: Conductor's field names, times in epoch ms.

import { z } from 'zod';
import { GivenWorkflowDef, TaskDefSchema, WorkflowDefSchema, WorkflowTaskSchema } from './definition.ts';
import { anyObject, count, domains, epochMs, id, name, priority } from './field.ts';

export const workflowStatus = z.enum(['RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED']);
export const taskStatus = z.enum([
  'SCHEDULED',
  'IN_PROGRESS',
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
  'TIMED_OUT',
  'CANCELED',
  'SKIPPED',
]);
/** Statuses that a worker may report (contract 5.3). */
export const reportedStatus = z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'CANCELED']);

export const WireTask = z
  .object({
    taskId: z.string(),
    /** FORK for FORK_JOIN; the name of the task definition for worker tasks, as in Conductor. */
    taskType: z.string(),
    taskDefName: z.string(),
    referenceTaskName: z.string(),
    status: taskStatus,
    inputData: anyObject,
    outputData: anyObject,
    workflowInstanceId: z.string(),
    workflowType: z.string(),
    correlationId: z.string().optional(),
    workflowTask: WorkflowTaskSchema.optional(),
    taskDefinition: TaskDefSchema.optional(),
    /** Place in the order of the execution. */
    seq: z.number().int(),
    retryCount: z.number().int(),
    retriedTaskId: z.string().optional(),
    retried: z.boolean(),
    executed: z.boolean(),
    iteration: z.number().int(),
    loopOverTask: z.boolean(),
    pollCount: z.number().int(),
    scheduledTime: epochMs,
    startTime: epochMs,
    firstStartTime: epochMs,
    updateTime: epochMs,
    endTime: epochMs,
    queueWaitTime: z.number(),
    startDelayInSeconds: z.number(),
    callbackAfterSeconds: z.number(),
    callbackFromWorker: z.boolean(),
    responseTimeoutSeconds: z.number(),
    reasonForIncompletion: z.string().optional(),
    workerId: z.string().optional(),
    domain: z.string().optional(),
    subWorkflowId: z.string().optional(),
    parentTaskId: z.string().optional(),
    workflowPriority: z.number().int(),
    rateLimitPerFrequency: z.number(),
    rateLimitFrequencyInSeconds: z.number(),
  })
  .meta({ id: 'Task' });
export type WireTask = z.infer<typeof WireTask>;

export const WireWorkflow = z
  .object({
    workflowId: z.string(),
    workflowName: z.string(),
    workflowVersion: z.number().int(),
    status: workflowStatus,
    input: anyObject,
    output: anyObject,
    variables: anyObject,
    tasks: z.array(WireTask),
    workflowDefinition: WorkflowDefSchema,
    createTime: epochMs,
    startTime: epochMs,
    updateTime: epochMs,
    endTime: epochMs,
    lastRetriedTime: epochMs,
    correlationId: z.string().optional(),
    idempotencyKey: z.string().optional(),
    priority: z.number().int(),
    event: z.string().optional(),
    createdBy: z.string().optional(),
    ownerApp: z.string(),
    parentWorkflowId: z.string().optional(),
    parentWorkflowTaskId: z.string().optional(),
    reRunFromWorkflowId: z.string().optional(),
    reasonForIncompletion: z.string().optional(),
    failedReferenceTaskNames: z.array(z.string()),
    failedTaskNames: z.array(z.string()),
    taskToDomain: domains,
    rateLimitKey: z.string().optional(),
    /** It waits for its turn under the rateLimitConfig of its definition. */
    rateLimited: z.boolean(),
    history: z.array(z.unknown()),
  })
  .meta({ id: 'Workflow' });
export type WireWorkflow = z.infer<typeof WireWorkflow>;

export const WorkflowStatusView = z
  .object({
    workflowId: z.string(),
    correlationId: z.string().optional(),
    status: workflowStatus,
    output: anyObject.optional(),
    variables: anyObject.optional(),
  })
  .meta({ id: 'WorkflowStatus' });

/** A line of a search: times are ISO 8601 text, input and output are JSON text. */
export const WorkflowSummary = z
  .object({
    workflowId: z.string(),
    workflowType: z.string(),
    version: z.number().int(),
    status: workflowStatus,
    correlationId: z.string().optional(),
    idempotencyKey: z.string().optional(),
    startTime: z.string(),
    updateTime: z.string(),
    endTime: z.string().optional(),
    executionTime: z.number(),
    input: z.string(),
    output: z.string(),
    inputSize: z.number(),
    outputSize: z.number(),
    reasonForIncompletion: z.string().optional(),
    event: z.string().optional(),
    failedReferenceTaskNames: z.string(),
    failedTaskNames: z.array(z.string()),
    priority: z.number().int(),
    createdBy: z.string().optional(),
    taskToDomain: domains.optional(),
    parentWorkflowId: z.string().optional(),
  })
  .meta({ id: 'WorkflowSummary' });
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;

/** A line of a search for tasks, in the same manner. */
export const TaskSummary = z
  .object({
    taskId: z.string(),
    taskType: z.string(),
    taskDefName: z.string(),
    referenceTaskName: z.string(),
    /** As Orkes' clients call it. */
    taskReferenceName: z.string(),
    status: taskStatus,
    workflowId: z.string(),
    workflowType: z.string(),
    correlationId: z.string().optional(),
    scheduledTime: z.string(),
    startTime: z.string().optional(),
    updateTime: z.string(),
    endTime: z.string().optional(),
    executionTime: z.number(),
    queueWaitTime: z.number(),
    input: z.string(),
    output: z.string(),
    reasonForIncompletion: z.string().optional(),
    workflowPriority: z.number().int(),
    domain: z.string().optional(),
  })
  .meta({ id: 'TaskSummary' });
export type TaskSummary = z.infer<typeof TaskSummary>;

/** How many executions a search finds, by when they started. */
export const WorkflowHistogram = z
  .object({
    /** Width of each bar; 0: nothing found. */
    widthMs: z.number(),
    /** Bars that are not empty; `at`: where one begins. */
    counts: z.array(z.object({ at: epochMs, status: workflowStatus, count })),
  })
  .meta({ id: 'WorkflowHistogram' });
export type WorkflowHistogram = z.infer<typeof WorkflowHistogram>;

export const idempotencyStrategy = z.enum(['RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING']);

/** Unknown fields are refused: a misspelt idempotencyKey would start everything twice. */
export const StartWorkflowRequest = z
  .strictObject({
    name,
    version: z.number().int().min(0).optional(),
    correlationId: z.string().max(2_000).optional(),
    input: anyObject.optional(),
    taskToDomain: domains.optional(),
    workflowDef: GivenWorkflowDef.optional(),
    priority: priority.optional(),
    createdBy: z.string().max(255).optional(),
    idempotencyKey: z.string().max(2_000).optional(),
    idempotencyStrategy: idempotencyStrategy.optional(),
    externalInputPayloadStoragePath: z.string().optional(),
  })
  .meta({ id: 'StartWorkflowRequest' });
export type StartWorkflowRequest = z.infer<typeof StartWorkflowRequest>;

export const RerunWorkflowRequest = z
  .strictObject({
    reRunFromWorkflowId: id.optional(),
    reRunFromTaskId: id.optional(),
    taskInput: anyObject.optional(),
    workflowInput: anyObject.optional(),
    correlationId: z.string().optional(),
  })
  .meta({ id: 'RerunWorkflowRequest' });

export const SkipTaskRequest = z
  .looseObject({ taskInput: anyObject.optional(), taskOutput: anyObject.optional() })
  .meta({ id: 'SkipTaskRequest' });

/** Unknown fields are let through: workers of many SDK generations send them. */
export const TaskResult = z
  .looseObject({
    workflowInstanceId: z.string().optional(),
    taskId: id,
    status: reportedStatus,
    outputData: anyObject.optional(),
    reasonForIncompletion: z.string().optional(),
    callbackAfterSeconds: count.optional(),
    workerId: z.string().optional(),
    extendLease: z.boolean().optional(),
    subWorkflowId: z.string().optional(),
    logs: z.array(z.looseObject({ log: z.string().optional() })).optional(),
  })
  .meta({ id: 'TaskResult' });
export type TaskResult = z.infer<typeof TaskResult>;

const page = <T extends z.ZodType>(item: T) => z.object({ totalHits: z.number().int(), results: z.array(item) });
export const WorkflowSummaryPage = page(WorkflowSummary).meta({ id: 'WorkflowSummaryPage' });
export const WorkflowPage = page(WireWorkflow).meta({ id: 'WorkflowPage' });
