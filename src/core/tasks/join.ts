// JOIN: waits for branches of a fork (contract 5.6). It looks whenever its execution is decided; nobody has to tell it.

import type { Draft, TaskType } from '../draft.ts';
import type { Json } from '../json.ts';
import type { Task } from '../model.ts';
import { hasEnded, hasSucceeded } from '../model.ts';
import type { Node } from '../plan.ts';
import { isInside, placeOf } from '../plan.ts';

/** References that the join waits for; none given: all that its fork opened. */
function joinedRefs(draft: Draft, task: Task, node: Node): readonly string[] {
  const { joinOn } = node.task;
  if (joinOn && joinOn.length > 0) return joinOn;
  const fork = node.fork && draft.latest(node.fork.task.taskReferenceName + task.scope);
  return fork?.dynamic?.map((made) => made.taskReferenceName) ?? [];
}

const isSettled = (task: Task): boolean => hasEnded(task) && task.executed === true && task.retried !== true;

/** True when something inside `outer`, in this iteration, is open or not yet settled. */
function movesInside(draft: Draft, outer: Node, scope: string): boolean {
  return draft.tasks.some(
    (task) =>
      !isSettled(task) && task.retried !== true && task.scope.startsWith(scope) && isInside(draft.nodeOf(task), outer),
  );
}

/** A joined place is done when its task is, and, when that is a switch, all that its case opened. */
function isDone(draft: Draft, ref: string, scope: string): boolean {
  const task = draft.latest(ref + scope);
  if (!task || !isSettled(task)) return false;
  const node = draft.nodeOf(task);
  return !node || node.branches.size === 0 || !movesInside(draft, node, scope);
}

export const join: TaskType = {
  begin(draft, task, node) {
    const joinOn = joinedRefs(draft, task, node);
    draft.run(task, {
      input: { ...task.input, joinOn },
    });
  },

  advance(draft, task, node) {
    const refs = joinedRefs(draft, task, node);
    const named = refs.length > 0 && refs.every((ref) => isDone(draft, ref, task.scope));
    // A joined place may lie in a case that was not taken: then the join ends when nothing in its fork moves any more.
    if (!named && (!node.fork || movesInside(draft, node.fork, task.scope))) return;
    const joined = refs.flatMap((ref) => draft.latest(ref + task.scope) ?? []);
    const output: Record<string, Json> = {};
    joined.forEach((one) => {
      if (Object.keys(one.output).length > 0) output[one.place] = one.output;
    });
    const failed = joined.filter((one) => !hasSucceeded(one) && one.status !== 'CANCELED');
    const canceled = joined.filter((one) => one.status === 'CANCELED');
    if (failed.length > 0) {
      const reason = failed.map((one) => `${one.place} ${one.status}${one.reason ? `: ${one.reason}` : ''}`).join('; ');
      draft.end(task, 'FAILED', { output, reason: `joined tasks failed: ${reason}` });
    } else if (canceled.length > 0) draft.end(task, 'CANCELED', { output, reason: 'joined tasks were cancelled' });
    else {
      const optional = joined.some(
        (one) => one.status === 'COMPLETED_WITH_ERRORS' && placeOf(draft.workflow, one)?.optional,
      );
      draft.end(task, optional ? 'COMPLETED_WITH_ERRORS' : 'COMPLETED', { output });
    }
  },
};
