// What a started execution tells the task that asked for it.

import type { Command, Outcome } from '../command.ts';
import { done, ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { tellCaller } from '../ending.ts';
import type { Message } from '../message.ts';
import type { Task, TaskAddress, TaskStatus, WorkflowStatus } from '../model.ts';
import { hasEnded, hasSucceeded, isTerminal } from '../model.ts';
import { followsFrom, rewind } from '../rewind.ts';
import { retryStopped } from './again.ts';
import { reopen } from './reopen.ts';

type Told<T extends Command['type']> = Extract<Command, { type: T }>;

/** A child that somebody terminated counts as cancelled (contract 5.3). */
const ENDED_AS: Partial<Record<WorkflowStatus, TaskStatus>> = {
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  TIMED_OUT: 'TIMED_OUT',
  TERMINATED: 'CANCELED',
};

function waiting(draft: Draft, command: { n: number; childId: string }): Task | Outcome {
  const task = draft.tasks.get(command.n);
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
  return done(draft.end(task, status, { output, ...(reason !== undefined && { reason }) }));
}

export function startFailed(draft: Draft, command: Told<'startFailed'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  if (hasEnded(task)) return ignored(`the task is already ${task.status}`, task);
  const reason = `the workflow could not be started: ${command.reason}`;
  // The id that was meant for it leads nowhere.
  const alone = draft.update(task, { subWorkflowId: undefined });
  return done(draft.end(alone, 'FAILED_WITH_TERMINAL_ERROR', { reason, output: {} }));
}

/** What is said in the place of an execution that was removed, to a task that would wait for it for ever. */
export function answerOfNobody(childId: string, command: Command): Extract<Message, { type: 'tell' }> | undefined {
  const by = command.type === 'retry' || command.type === 'watch' ? command.by : undefined;
  if (!by) return undefined;
  const reason = `execution ${childId} was removed`;
  return {
    type: 'tell',
    workflowId: by.workflowId,
    command: { type: 'startFailed', n: by.n, childId, reason, status: 404 },
  };
}

export function startedAs(draft: Draft, command: Told<'startedAs'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  if (hasEnded(task)) return ignored(`the task is already ${task.status}`, task);
  const { existingId } = command;
  const renamed = draft.update(task, { subWorkflowId: existingId });
  if (task.type !== 'SUB_WORKFLOW')
    return done(draft.end(renamed, 'COMPLETED', { output: { workflowId: existingId } }));
  // It is somebody else's child, so it would never tell this one of its end.
  if (existingId !== command.childId)
    draft.emit({
      type: 'tell',
      workflowId: existingId,
      command: { type: 'watch', by: { workflowId: draft.workflow.id, n: task.n } },
    });
  return done(draft.update(renamed, { output: { ...task.output, subWorkflowId: existingId } }));
}

const isSame = (a: TaskAddress, b: TaskAddress): boolean => a.workflowId === b.workflowId && a.n === b.n;

export function watch(draft: Draft, { by }: Told<'watch'>): Outcome {
  if (isTerminal(draft.workflow.status)) {
    tellCaller(draft, by);
    return done();
  }
  const { watchers = [] } = draft.workflow;
  if (watchers.some((one) => isSame(one, by))) return ignored('it is already noted');
  draft.set({ watchers: [...watchers, by] });
  return done();
}

/**
 * A child was taken up again (retry, rerun, restart): the task waits for it once more. A caller that has ended runs again
 * from there on; one that went on without it is left alone.
 */
export function childResumed(draft: Draft, command: Told<'childResumed'>): Outcome {
  const task = waiting(draft, command);
  if (!isTask(task)) return task;
  if (!hasEnded(task)) return ignored('the task still waits for it', task);
  if (task.retried) return ignored('a later attempt took over', task);
  if (task.status === 'COMPLETED_WITH_ERRORS') return ignored('the task is optional, the execution went on', task);
  const node = draft.nodeOf(task);
  if (!node) return ignored('the place of the task is gone', task);
  if (!isTerminal(draft.workflow.status)) {
    if (draft.tasks.all.some(followsFrom(draft, node, task.scope)) || hasSucceeded(task))
      return ignored('the execution went on without it', task);
    return done(draft.reopen(task));
  }
  reopen(draft);
  rewind(draft, node, task.scope);
  const again = draft.reopen(task);
  retryStopped(draft);
  return done(again);
}
