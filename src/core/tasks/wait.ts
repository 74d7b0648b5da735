// WAIT: holds for a duration, until a moment, or until somebody updates the task (contract 5.7).

import type { TaskType } from '../draft.ts';
import { parseDuration, parseMoment } from '../duration.ts';

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

export const wait: TaskType = {
  begin(draft, task) {
    const { duration, until } = task.input;
    const fail = (reason: string): void => {
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
    };
    if (given(duration) && given(until)) return fail('a WAIT takes either duration or until, not both');
    const hold = (wakeAt?: number): void => {
      draft.run(task, { wakeAt });
    };
    if (given(duration)) {
      const parsed = parseDuration(String(duration));
      return parsed.ok ? hold(draft.env.now + parsed.ms) : fail(`duration: ${parsed.reason}`);
    }
    if (given(until)) {
      const parsed = parseMoment(String(until));
      return parsed.ok ? hold(parsed.at) : fail(`until: ${parsed.reason}`);
    }
    hold();
  },
  alarm(draft, task) {
    draft.end(task, 'COMPLETED');
  },
};
