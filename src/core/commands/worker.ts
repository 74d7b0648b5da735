// What workers say: "I take this task" and "this is how it stands" (contract 5.3, 5.4).

import type { Command, Outcome, UpdateTask } from '../command.ts';
import { done, ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import type { JsonObject } from '../json.ts';
import { MAX_DELAY_MS } from '../limits.ts';
import type { Task } from '../model.ts';
import { hasEnded } from '../model.ts';
import { oversize } from '../payload-size.ts';
import { isBuiltIn } from '../queue.ts';
import { shortReason } from '../reason.ts';

export function pollTask(draft: Draft, command: Extract<Command, { type: 'pollTask' }>): Outcome {
  const task = draft.tasks.get(command.n);
  const { now } = draft.env;
  if (task?.status !== 'SCHEDULED' || !draft.typeOf(task).queued || task.wakeAt !== undefined)
    return ignored('somebody else took it');
  if ((task.availableAt ?? 0) > now) return ignored('it is not to be done yet');
  return done(
    draft.update(task, {
      status: 'IN_PROGRESS',
      workerId: command.workerId,
      pollCount: task.pollCount + 1,
      startedAt: task.startedAt ?? now,
      firstStartedAt: task.firstStartedAt ?? now,
      availableAt: undefined,
      callbackAfterSeconds: undefined,
      updatedAt: now,
    }),
  );
}

export function updateTask(draft: Draft, command: UpdateTask): Outcome {
  const task = find(draft, command);
  if (!task) {
    const which = 'n' in command.task ? `number ${command.task.n}` : `with reference name ${command.task.ref}`;
    return refused('notFound', `execution ${draft.workflow.id} has no task ${which}`);
  }
  // An ended execution has no open task, so this is all there is to say of late reports (contract 5.3).
  if (hasEnded(task)) return ignored(`the task is already ${task.status}`, task);
  if (command.extendLease) return done(draft.update(task, { updatedAt: draft.env.now }));
  return done(report(draft, task, command));
}

/** What a report says about an open task. */
export function report(draft: Draft, task: Task, said: Omit<UpdateTask, 'type' | 'task'>): Task {
  const { now } = draft.env;
  const output: JsonObject = said.merge ? { ...task.output, ...said.output } : (said.output ?? task.output);
  const large = said.output && oversize('output', output);
  if (large !== undefined) {
    draft.typeOf(task).cancel?.(draft, task, large);
    return draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: large });
  }
  const told: Partial<Task> = {
    output,
    ...(said.workerId !== undefined && { workerId: said.workerId }),
    ...(said.subWorkflowId !== undefined && { subWorkflowId: said.subWorkflowId }),
    ...(said.reason !== undefined && { reason: shortReason(said.reason) }),
  };
  if (said.status === 'IN_PROGRESS') return putBack(draft, task, told, said.callbackAfterSeconds);
  if (said.status === 'COMPLETED' && isHandedOver(draft, task, said.workerId))
    return draft.update(task, { ...told, updatedAt: now, memo: { ...task.memo, handedOver: true } });
  draft.typeOf(task).cancel?.(draft, task, said.reason ?? 'the task was ended by an update');
  return draft.end(draft.update(task, told), said.status, {
    ...(said.reason !== undefined && { reason: said.reason }),
  });
}

/**
 * With asyncComplete the success of our own worker is not the end: somebody else says when it is (contract 5.8).
 * A report from anybody but the worker that holds the task is that somebody's.
 */
function isHandedOver(draft: Draft, task: Task, workerId: string | undefined): boolean {
  if (!isBuiltIn(task) || !draft.placeOf(task)?.asyncComplete || task.memo?.handedOver === true) return false;
  return task.status === 'IN_PROGRESS' && workerId !== undefined && workerId === task.workerId;
}

/** A worker that is not done: its task goes back into the queue, visible after callbackAfterSeconds. Others stay as they are. */
function putBack(draft: Draft, task: Task, told: Partial<Task>, callbackAfterSeconds = 0): Task {
  const { now } = draft.env;
  const afterMs = Math.min(Math.max(0, callbackAfterSeconds) * 1000, MAX_DELAY_MS);
  const goesBack = draft.typeOf(task).queued && task.memo?.handedOver !== true;
  return draft.update(task, {
    ...told,
    ...(goesBack && { status: 'SCHEDULED', availableAt: now + afterMs }),
    callbackAfterSeconds: afterMs / 1000,
    startedAt: task.startedAt ?? now,
    updatedAt: now,
  });
}

function find(draft: Draft, { task: pointer }: UpdateTask): Task | undefined {
  if ('n' in pointer) return draft.tasks.get(pointer.n);
  return draft.named(pointer.ref);
}
