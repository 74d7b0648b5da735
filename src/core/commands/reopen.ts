// An ended execution runs again; whoever wishes it opens tasks.

import type { Draft } from '../draft.ts';

/** The caller is told, so that the whole line of callers runs again. */
export function reopen(draft: Draft): void {
  const { parent, id, status } = draft.workflow;
  draft.set({
    status: 'RUNNING',
    endedAt: undefined,
    reason: undefined,
    output: {},
    failedRefs: [],
    failedNames: [],
    lastRetriedAt: draft.env.now,
  });
  draft.emit({ type: 'workflowChanged', from: status, to: 'RUNNING' });
  if (parent)
    draft.emit({
      type: 'tell',
      workflowId: parent.workflowId,
      command: { type: 'childResumed', n: parent.n, childId: id },
    });
}
