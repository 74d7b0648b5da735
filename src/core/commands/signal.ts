// Ends the task that holds an execution, whichever it is (contract 5.12).

import { blockingTaskOf } from '../blocking.ts';
import type { Command, Outcome } from '../command.ts';
import { done, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { isTerminal } from '../model.ts';
import { report } from './worker.ts';

export function signal(draft: Draft, command: Extract<Command, { type: 'signal' }>): Outcome {
  const { status } = draft.workflow;
  if (isTerminal(status)) return refused('conflict', `the execution is ${status}; there is nothing to signal`);
  const task = blockingTaskOf(draft.tasks.openTasks());
  return task
    ? done(report(draft, task, command))
    : refused('notFound', 'no open task of the execution waits for a signal');
}
