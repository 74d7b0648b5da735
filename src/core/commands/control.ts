// What people and other programs wish for a whole execution (contract 5.9), but for taking it up again (again.ts).

import type { Command, Outcome } from '../command.ts';
import { ignored, refused } from '../command.ts';
import type { Draft } from '../draft.ts';
import { QUEUED } from '../draft.ts';
import { endWorkflow } from '../ending.ts';
import { MAX_VARIABLES_BYTES } from '../limits.ts';
import { hasEnded, isTerminal } from '../model.ts';

type Wish<T extends Command['type']> = Extract<Command, { type: T }>;

export function terminate(draft: Draft, command: Wish<'terminate'>): Outcome {
  const { status } = draft.workflow;
  if (status === 'TERMINATED') return ignored('the execution is already TERMINATED');
  if (isTerminal(status))
    return refused('conflict', `the execution is ${status}; only a running or paused one can be terminated`);
  endWorkflow(draft, 'TERMINATED', command.reason ?? 'terminated by a request');
  return { type: 'done' };
}

export function pause(draft: Draft): Outcome {
  const { status } = draft.workflow;
  if (status === 'PAUSED') return ignored('the execution is already PAUSED');
  if (isTerminal(status)) return refused('conflict', `the execution is ${status}; only a running one can be paused`);
  draft.set({ status: 'PAUSED' });
  draft.emit({ type: 'workflowChanged', from: status, to: 'PAUSED' });
  return { type: 'done' };
}

export function resume(draft: Draft): Outcome {
  const { status } = draft.workflow;
  if (status !== 'PAUSED') return refused('conflict', `the execution is ${status}; only a paused one can be resumed`);
  draft.set({ status: 'RUNNING' });
  draft.emit({ type: 'workflowChanged', from: status, to: 'RUNNING' });
  return { type: 'done' };
}

/** Marks a place that has not been reached as SKIPPED, with the output that others shall see (contract 5.9). */
export function skipTask(draft: Draft, command: Wish<'skipTask'>): Outcome {
  const { workflow } = draft;
  if (isTerminal(workflow.status))
    return refused('conflict', `the execution is ${workflow.status}; its tasks cannot be skipped`);
  const node = draft.plan.nodes.get(command.ref);
  if (!node)
    return refused('notFound', `the definition of the execution has no task with reference name ${command.ref}`);
  const there = draft.latest(command.ref);
  if (there)
    return refused(
      'conflict',
      `task ${command.ref} is already ${there.status}; only one that was not reached can be skipped`,
    );
  const task = draft.add({
    place: command.ref,
    scope: '',
    type: node.task.type,
    name: node.task.name,
    status: 'SKIPPED',
    input: command.input ?? {},
    output: command.output ?? {},
    reason: 'skipped by a request',
    executed: true,
    memo: { skippedAhead: true },
  });
  return { type: 'done', task };
}

export function updateVariables(draft: Draft, command: Wish<'updateVariables'>): Outcome {
  if (isTerminal(draft.workflow.status))
    return refused('conflict', `the execution is ${draft.workflow.status}; its variables no longer change`);
  const variables =
    command.append === false ? command.variables : { ...draft.workflow.variables, ...command.variables };
  const size = JSON.stringify(variables).length;
  if (size > MAX_VARIABLES_BYTES)
    return refused('tooLarge', `the variables would take ${size} bytes; ${MAX_VARIABLES_BYTES} are allowed`);
  draft.set({ variables });
  return { type: 'done' };
}

/** Every postponed worker task can be polled now. */
export function resetCallbacks(draft: Draft): Outcome {
  for (const task of draft.tasks.slice())
    if (task.status === 'SCHEDULED' && draft.typeOf(task.type) === QUEUED && (task.availableAt ?? 0) > draft.env.now)
      draft.update(task, { availableAt: draft.env.now, callbackAfterSeconds: 0 });
  return { type: 'done' };
}

/** Goes on with another version of the definition. Refused when a place with an open task is not in it. */
export function upgrade(draft: Draft, command: Wish<'upgrade'>): Outcome {
  if (isTerminal(draft.workflow.status))
    return refused(
      'conflict',
      `the execution is ${draft.workflow.status}; only a running or paused one can be upgraded`,
    );
  const before = draft.workflow.def;
  draft.set({ def: command.def, version: command.def.version });
  draft.placesChanged();
  const lost = draft.tasks.find((task) => !hasEnded(task) && !draft.nodeOf(task));
  if (!lost) return { type: 'done' };
  draft.set({ def: before, version: before.version });
  return refused('conflict', `task ${lost.place} is open and version ${command.def.version} has no such place`);
}
