// What follows from the state of an execution, in four passes, until nothing moves: expire deadlines, settle what ended,
// advance what moves by itself, finish. Deciding again writes nothing, so any trigger may come any number of times.

import type { DeadlineKind } from './deadline.ts';
import { deadlinesOf, workflowDeadline } from './deadline.ts';
import type { Draft } from './draft.ts';
import { QUEUED } from './draft.ts';
import { endWorkflow, failWorkflow } from './ending.ts';
import { beginAfterDelay, enter, proceed, tryAgain } from './flow.ts';
import { MAX_ROUNDS_PER_DECISION } from './limits.ts';
import type { Task } from './model.ts';
import { hasEnded, hasSucceeded, isTerminal, referenceName } from './model.ts';
import { placeOf } from './plan.ts';
import { mayRetry } from './retry.ts';

/** Runs the passes. Marks the execution `unfinished` when it stopped at a limit and wants another turn. */
export function decide(draft: Draft): void {
  if (isTerminal(draft.workflow.status)) return;
  expireWorkflow(draft);
  if (draft.workflow.status === 'PAUSED' || isTerminal(draft.workflow.status)) return;
  if (draft.workflow.unfinished) draft.set({ unfinished: undefined });
  expireTasks(draft);
  for (let round = 0; round < MAX_ROUNDS_PER_DECISION; round++) {
    const version = draft.version;
    settle(draft);
    if (isTerminal(draft.workflow.status)) return;
    if (draft.full) break;
    advance(draft);
    if (draft.version === version) {
      finish(draft);
      return;
    }
  }
  draft.set({ unfinished: true });
}

function expireWorkflow(draft: Draft): void {
  const deadline = workflowDeadline(draft.workflow);
  if (deadline === undefined || draft.env.now < deadline) return;
  const seconds = draft.workflow.def.timeoutSeconds ?? 0;
  endWorkflow(draft, 'TIMED_OUT', `the execution did not end within its timeoutSeconds of ${seconds}`);
}

function expireTasks(draft: Draft): void {
  for (const task of draft.tasks.slice()) {
    if (hasEnded(task) || isTerminal(draft.workflow.status)) continue;
    for (const { kind, at } of deadlinesOf(task, placeOf(draft.workflow, task)?.taskDefinition)) {
      if (at > draft.env.now) continue;
      expire(draft, task, kind);
      break;
    }
  }
}

const EXPIRED: Record<Exclude<DeadlineKind, 'own'>, string> = {
  poll: 'no worker took the task within its pollTimeoutSeconds',
  response: 'the worker did not report within responseTimeoutSeconds',
  timeout: 'the task did not end within its timeoutSeconds',
  total: 'the task did not end within its totalTimeoutSeconds, all attempts included',
};

function expire(draft: Draft, task: Task, kind: DeadlineKind): void {
  if (kind === 'own') {
    if (task.status === 'SCHEDULED' && draft.typeOf(task.type) !== QUEUED) beginAfterDelay(draft, task);
    else draft.typeOf(task.type).alarm?.(draft, task);
    return;
  }
  const policy = placeOf(draft.workflow, task)?.taskDefinition?.timeoutPolicy ?? 'TIME_OUT_WF';
  draft.typeOf(task.type).cancel?.(draft, task, EXPIRED[kind]);
  const ended = draft.end(task, 'TIMED_OUT', { reason: EXPIRED[kind] });
  // A worker that fell silent is replaced whatever the policy says (contract 5.4).
  if (kind !== 'response' && policy === 'TIME_OUT_WF') {
    draft.update(ended, { executed: true });
    failWorkflow(draft, ended, 'TIMED_OUT');
  }
}

