// SET_VARIABLE: its input becomes variables of the execution (contract 5.6). NOOP: nothing, and on.
// RESPOND: its input is what a sender that waits for an answer gets (docs/guides/answers.md).

import type { TaskType } from '../draft.ts';
import { MAX_VARIABLES_BYTES } from '../limits.ts';
import { bytesOf } from '../payload-size.ts';

export const setVariable: TaskType = {
  begin(draft, task) {
    const variables = { ...draft.workflow.variables, ...task.input };
    const size = bytesOf(variables);
    if (size > MAX_VARIABLES_BYTES) {
      const reason = `the variables would take ${size} bytes, more than the ${MAX_VARIABLES_BYTES} that one execution may have`;
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
      return;
    }
    draft.set({ variables });
    draft.end(task, 'COMPLETED', { output: task.input });
  },
};

export const respond: TaskType = {
  begin(draft, task) {
    draft.end(task, 'COMPLETED', { output: task.input });
  },
};

export const noop: TaskType = {
  begin(draft, task) {
    draft.end(task, 'COMPLETED');
  },
};
