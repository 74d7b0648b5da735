// SUB_WORKFLOW: another execution in place of a task; START_WORKFLOW: another execution, and on at once (contract 5.6).
// Executions only ever write to each other's inbox.

import type { Draft, TaskType } from '../draft.ts';
import type { Json, JsonObject } from '../json.ts';
import { isRecord } from '../json.ts';
import { resolveAt, viewFrom } from '../language/scope.ts';
import { MAX_SUB_WORKFLOW_DEPTH } from '../limits.ts';
import type { Message } from '../message.ts';
import type { IdempotencyStrategy, SubWorkflowParam, Task, WorkflowDef, WorkflowTask } from '../model.ts';
import type { Node } from '../plan.ts';
import { validateWorkflowDef } from '../validate.ts';

type Target = { readonly name: string; readonly version?: number; readonly def?: WorkflowDef };
type Start = Extract<Message, { type: 'start' }>;

/** What is to be started, or why it cannot be. */
function targetOf(wish: { name?: Json; version?: Json; def?: Json }, fallbackName: string): Target | string {
  if (wish.def !== undefined && wish.def !== null) {
    if (!isRecord(wish.def)) return 'the inline workflow definition is not an object';
    const checked = validateWorkflowDef({ name: wish.name ?? fallbackName, version: 1, ...wish.def });
    if (checked.ok) return { name: checked.def.name, version: checked.def.version, def: checked.def };
    const [first] = checked.errors;
    return `the inline workflow definition is not valid: ${first?.path} ${first?.message}`;
  }
  if (typeof wish.name !== 'string' || wish.name === '') return 'the name of the workflow to start is missing';
  const version = Number(wish.version ?? 0);
  return { name: wish.name, ...(version > 0 && { version }) };
}

/** What an execution hands on to those that it starts. One that is not waited for is no deeper: such chains may be endless. */
function inherited(draft: Draft, waits: boolean) {
  const { createdBy, traceId, depth } = draft.workflow;
  return {
    ...(createdBy !== undefined && { createdBy }),
    ...(traceId !== undefined && { traceId }),
    depth: waits ? depth + 1 : depth,
  };
}

function start(draft: Draft, task: Task, waits: boolean, target: Target | string, fields: Partial<Start>): void {
  const tooDeep = waits && draft.workflow.depth >= MAX_SUB_WORKFLOW_DEPTH;
  if (typeof target === 'string' || tooDeep) {
    const reason = tooDeep ? `more than ${MAX_SUB_WORKFLOW_DEPTH} sub-workflows inside each other` : String(target);
    draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
    return;
  }
  const id = draft.env.newId();
  draft.run(task, { subWorkflowId: id, output: waits ? { subWorkflowId: id } : { workflowId: id } });
  const by = { workflowId: draft.workflow.id, n: task.n, waits };
  draft.emit({ type: 'start', id, ...target, input: task.input, ...inherited(draft, waits), ...fields, by });
}

/** A strategy without a key inherits the parent's key (contract 3.6). */
function idempotency(key: Json, strategy: IdempotencyStrategy | undefined, inheritedKey: string | undefined) {
  const idempotencyKey = typeof key === 'string' && key !== '' ? key : strategy && inheritedKey;
  return idempotencyKey ? { idempotencyKey, ...(strategy && { idempotencyStrategy: strategy }) } : {};
}

/** Templates in subWorkflowParam are resolved where the task stands; an inline definition is no template. */
function resolvedParam(draft: Draft, task: Task, node: Node, param: SubWorkflowParam) {
  const at = (value: Json | undefined): Json => resolveAt(draft, value ?? null, viewFrom(node, task.scope));
  const { workflowDefinition: inline } = param;
  return {
    name: at(param.name),
    version: at(param.version),
    def: typeof inline === 'string' ? at(inline) : ((inline ?? null) as Json),
    priority: Number(at(param.priority) ?? draft.workflow.priority),
    key: at(param.idempotencyKey),
  };
}

export const subWorkflow: TaskType = {
  begin(draft, task, { node, place }) {
    const { workflow } = draft;
    const { subWorkflowParam: param = {} } = place;
    const { name, version, def, priority, key } = resolvedParam(draft, task, node, param);
    const taskToDomain = param.taskToDomain ?? workflow.taskToDomain;
    start(draft, task, true, targetOf({ name, version, def }, task.name), {
      ...(workflow.correlationId !== undefined && { correlationId: workflow.correlationId }),
      priority: Number.isFinite(priority) ? priority : workflow.priority,
      ...(taskToDomain && { taskToDomain }),
      ...idempotency(key, param.idempotencyStrategy, workflow.idempotencyKey),
    });
  },
  cancel(draft, task, reason) {
    if (task.subWorkflowId === undefined) return;
    draft.emit({
      type: 'tell',
      workflowId: task.subWorkflowId,
      command: { type: 'terminate', reason: `parent: ${reason}`, triggerFailureWorkflow: false },
    });
  },
};

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function requested(request: JsonObject): Partial<Start> {
  const correlationId = text(request.correlationId);
  const createdBy = text(request.createdBy);
  const priority = Number(request.priority ?? 0);
  const strategy = text(request.idempotencyStrategy) as IdempotencyStrategy | undefined;
  const { taskToDomain } = request;
  return {
    input: isRecord(request.input) ? request.input : {},
    priority: Number.isFinite(priority) ? priority : 0,
    ...(correlationId !== undefined && { correlationId }),
    ...(createdBy !== undefined && { createdBy }),
    ...(isRecord(taskToDomain) && { taskToDomain: taskToDomain as Record<string, string> }),
    ...idempotency(request.idempotencyKey ?? null, strategy, undefined),
  };
}

/** Completes when it is told that the other one has been started, so that a name nobody knows is a failed task. */
export const startWorkflow: TaskType = {
  begin(draft, task, { place }: { place: WorkflowTask }) {
    const { startWorkflow: request } = task.input;
    if (!isRecord(request)) {
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: 'input startWorkflow must be a start request' });
      return;
    }
    const target = targetOf({ name: request.name, version: request.version, def: request.workflowDef }, place.name);
    start(draft, task, false, target, requested(request));
  },
};
