// A received event ends the wait it matched: its payload is the output (contract 3.4).

import type { Command, Outcome } from '../command.ts';
import { done, ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { isWaiting } from '../match.ts';

export function applyEvent(draft: Draft, command: Extract<Command, { type: 'eventArrived' }>): Outcome {
  const task = draft.tasks.get(command.n);
  if (!task) return refused('notFound', `the execution has no task number ${command.n}`);
  if (!isWaiting(task)) return ignored(`the task is ${task.status}, it waits for no event`, task);
  const ended = draft.end(task, 'COMPLETED', { output: command.payload });
  return done(draft.update(ended, { outputEvent: command.eventId }));
}
