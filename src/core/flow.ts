// Walking the plan: entering a place, going on behind it, trying it again.

import type { Draft } from './draft.ts';
import type { JsonObject } from './json.ts';
import { resolveRecord, viewFrom } from './language/scope.ts';
import { MAX_DELAY_MS, MAX_TASKS_PER_WORKFLOW } from './limits.ts';
import type { Task, WorkflowTask } from './model.ts';
import { taskId } from './model.ts';
import { oversize } from './payload-size.ts';
import type { Node } from './plan.ts';
import { retryDelayMs } from './retry.ts';
import { brokenByTask } from './schema/enforce.ts';

/** Makes the first attempt at a place, or lets a task that was skipped in advance count. */
export function enter(draft: Draft, node: Node, scope: string, given?: JsonObject): void {
  const skipped = draft.tasks.latest(node.task.taskReferenceName, scope);
  if (skipped?.memo?.skippedAhead === true) {
    draft.update(skipped, { executed: false, memo: undefined });
    return;
  }
  if (draft.tasks.size >= MAX_TASKS_PER_WORKFLOW) {
    const reason = `the execution already has ${MAX_TASKS_PER_WORKFLOW} tasks, the most that one may have`;
    draft.end(make(draft, node, node.task, scope, {}), 'FAILED_WITH_TERMINAL_ERROR', { reason });
    return;
  }
  const input = { ...inputFor(draft, node, node.task, scope), ...given };
  const made = node.task.type === 'DYNAMIC' ? chosen(draft, node.task, input) : node.task;
  if (typeof made === 'string') {
    draft.end(make(draft, node, node.task, scope, input), 'FAILED_WITH_TERMINAL_ERROR', { reason: made });
    return;
  }
  const isInPlan = draft.plan.nodes.get(node.task.taskReferenceName)?.task === made;
  const delayMs = Math.min((node.task.startDelay ?? 0) * 1000, MAX_DELAY_MS);
  const task = make(draft, node, made, scope, input, {
    ...(delayMs > 0 && { availableAt: draft.env.now + delayMs, callbackAfterSeconds: delayMs / 1000 }),
    ...(!isInPlan && { def: made }),
    ...(given && { memo: { given: true } }),
  });
  beginUnlessDelayed(draft, task);
}

/** Makes the next attempt at a place, after the delay of its task definition. */
export function tryAgain(draft: Draft, task: Task, place: WorkflowTask | undefined): void {
  const delayMs = retryDelayMs(place?.taskDefinition, task.retryCount, draft.env);
  attemptAgain(draft, task, { delayMs, firstStartedAt: task.firstStartedAt ?? task.startedAt });
}

/**
 * A new attempt that takes over from `task`, at once or after a delay. Its input is resolved anew (variables may have
 * changed), but for what was given from outside.
 */
export function attemptAgain(
  draft: Draft,
  task: Task,
  options: { delayMs?: number; retryCount?: number; firstStartedAt?: number; input?: JsonObject } = {},
): Task {
  const at = draft.standingOf(draft.update(task, { retried: true, executed: true }));
  const { delayMs = 0, retryCount = task.retryCount + 1, firstStartedAt } = options;
  const isGiven = options.input !== undefined || task.memo?.given === true;
  const input = options.input ?? (isGiven ? task.input : inputFor(draft, at.node, at.place, task.scope));
  const again = make(draft, at.node, at.place, task.scope, input, {
    retryCount,
    retryOf: task.n,
    ...(firstStartedAt !== undefined && { firstStartedAt }),
    ...(delayMs > 0 && { availableAt: draft.env.now + delayMs, callbackAfterSeconds: delayMs / 1000 }),
    ...(task.def && { def: task.def }),
    ...(isGiven && { memo: { given: true } }),
  });
  beginUnlessDelayed(draft, again);
  return again;
}

/** Goes on behind a place that ended well: the next in its list, else behind the switch whose case has come to its end. */
export function proceed(draft: Draft, node: Node, scope: string): void {
  let at = node;
  while (!at.next) {
    const around = at.parent?.node;
    // Joins and loops look by themselves.
    if (around?.task.type !== 'SWITCH' && around?.task.type !== 'DECISION') return;
    at = around;
  }
  enter(draft, at.next, scope);
}

