// The words of the engine as data: definitions (Conductor's wire shapes) and executions (our state).
// Times are epoch milliseconds unless a name says otherwise; wire names are exactly Conductor's.

import type { Json, JsonObject } from './json.ts';

export type WorkflowStatus = 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'TERMINATED';

export type TaskStatus =
  | 'SCHEDULED'
  | 'IN_PROGRESS'
  | 'COMPLETED'
  | 'COMPLETED_WITH_ERRORS'
  | 'FAILED'
  | 'FAILED_WITH_TERMINAL_ERROR'
  | 'TIMED_OUT'
  | 'CANCELED'
  | 'SKIPPED';

export type RetryLogic = 'FIXED' | 'LINEAR_BACKOFF' | 'EXPONENTIAL_BACKOFF';
export type TimeoutPolicy = 'RETRY' | 'TIME_OUT_WF' | 'ALERT_ONLY';
export type IdempotencyStrategy = 'RETURN_EXISTING' | 'FAIL' | 'FAIL_ON_RUNNING';

/** Retries, timeouts and limits of one kind of worker task (contract 5.2, 5.4). */
export interface TaskDef {
  readonly name: string;
  readonly description?: string;
  readonly retryCount?: number;
  readonly retryLogic?: RetryLogic;
  readonly retryDelaySeconds?: number;
  readonly backoffScaleFactor?: number;
  readonly maxRetryDelaySeconds?: number;
  readonly backoffJitterMs?: number;
  readonly timeoutSeconds?: number;
  readonly timeoutPolicy?: TimeoutPolicy;
  readonly responseTimeoutSeconds?: number;
  readonly pollTimeoutSeconds?: number;
  readonly totalTimeoutSeconds?: number;
  readonly concurrentExecLimit?: number;
  readonly rateLimitPerFrequency?: number;
  readonly rateLimitFrequencyInSeconds?: number;
  readonly inputTemplate?: JsonObject;
  readonly inputSchema?: SchemaUse;
  readonly outputSchema?: SchemaUse;
  /** Absent: they are not enforced. */
  readonly enforceSchema?: boolean;
  readonly [other: string]: unknown;
}

/** A JSON Schema as a definition names it: registered, or in `data`. Snapshots of definitions always hold the data. */
export interface SchemaUse {
  readonly name?: string;
  /** Absent or 0: the latest. */
  readonly version?: number;
  readonly type?: string;
  readonly data?: JsonObject | boolean;
}

export interface SubWorkflowParam {
  readonly name?: string;
  readonly version?: number;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  /** An inline definition, or an expression that yields one. */
  readonly workflowDefinition?: WorkflowDef | string;
  readonly priority?: number | string;
  readonly idempotencyKey?: string;
  readonly idempotencyStrategy?: IdempotencyStrategy;
}

/** One place in a workflow definition (contract 5.2). */
export interface WorkflowTask {
  readonly name: string;
  readonly taskReferenceName: string;
  readonly type: string;
  readonly inputParameters?: JsonObject;
  readonly startDelay?: number;
  readonly optional?: boolean;
  readonly permissive?: boolean;
  readonly asyncComplete?: boolean;
  readonly retryCount?: number;
  readonly taskDefinition?: TaskDef;
  readonly subWorkflowParam?: SubWorkflowParam;
  readonly joinOn?: readonly string[];
  readonly defaultExclusiveJoinTask?: readonly string[];
  readonly decisionCases?: Readonly<Record<string, readonly WorkflowTask[]>>;
  readonly defaultCase?: readonly WorkflowTask[];
  readonly forkTasks?: readonly (readonly WorkflowTask[])[];
  readonly evaluatorType?: string;
  readonly expression?: string;
  readonly caseValueParam?: string;
  readonly caseExpression?: string;
  readonly scriptExpression?: string;
  readonly loopCondition?: string;
  readonly loopOver?: readonly WorkflowTask[];
  readonly items?: Json;
  readonly dynamicTaskNameParam?: string;
  readonly dynamicForkTasksParam?: string;
  readonly dynamicForkTasksInputParamName?: string;
  readonly keepLastN?: number;
  readonly sink?: string;
  readonly onStateChange?: Readonly<Record<string, readonly JsonObject[]>>;
  readonly cacheConfig?: { readonly key?: string; readonly ttlInSecond?: number };
  readonly [other: string]: unknown;
}

/** Moments of a task that onStateChange may name (contract 5.10). */
export const MOMENTS = ['onScheduled', 'onStart', 'onSuccess', 'onFailed', 'onCancelled'] as const;
export type Moment = (typeof MOMENTS)[number];

/** The moments that a key of onStateChange names: a list, as in `onStart, onSuccess`. */
export const namedMoments = (key: string): readonly string[] => key.split(',').map((name) => name.trim());

export interface WorkflowDef {
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  readonly tasks: readonly WorkflowTask[];
  readonly inputParameters?: readonly string[];
  readonly outputParameters?: JsonObject;
  readonly inputTemplate?: JsonObject;
  readonly variables?: JsonObject;
  readonly failureWorkflow?: string;
  readonly failureWorkflowVersion?: number;
  readonly restartable?: boolean;
  readonly timeoutPolicy?: 'TIME_OUT_WF' | 'ALERT_ONLY';
  readonly timeoutSeconds?: number;
  readonly rateLimitConfig?: { readonly rateLimitKey?: string; readonly concurrentExecLimit?: number };
  readonly inputSchema?: SchemaUse;
  readonly outputSchema?: SchemaUse;
  /** Absent: they are enforced. */
  readonly enforceSchema?: boolean;
  readonly [other: string]: unknown;
}

