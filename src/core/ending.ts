// How an execution ends: what is still open is cancelled, the output computed, parent and failure workflow told.

import type { Draft } from './draft.ts';
import { iterationOf } from './iteration.ts';
import type { JsonObject } from './json.ts';
import { OUTSIDE, resolveAt, resolveRecord } from './language/scope.ts';
import { finalLoopOutput } from './loop-output.ts';
import type { Task, TaskAddress, WorkflowStatus } from './model.ts';
import { hasSucceeded, referenceName, taskId } from './model.ts';
import { oversize } from './payload-size.ts';
import type { Node } from './plan.ts';
import { caseBranch, DEFAULT_BRANCH } from './plan.ts';
import { shortReason } from './reason.ts';
import { brokenByWorkflow } from './schema/enforce.ts';

export interface Ending {
  readonly status: WorkflowStatus;
  readonly reason?: string;
  /** Overrides what the definition says (TERMINATE). */
  readonly output?: JsonObject;
  /** The task whose failure is the cause. */
  readonly failed?: Task;
  /** False: the failureWorkflow is not started. */
  readonly startsFailureWorkflow?: boolean;
}

/** Ends the execution because a task failed for good (contract 5.3). */
export function failWorkflow(draft: Draft, task: Task): void {
  const reason = `Task ${taskId(draft.workflow.id, task.n)} failed with status: ${task.status} and reason: '${task.reason ?? ''}'`;
  endWorkflow(draft, { status: statusAfter(task), reason, failed: task });
}

function statusAfter({ status }: Task): WorkflowStatus {
  if (status === 'CANCELED') return 'TERMINATED';
  return status === 'TIMED_OUT' ? 'TIMED_OUT' : 'FAILED';
}

export function endWorkflow(draft: Draft, ending: Ending): void {
  const { status, failed } = ending;
  const from = draft.workflow.status;
  const reason = ending.reason === undefined ? undefined : shortReason(ending.reason);
  cancelOpen(draft, reason ?? `the execution ended as ${status}`);
  draft.set({
    status,
    endedAt: draft.env.now,
    unfinished: undefined,
    held: undefined,
    ...(reason !== undefined && { reason }),
    ...(status !== 'COMPLETED' && failures(draft)),
  });
  const wanted = ending.output ?? outputOf(draft, failed);
  const large = oversize('output', wanted);
  // What it was made of is still in the tasks.
  const output = large === undefined ? wanted : {};
  draft.set({ output });
  const broken =
    status === 'COMPLETED' ? (large ?? brokenByWorkflow(draft.workflow.def, 'output', output)?.reason) : undefined;
  if (broken !== undefined) {
    draft.set({ status: from });
    endWorkflow(draft, { status: 'FAILED', reason: broken, output });
    return;
  }
  if (status !== 'COMPLETED' && ending.startsFailureWorkflow !== false) startFailureWorkflow(draft, failed);
  draft.emit({ type: 'workflowChanged', from, to: status });
  if (draft.workflow.rateLimitKey !== undefined)
    draft.emit({ type: 'placeFreed', name: draft.workflow.name, rateLimitKey: draft.workflow.rateLimitKey });
  tellCallers(draft);
}

/** Ends every open task as CANCELED and tells who works for it. Answers the tasks. */
export function cancelOpen(draft: Draft, reason: string): Task[] {
  return draft.tasks.openTasks().map((task) => {
    draft.typeOf(task).cancel?.(draft, task, reason);
    return draft.update(draft.end(task, 'CANCELED', { reason }), { executed: true });
  });
}

