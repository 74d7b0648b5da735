// Definitions of workflows and tasks on the wire: Conductor's field names. Fields that we do not know are kept as they are,
// so that a definition written elsewhere survives the way through here.

import { z } from 'zod';
import { MAX_DEFINITION_TASKS } from '../../core/limits.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../../core/model.ts';
import { anyJson, anyObject, count, domains, epochMs, name, seconds, version } from './field.ts';

const retryLogic = z.enum(['FIXED', 'LINEAR_BACKOFF', 'EXPONENTIAL_BACKOFF']);
const idempotencyStrategy = z.enum(['RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING']);
const ownFields = { createTime: epochMs.optional(), updateTime: epochMs.optional() };

export const TaskDefSchema: z.ZodType<TaskDef> = z
  .looseObject({
    name,
    description: z.string().optional(),
    retryCount: count.optional(),
    retryLogic: retryLogic.optional(),
    retryDelaySeconds: seconds.optional(),
    backoffScaleFactor: z.number().min(1).optional(),
    maxRetryDelaySeconds: seconds.optional(),
    backoffJitterMs: count.optional(),
    timeoutSeconds: seconds.optional(),
    timeoutPolicy: z.enum(['RETRY', 'TIME_OUT_WF', 'ALERT_ONLY']).optional(),
    responseTimeoutSeconds: seconds.optional(),
    pollTimeoutSeconds: seconds.optional(),
    totalTimeoutSeconds: seconds.optional(),
    concurrentExecLimit: count.optional(),
    rateLimitPerFrequency: count.optional(),
    rateLimitFrequencyInSeconds: count.optional(),
    inputKeys: z.array(z.string()).optional(),
    outputKeys: z.array(z.string()).optional(),
    inputTemplate: anyObject.optional(),
    ownerEmail: z.string().optional(),
    ...ownFields,
  })
  .meta({ id: 'TaskDef' });

const SubWorkflowParam = z
  .looseObject({
    name: z.string().optional(),
    version: z.number().int().optional(),
    taskToDomain: domains.optional(),
    workflowDefinition: z.union([z.string(), z.lazy(() => WorkflowDefSchema)]).optional(),
    priority: z.union([z.number(), z.string()]).optional(),
    idempotencyKey: z.string().optional(),
    idempotencyStrategy: idempotencyStrategy.optional(),
  })
  .meta({ id: 'SubWorkflowParam' });

export const WorkflowTaskSchema: z.ZodType<WorkflowTask> = z
  .looseObject({
    name,
    taskReferenceName: name,
    type: name.default('SIMPLE'),
    description: z.string().optional(),
    inputParameters: anyObject.optional(),
    startDelay: seconds.optional(),
    optional: z.boolean().optional(),
    permissive: z.boolean().optional(),
    asyncComplete: z.boolean().optional(),
    retryCount: count.optional(),
    taskDefinition: TaskDefSchema.optional(),
    subWorkflowParam: SubWorkflowParam.optional(),
    joinOn: z.array(z.string()).optional(),
    defaultExclusiveJoinTask: z.array(z.string()).optional(),
    evaluatorType: z.string().optional(),
    expression: z.string().optional(),
    caseValueParam: z.string().optional(),
    caseExpression: z.string().optional(),
    scriptExpression: z.string().optional(),
    loopCondition: z.string().optional(),
    items: anyJson.optional(),
    dynamicTaskNameParam: z.string().optional(),
    dynamicForkTasksParam: z.string().optional(),
    dynamicForkTasksInputParamName: z.string().optional(),
    sink: z.string().optional(),
    onStateChange: z.record(z.string(), z.array(anyObject)).optional(),
    cacheConfig: z.object({ key: z.string().optional(), ttlInSecond: seconds.optional() }).optional(),
    get decisionCases() {
      return z.record(z.string(), z.array(WorkflowTaskSchema)).optional();
    },
    get defaultCase() {
      return z.array(WorkflowTaskSchema).optional();
    },
    get forkTasks() {
      return z.array(z.array(WorkflowTaskSchema)).optional();
    },
    get loopOver() {
      return z.array(WorkflowTaskSchema).optional();
    },
  })
  .meta({ id: 'WorkflowTask' }) as z.ZodType<WorkflowTask>;

export const WorkflowDefSchema: z.ZodType<WorkflowDef> = z
  .looseObject({
    name,
    version: version.default(1),
    description: z.string().optional(),
    tasks: z.array(WorkflowTaskSchema).min(1, 'must hold at least one task').max(MAX_DEFINITION_TASKS),
    inputParameters: z.array(z.string()).optional(),
    outputParameters: anyObject.optional(),
    inputTemplate: anyObject.optional(),
    variables: anyObject.optional(),
    failureWorkflow: z.string().optional(),
    failureWorkflowVersion: version.optional(),
    restartable: z.boolean().optional(),
    timeoutPolicy: z.enum(['TIME_OUT_WF', 'ALERT_ONLY']).optional(),
    timeoutSeconds: seconds.optional(),
    schemaVersion: z.number().int().optional(),
    ownerEmail: z.string().optional(),
    ...ownFields,
  })
  .meta({ id: 'WorkflowDef' });

/**
 * A definition as a client writes it. It is checked by the rules in core, which the web app uses as well, and not by these
 * schemas, which say to readers what it looks like.
 */
export const GivenWorkflowDef = z.unknown().meta({ $ref: '#/components/schemas/WorkflowDef' });
export const GivenTaskDef = z.unknown().meta({ $ref: '#/components/schemas/TaskDef' });

export const NameAndVersions = z.record(
  z.string(),
  z.array(z.object({ name: z.string(), version: z.number().int(), createTime: epochMs.optional() })),
);

/** What came of a call about many things at once. */
export const BulkResponse = z
  .object({
    bulkErrorResults: z.record(z.string(), z.string()),
    bulkSuccessfulResults: z.array(z.string()),
    message: z.string(),
  })
  .meta({ id: 'BulkResponse' });

export type BulkResponse = z.infer<typeof BulkResponse>;
