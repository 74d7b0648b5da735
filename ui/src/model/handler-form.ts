// The form of an event handler: its values, the fields of each action, and the way to and from what the API keeps.
import type { JsonObject } from '../../../src/core/json.ts';
import type { EventHandler } from '../../../src/http/contract/event-handler.ts';

export type ActionName = EventHandler['actions'][number]['action'];

export interface ActionRow {
  readonly action: ActionName;
  /** Texts that hold JSON are read as what they hold. */
  readonly expand: boolean;
  readonly details: JsonObject;
}

export interface HandlerValues {
  readonly name: string;
  readonly event: string;
  readonly condition: string;
  readonly active: boolean;
  readonly description: string;
  readonly actions: readonly ActionRow[];
}

export interface ActionField {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'workflow' | 'json' | 'switch';
  readonly required?: boolean;
  readonly help?: string;
}

export interface ActionKind {
  readonly label: string;
  readonly fields: readonly ActionField[];
}

const EXECUTION: ActionField = {
  key: 'workflowId',
  label: 'Execution id',
  kind: 'text',
  required: true,
  help: 'From the payload: ${workflowId}',
};
const TASK_FIELDS: readonly ActionField[] = [
  { ...EXECUTION, required: false, help: 'From the payload: ${workflowId}; not needed with a task id' },
  { key: 'taskRefName', label: 'Reference name of the task', kind: 'text' },
  { key: 'taskId', label: 'Or its task id', kind: 'text' },
  { key: 'output', label: 'Output', kind: 'json' },
];

export const ACTION_KINDS: Readonly<Record<ActionName, ActionKind>> = {
  start_workflow: {
    label: 'Start a workflow',
    fields: [
      { key: 'name', label: 'Workflow', kind: 'workflow', required: true },
      { key: 'version', label: 'Version', kind: 'text', help: 'Empty: the latest' },
      { key: 'correlationId', label: 'Correlation id', kind: 'text' },
      { key: 'idempotencyKey', label: 'Idempotency key', kind: 'text', help: 'The same key does not start twice' },
      { key: 'input', label: 'Input', kind: 'json', help: '${path} is taken from the payload of the event' },
    ],
  },
  complete_task: { label: 'Complete a task', fields: TASK_FIELDS },
  fail_task: {
    label: 'Fail a task',
    fields: [...TASK_FIELDS, { key: 'reasonForIncompletion', label: 'Reason', kind: 'text' }],
  },
  terminate_workflow: {
    label: 'Terminate an execution',
    fields: [EXECUTION, { key: 'terminationReason', label: 'Reason', kind: 'text' }],
  },
  update_workflow_variables: {
    label: 'Set variables of an execution',
    fields: [
      EXECUTION,
      { key: 'variables', label: 'Variables', kind: 'json', required: true },
      { key: 'appendArray', label: 'Append to lists instead of replacing them', kind: 'switch' },
    ],
  },
};

export const ACTION_NAMES = Object.keys(ACTION_KINDS) as ActionName[];

export const newAction = (action: ActionName): ActionRow => ({ action, expand: false, details: {} });

export const EMPTY_HANDLER: HandlerValues = {
  name: '',
  event: '',
  condition: '',
  active: true,
  description: '',
  actions: [newAction('start_workflow')],
};

export const handlerValues = (handler: EventHandler): HandlerValues => ({
  name: handler.name,
  event: handler.event,
  condition: handler.condition ?? '',
  active: handler.active ?? false,
  description: handler.description ?? '',
  actions: handler.actions.map((action) => ({
    action: action.action,
    expand: action.expandInlineJSON ?? false,
    details: action[action.action] ?? {},
  })),
});

/** What to save. `stored` is the handler that is edited: what the form does not show is kept. */
export function handlerConfig(values: HandlerValues, stored?: EventHandler): EventHandler {
  const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());
  const handler: EventHandler = {
    name: values.name.trim(),
    event: values.event.trim(),
    condition: text(values.condition),
    evaluatorType: text(values.condition) === undefined ? undefined : (stored?.evaluatorType ?? 'javascript'),
    active: values.active,
    description: text(values.description),
    tags: stored?.tags,
    actions: values.actions.map(({ action, expand, details }) => ({
      action,
      ...(expand && { expandInlineJSON: true }),
      [action]: details,
    })),
  };
  return Object.fromEntries(Object.entries(handler).filter(([, value]) => value !== undefined)) as EventHandler;
}

/** A field emptied is a field left out. */
export function withDetail(row: ActionRow, key: string, value: unknown): ActionRow {
  const { [key]: _, ...rest } = row.details;
  const details = value === undefined || value === '' || value === false ? rest : { ...row.details, [key]: value };
  return { ...row, details: details as JsonObject };
}

/** By field; actions as `actions.0.name`. */
export type HandlerErrors = Readonly<Record<string, string>>;

export function checkHandler(values: HandlerValues): HandlerErrors {
  const errors: Record<string, string> = {};
  if (values.name.trim() === '') errors.name = 'Give the handler a name.';
  if (values.event.trim() === '') errors.event = 'Name the event to listen to.';
  if (values.actions.length === 0) errors.actions = 'Add an action: without one it does nothing.';
  for (const [i, { action, details }] of values.actions.entries()) {
    for (const { key, label, required } of ACTION_KINDS[action].fields)
      if (required && details[key] === undefined) errors[`actions.${i}.${key}`] = `Enter the ${label.toLowerCase()}.`;
    const task = action === 'complete_task' || action === 'fail_task';
    if (task && details.taskId === undefined && (details.taskRefName === undefined || details.workflowId === undefined))
      errors[`actions.${i}.taskRefName`] = 'Name the task: by its reference and the execution id, or by its task id.';
  }
  return errors;
}

/** Handlers whose name, event or description holds the text. */
export const findHandlers = (handlers: readonly EventHandler[], find: string): EventHandler[] =>
  handlers
    .filter(({ name, event, description = '' }) =>
      [name, event, description].join('\n').toLowerCase().includes(find.trim().toLowerCase()),
    )
    .sort((a, b) => a.name.localeCompare(b.name));
