// FORK_JOIN: opens its branches at once; the JOIN behind it is opened with them and looks by itself (contract 5.6).

import type { TaskType } from '../draft.ts';
import { enter, proceed } from '../flow.ts';

export const fork: TaskType = {
  begin(draft, task) {
    draft.end(task, 'COMPLETED');
  },
  follow(draft, task, { node }) {
    for (const first of node.branches.values()) if (first) enter(draft, first, task.scope);
    proceed(draft, node, task.scope);
  },
};
