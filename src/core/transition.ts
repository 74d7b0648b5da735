// The one door of change, as a pure function: apply what is wished, then decide what follows.

import { apply } from './apply.ts';
import type { Command, StartRequest } from './command.ts';
import { decide } from './decide.ts';
import type { Decision, Env } from './decision.ts';
import { Draft } from './draft.ts';
import type { Workflow } from './model.ts';
import { TASK_TYPES } from './tasks/index.ts';

/** Reports of workers and events only touch their own task, so many of them need one decision. */
const NEEDS_NO_DECISION_BEFORE: ReadonlySet<Command['type']> = new Set([
  'decide',
  'updateTask',
  'pollTask',
  'eventArrived',
]);

/** Applies the commands in order, then decides. The given workflow is never changed. */
export function transition(workflow: Workflow, commands: readonly Command[], env: Env): Decision {
  const draft = new Draft(workflow, env, TASK_TYPES);
  commands.forEach((command, i) => {
    if (i > 0 && !NEEDS_NO_DECISION_BEFORE.has(command.type)) decide(draft);
    draft.outcomes.push(apply(draft, command));
  });
  decide(draft);
  return close(draft);
}

/** A new execution, decided for the first time. */
export function begin(request: StartRequest, env: Env): Decision {
  const { def, now } = { def: request.def, now: env.now };
  const draft = new Draft(
    {
      id: request.id,
      name: def.name,
      version: def.version,
      def,
      status: 'RUNNING',
      input: { ...def.inputTemplate, ...request.input },
      output: {},
      variables: def.variables ?? {},
      priority: request.priority ?? 0,
      ...(request.correlationId !== undefined && { correlationId: request.correlationId }),
      ...(request.idempotencyKey !== undefined && { idempotencyKey: request.idempotencyKey }),
      ...(request.taskToDomain !== undefined && { taskToDomain: request.taskToDomain }),
      ...(request.createdBy !== undefined && { createdBy: request.createdBy }),
      ...(request.event !== undefined && { event: request.event }),
      ...(request.parent !== undefined && { parent: request.parent }),
      ...(request.traceId !== undefined && { traceId: request.traceId }),
      depth: request.depth ?? 0,
      createdAt: now,
      startedAt: now,
      updatedAt: now,
      failedRefs: [],
      failedNames: [],
      nextN: 1,
      tasks: [],
    },
    env,
    TASK_TYPES,
  );
  draft.emit({ type: 'workflowChanged', from: undefined, to: 'RUNNING' });
  decide(draft);
  return close(draft);
}

/** `updatedAt` moves only when something else did, so deciding again writes nothing. */
function close(draft: Draft): Decision {
  if (draft.touched) draft.workflow.updatedAt = draft.env.now;
  return draft.decision();
}