/** One attempt at one place of one execution. */
export interface Task {
  /** Number inside its workflow, growing, never used twice; the public id is `<workflowId>.<n>`. */
  readonly n: number;
  /** Reference name in the definition. */
  readonly place: string;
  /** Loop suffix: '' outside of loops, `__2` in the second iteration, `__1__2` nested. `place + scope` is the public reference name. */
  readonly scope: string;
  readonly type: string;
  /** Name of the task definition, which is also the queue of a worker task. */
  readonly name: string;
  readonly status: TaskStatus;
  readonly input: JsonObject;
  readonly output: JsonObject;
  /** Set when the output is the payload of a received event: the store keeps a pointer instead of a copy. */
  readonly outputEvent?: number;
  readonly retryCount: number;
  /** n of the attempt that this one repeats. */
  readonly retryOf?: number;
  /** True once a later attempt took over, or a jump left it behind: nobody looks at it any more. */
  readonly retried?: boolean;
  /** True once what follows from its end has been planned: the guard that makes deciding again write nothing. */
  readonly executed?: boolean;
  readonly iteration: number;
  readonly scheduledAt: number;
  readonly startedAt?: number;
  /** Start of the first attempt, for totalTimeoutSeconds. */
  readonly firstStartedAt?: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  /** Not before this moment: start delay, retry delay, callback. */
  readonly availableAt?: number;
  /** The type's own alarm (WAIT). */
  readonly wakeAt?: number;
  readonly pollCount: number;
  readonly workerId?: string;
  readonly domain?: string;
  readonly reason?: string;
  readonly callbackAfterSeconds?: number;
  readonly subWorkflowId?: string;
  /** Definition of this place when it was made at run time (dynamic tasks). */
  readonly def?: WorkflowTask;
  /** On a FORK_JOIN_DYNAMIC: reference names of the places it made, in order; each task made carries its definition. */
  readonly dynamic?: readonly string[];
  /** What its type must remember between decisions. */
  readonly memo?: JsonObject;
}

/** Where a task of any execution is found. */
export interface TaskAddress {
  readonly workflowId: string;
  readonly n: number;
}

/** One execution, with all its tasks. */
export interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Snapshot of the definition, with the task definitions it was started with embedded. */
  readonly def: WorkflowDef;
  readonly status: WorkflowStatus;
  readonly input: JsonObject;
  readonly output: JsonObject;
  readonly variables: JsonObject;
  readonly correlationId?: string;
  readonly priority: number;
  readonly idempotencyKey?: string;
  readonly taskToDomain?: Readonly<Record<string, string>>;
  readonly createdBy?: string;
  readonly event?: string;
  /** The task of another execution that waits for this one. */
  readonly parent?: TaskAddress;
  /** 0 for one that nobody called; parent's depth + 1 otherwise. */
  readonly depth: number;
  /** Id that ties request, execution, tasks and deliveries together in logs. */
  readonly traceId?: string;
  /** Names that are masked although the definition does not say so: what caused the execution masks them. */
  readonly masked?: readonly string[];
  readonly createdAt: number;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  readonly lastRetriedAt?: number;
  readonly reason?: string;
  readonly failedRefs: readonly string[];
  readonly failedNames: readonly string[];
  readonly reRunFrom?: string;
  /** Tasks of other executions that share this one through an idempotency key and wait for its end as well. */
  readonly watchers?: readonly TaskAddress[];
  /** Executions of one definition with the same key share its rateLimitConfig. */
  readonly rateLimitKey?: string;
  /** True while it waits for its turn under its rateLimitConfig: nothing has begun. */
  readonly held?: boolean;
  /** n of the next task. */
  readonly nextN: number;
  /** True when the last decision stopped at its limit and wants another turn at once. */
  readonly unfinished?: boolean;
  /** In the order of n. */
  readonly tasks: readonly Task[];
}

const ENDED_TASK: ReadonlySet<TaskStatus> = new Set([
  'COMPLETED',
  'COMPLETED_WITH_ERRORS',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
  'TIMED_OUT',
  'CANCELED',
  'SKIPPED',
]);
const SUCCEEDED_TASK: ReadonlySet<TaskStatus> = new Set(['COMPLETED', 'COMPLETED_WITH_ERRORS', 'SKIPPED']);

export const hasEnded = (task: Pick<Task, 'status'>): boolean => ENDED_TASK.has(task.status);
export const hasSucceeded = (task: Pick<Task, 'status'>): boolean => SUCCEEDED_TASK.has(task.status);
export const isTerminal = (status: WorkflowStatus): boolean => status !== 'RUNNING' && status !== 'PAUSED';
export const referenceName = (task: Pick<Task, 'place' | 'scope'>): string => task.place + task.scope;

/** Public id of a task: it carries its workflow and number, so no index on task ids is needed. */
export const taskId = (workflowId: string, n: number): string => `${workflowId}.${n}`;

/** The inverse of `taskId`; undefined when the text is not one. */
export function parseTaskId(id: string): TaskAddress | undefined {
  const dot = id.lastIndexOf('.');
  const n = Number(id.slice(dot + 1));
  return dot > 0 && Number.isSafeInteger(n) && n > 0 ? { workflowId: id.slice(0, dot), n } : undefined;
}
