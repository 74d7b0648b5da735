// The one door of change, as a pure function: apply what is wished, then decide what follows.

import { apply } from './apply.ts';
import type { Command, StartRequest } from './command.ts';
import { decide } from './decide.ts';
import type { Decision, Env } from './decision.ts';
import { Draft } from './draft.ts';
import { OUTSIDE, resolveAt } from './language/scope.ts';
import type { Workflow } from './model.ts';
import { oversize } from './payload-size.ts';
import { type Broken, brokenByWorkflow } from './schema/enforce.ts';
import { sayWhatChanged } from './state-change.ts';
import { TASK_TYPES } from './tasks/index.ts';

/** Reports about one task by its number only touch that task, so many of them need one decision. */
function needsDecisionBefore(command: Command): boolean {
  switch (command.type) {
    case 'decide':
    case 'pollTask':
    case 'eventArrived':
    case 'childEnded':
    case 'startedAs':
    case 'startFailed':
      return false;
    case 'updateTask':
      return 'ref' in command.task;
    default:
      return true;
  }
}

/** Applies the commands in order, then decides. The given workflow is never changed. */
export function transition(workflow: Workflow, commands: readonly Command[], env: Env): Decision {
  const draft = new Draft(workflow, env, TASK_TYPES);
  commands.forEach((command, i) => {
    if (i > 0 && needsDecisionBefore(command)) decide(draft);
    draft.outcomes.push(apply(draft, command));
  });
  decide(draft);
  return close(draft);
}

/** What keeps an execution from beginning: an input that is too large, or breaks the schema of its definition. */
export function whyNotBegun({ def, input }: Pick<StartRequest, 'def' | 'input'>): Broken | undefined {
  const whole = { ...def.inputTemplate, ...input };
  const reason = oversize('input', whole);
  return reason === undefined ? brokenByWorkflow(def, 'input', whole) : { reason, problems: [], tooLarge: true };
}

/** A new execution, decided for the first time. */
export function begin(request: StartRequest, env: Env): Decision {
  const { def, correlationId, idempotencyKey, taskToDomain, createdBy, event, parent, traceId, masked } = request;
  const { now } = env;
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
      ...(correlationId !== undefined && { correlationId }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(taskToDomain && { taskToDomain }),
      ...(createdBy !== undefined && { createdBy }),
      ...(event !== undefined && { event }),
      ...(parent && { parent }),
      ...(traceId !== undefined && { traceId }),
      ...(masked && { masked }),
      ...(request.held && { held: true }),
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
  const rateLimitKey = rateLimitKeyOf(draft);
  if (rateLimitKey !== undefined) draft.set({ rateLimitKey });
  decide(draft);
  return close(draft);
}

function rateLimitKeyOf(draft: Draft): string | undefined {
  const { rateLimitKey, concurrentExecLimit = 0 } = draft.workflow.def.rateLimitConfig ?? {};
  if (rateLimitKey === undefined || concurrentExecLimit <= 0) return undefined;
  const key = resolveAt(draft, rateLimitKey, OUTSIDE);
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** `updatedAt` moves only when something else did, so deciding again writes nothing. */
function close(draft: Draft): Decision {
  sayWhatChanged(draft);
  if (draft.touched) draft.set({ updatedAt: draft.env.now });
  return draft.decision();
}
