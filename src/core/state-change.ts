// What is said about tasks that have changed: the difference between before and after, so that no rule can forget to say it.

import type { Draft } from './draft.ts';
import { isRecord } from './json.ts';
import { resolveAt, viewFrom } from './language/scope.ts';
import type { Moment, Task } from './model.ts';
import { hasEnded, hasSucceeded, namedMoments, referenceName, taskId } from './model.ts';
import { taskNumbered } from './task-list.ts';

export function sayWhatChanged(draft: Draft): void {
  for (const n of [...draft.tasks.changed].sort((a, b) => a - b)) {
    const task = draft.tasks.get(n) as Task;
    const was = taskNumbered(draft.before.tasks, n);
    if (hasEnded(task) && !(was && hasEnded(was))) {
      const ref = referenceName(task);
      draft.emit({ type: 'taskEnded', n, ref, to: task.status, ...(task.retried && { retried: true }) });
    }
    const wishes = draft.placeOf(task)?.onStateChange;
    if (wishes) for (const moment of momentsOf(was, task)) sayEvents(draft, task, moment, wishes);
  }
}

/** The moments that lie between two forms of a task, in their order. */
function momentsOf(was: Task | undefined, task: Task): Moment[] {
  const moments: Moment[] = [];
  if (!was) moments.push('onScheduled');
  if (task.startedAt !== undefined && was?.startedAt === undefined) moments.push('onStart');
  if (!hasEnded(task) || (was && hasEnded(was))) return moments;
  if (task.status === 'CANCELED') return [...moments, 'onCancelled'];
  // What an optional task has done is a failure, although the execution goes on.
  const isSuccess = hasSucceeded(task) && task.status !== 'COMPLETED_WITH_ERRORS';
  return [...moments, isSuccess ? 'onSuccess' : 'onFailed'];
}

type Wishes = NonNullable<NonNullable<ReturnType<Draft['placeOf']>>['onStateChange']>;

function sayEvents(draft: Draft, task: Task, moment: Moment, wishes: Wishes): void {
  const node = draft.nodeOf(task);
  for (const [moments, events] of Object.entries(wishes)) {
    if (!node || !namedMoments(moments).includes(moment)) continue;
    for (const { type, payload } of events) {
      // A failed attempt may already have a successor, which is not meant.
      const view = { ...viewFrom(node, task.scope), own: task };
      const said = resolveAt(draft, payload ?? {}, view, taskId(draft.workflow.id, task.n));
      if (typeof type === 'string') draft.emit({ type: 'event', name: type, payload: isRecord(said) ? said : {} });
    }
  }
}
