// Taking an execution up again: restart, retry, rerun, jump (contract 5.9).

import type { Command, Outcome } from '../command.ts';
import { refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { cancelOpen } from '../ending.ts';
import { attemptAgain, enter } from '../flow.ts';
import type { Task } from '../model.ts';
import { hasSucceeded, isTerminal } from '../model.ts';
import { isInside } from '../plan.ts';
import { openAround, reopen } from './child.ts';

type Wish<T extends Command['type']> = Extract<Command, { type: T }>;

const notEnded = (draft: Draft, verb: string): Outcome =>
  refused('conflict', `the execution is ${draft.workflow.status}; only one that has ended can be ${verb}`);

/** From the beginning, under the same id and with the same input. */
export function restart(draft: Draft, command: Wish<'restart'>): Outcome {
  const { workflow } = draft;
  if (!isTerminal(workflow.status)) return notEnded(draft, 'restarted');
  if (workflow.status === 'COMPLETED' && workflow.def.restartable === false)
    return refused('conflict', 'the execution is COMPLETED and its definition says restartable: false');
  fromScratch(draft, command.latest ? { def: command.latest, version: command.latest.version } : {});
  return { type: 'done' };
}

function fromScratch(draft: Draft, fields: Parameters<Draft['set']>[0]): void {
  draft.remove(() => true);
  reopen(draft);
  draft.set({ ...fields, variables: (fields.def ?? draft.workflow.def).variables ?? {}, startedAt: draft.env.now });
  if (draft.plan.first) enter(draft, draft.plan.first, '');
}

/** From the last failures on: each is attempted again; a failed sub-workflow is resumed inside when asked to. */
export function retry(draft: Draft, command: Wish<'retry'>): Outcome {
  const { status } = draft.workflow;
  if (!isTerminal(status))
    return refused('notFound', `the execution is still running (${status}); there is nothing to retry`);
  if (status === 'COMPLETED') return refused('conflict', 'the execution is COMPLETED; there is nothing to retry');
  const failed = draft.tasks.filter(isRetryable);
  if (failed.length === 0) return refused('conflict', 'no failed task of the execution can be tried again');
  reopen(draft);
  for (const task of failed) {
    if (command.resumeSubworkflows && task.subWorkflowId !== undefined && task.type === 'SUB_WORKFLOW')
      resumeChild(draft, task);
    else attemptAgain(draft, task, { retryCount: task.retryCount + 1 });
  }
  openAround(draft);
  return { type: 'done' };
}

const LOOKING: ReadonlySet<string> = new Set(['JOIN', 'EXCLUSIVE_JOIN', 'DO_WHILE']);

const isRetryable = (task: Task): boolean =>
  !hasSucceeded(task) &&
  task.status !== 'SCHEDULED' &&
  task.status !== 'IN_PROGRESS' &&
  !task.retried &&
  !LOOKING.has(task.type);

function resumeChild(draft: Draft, task: Task): void {
  draft.update(task, {
    status: 'IN_PROGRESS',
    endedAt: undefined,
    reason: undefined,
    executed: false,
    updatedAt: draft.env.now,
  });
  draft.emit({
    type: 'tell',
    workflowId: task.subWorkflowId as string,
    command: { type: 'retry', resumeSubworkflows: true },
  });
}

/** From a given task on, or the whole, with another input if one is given. */
export function rerun(draft: Draft, command: Wish<'rerun'>): Outcome {
  if (!isTerminal(draft.workflow.status)) return notEnded(draft, 'rerun');
  const given = {
    ...(command.workflowInput && { input: command.workflowInput }),
    ...(command.correlationId !== undefined && { correlationId: command.correlationId }),
    reRunFrom: draft.workflow.id,
  };
  if (command.fromN === undefined) {
    fromScratch(draft, given);
    return { type: 'done' };
  }
  const from = draft.byNumber(command.fromN);
  if (!from) return refused('notFound', `the execution has no task number ${command.fromN}`);
  reopen(draft);
  draft.set(given);
  forgetAfter(draft, from);
  openAround(draft);
  attemptAgain(draft, from, { retryCount: from.retryCount, ...(command.taskInput && { input: command.taskInput }) });
  draft.remove((task) => task.n === from.n);
  return { type: 'done' };
}

/** Later tasks go, but for parallel branches and for the joins and loops around the place. */
function forgetAfter(draft: Draft, from: Task): void {
  const node = draft.nodeOf(from);
  draft.remove((task) => {
    if (task.n <= from.n) return false;
    const there = draft.nodeOf(task);
    if (!node || !there) return true;
    return (
      !isParallel(there, node) && !(LOOKING.has(task.type) && isInside(node, there)) && there.fork !== forkAround(node)
    );
  });
  const retried = draft.tasks.filter((task) => task.retried && !draft.byNumber(task.n + 1));
  for (const task of retried) if (task.n === from.n) draft.update(task, { retried: false });
}

type PlanNode = NonNullable<ReturnType<Draft['nodeOf']>>;

function forkAround(node: PlanNode): PlanNode | undefined {
  for (let at = node.parent; at; at = at.node.parent) if (at.node.task.type.startsWith('FORK')) return at.node;
  return undefined;
}

/** True when both lie in the same fork, in different branches. */
function isParallel(a: PlanNode, b: PlanNode): boolean {
  const branchOf = new Map<PlanNode, string>();
  for (let at = a.parent; at; at = at.node.parent) branchOf.set(at.node, at.branch);
  for (let at = b.parent; at; at = at.node.parent) {
    const other = branchOf.get(at.node);
    if (other !== undefined) return at.node.task.type.startsWith('FORK') && other !== at.branch;
  }
  return false;
}

/** Goes to a place of the definition at once; what is open is cancelled, what lies between is left out. */
export function jump(draft: Draft, command: Wish<'jump'>): Outcome {
  const node = draft.plan.nodes.get(command.ref);
  if (!node)
    return refused('notFound', `the definition of the execution has no task with reference name ${command.ref}`);
  if (node.loops > 0) return refused('conflict', `task ${command.ref} lies in a loop; jump to the loop instead`);
  if (isTerminal(draft.workflow.status))
    return refused('conflict', `the execution is ${draft.workflow.status}; only a running one can jump`);
  cancelOpen(draft, `jumped to ${command.ref}`);
  enter(draft, node, '', command.input ? { input: command.input } : {});
  return { type: 'done' };
}
