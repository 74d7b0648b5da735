// What people and other programs wish for a whole execution (contract 5.9), but for taking it up again (again.ts).

import type { Command, Outcome } from '../command.ts';
import { done, ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { endWorkflow } from '../ending.ts';
import { loopsIn, partReference } from '../iteration.ts';
import type { JsonObject } from '../json.ts';
import { isList } from '../json.ts';
import { MAX_VARIABLES_BYTES } from '../limits.ts';
import { isTerminal } from '../model.ts';
import { bytesOf, oversize } from '../payload-size.ts';
import type { Node } from '../plan.ts';
import { planOf } from '../plan.ts';
import { shortReason } from '../reason.ts';

type Wish<T extends Command['type']> = Extract<Command, { type: T }>;

export function terminate(draft: Draft, command: Wish<'terminate'>): Outcome {
  const { status } = draft.workflow;
  const { reason = 'terminated by a request' } = command;
  if (status === 'TERMINATED') return ignored('the execution is already TERMINATED');
  if (status === 'COMPLETED') return refused('conflict', 'the execution is COMPLETED; it can no longer be terminated');
  if (isTerminal(status)) {
    // It has failed: its failure workflow has been started and its callers were told. Only what is said of it changes.
    draft.set({ status: 'TERMINATED', reason: shortReason(reason) });
    draft.emit({ type: 'workflowChanged', from: status, to: 'TERMINATED' });
    return done();
  }
  endWorkflow(draft, { status: 'TERMINATED', reason, startsFailureWorkflow: command.triggerFailureWorkflow !== false });
  return done();
}

export function pause(draft: Draft): Outcome {
  const { status } = draft.workflow;
  if (status === 'PAUSED') return ignored('the execution is already PAUSED');
  if (isTerminal(status)) return refused('conflict', `the execution is ${status}; only a running one can be paused`);
  draft.set({ status: 'PAUSED' });
  draft.emit({ type: 'workflowChanged', from: status, to: 'PAUSED' });
  return done();
}

export function resume(draft: Draft): Outcome {
  const { status } = draft.workflow;
  if (status !== 'PAUSED') return refused('conflict', `the execution is ${status}; only a paused one can be resumed`);
  draft.set({ status: 'RUNNING' });
  draft.emit({ type: 'workflowChanged', from: status, to: 'RUNNING' });
  return done();
}

/** A turn under the rateLimitConfig has come. */
export function admit(draft: Draft): Outcome {
  if (!draft.workflow.held) return ignored('the execution is not held');
  draft.set({ held: undefined, startedAt: draft.env.now });
  return done();
}

/** Marks a place that has not been reached as SKIPPED, with the output that others shall see (contract 5.9). */
export function skipTask(draft: Draft, command: Wish<'skipTask'>): Outcome {
  const { status, held } = draft.workflow;
  if (isTerminal(status) || held)
    return refused('conflict', `the execution is ${held ? 'not admitted yet' : status}; its tasks cannot be skipped`);
  const large = oversize('input', command.input ?? {}) ?? oversize('output', command.output ?? {});
  if (large !== undefined) return refused('tooLarge', large);
  const found = placeNamed(draft, command.ref);
  if (!found)
    return refused('notFound', `the definition of the execution has no task with reference name ${command.ref}`);
  const { node, scope } = found;
  const place = node.task.taskReferenceName;
  if (node.loops.length !== loopsIn(scope))
    return refused('conflict', `task ${place} lies in a loop; name the iteration too, as ${place}__1`);
  const there = draft.tasks.latest(place, scope);
  if (there)
    return refused(
      'conflict',
      `task ${command.ref} is already ${there.status}; only one that was not reached can be skipped`,
    );
  const task = draft.add({
    place,
    scope,
    type: node.task.type,
    name: node.task.name || place,
    status: 'SKIPPED',
    input: command.input ?? {},
    output: command.output ?? {},
    reason: 'skipped by a request',
    executed: true,
    memo: { skippedAhead: true },
  });
  return done(task);
}

function placeNamed(draft: Draft, reference: string): { node: Node; scope: string } | undefined {
  const exact = draft.nodeNamed(reference);
  if (exact) return { node: exact, scope: '' };
  const parts = partReference(reference);
  const node = parts && draft.nodeNamed(parts.place);
  return node && { node, scope: parts.scope };
}

/** The given variables, lists with those that are there in front. */
const withLists = (before: JsonObject, given: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const there = before[name];
      return [name, isList(value) && isList(there) ? [...there, ...value] : value];
    }),
  );

export function updateVariables(draft: Draft, command: Wish<'updateVariables'>): Outcome {
  if (isTerminal(draft.workflow.status))
    return refused('conflict', `the execution is ${draft.workflow.status}; its variables no longer change`);
  const before = command.append === false ? {} : draft.workflow.variables;
  const given = command.appendLists ? withLists(before, command.variables) : command.variables;
  const variables = { ...before, ...given };
  const size = bytesOf(variables);
  if (size > MAX_VARIABLES_BYTES)
    return refused('tooLarge', `the variables would take ${size} bytes; ${MAX_VARIABLES_BYTES} are allowed`);
  draft.set({ variables });
  return done();
}

/** Every postponed worker task can be polled now. */
export function resetCallbacks(draft: Draft): Outcome {
  const { now } = draft.env;
  for (const task of draft.tasks.openTasks()) {
    const isPostponed = task.status === 'SCHEDULED' && task.wakeAt === undefined && (task.availableAt ?? 0) > now;
    if (isPostponed && draft.typeOf(task).queued) draft.update(task, { availableAt: now, callbackAfterSeconds: 0 });
  }
  return done();
}

/** Goes on with another version of the definition. Refused when a place where something is under way is not in it. */
export function upgrade(draft: Draft, command: Wish<'upgrade'>): Outcome {
  const { status } = draft.workflow;
  const { def } = command;
  if (isTerminal(status))
    return refused('conflict', `the execution is ${status}; only a running or paused one can be upgraded`);
  const { nodes } = planOf(def);
  const current = [...draft.tasks.openTasks(), ...draft.tasks.unsettledTasks()];
  const lost = current.find((task) => !nodes.has(task.place) && !task.def);
  if (lost) return refused('conflict', `task ${lost.place} is current and version ${def.version} has no such place`);
  draft.set({ def, version: def.version });
  return done();
}
