// What follows from the end of a task, planned once: another attempt, the next place, or the end of what lies around it.

import type { Draft } from './draft.ts';
import { failLoop, failWorkflow } from './ending.ts';
import { proceed, tryAgain } from './flow.ts';
import { innerScope, isInScope, outerScope } from './iteration.ts';
import type { Task } from './model.ts';
import { hasEnded, hasSucceeded, isTerminal } from './model.ts';
import type { Node } from './plan.ts';
import { forkAround, isInside } from './plan.ts';
import { mayRetry } from './retry.ts';
import { isAnswered } from './rewind.ts';

/** Settles ended tasks until there are none, or this decision has planned its share. */
export function settle(draft: Draft): void {
  while (draft.tasks.unsettledCount > 0) {
    for (const task of draft.tasks.unsettledTasks()) {
      if (draft.full) return;
      settleOne(draft, task);
      if (isTerminal(draft.workflow.status)) return;
    }
  }
}

function settleOne(draft: Draft, task: Task): void {
  const place = draft.placeOf(task);
  if (hasSucceeded(task)) return goOn(draft, task);
  if (mayRetry(place, task, draft.env.now)) return tryAgain(draft, task, place);
  if (place?.optional) return goOn(draft, draft.update(task, { status: 'COMPLETED_WITH_ERRORS' }));
  const settled = draft.update(task, { executed: true });
  if (place?.permissive && forkAround(draft.nodeOf(task))) return;
  failAround(draft, settled);
}

function goOn(draft: Draft, task: Task): void {
  const settled = draft.update(task, { executed: true });
  const at = draft.standingOf(settled);
  const { follow } = draft.typeOf(settled);
  if (follow && settled.status === 'COMPLETED') follow(draft, settled, at);
  else proceed(draft, at.node, settled.scope);
}

/** A final failure ends the loops around it; the first optional one of them takes it, else the execution fails. */
export function failAround(draft: Draft, task: Task): void {
  let { scope } = task;
  for (let at = draft.nodeOf(task)?.parent?.node; at; at = at.parent?.node) {
    if (at.task.type !== 'DO_WHILE') continue;
    scope = outerScope(scope);
    const loop = draft.tasks.latest(at.task.taskReferenceName, scope);
    if (!loop || hasEnded(loop)) continue;
    const failed = failLoop(draft, loop, task);
    if (at.task.optional) {
      cancelInside(draft, failed, at);
      return;
    }
    draft.update(failed, { executed: true });
  }
  failWorkflow(draft, task);
}

function cancelInside(draft: Draft, loop: Task, body: Node): void {
  const scope = innerScope(loop.scope, loop.iteration);
  const reason = 'the loop around it failed';
  for (const task of draft.tasks.openTasks()) {
    if (!isInside(draft.standingOf(task).node, body) || !isInScope(task.scope, scope)) continue;
    draft.typeOf(task).cancel?.(draft, task, reason);
    draft.update(draft.end(task, 'CANCELED', { reason }), { executed: true });
  }
}

const FAILED: ReadonlySet<string> = new Set(['FAILED', 'FAILED_WITH_TERMINAL_ERROR', 'TIMED_OUT']);

/** A permissive failure in a branch that the join of its fork did not wait for. */
export function uncoveredFailure(draft: Draft): Task | undefined {
  return draft.tasks.all.find((task) => {
    if (!FAILED.has(task.status) || task.retried || !draft.placeOf(task)?.permissive) return false;
    const fork = forkAround(draft.nodeOf(task));
    const join = fork?.next?.task.type === 'JOIN' && draft.tasks.latest(fork.next.task.taskReferenceName, task.scope);
    return join && hasSucceeded(join) && !isAnswered(draft, task, fork);
  });
}
