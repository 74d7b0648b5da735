// Going back to a place: what came after it is taken out of the record, what lies around it looks again.

import type { Draft } from './draft.ts';
import { iterationOf, outerScope } from './iteration.ts';
import { isList } from './json.ts';
import type { Task } from './model.ts';
import { hasEnded, hasSucceeded } from './model.ts';
import type { Node } from './plan.ts';
import { forkAround, isFork } from './plan.ts';

/** A place with its iteration; the steps of a way from a place outwards. */
interface Step {
  readonly node: Node;
  readonly scope: string;
}

/** The place, then what it lies in, up to the top level. */
function wayOut(node: Node, scope: string): Step[] {
  const way: Step[] = [];
  let inner = scope;
  for (let at: Node | undefined = node; at; at = at.parent?.node) {
    way.push({ node: at, scope: inner });
    if (at.parent?.node.task.type === 'DO_WHILE') inner = outerScope(inner);
  }
  return way;
}

const isSameList = (a: Step, b: Step): boolean =>
  a.scope === b.scope && a.node.parent?.node === b.node.parent?.node && a.node.parent?.branch === b.node.parent?.branch;

function comesAfter(node: Node, before: Node): boolean {
  for (let at = before.next; at; at = at.next) if (at === node) return true;
  return false;
}

/** Tells of each task whether it follows from the place `from` or lies in it. The task at the place itself does not. */
export function followsFrom(draft: Draft, from: Node, scope: string): (task: Task) => boolean {
  const way = wayOut(from, scope);
  return (task) => {
    const node = draft.nodeOf(task);
    if (!node) return true;
    const there = wayOut(node, task.scope);
    const later = isLaterIteration(there, way);
    if (later !== undefined) return later;
    // The outermost list is the same for all, so there is always one that both lie in.
    const step = there.find((one) => way.some((other) => isSameList(one, other))) as Step;
    const here = way.find((one) => isSameList(one, step)) as Step;
    return follows(node, step.node, here.node, from);
  };
}

/** `there` and `here` lie in the same list: the task's place in `there`, the place that we go back to in `here`. */
function follows(node: Node, there: Node, here: Node, from: Node): boolean {
  // What lies in the same place follows only when that is the place we go back to; else it is a branch beside ours.
  if (there === here) return here === from && node !== from;
  // The join of a fork around us stays, and looks again.
  if (there.fork === here && here !== from) return false;
  return comesAfter(there, here);
}

/** Whether it is an iteration behind ours, or before; undefined: no loop around both is in different iterations. */
function isLaterIteration(there: readonly Step[], here: readonly Step[]): boolean | undefined {
  for (const a of there) {
    const loop = a.node.parent?.node;
    if (loop?.task.type !== 'DO_WHILE') continue;
    const b = here.find((step) => step.node.parent?.node === loop && outerScope(step.scope) === outerScope(a.scope));
    if (b && a.scope !== b.scope) return iterationOf(a.scope) > iterationOf(b.scope);
  }
  return undefined;
}

/** Forgets what followed from a place, and lets the joins and loops around it look again. Only for an ended execution. */
export function rewind(draft: Draft, from: Node, scope: string): void {
  draft.remove(followsFrom(draft, from, scope));
  const way = wayOut(from, scope);
  for (const [i, { node, scope: at }] of way.entries()) {
    const looking = i > 0 && (isFork(node.task) ? node.next : node.task.type === 'DO_WHILE' && node);
    const task = looking && draft.tasks.latest(looking.task.taskReferenceName, at);
    // The step before is the one inside: its iteration is the one that we go back to.
    if (task) lookAgain(draft, task, iterationOf((way[i - 1] as Step).scope));
  }
}

/** Opens an ended join or loop again, to look at what is there now; a loop at the given iteration. */
export function lookAgain(draft: Draft, task: Task, iteration = task.iteration): void {
  if (task.type !== 'DO_WHILE') {
    draft.reopen(task, { output: {} });
    return;
  }
  const { items } = task.input;
  const item = isList(items) && { loopItem: items[iteration - 1] ?? null, loopIndex: iteration - 1 };
  // Where the iteration began is no longer known: its tasks are looked for from the start.
  draft.reopen(task, { iteration, output: { iteration, ...item }, memo: {} });
}

const LOOKING: ReadonlySet<string> = new Set(['JOIN', 'EXCLUSIVE_JOIN', 'DO_WHILE']);

/** A join or loop that had begun: it is not attempted again, it looks again. */
export const isLooking = (task: Task): boolean =>
  LOOKING.has(task.type) && task.startedAt !== undefined && (task.type !== 'DO_WHILE' || task.iteration > 0);

/** Tasks whose failure or cancellation keeps the execution from its end: those a retry takes up again. */
export function stopped(draft: Draft): Task[] {
  return draft.tasks.all.filter(
    (task) => hasEnded(task) && !hasSucceeded(task) && !task.retried && isCurrent(draft, task),
  );
}

/** False for a failure that something around it has dealt with: a loop that went on or ended well, an optional join. */
function isCurrent(draft: Draft, task: Task): boolean {
  const node = draft.nodeOf(task);
  if (!node) return false;
  for (const step of wayOut(node, task.scope)) {
    const around = step.node.parent?.node;
    if (around?.task.type !== 'DO_WHILE') continue;
    const loop = draft.tasks.latest(around.task.taskReferenceName, outerScope(step.scope));
    if (!loop || hasSucceeded(loop) || loop.iteration !== iterationOf(step.scope)) return false;
  }
  return !isAnswered(draft, task, forkAround(node));
}

/** An optional join went on although this had failed in its fork. */
export function isAnswered(draft: Draft, task: Task, fork: Node | undefined): boolean {
  const join = fork?.next?.fork && draft.tasks.latest(fork.next.task.taskReferenceName, task.scope);
  return join?.status === 'COMPLETED_WITH_ERRORS' && (task.endedAt ?? 0) <= (join.endedAt ?? 0);
}
