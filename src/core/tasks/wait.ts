// WAIT: holds for a duration, until a moment, or until somebody updates the task (contract 5.7).

import type { Draft, TaskType } from '../draft.ts';
import type { Json } from '../json.ts';
import { parseDuration, parseMoment } from '../language/duration.ts';
import type { Task } from '../model.ts';

const isGiven = (value: Json | undefined): value is Exclude<Json, null> =>
  value !== undefined && value !== null && value !== '';

/** Epoch ms of the end; undefined: nobody but others ends it. */
function endOf({ input }: Task, now: number): { at: number | undefined } | { reason: string } {
  const { duration, until } = input;
  if (isGiven(duration) && isGiven(until)) return { reason: 'a WAIT takes either duration or until, not both' };
  if (isGiven(duration)) {
    const parsed = parseDuration(String(duration));
    return parsed.ok ? { at: now + parsed.ms } : { reason: `duration: ${parsed.reason}` };
  }
  if (!isGiven(until)) return { at: undefined };
  const parsed = parseMoment(String(until));
  return parsed.ok ? { at: parsed.at } : { reason: `until: ${parsed.reason}` };
}

const complete = (draft: Draft, task: Task): void => {
  draft.end(task, 'COMPLETED');
};

export const wait: TaskType = {
  begin(draft, task) {
    const end = endOf(task, draft.env.now);
    if ('reason' in end) draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: end.reason });
    else if (end.at !== undefined && end.at <= draft.env.now) complete(draft, task);
    else draft.run(task, { wakeAt: end.at });
  },
  alarm: complete,
};

/** HUMAN and YIELD: hold until somebody from outside updates the task or signals the execution. */
export const hold: TaskType = {
  begin(draft, task) {
    draft.run(task);
  },
};