const FAILED: ReadonlySet<string> = new Set(['FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'TIMED_OUT']);

function failures(draft: Draft): { failedRefs: string[]; failedNames: string[] } {
  const failed = draft.tasks.all.filter((task) => FAILED.has(task.status) && !task.retried);
  return {
    failedRefs: [...new Set(failed.map(referenceName))],
    failedNames: [...new Set(failed.map((task) => task.name))],
  };
}

/** outputParameters when there are any, else the output of the failed task, else that of the last one (contract 5.3, 5.5). */
function outputOf(draft: Draft, failed: Task | undefined): JsonObject {
  const { outputParameters = {} } = draft.workflow.def;
  if (Object.keys(outputParameters).length > 0) return resolveRecord(draft, outputParameters, OUTSIDE);
  const last = failed ? draft.tasks.get(failed.n) : lastTask(draft, draft.plan.first, '');
  return last?.output ?? {};
}

/**
 * The last task of a list, as a reader of the definition would say: behind a fork its join, in a switch the last one of
 * the case that was taken, and a loop itself. (By number it would be any task of any branch.)
 */
function lastTask(draft: Draft, first: Node | undefined, scope: string): Task | undefined {
  let last: Task | undefined;
  for (let node = first; node; node = node.next) {
    const task = draft.tasks.latest(node.task.taskReferenceName, scope);
    if (!task || !hasSucceeded(task)) continue;
    last = lastTask(draft, takenBranch(node, task), scope) ?? task;
  }
  return last;
}

function takenBranch(node: Node, task: Task): Node | undefined {
  if (node.task.type !== 'SWITCH' && node.task.type !== 'DECISION') return undefined;
  const branch = caseBranch(String(task.output.selectedCase));
  return node.branches.get(node.branches.has(branch) ? branch : DEFAULT_BRANCH);
}

function tellCallers(draft: Draft): void {
  const { parent, watchers = [] } = draft.workflow;
  for (const caller of parent ? [parent, ...watchers] : watchers) tellCaller(draft, caller);
}

/** Tells a SUB_WORKFLOW task how this execution ended. */
export function tellCaller(draft: Draft, caller: TaskAddress): void {
  const { id, status, output, reason } = draft.workflow;
  draft.emit({
    type: 'tell',
    workflowId: caller.workflowId,
    command: { type: 'childEnded', n: caller.n, childId: id, status, output, ...(reason !== undefined && { reason }) },
  });
}

/** Starts the definition's failureWorkflow with what is known of the failure (contract 5.10). */
function startFailureWorkflow(draft: Draft, failed: Task | undefined): void {
  const { workflow, env } = draft;
  const { failureWorkflow, failureWorkflowVersion: version } = workflow.def;
  const name = failureWorkflow && resolveAt(draft, failureWorkflow, OUTSIDE);
  if (typeof name !== 'string' || name === '') return;
  const id = env.newId();
  // Every end but COMPLETED has one.
  const reason = workflow.reason as string;
  draft.set({ output: { ...workflow.output, 'conductor.failure_workflow': id } });
  draft.emit({
    type: 'start',
    id,
    name,
    ...(version !== undefined && { version }),
    input: {
      ...workflow.input,
      workflowId: workflow.id,
      reason,
      failureStatus: workflow.status,
      failureTaskId: failed ? taskId(workflow.id, failed.n) : null,
      failedWorkflow: {
        workflowId: workflow.id,
        workflowName: workflow.name,
        workflowVersion: workflow.version,
        status: workflow.status,
        correlationId: workflow.correlationId ?? null,
        input: workflow.input,
        output: workflow.output,
        variables: workflow.variables,
        reasonForIncompletion: reason,
        failedReferenceTaskNames: workflow.failedRefs,
      },
    },
    ...(workflow.correlationId !== undefined && { correlationId: workflow.correlationId }),
    ...(workflow.taskToDomain && { taskToDomain: workflow.taskToDomain }),
    ...(workflow.traceId !== undefined && { traceId: workflow.traceId }),
    depth: workflow.depth,
  });
}

/** The loop around a failed task fails with it (contract 5.6). */
export function failLoop(draft: Draft, loop: Task, failed: Task): Task {
  const reason = `task ${referenceName(failed)} failed in iteration ${iterationOf(failed.scope)}: ${failed.reason ?? failed.status}`;
  return draft.end(loop, 'FAILED', { output: finalLoopOutput(draft, loop), reason });
}
