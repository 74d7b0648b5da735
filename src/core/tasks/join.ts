// JOIN: waits for branches of a fork (contract 5.6). It looks whenever its execution is decided; nobody has to tell it.

import type { Draft, Standing, TaskType } from '../draft.ts';
import { isInScope } from '../iteration.ts';
import type { Json, JsonObject } from '../json.ts';
import { isRecord } from '../json.ts';
import { CONDITION_DEADLINE_MS } from '../limits.ts';
import type { Task } from '../model.ts';
import { hasEnded, hasSucceeded } from '../model.ts';
import type { Node } from '../plan.ts';
import { forkAround, isInside, lastOfBranches } from '../plan.ts';

const isSettled = (task: Task): boolean => hasEnded(task) && task.executed === true && task.memo?.skippedAhead !== true;

/** True when something inside `outer`, in this iteration, is open or not yet settled. */
export function movesInside(draft: Draft, outer: Node, scope: string): boolean {
  return draft.tasks.someMoving((task) => {
    const node = isInScope(task.scope, scope) ? draft.nodeOf(task) : undefined;
    return node !== undefined && isInside(node, outer);
  });
}

/** A joined place is done when its task is, and, when it has places inside, all that it opened. */
export function isDone(draft: Draft, ref: string, scope: string): boolean {
  const task = draft.tasks.latest(ref, scope);
  if (!task || !isSettled(task)) return false;
  const node = draft.nodeOf(task);
  return !node || (node.branches.size === 0 && !task.dynamic) || !movesInside(draft, node, scope);
}

/** What a join waits for: names, or all that its fork opened. */
type Wanted = { readonly refs: readonly string[]; readonly all: boolean };

function wantedBy(draft: Draft, task: Task, { node, place }: Standing): Wanted {
  const { joinOn } = place;
  const dynamic = node.fork && draft.tasks.latest(node.fork.task.taskReferenceName, task.scope)?.dynamic;
  if (dynamic && !joinOn?.length) return { refs: dynamic, all: true };
  // A static fork may be joined on nothing at all; only where nothing is said, all of it is meant.
  if (joinOn || !node.fork) return { refs: joinOn ?? [], all: false };
  return { refs: lastOfBranches(node.fork).map((last) => last.task.taskReferenceName), all: true };
}

/** The tasks that decide what becomes of the join: the joined ones, and what failed on the way to one that is missing. */
function joinedTasks(draft: Draft, task: Task, at: Standing, { refs }: Wanted): { joined: Task[]; failed: Task[] } {
  const found = refs.map((ref) => draft.tasks.latest(ref, task.scope));
  const joined = found.filter((one) => one !== undefined);
  const failed = joined.filter((one) => !hasSucceeded(one));
  const { fork } = at.node;
  if (joined.length === refs.length || !fork) return { joined, failed };
  const onTheWay = draft.tasks.all.filter((one) => {
    if (hasSucceeded(one) || one.retried || one.scope !== task.scope || failed.includes(one)) return false;
    return forkAround(draft.nodeOf(one)) === fork;
  });
  return { joined, failed: [...failed, ...onTheWay] };
}

function outputOf(joined: readonly Task[]): JsonObject {
  return Object.fromEntries(
    joined.filter((one) => Object.keys(one.output).length > 0).map((one) => [one.place, one.output]),
  );
}

function conclude(draft: Draft, task: Task, at: Standing): void {
  const { joined, failed } = joinedTasks(draft, task, at, wantedBy(draft, task, at));
  const output = outputOf(joined);
  const broken = failed.filter((one) => one.status !== 'CANCELED');
  if (broken.length > 0) {
    const reason = broken.map((one) => `${one.place} ${one.status}${one.reason ? `: ${one.reason}` : ''}`).join('; ');
    draft.end(task, 'FAILED', { output, reason: `joined tasks failed: ${reason}` });
  } else if (failed.length > 0) draft.end(task, 'CANCELED', { output, reason: 'joined tasks were cancelled' });
  else {
    const withErrors = joined.some((one) => one.status === 'COMPLETED_WITH_ERRORS');
    draft.end(task, withErrors ? 'COMPLETED_WITH_ERRORS' : 'COMPLETED', { output });
  }
}

/** True when all that is waited for is there, or nothing of it can come any more. */
function isComplete(draft: Draft, task: Task, at: Standing): boolean {
  const { fork } = at.node;
  const { refs, all } = wantedBy(draft, task, at);
  if (!all && refs.every((ref) => isDone(draft, ref, task.scope))) return true;
  // A joined place may lie in a case that was not taken: then the join ends when nothing in its fork moves any more.
  return fork !== undefined && !movesInside(draft, fork, task.scope);
}

/** A script of Orkes' kind decides: true or { status, outputData, reasonForIncompletion }; anything else waits on. */
function askScript(draft: Draft, task: Task, at: Standing, script: string): void {
  const { refs } = wantedBy(draft, task, at);
  const joined = refs.flatMap((ref) => draft.tasks.latest(ref, task.scope) ?? []);
  const seen = joined.map((one): [string, Json] => [one.place, { status: one.status, output: one.output }]);
  const bindings = { ...task.input, ...Object.fromEntries(seen), joinOn: refs };
  const result = draft.env.evaluate(script, bindings, CONDITION_DEADLINE_MS);
  if (!result.ok) {
    draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: `the join script failed: ${result.reason}` });
    return;
  }
  const said = isRecord(result.value) ? result.value : { status: result.value === true ? 'COMPLETED' : 'IN_PROGRESS' };
  const output = { ...outputOf(joined), ...(isRecord(said.outputData) && said.outputData) };
  const reason = typeof said.reasonForIncompletion === 'string' ? { reason: said.reasonForIncompletion } : {};
  if (said.status === 'COMPLETED') draft.end(task, 'COMPLETED', { output });
  else if (said.status === 'FAILED' || said.status === 'FAILED_WITH_TERMINAL_ERROR')
    draft.end(task, said.status, { output, ...reason });
}

export const join: TaskType = {
  begin(draft, task, at) {
    draft.run(task, { input: { ...task.input, joinOn: wantedBy(draft, task, at).refs } });
  },
  advance(draft, task, at) {
    const { expression } = at.place;
    if (expression) askScript(draft, task, at, expression);
    const isOpen = !hasEnded(draft.tasks.get(task.n) as Task);
    if (isOpen && isComplete(draft, task, at)) conclude(draft, task, at);
  },
  stall: conclude,
};
