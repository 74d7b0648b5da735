// Taking an execution up again: restart, retry, rerun, jump (contract 5.9).

import type { Command, Outcome } from '../command.ts';
import { done, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { cancelOpen, tellCaller } from '../ending.ts';
import { attemptAgain, enter } from '../flow.ts';
import { unmasked } from '../mask.ts';
import type { Task, WorkflowDef } from '../model.ts';
import { hasSucceeded, isTerminal } from '../model.ts';
import { oversize } from '../payload-size.ts';
import { forkAround } from '../plan.ts';
import { followsFrom, isLooking, lookAgain, rewind, stopped } from '../rewind.ts';
import { brokenByWorkflow } from '../schema/enforce.ts';
import { reopen } from './reopen.ts';

type Wish<T extends Command['type']> = Extract<Command, { type: T }>;

const notEnded = (draft: Draft, verb: string): Outcome =>
  refused('conflict', `the execution is ${draft.workflow.status}; only one that has ended can be ${verb}`);

/** From the beginning, under the same id and with the same input. */
export function restart(draft: Draft, command: Wish<'restart'>): Outcome {
  const { workflow } = draft;
  if (!isTerminal(workflow.status)) return notEnded(draft, 'restarted');
  if (workflow.status === 'COMPLETED' && workflow.def.restartable === false)
    return refused('conflict', 'the execution is COMPLETED and its definition says restartable: false');
  fromScratch(draft, command.latest ?? workflow.def);
  return done();
}

function fromScratch(draft: Draft, def: WorkflowDef): void {
  draft.remove(() => true);
  reopen(draft);
  draft.set({ def, version: def.version, variables: def.variables ?? {}, startedAt: draft.env.now });
  if (draft.plan.first) enter(draft, draft.plan.first, '');
}

/** From the last failures on: each is attempted again; a failed sub-workflow is resumed inside when asked to. */
export function retry(draft: Draft, command: Wish<'retry'>): Outcome {
  const refusal = whyNotRetried(draft);
  if (refusal) {
    if (command.by && isTerminal(draft.workflow.status)) tellCaller(draft, command.by);
    return refusal;
  }
  reopen(draft);
  retryStopped(draft, command.resumeSubworkflows);
  return done();
}

function whyNotRetried(draft: Draft): Outcome | undefined {
  const { status } = draft.workflow;
  if (!isTerminal(status))
    return refused('notFound', `the execution is still running (${status}); there is nothing to retry`);
  if (status === 'COMPLETED') return refused('conflict', 'the execution is COMPLETED; there is nothing to retry');
  if (stopped(draft).length === 0) return refused('conflict', 'no failed task of the execution can be tried again');
  return undefined;
}

/** Attempts again what stopped; joins and loops look again. */
export function retryStopped(draft: Draft, resumesSubworkflows = false): void {
  for (const task of stopped(draft)) {
    if (isLooking(task)) lookAgain(draft, task);
    else if (resumesSubworkflows && isResumable(task)) resumeChild(draft, task);
    else attemptAgain(draft, task);
  }
}

/** Its child exists: it could be started. */
const isResumable = (task: Task): boolean =>
  task.type === 'SUB_WORKFLOW' && task.subWorkflowId !== undefined && task.status !== 'FAILED_WITH_TERMINAL_ERROR';

function resumeChild(draft: Draft, task: Task): void {
  draft.reopen(task);
  draft.emit({
    type: 'tell',
    workflowId: task.subWorkflowId as string,
    command: { type: 'retry', resumeSubworkflows: true, by: { workflowId: draft.workflow.id, n: task.n } },
  });
}

/** From a given task on, or the whole, with another input if one is given. */
export function rerun(draft: Draft, command: Wish<'rerun'>): Outcome {
  if (!isTerminal(draft.workflow.status)) return notEnded(draft, 'rerun');
  const input = command.workflowInput && unmasked(command.workflowInput, draft.workflow.input);
  const large = input && oversize('input', input);
  if (large !== undefined) return refused('tooLarge', large);
  const broken = input && brokenByWorkflow(draft.workflow.def, 'input', input);
  if (broken) return refused('invalid', broken.reason);
  const given = {
    ...(input && { input }),
    ...(command.correlationId !== undefined && { correlationId: command.correlationId }),
    reRunFrom: draft.workflow.id,
  };
  if (command.fromN === undefined) {
    draft.set(given);
    fromScratch(draft, draft.workflow.def);
    return done();
  }
  const wanted = draft.tasks.get(command.fromN);
  const from = wanted && (draft.tasks.latest(wanted.place, wanted.scope) ?? wanted);
  const node = from && draft.nodeOf(from);
  if (!node) return refused('notFound', `the execution has no task number ${command.fromN}`);
  reopen(draft);
  draft.set(given);
  rewind(draft, node, from.scope);
  retryStoppedBeside(draft, from);
  return done(runAgain(draft, from, command));
}

/** Branches beside the place may have been cancelled with it; without them the join would fail at once. */
function retryStoppedBeside(draft: Draft, from: Task): void {
  const own = stopped(draft).filter((task) => task.place === from.place && task.scope === from.scope);
  for (const task of own) draft.update(task, { retried: true });
  retryStopped(draft);
}

/** A fresh first attempt takes the place of the task. */
function runAgain(draft: Draft, from: Task, { taskInput }: Wish<'rerun'>): Task {
  const again = attemptAgain(draft, from, {
    retryCount: 0,
    ...(taskInput && { input: unmasked(taskInput, from.input) }),
  });
  draft.remove((task) => task.n === from.n);
  return draft.update(again, { retryOf: undefined });
}

/** Goes to a place of the definition at once; what is open is cancelled, what lies between is left out. */
export function jump(draft: Draft, command: Wish<'jump'>): Outcome {
  const { status, held } = draft.workflow;
  if (isTerminal(status) || held)
    return refused('conflict', `the execution is ${held ? 'not admitted yet' : status}; only a running one can jump`);
  const node = draft.plan.nodes.get(command.ref);
  if (!node)
    return refused('notFound', `the definition of the execution has no task with reference name ${command.ref}`);
  const around = node.loops.length > 0 ? 'loop' : forkAround(node) && 'fork';
  if (around) return refused('conflict', `task ${command.ref} lies in a ${around}; jump to the ${around} instead`);
  const follows = followsFrom(draft, node, '');
  const left = cancelOpen(draft, `jumped to ${command.ref}`);
  for (const task of left) draft.update(task, { retried: true });
  // What ended while the execution was paused would go on from there when it is resumed.
  for (const task of draft.tasks.unsettledTasks())
    draft.update(task, { executed: true, ...(!hasSucceeded(task) && { retried: true }) });
  // What ran there before must not be taken for what is to run now.
  for (const task of draft.tasks.all.filter((one) => !one.retried && (one.place === command.ref || follows(one))))
    draft.update(task, { retried: true, executed: true });
  enter(draft, node, '', command.input);
  return done();
}
