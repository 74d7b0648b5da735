// What workers say: "I take this task" and "this is how it stands" (contract 5.3, 5.4).

import type { Command, Outcome, UpdateTask } from '../command.ts';
import { ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { QUEUED } from '../draft.ts';
import type { JsonObject } from '../json.ts';
import type { Task } from '../model.ts';
import { hasEnded, isTerminal } from '../model.ts';

export function pollTask(draft: Draft, command: Extract<Command, { type: 'pollTask' }>): Outcome {
  const task = draft.byNumber(command.n);
  const { now } = draft.env;
  if (!task || task.status !== 'SCHEDULED' || isTerminal(draft.workflow.status))
    return ignored('somebody else took it');
  if ((task.availableAt ?? 0) > now) return ignored('it is not to be done yet');
  const polled = draft.update(task, {
    status: 'IN_PROGRESS',
    workerId: command.workerId,
    pollCount: task.pollCount + 1,
    startedAt: task.startedAt ?? now,
    firstStartedAt: task.firstStartedAt ?? now,
    updatedAt: now,
  });
  return { type: 'done', task: polled };
}

export function updateTask(draft: Draft, command: UpdateTask): Outcome {
  const task = find(draft, command);
  if (!task) {
    const which = 'n' in command.task ? `number ${command.task.n}` : `with reference name ${command.task.ref}`;
    return refused('notFound', `execution ${draft.workflow.id} has no task ${which}`);
  }
  if (hasEnded(task)) return ignored(`the task is already ${task.status}`, task);
  if (isTerminal(draft.workflow.status)) return ignored(`the execution is already ${draft.workflow.status}`, task);
  const { now } = draft.env;
  if (command.extendLease) return { type: 'done', task: draft.update(task, { updatedAt: now }) };
  const told: Partial<Task> = {
    ...(command.workerId !== undefined && { workerId: command.workerId }),
    ...(command.subWorkflowId !== undefined && { subWorkflowId: command.subWorkflowId }),
  };
  const output: JsonObject = { ...task.output, ...command.output };
  if (command.status === 'IN_PROGRESS')
    return { type: 'done', task: putBack(draft, task, command, { ...told, output }) };
  if (Object.keys(told).length > 0) draft.update(task, told);
  if (command.status === 'CANCELED')
    draft.typeOf(task.type).cancel?.(draft, task, command.reason ?? 'cancelled by an update');
  const reason = command.reason;
  return {
    type: 'done',
    task: draft.end(draft.now(task), command.status, { output, ...(reason !== undefined && { reason }) }),
  };
}

/** A worker that is not done: its task goes back into the queue, visible after callbackAfterSeconds. Others stay as they are. */
function putBack(draft: Draft, task: Task, command: UpdateTask, told: Partial<Task>): Task {
  const { now } = draft.env;
  const after = command.callbackAfterSeconds ?? 0;
  const back: Partial<Task> =
    draft.typeOf(task.type) === QUEUED ? { status: 'SCHEDULED', availableAt: now + after * 1000 } : {};
  return draft.update(task, {
    ...told,
    ...back,
    callbackAfterSeconds: after,
    startedAt: task.startedAt ?? now,
    updatedAt: now,
    ...(command.reason !== undefined && { reason: command.reason }),
  });
}

function find(draft: Draft, command: UpdateTask): Task | undefined {
  return 'n' in command.task ? draft.byNumber(command.task.n) : draft.visible(command.task.ref, '');
}