/** Plans what follows from each ended task, once. */
function settle(draft: Draft): void {
  if (draft.tasks.length === 0 && draft.workflow.nextN === 1) start(draft);
  for (let i = 0; i < draft.tasks.length; i++) {
    const task = draft.tasks[i] as Task;
    if (!hasEnded(task) || task.executed) continue;
    if (draft.full) return;
    settleOne(draft, task);
    if (isTerminal(draft.workflow.status)) return;
  }
}

function start(draft: Draft): void {
  const { first } = draft.plan;
  if (first) enter(draft, first, '');
}

function settleOne(draft: Draft, task: Task): void {
  const place = placeOf(draft.workflow, task);
  if (hasSucceeded(task)) return goOn(draft, task);
  if (mayRetry(place, task, draft.env.now)) return tryAgain(draft, task, place);
  if (place?.optional) return goOn(draft, draft.update(task, { status: 'COMPLETED_WITH_ERRORS' }));
  draft.update(task, { executed: true });
  if (place?.permissive) return;
  failAround(draft, task);
}

function goOn(draft: Draft, task: Task): void {
  const settled = draft.update(task, { executed: true });
  draft.emit({ type: 'taskEnded', n: task.n, ref: referenceName(task), to: task.status });
  const node = draft.nodeOf(settled);
  if (!node) return;
  const { follow } = draft.typeOf(settled.type);
  if (follow) follow(draft, settled, node);
  else proceed(draft, node, settled.scope);
}

/** A final failure ends the loop around it when that loop is optional, else the execution. */
function failAround(draft: Draft, task: Task): void {
  draft.emit({ type: 'taskEnded', n: task.n, ref: referenceName(task), to: task.status });
  for (let parent = draft.nodeOf(task)?.parent, scope = task.scope; parent; parent = parent.node.parent) {
    if (parent.node.task.type !== 'DO_WHILE') continue;
    scope = scope.slice(0, scope.lastIndexOf('__'));
    const loop = draft.latest(parent.node.task.taskReferenceName + scope);
    if (!loop || hasEnded(loop)) continue;
    const failed = draft.end(loop, 'FAILED', {
      reason: `task ${referenceName(task)} of an iteration failed: ${task.reason ?? task.status}`,
    });
    if (parent.node.task.optional) {
      cancelInside(draft, failed);
      return;
    }
    draft.update(failed, { executed: true });
  }
  failWorkflow(
    draft,
    task,
    task.status === 'TIMED_OUT' ? 'TIMED_OUT' : task.status === 'CANCELED' ? 'TERMINATED' : 'FAILED',
  );
}

function cancelInside(draft: Draft, loop: Task): void {
  const inner = `${loop.scope}__`;
  const node = draft.nodeOf(loop);
  for (const task of draft.tasks.slice()) {
    if (hasEnded(task) || !task.scope.startsWith(inner)) continue;
    for (let at = draft.nodeOf(task)?.parent; at; at = at.node.parent)
      if (at.node === node) {
        draft.typeOf(task.type).cancel?.(draft, task, 'the loop around it failed');
        draft.update(draft.end(task, 'CANCELED', { reason: 'the loop around it failed' }), { executed: true });
        break;
      }
  }
}

function advance(draft: Draft): void {
  for (let i = 0; i < draft.tasks.length; i++) {
    const task = draft.tasks[i] as Task;
    if (hasEnded(task) || task.status !== 'IN_PROGRESS') continue;
    const type = draft.typeOf(task.type);
    if (!type.advance) continue;
    const node = draft.nodeOf(task);
    if (node) type.advance(draft, task, node);
  }
}

/** Nothing moves any more: when nothing is open either, the execution has ended. */
function finish(draft: Draft): void {
  if (draft.tasks.some((task) => !hasEnded(task))) return;
  const failed = draft.tasks.find(
    (task) =>
      task.status !== 'CANCELED' && !hasSucceeded(task) && !task.retried && placeOf(draft.workflow, task)?.permissive,
  );
  if (failed) failWorkflow(draft, failed, 'FAILED');
  else endWorkflow(draft, 'COMPLETED');
}
