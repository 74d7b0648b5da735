// Run Workflow: what the form holds, what is wrong with it, and the request it makes.
import type { JsonObject } from '../../../src/core/json.ts';
import { isRecord } from '../../../src/core/json.ts';
import type { IdempotencyStrategy, WorkflowDef } from '../../../src/core/model.ts';
import type { StartWorkflowRequest } from '../../../src/http/contract/execution.ts';
import { parseExact, placeOf, prettyJson, scanJson } from './json-text.ts';

/** What a second start with the same key leads to. */
export const IDEMPOTENCY_CHOICES = [
  { value: 'RETURN_EXISTING', label: 'Keep the existing one (RETURN_EXISTING)' },
  { value: 'FAIL', label: 'Refuse the second start (FAIL)' },
  { value: 'FAIL_ON_RUNNING', label: 'Refuse only while one runs (FAIL_ON_RUNNING)' },
];

export interface RunValues {
  readonly name: string;
  /** Empty: the latest. */
  readonly version: string;
  /** JSON text. */
  readonly input: string;
  readonly correlationId: string;
  readonly idempotencyKey: string;
  readonly idempotencyStrategy: IdempotencyStrategy;
  /** JSON text: task -> domain. */
  readonly taskToDomain: string;
  readonly priority: string;
}

export const EMPTY_RUN: RunValues = {
  name: '',
  version: '',
  input: '{}',
  correlationId: '',
  idempotencyKey: '',
  idempotencyStrategy: 'RETURN_EXISTING',
  taskToDomain: '',
  priority: '',
};

/** The latest version of that name. */
export const latestOf = (defs: readonly WorkflowDef[], name: string): WorkflowDef | undefined =>
  defs.filter((def) => def.name === name).sort((a, b) => b.version - a.version)[0];

/** An input to begin with: the template's values, and every declared parameter that it leaves out, empty. */
export function inputFor(def: WorkflowDef | undefined): string {
  const input: JsonObject = {};
  for (const name of def?.inputParameters ?? [])
    if (typeof name === 'string') (input as Record<string, unknown>)[name] = '';
  return prettyJson({ ...input, ...(def?.inputTemplate ?? {}) });
}

export type RunErrors = Readonly<Partial<Record<keyof RunValues, string>>>;

function objectProblem(text: string, what: string): string | undefined {
  if (text.trim() === '') return undefined;
  const { errorAt } = scanJson(text);
  if (errorAt !== undefined) {
    const { line, column } = placeOf(text, errorAt);
    return `This is not JSON: see line ${line}, column ${column}.`;
  }
  return isRecord(JSON.parse(text)) ? undefined : `${what} is a JSON object, { … }.`;
}

export function checkRun(values: RunValues): RunErrors {
  const errors: Partial<Record<keyof RunValues, string>> = {};
  if (values.name === '') errors.name = 'Choose a workflow.';
  const input = objectProblem(values.input, 'The input');
  if (input) errors.input = input;
  const domains = objectProblem(values.taskToDomain, 'This mapping');
  if (domains) errors.taskToDomain = domains;
  else if (
    values.taskToDomain.trim() !== '' &&
    !Object.values(JSON.parse(values.taskToDomain) as object).every((v) => typeof v === 'string')
  )
    errors.taskToDomain = 'Every domain is a text.';
  if (values.priority !== '' && !/^\d{1,2}$/.test(values.priority))
    errors.priority = 'A priority is a number from 0 to 99.';
  return errors;
}

/** The request of a form without errors; what is empty is left out. */
export function startRequest(values: RunValues): StartWorkflowRequest {
  const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());
  const key = text(values.idempotencyKey);
  const request: StartWorkflowRequest = {
    name: values.name,
    version: values.version === '' ? undefined : Number(values.version),
    input: (text(values.input) === undefined ? {} : parseExact(values.input)) as JsonObject,
    correlationId: text(values.correlationId),
    idempotencyKey: key,
    idempotencyStrategy: key === undefined ? undefined : values.idempotencyStrategy,
    taskToDomain:
      text(values.taskToDomain) === undefined ? undefined : (JSON.parse(values.taskToDomain) as Record<string, string>),
    priority: values.priority === '' ? undefined : Number(values.priority),
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as StartWorkflowRequest;
}

/** The form of a request that was sent once: of an execution, of a schedule. */
export function runValues(request: StartWorkflowRequest): RunValues {
  const { name, version, input, correlationId = '', idempotencyKey = '', priority, taskToDomain } = request;
  const domains = taskToDomain && Object.keys(taskToDomain).length > 0 ? prettyJson(taskToDomain) : '';
  return {
    name,
    version: version ? String(version) : '',
    input: prettyJson(input ?? {}),
    correlationId,
    idempotencyKey,
    idempotencyStrategy: request.idempotencyStrategy ?? EMPTY_RUN.idempotencyStrategy,
    taskToDomain: domains,
    priority: priority ? String(priority) : '',
  };
}
