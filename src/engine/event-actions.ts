// What an event handler makes of a message: its actions with the payload put in, as errands for executions (contract 5.10).
// Pure: ids are handed in. What cannot be done becomes an execution that says why.

import type { Command } from '../core/command.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isList, isRecord } from '../core/json.ts';
import { resolve } from '../core/language/expression.ts';
import type { IdempotencyStrategy } from '../core/model.ts';
import { parseTaskId } from '../core/model.ts';
import type { Errand } from '../store/errand.ts';
import type { EventExecution, MessageRow } from '../store/event-message.ts';

export const ACTIONS = [
  'start_workflow',
  'complete_task',
  'fail_task',
  'terminate_workflow',
  'update_workflow_variables',
] as const;
export type ActionName = (typeof ACTIONS)[number];

/** What to do is under the name of the action, as in Conductor. */
export type Action = { readonly action: ActionName; readonly expandInlineJSON?: boolean } & {
  readonly [Name in ActionName]?: JsonObject;
};

export interface Handler {
  readonly name: string;
  readonly actions: readonly Action[];
  readonly createdBy: string;
}

export interface Planned {
  readonly executions: readonly EventExecution[];
  readonly errands: readonly Errand[];
}

/** Texts that are JSON are read so deep: `{"a":"{\"b\":\"{…}\"}"}`. */
const MAX_EXPANSIONS = 10;

/** All actions of a handler for a message whose condition holds. */
export function planActions(
  handler: Handler,
  message: MessageRow,
  payload: JsonObject,
  now: number,
  newId: () => string,
): Planned {
  const executions: EventExecution[] = [];
  const errands: Errand[] = [];
  for (const action of handler.actions) {
    const about = { ...executionOf(handler.name, message, now, newId()), action: action.action };
    const view = action.expandInlineJSON ? expanded(payload, 0) : payload;
    const template = action[action.action] ?? {};
    const details = resolve(template, { lookup: (root) => (isRecord(view) ? view[root] : undefined) });
    const errand = isRecord(details)
      ? errandOf(action.action, details, { about, handler, message, newId })
      : 'its details must be an object';
    if (typeof errand === 'string') executions.push({ ...about, state: 'FAILED', reason: errand, details });
    else {
      executions.push({ ...about, details });
      errands.push(errand);
    }
  }
  return { executions, errands };
}

/** One record for each action of a handler that has nothing to do with this message, or cannot tell. */
export function passedOver(
  handler: Handler,
  message: MessageRow,
  why: { readonly state: 'SKIPPED' | 'FAILED'; readonly reason: string },
  now: number,
  newId: () => string,
): readonly EventExecution[] {
  return handler.actions.map(({ action }) => ({
    ...executionOf(handler.name, message, now, newId()),
    action,
    ...why,
  }));
}

const executionOf = (handler: string, message: MessageRow, now: number, id: string) => ({
  id,
  handler,
  event: message.event,
  messageId: message.id,
  createdAt: now,
});

interface Context {
  readonly about: { readonly id: string };
  readonly handler: Handler;
  readonly message: MessageRow;
  readonly newId: () => string;
}

/** A text says why it cannot be done. */
function errandOf(action: ActionName, details: JsonObject, context: Context): Errand | string {
  switch (action) {
    case 'start_workflow':
      return startOf(details, context);
    case 'complete_task':
      return taskErrand(details, 'COMPLETED', context);
    case 'fail_task':
      return taskErrand(details, 'FAILED', context);
    case 'terminate_workflow': {
      const reason = textOf(details.terminationReason) ?? `terminated by event handler ${context.handler.name}`;
      return commandFor(details, { type: 'terminate', reason }, context);
    }
    case 'update_workflow_variables': {
      const { variables, appendArray } = details;
      if (!isRecord(variables)) return '"variables" must be an object';
      const append = appendArray === true || appendArray === 'true';
      return commandFor(details, { type: 'updateVariables', variables, ...(append && { appendLists: true }) }, context);
    }
  }
}

function startOf(details: JsonObject, { about, handler, message, newId }: Context): Errand | string {
  const name = textOf(details.name);
  if (!name) return '"name" is missing: the workflow to start';
  const { input, version, priority, taskToDomain, idempotencyStrategy } = details;
  if (input !== undefined && input !== null && !isRecord(input)) return '"input" must be an object';
  const [correlationId, idempotencyKey] = [textOf(details.correlationId), textOf(details.idempotencyKey)];
  const wanted = Number(version ?? 0);
  if (!Number.isSafeInteger(wanted) || wanted < 0) return '"version" must be a whole number';
  const start = {
    id: newId(),
    name,
    ...(wanted > 0 && { version: wanted }),
    input: {
      ...(isRecord(input) && input),
      'conductor.event.messageId': message.id,
      'conductor.event.name': message.event,
    },
    ...(correlationId !== undefined && { correlationId }),
    ...(typeof priority === 'number' && { priority }),
    ...(isDomains(taskToDomain) && { taskToDomain }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(isStrategy(idempotencyStrategy) && { idempotencyStrategy }),
    createdBy: textOf(details.createdBy) ?? handler.createdBy,
    event: message.event,
    traceId: message.traceId ?? newId(),
    ...(message.masked && { masked: message.masked }),
  };
  return { id: about.id, type: 'start', start };
}

function taskErrand(details: JsonObject, status: 'COMPLETED' | 'FAILED', context: Context): Errand | string {
  const { output } = details;
  if (output !== undefined && output !== null && !isRecord(output)) return '"output" must be an object';
  const reason = textOf(details.reasonForIncompletion) ?? `failed by event handler ${context.handler.name}`;
  const report = {
    type: 'updateTask',
    status,
    ...(isRecord(output) && { output }),
    ...(status === 'FAILED' && { reason }),
  } as const;
  const id = textOf(details.taskId);
  if (id !== undefined) {
    const pointer = parseTaskId(id);
    if (!pointer) return `there is no task ${id}`;
    return commandFor(pointer, { ...report, task: { n: pointer.n } }, context);
  }
  const ref = textOf(details.taskRefName);
  if (ref === undefined) return '"taskRefName" (with "workflowId") or "taskId" is missing';
  return commandFor(details, { ...report, task: { ref } }, context);
}

function commandFor(details: { readonly workflowId?: Json }, command: Command, { about }: Context): Errand | string {
  const workflowId = textOf(details.workflowId);
  if (workflowId === undefined) return '"workflowId" is missing: the execution that is meant';
  return { id: about.id, type: 'command', workflowId, command };
}

/** Numbers count as text: ids and keys of payloads often are numbers. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const isDomains = (value: Json | undefined): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((domain) => typeof domain === 'string');

const STRATEGIES: readonly unknown[] = ['RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING'] satisfies IdempotencyStrategy[];
const isStrategy = (value: Json | undefined): value is IdempotencyStrategy => STRATEGIES.includes(value);

/** Texts that hold a JSON object or list become what they hold. */
function expanded(value: Json, depth: number): Json {
  if (depth > MAX_EXPANSIONS) return value;
  if (isList(value)) return value.map((item) => expanded(item, depth + 1));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expanded(item, depth + 1)]));
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return expanded(JSON.parse(value) as Json, depth + 1);
  } catch {
    return value;
  }
}
