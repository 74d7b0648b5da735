// WAIT_FOR_WEBHOOK: holds until an event matches (contract, chapter 3). Which event does is found by the store, from `waitOf`.

import type { TaskType } from '../draft.ts';
import { isRecord } from '../json.ts';
import { problemOfTerms } from '../wait-terms.ts';

export const waitForWebhook: TaskType = {
  begin(draft, task) {
    const { matches } = task.input;
    const isReadable = matches === undefined || matches === null || isRecord(matches);
    const reason = isReadable
      ? problemOfTerms(task.input)
      : 'matches must be an object: path of the payload -> expected value';
    if (reason === undefined) draft.run(task);
    else draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
  },
};
