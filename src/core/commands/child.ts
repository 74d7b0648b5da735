// What a started execution tells the task that asked for it.

import type { Command, Outcome } from '../command.ts';
import { ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import type { Task, TaskStatus, WorkflowStatus } from '../model.ts';
import { hasEnded, isTerminal } from '../model.ts';

type Told<T extends Command['type']> = Extract<Command, { type: T }>;

/** A child that somebody terminated counts as cancelled (contract 5.3). */
const ENDED_AS: Partial<Record<WorkflowStatus, TaskStatus>> = {
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  TIMED_OUT: 'TIMED_OUT',
  TERMINATED: 'CANCELED',
};

function waiting(draft: Draft, command: { n: number; childId: string }): Task | Outcome {
  const task = draft.byNumber(command.n);
  if (!task) return refused('notFound', `the execution has no task number ${command.n}`);
  if (task.subWorkflowId !== command.childId) return ignored('the task waits for another execution now', task);
  return task;
}

const isTask = (found: Task | Outcome): found is Task => 'n' in found;

export function childEnded(draft: Draft, command: Told<'childEnded'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  if (hasEnded(task)) return ignored(`the task is already ${task.status}`, task);
  const status = ENDED_AS[command.status];
  if (!status) return ignored(`the child is ${command.status}, not at its end`, task);
  const output = { ...command.output, subWorkflowId: command.childId };
  const reason =
    status === 'COMPLETED'
      ? undefined
      : `sub-workflow ${command.childId} ended as ${command.status}: ${command.reason ?? ''}`;
  return { type: 'done', task: draft.end(task, status, { output, ...(reason !== undefined && { reason }) }) };
}

export function startFailed(draft: Draft, command: Told<'startFailed'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  if (hasEnded(task)) return ignored(`the task is already ${task.status}`, task);
  const reason = `the sub-workflow could not be started: ${command.reason}`;
  return { type: 'done', task: draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason }) };
}

export function startedAs(draft: Draft, command: Told<'startedAs'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  const output = { ...task.output, subWorkflowId: command.existingId };
  return { type: 'done', task: draft.update(task, { subWorkflowId: command.existingId, output }) };
}

/** A child that failed was taken up again: the task waits for it again, and so does all that lies around it. */
export function childResumed(draft: Draft, command: Told<'childResumed'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  if (!hasEnded(task)) return ignored('the task still waits for it', task);
  if (task.retried) return ignored('a later attempt took over', task);
  if (draft.workflow.status === 'COMPLETED') return ignored('the execution is COMPLETED', task);
  if (isTerminal(draft.workflow.status)) reopen(draft);
  return { type: 'done', task: openAgain(draft, task) };
}

/** An ended execution runs again; the caller opens tasks. A parent is told, so the whole line of callers runs again. */
export function reopen(draft: Draft): void {
  const { parent, id, status } = draft.workflow;
  draft.set({
    status: 'RUNNING',
    endedAt: undefined,
    reason: undefined,
    output: {},
    failedRefs: [],
    failedNames: [],
    lastRetriedAt: draft.env.now,
  });
  draft.emit({ type: 'workflowChanged', from: status, to: 'RUNNING' });
  if (parent)
    draft.emit({
      type: 'tell',
      workflowId: parent.workflowId,
      command: { type: 'childResumed', n: parent.n, childId: id },
    });
}

/** Opens an ended task again, with the joins and loops that were cancelled with it. */
export function openAgain(draft: Draft, task: Task): Task {
  const opened = draft.update(task, {
    status: 'IN_PROGRESS',
    endedAt: undefined,
    reason: undefined,
    executed: false,
    updatedAt: draft.env.now,
  });
  openAround(draft);
  return draft.now(opened);
}

const LOOKING: ReadonlySet<string> = new Set(['JOIN', 'EXCLUSIVE_JOIN', 'DO_WHILE']);

/** Joins and loops that ended without success look again; they only look, so this is always safe. */
export function openAround(draft: Draft): void {
  for (const task of draft.tasks.slice()) {
    if (!LOOKING.has(task.type) || task.retried || !hasEnded(task)) continue;
    if (task.status === 'COMPLETED' || task.status === 'COMPLETED_WITH_ERRORS' || task.status === 'SKIPPED') continue;
    draft.update(task, {
      status: 'IN_PROGRESS',
      endedAt: undefined,
      reason: undefined,
      executed: false,
      output: {},
      updatedAt: draft.env.now,
    });
  }
}
