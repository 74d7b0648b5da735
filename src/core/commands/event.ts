// A received event ends the wait it matched: its payload is the output (contract 3.4).

import type { Command, Outcome } from '../command.ts';
import { ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { hasEnded } from '../model.ts';

export function applyEvent(draft: Draft, command: Extract<Command, { type: 'eventArrived' }>): Outcome {
  const task = draft.byNumber(command.n);
  if (!task) return refused('notFound', `the execution has no task number ${command.n}`);
  if (hasEnded(task)) return ignored('the task has ended before the event came', task);
  return {
    type: 'done',
    task: draft.update(draft.end(task, 'COMPLETED', { output: command.payload }), { outputEvent: command.eventId }),
  };
}