/** A delay of a type that begins by itself is an alarm of its own; a queued task is simply not handed out before. */
function beginUnlessDelayed(draft: Draft, task: Task): void {
  const large = oversize('input', task.input);
  const reason = large ?? brokenByTask(draft.placeOf(task)?.taskDefinition, 'input', task.input)?.reason;
  if (reason !== undefined) {
    // What it was made of is still where it was.
    draft.end(large === undefined ? task : draft.update(task, { input: {} }), 'FAILED_WITH_TERMINAL_ERROR', { reason });
    return;
  }
  const { begin } = draft.typeOf(task);
  if (!begin) return;
  if (task.availableAt === undefined) beginNow(draft, task);
  else draft.update(task, { wakeAt: task.availableAt });
}

/** The delay of a task that begins by itself is over. */
export function beginAfterDelay(draft: Draft, task: Task): void {
  beginNow(draft, draft.update(task, { availableAt: undefined, wakeAt: undefined, updatedAt: draft.env.now }));
}

function beginNow(draft: Draft, task: Task): void {
  draft.typeOf(task).begin?.(draft, task, draft.standingOf(task));
}

function make(
  draft: Draft,
  node: Node,
  def: WorkflowTask,
  scope: string,
  input: JsonObject,
  fields: Partial<Task> = {},
): Task {
  const place = node.task.taskReferenceName;
  const task = { place, scope, type: def.type, name: def.name || place, input, status: 'SCHEDULED' } as const;
  const domain = def.type === 'SIMPLE' && domainOf(draft, place, task.name);
  return draft.add({ ...task, ...(domain && { domain }), ...fields });
}

/** Template of the task definition first, then the place's own parameters (contract 5.5). */
function inputFor(draft: Draft, node: Node, def: WorkflowTask, scope: string): JsonObject {
  const self = taskId(draft.workflow.id, draft.workflow.nextN);
  const template = { ...def.taskDefinition?.inputTemplate, ...def.inputParameters };
  return resolveRecord(draft, template, viewFrom(node, scope), self);
}

/** Types that a DYNAMIC task cannot become, since they need more than a name. */
const NEED_A_DEFINITION: ReadonlySet<string> = new Set([
  'DYNAMIC',
  'SWITCH',
  'DECISION',
  'FORK_JOIN',
  'FORK_JOIN_DYNAMIC',
  'JOIN',
  'EXCLUSIVE_JOIN',
  'DO_WHILE',
]);

/** What a DYNAMIC task becomes: the type or the worker task that the named input names (contract 5.6). */
function chosen(draft: Draft, place: WorkflowTask, input: JsonObject): WorkflowTask | string {
  const { dynamicTaskNameParam = 'taskToExecute' } = place;
  const name = input[dynamicTaskNameParam];
  if (typeof name !== 'string' || name === '')
    return `input ${dynamicTaskNameParam} must be the name of the task to execute; it is ${JSON.stringify(name ?? null)}`;
  if (NEED_A_DEFINITION.has(name)) return `a DYNAMIC task cannot become a ${name}: it needs more than a name`;
  const taskDefinition = place.taskDefinition ?? draft.env.taskDef(name);
  const type = draft.knows(name) ? name : 'SIMPLE';
  return { ...place, type, name, ...(taskDefinition && { taskDefinition }) };
}

const NO_DOMAIN = 'NO_DOMAIN';

/** The domain of a worker task: that of its reference name, else of its queue, else of all (contract 5.10). */
function domainOf(draft: Draft, place: string, queue: string): string | undefined {
  const { taskToDomain = {} } = draft.workflow;
  const key = [place, queue, '*'].find((name) => Object.hasOwn(taskToDomain, name));
  const wish = key === undefined ? undefined : taskToDomain[key];
  if (wish === undefined) return undefined;
  const domains = wish.split(',').map((domain) => domain.trim());
  const choices = domains.map((domain) => (domain === NO_DOMAIN ? '' : domain));
  if (choices.length < 2) return choices[0];
  return draft.env.pickDomain?.(queue, choices) ?? choices.at(-1);
}
