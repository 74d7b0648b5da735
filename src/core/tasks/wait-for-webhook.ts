// WAIT_FOR_WEBHOOK: holds until an event matches (contract, chapter 3). Which event does is found by the store, from `waitOf`.

import type { TaskType } from '../draft.ts';
import { isRecord } from '../json.ts';

export const waitForWebhook: TaskType = {
  begin(draft, task) {
    const { matches } = task.input;
    if (matches === undefined || matches === null || isRecord(matches)) {
      draft.run(task);
      return;
    }
    const reason = 'matches must be an object: path of the payload -> expected value';
    draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
  },
};
