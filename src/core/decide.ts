// What follows from the state of an execution, in four passes, until nothing moves: expire deadlines, settle what ended,
// advance what moves by itself, finish. Deciding again writes nothing, so any trigger may come any number of times.

import type { Deadline, DeadlineKind } from './deadline.ts';
import { deadlineOf, workflowDeadline } from './deadline.ts';
import type { Draft } from './draft.ts';
import { endWorkflow } from './ending.ts';
import { beginAfterDelay, enter } from './flow.ts';
import { MAX_BUILT_IN_HAND_OUTS, MAX_ROUNDS_PER_DECISION } from './limits.ts';
import type { Task } from './model.ts';
import { isTerminal } from './model.ts';
import { failAround, settle, uncoveredFailure } from './settle.ts';

/** Runs the passes. Marks the execution `unfinished` when it stopped at a limit and wants another turn. */
export function decide(draft: Draft): void {
  if (isTerminal(draft.workflow.status)) return;
  expireWorkflow(draft);
  if (draft.workflow.status !== 'RUNNING' || draft.workflow.held) return;
  if (draft.workflow.unfinished) draft.set({ unfinished: undefined });
  if (draft.workflow.nextN === 1 && draft.plan.first) enter(draft, draft.plan.first, '');
  expireTasks(draft);
  if (isTerminal(draft.workflow.status)) return;
  for (let round = 0; round < MAX_ROUNDS_PER_DECISION; round++) {
    settle(draft);
    if (isTerminal(draft.workflow.status)) return;
    if (draft.full) break;
    const { version } = draft;
    advance(draft);
    if (draft.version !== version) continue;
    if (draft.tasks.openCount === 0) return finish(draft);
    stall(draft);
    if (draft.version === version) return;
  }
  draft.set({ unfinished: true });
}

function expireWorkflow(draft: Draft): void {
  const deadline = workflowDeadline(draft.workflow);
  if (deadline === undefined || draft.env.now < deadline) return;
  const { timeoutSeconds } = draft.workflow.def;
  endWorkflow(draft, {
    status: 'TIMED_OUT',
    reason: `the execution did not end within its timeoutSeconds of ${timeoutSeconds}`,
  });
}

function expireTasks(draft: Draft): void {
  const { now } = draft.env;
  for (const task of draft.tasks.dueTasks(now, draft.workflow.def, (one) => draft.momentOf(one))) {
    if (isTerminal(draft.workflow.status)) return;
    const { kind } = deadlineOf(draft.placeOf(task), task) as Deadline;
    expire(draft, task, kind);
  }
}

const EXPIRED: Record<Exclude<DeadlineKind, 'own' | 'lease'>, string> = {
  poll: 'no worker took the task within its pollTimeoutSeconds',
  response: 'the worker did not report within responseTimeoutSeconds',
  timeout: 'the task did not end within its timeoutSeconds',
  total: 'the task did not end within its totalTimeoutSeconds, all attempts included',
};

function expire(draft: Draft, task: Task, kind: DeadlineKind): void {
  if (kind === 'own') {
    if (task.status === 'SCHEDULED') beginAfterDelay(draft, task);
    else draft.typeOf(task).alarm?.(draft, task);
    return;
  }
  if (kind === 'lease') return handOutAgain(draft, task);
  const place = draft.placeOf(task);
  draft.typeOf(task).cancel?.(draft, task, EXPIRED[kind]);
  const ended = draft.end(task, 'TIMED_OUT', { reason: EXPIRED[kind] });
  // A worker that fell silent is replaced whatever the policy says (contract 5.4).
  const isFinal = kind !== 'response' && (place?.taskDefinition?.timeoutPolicy ?? 'TIME_OUT_WF') === 'TIME_OUT_WF';
  if (isFinal && !place?.optional) failAround(draft, draft.update(ended, { executed: true }));
}

/** The server that worked on it is gone. It is the same attempt still: the failure was ours. */
function handOutAgain(draft: Draft, task: Task): void {
  const { now } = draft.env;
  // Not the number of polls: a task that is done in several goes (HTTP_POLL) has many without any loss.
  const lost = Number(task.memo?.lost ?? 0) + 1;
  if (lost < MAX_BUILT_IN_HAND_OUTS) {
    draft.update(task, { status: 'SCHEDULED', availableAt: now, updatedAt: now, memo: { ...task.memo, lost } });
    return;
  }
  const reason = `the server went away ${lost} times while it worked on the task`;
  draft.end(task, 'FAILED', { reason });
}

function advance(draft: Draft): void {
  for (const task of draft.tasks.lookingTasks())
    if (task.status === 'IN_PROGRESS') draft.typeOf(task).advance!(draft, task, draft.standingOf(task));
}

/**
 * Only tasks that look at others are open, and none of them sees anything move: the first join concludes. There is one,
 * since a loop moves whenever nothing does inside it.
 */
function stall(draft: Draft): void {
  const looking = draft.tasks.lookingTasks();
  if (looking.length < draft.tasks.openCount || looking.some((task) => task.status !== 'IN_PROGRESS')) return;
  const join = looking.find((task) => draft.typeOf(task).stall)!;
  draft.typeOf(join).stall!(draft, join, draft.standingOf(join));
}

/** Nothing moves any more and nothing is open: the execution has ended. */
function finish(draft: Draft): void {
  const failed = uncoveredFailure(draft);
  if (failed) failAround(draft, failed);
  else endWorkflow(draft, { status: 'COMPLETED' });
}
