// What makes a definition one that can run (contract 5.16). Every problem is told with its place; no JSON makes it throw.

import type { Json } from './json.ts';
import { isList, isRecord } from './json.ts';
import type { TaskDef, WorkflowDef } from './model.ts';
import { cleanTaskDef, cleanWorkflowDef } from './validate/clean.ts';
import { checkTogether, type Fields, knownNames, type Seen, type Walk, walkPlaces } from './validate/places.ts';
import {
  atLeast,
  type Check,
  checkFields,
  flag,
  integerFrom,
  name,
  oneOf,
  own,
  type Problem,
  Problems,
  record,
  text,
  texts,
  under,
} from './validate/problems.ts';
import { checkTemplate } from './validate/references.ts';
import { checkSchemaUses } from './validate/schema-use.ts';
import { checkTaskDef } from './validate/task-def.ts';

export type { Problem } from './validate/problems.ts';

export type Validated<T> =
  | { readonly ok: true; readonly def: T }
  | { readonly ok: false; readonly errors: readonly Problem[] };

/** The largest version: databases keep it in 32 bits. */
const MAX_VERSION = 2 ** 31 - 1;

const version: Check = (value) =>
  integerFrom(1)(value) ?? ((value as number) > MAX_VERSION ? `must be at most ${MAX_VERSION}` : undefined);

const FIELDS: Readonly<Record<string, Check>> = {
  version,
  description: text,
  inputParameters: texts,
  outputParameters: record,
  inputTemplate: record,
  variables: record,
  failureWorkflow: text,
  failureWorkflowVersion: version,
  restartable: flag,
  timeoutPolicy: oneOf('TIME_OUT_WF', 'ALERT_ONLY'),
  timeoutSeconds: atLeast(0),
  schemaVersion: integerFrom(1),
  ownerEmail: text,
  rateLimitConfig: record,
  maskedFields: texts,
};

/**
 * Checks a workflow definition. The answer's `def` is the one given, without null fields and with the defaults that the
 * rules rely on: `version` 1, the task type SIMPLE.
 */
export function validateWorkflowDef(def: unknown): Validated<WorkflowDef> {
  const problems = new Problems();
  checkWorkflow(def, '', [], { problems, depth: 0 });
  return problems.list.length === 0
    ? { ok: true, def: cleanWorkflowDef(def as Fields) }
    : { ok: false, errors: problems.list };
}

/** Checks a task definition. */
export function validateTaskDef(def: unknown): Validated<TaskDef> {
  const problems = new Problems();
  checkTaskDef(def, '', problems);
  return problems.list.length === 0
    ? { ok: true, def: cleanTaskDef(def as Fields) }
    : { ok: false, errors: problems.list };
}

/** A definition that one lies in, and whether nothing decides on the way whether it is reached. */
interface Around {
  readonly name: unknown;
  readonly version: unknown;
  readonly isCertain: boolean;
}

interface Progress {
  readonly problems: Problems;
  readonly depth: number;
}

function checkWorkflow(def: unknown, path: string, around: readonly Around[], progress: Progress): void {
  const { problems } = progress;
  if (!isRecord(def)) {
    problems.add(path, 'must be an object: a workflow definition', def);
    return;
  }
  const nameProblem = own(def, 'name') === undefined ? 'is missing' : name(own(def, 'name'));
  if (nameProblem) problems.add(under(path, 'name'), nameProblem, own(def, 'name'));
  checkFields(def, path, FIELDS, problems);
  checkSchemaUses(def, path, problems);
  checkRateLimit(own(def, 'rateLimitConfig'), under(path, 'rateLimitConfig'), problems);
  const tasks = own(def, 'tasks');
  if (!isList(tasks) || tasks.length === 0) {
    problems.add(under(path, 'tasks'), 'must be a list with at least one task', tasks);
    return;
  }
  const walk: Walk = { problems, seen: [], references: new Set() };
  walkPlaces(tasks, { path: under(path, 'tasks'), depth: progress.depth, isCertain: true }, walk);
  checkTogether(walk);
  const known = knownNames(walk.seen, walk.references);
  for (const field of ['outputParameters', 'failureWorkflow']) {
    const template = own(def, field);
    if (template !== undefined) checkTemplate(template as Json, under(path, field), known, problems);
  }
  const self: Around = { name: own(def, 'name'), version: own(def, 'version') ?? 1, isCertain: true };
  for (const seen of walk.seen) if (seen.type === 'SUB_WORKFLOW') checkSubWorkflow(seen, [...around, self], problems);
}

function checkRateLimit(config: unknown, path: string, problems: Problems): void {
  if (isRecord(config))
    checkFields(config, path, { rateLimitKey: text, concurrentExecLimit: integerFrom(0) }, problems);
}

const SUB_WORKFLOW_FIELDS: Readonly<Record<string, Check>> = {
  name: text,
  version: (value) => (typeof value === 'string' ? undefined : integerFrom(0)(value)),
  taskToDomain: record,
  idempotencyKey: text,
  idempotencyStrategy: oneOf('RETURN_EXISTING', 'FAIL', 'FAIL_ON_RUNNING'),
};

function checkSubWorkflow(seen: Seen, around: readonly Around[], problems: Problems): void {
  const path = under(seen.path, 'subWorkflowParam');
  const param = own(seen.place, 'subWorkflowParam');
  if (!isRecord(param)) {
    if (param === undefined) problems.add(path, 'is missing: { name, version } or { workflowDefinition }');
    return;
  }
  checkFields(param, path, SUB_WORKFLOW_FIELDS, problems);
  const here = around.map((one) => ({ ...one, isCertain: one.isCertain && seen.isCertain }));
  const inline = own(param, 'workflowDefinition');
  if (inline === undefined) checkCalled(param, here, path, problems);
  else if (typeof inline !== 'string')
    checkWorkflow(inline, under(path, 'workflowDefinition'), here, { problems, depth: seen.depth + 1 });
}

/** A definition that starts itself in any case would never end. Behind a switch it may know when to stop. */
function checkCalled(param: Fields, around: readonly Around[], path: string, problems: Problems): void {
  const called = own(param, 'name');
  const calledVersion = own(param, 'version');
  if (typeof called !== 'string' || called === '') {
    problems.add(under(path, 'name'), 'is missing: the workflow to start', called);
    return;
  }
  const isAnyVersion = calledVersion === undefined || calledVersion === 0;
  const again = around.find(
    (one) => one.isCertain && one.name === called && (isAnyVersion || calledVersion === one.version),
  );
  if (again) problems.add(under(path, 'name'), `a cycle: ${called} would start itself without end`, called);
}
