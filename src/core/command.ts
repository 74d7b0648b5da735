// Wishes for one execution, and what became of each. A command is plain data, so it can wait in the inbox and cross threads.

import type { JsonObject } from './json.ts';
import type { Task, TaskAddress, Workflow, WorkflowDef, WorkflowStatus } from './model.ts';

/** Statuses that a worker may report (contract 5.3). */
export type ReportedStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'FAILED_WITH_TERMINAL_ERROR' | 'CANCELED';

/** Points at a task by number, or by reference name (the latest attempt). */
export type TaskPointer = { readonly n: number } | { readonly ref: string };

export interface UpdateTask {
  readonly type: 'updateTask';
  readonly task: TaskPointer;
  readonly status: ReportedStatus;
  /** Takes the place of the output so far; absent: that stays. */
  readonly output?: JsonObject;
  /** The output is added to what is there instead. */
  readonly merge?: boolean;
  readonly reason?: string;
  readonly callbackAfterSeconds?: number;
  readonly workerId?: string;
  readonly extendLease?: boolean;
  readonly subWorkflowId?: string;
}

export type Command =
  /** Look again: an alarm rang. */
  | { readonly type: 'decide' }
  | UpdateTask
  /** A worker takes a task from the queue. */
  | { readonly type: 'pollTask'; readonly n: number; readonly workerId: string }
  /** A received event matched the wait of a task. */
  | { readonly type: 'eventArrived'; readonly n: number; readonly eventId: number; readonly payload: JsonObject }
  /** `triggerFailureWorkflow` false: the definition's failureWorkflow is not started. */
  | { readonly type: 'terminate'; readonly reason?: string; readonly triggerFailureWorkflow?: boolean }
  /** Ends the task that holds the execution: an open WAIT without an end of its own, a YIELD, a HUMAN. */
  | { readonly type: 'signal'; readonly status: ReportedStatus; readonly output?: JsonObject; readonly reason?: string }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'skipTask'; readonly ref: string; readonly input?: JsonObject; readonly output?: JsonObject }
  | { readonly type: 'restart'; readonly latest?: WorkflowDef }
  /** `by`: the task that waits for this one asked, and is told at once when there is nothing to retry. */
  | { readonly type: 'retry'; readonly resumeSubworkflows?: boolean; readonly by?: TaskAddress }
  | {
      readonly type: 'rerun';
      readonly fromN?: number;
      readonly taskInput?: JsonObject;
      readonly workflowInput?: JsonObject;
      readonly correlationId?: string;
    }
  | { readonly type: 'jump'; readonly ref: string; readonly input?: JsonObject }
  | {
      readonly type: 'updateVariables';
      readonly variables: JsonObject;
      /** False: these and no others. */
      readonly append?: boolean;
      /** Lists are added to the lists that are there (event handlers: `appendArray`). */
      readonly appendLists?: boolean;
    }
  | { readonly type: 'resetCallbacks' }
  | { readonly type: 'upgrade'; readonly def: WorkflowDef }
  /** Said by an execution that a SUB_WORKFLOW task of this one waits for. */
  | {
      readonly type: 'childEnded';
      readonly n: number;
      readonly childId: string;
      readonly status: WorkflowStatus;
      readonly output: JsonObject;
      readonly reason?: string;
    }
  /** The child was taken up again (retry, rerun, restart of the child): the parent runs again with it. */
  | { readonly type: 'childResumed'; readonly n: number; readonly childId: string }
  /** What a START_WORKFLOW or SUB_WORKFLOW task asked for could not be started. */
  | {
      readonly type: 'startFailed';
      readonly n: number;
      readonly childId: string;
      readonly reason: string;
      readonly status: number;
    }
  /**
   * What a task asked for has been started: under the id asked for, or, because of an idempotency key, `existingId` is
   * there already. Said to START_WORKFLOW tasks always, to SUB_WORKFLOW tasks only when the two ids differ.
   */
  | { readonly type: 'startedAs'; readonly n: number; readonly childId: string; readonly existingId: string }
  /** A SUB_WORKFLOW task of another execution waits for this one too (startedAs): tell it when this one ends. */
  | { readonly type: 'watch'; readonly by: TaskAddress }
  /** A held execution may begin: its turn under the rateLimitConfig of its definition has come. */
  | { readonly type: 'admit' };

/** Why a command changed nothing. The HTTP status of each code is in `http/errors.ts`. */
export interface Refusal {
  readonly type: 'refused';
  readonly code: 'notFound' | 'conflict' | 'invalid' | 'tooLarge';
  readonly reason: string;
}

export type Outcome =
  /** Applied. `task` is the touched one, as it was right after the command. */
  | { readonly type: 'done'; readonly task?: Task }
  /** Nothing to do: already so, or too late to matter (contract 5.3: late updates are ignored with 2xx). */
  | { readonly type: 'ignored'; readonly reason: string; readonly task?: Task }
  | Refusal;

/** The task is copied, since the draft goes on to change it. */
export const done = (task?: Task): Outcome => ({ type: 'done', ...(task && { task: { ...task } }) });
export const refused = (code: Refusal['code'], reason: string): Refusal => ({ type: 'refused', code, reason });
export const ignored = (reason: string, task?: Task): Outcome => ({
  type: 'ignored',
  reason,
  ...(task && { task: { ...task } }),
});

/** What to begin an execution with; the definition is already found and carries its task definitions. */
export interface StartRequest {
  readonly id: string;
  readonly def: WorkflowDef;
  readonly input: JsonObject;
  readonly correlationId?: string;
  readonly priority?: number;
  readonly idempotencyKey?: string;
  readonly taskToDomain?: Workflow['taskToDomain'];
  readonly createdBy?: string;
  readonly event?: string;
  readonly parent?: Workflow['parent'];
  readonly depth?: number;
  readonly traceId?: string;
  /** Names that whoever caused it masks. */
  readonly masked?: readonly string[];
  /** All places under its rateLimitConfig are taken: it is stored, and begins when it is admitted. */
  readonly held?: boolean;
}
