// The places of a workflow definition together: names, order, nesting, what joins wait for, which definitions hold which.

import type { Json } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { MAX_DEFINITION_DEPTH, MAX_DEFINITION_TASKS } from '../limits.ts';
import { whyRefused } from './known-types.ts';
import { checkPlace } from './place.ts';
import { name, nonEmptyText, own, type Problems, under } from './problems.ts';
import { checkTemplate, type Known, RESERVED_NAMES } from './references.ts';
import { checkTaskDef } from './task-def.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A place that was looked at, for the checks that need all of them. */
export interface Seen {
  readonly place: Fields;
  readonly path: string;
  readonly type: string;
  readonly reference: string;
  /** True when nothing decides whether it is reached: no switch around it. */
  readonly isCertain: boolean;
  /** How many lists lie around it, sub-workflows included. */
  readonly depth: number;
  /** Type of the place right behind the one it stands behind. */
  readonly isBehindDynamicFork: boolean;
}

export interface Walk {
  readonly problems: Problems;
  readonly seen: Seen[];
  readonly references: Set<string>;
}

interface At {
  readonly path: string;
  readonly depth: number;
  readonly isCertain: boolean;
}

/** Walks a list of tasks and all that they hold. Notes what is wrong with each by itself. */
export function walkPlaces(tasks: readonly Json[], at: At, walk: Walk): void {
  if (at.depth > MAX_DEFINITION_DEPTH) {
    walk.problems.add(at.path, `is nested deeper than ${MAX_DEFINITION_DEPTH} levels`);
    return;
  }
  for (const [i, task] of tasks.entries()) {
    if (walk.seen.length >= MAX_DEFINITION_TASKS) {
      walk.problems.add(at.path, `has more than ${MAX_DEFINITION_TASKS} tasks`);
      return;
    }
    walkPlace(task, tasks, i, at, walk);
  }
}

function walkPlace(task: Json, tasks: readonly Json[], i: number, at: At, walk: Walk): void {
  const path = `${at.path}[${i}]`;
  const { problems } = walk;
  if (!isRecord(task)) {
    problems.add(path, 'must be an object: a task', task);
    return;
  }
  const type = own(task, 'type') ?? 'SIMPLE';
  checkNames(task, path, walk);
  if (typeof type !== 'string') {
    problems.add(under(path, 'type'), 'must be a text', type);
    return;
  }
  const refusal = whyRefused(type);
  if (refusal) problems.add(under(path, 'type'), refusal, type);
  else checkPlace(task, type, path, problems);
  if ((type === 'FORK_JOIN' || type === 'FORK_JOIN_DYNAMIC') && !/^(EXCLUSIVE_)?JOIN$/.test(typeAt(tasks, i + 1)))
    problems.add(path, `a ${type} must be followed by a JOIN`, type);
  const definition = own(task, 'taskDefinition');
  if (definition !== undefined) checkTaskDef(definition, under(path, 'taskDefinition'), problems, true);
  walk.seen.push({
    place: task,
    path,
    type,
    reference: String(own(task, 'taskReferenceName')),
    isCertain: at.isCertain,
    depth: at.depth,
    isBehindDynamicFork: typeAt(tasks, i - 1) === 'FORK_JOIN_DYNAMIC',
  });
  walkInside(task, type, { ...at, path, depth: at.depth + 1 }, walk);
}

const typeAt = (tasks: readonly Json[], i: number): string => {
  const task = tasks[i];
  return isRecord(task) && typeof task.type === 'string' ? task.type : '';
};

function walkInside(task: Fields, type: string, at: At, walk: Walk): void {
  const inside = (field: string, value: unknown, isCertain = at.isCertain): void => {
    if (isList(value)) walkPlaces(value, { path: under(at.path, field), depth: at.depth, isCertain }, walk);
    else if (value !== undefined) walk.problems.add(under(at.path, field), 'must be a list of tasks', value);
  };
  if (type === 'SWITCH' || type === 'DECISION') {
    const cases = own(task, 'decisionCases');
    for (const [name, list] of Object.entries(isRecord(cases) ? cases : {}))
      inside(`decisionCases.${name}`, list, false);
    inside('defaultCase', own(task, 'defaultCase'), false);
  }
  if (type === 'DO_WHILE') inside('loopOver', own(task, 'loopOver'));
  const branches = own(task, 'forkTasks');
  if (type === 'FORK_JOIN' && isList(branches))
    branches.forEach((list, b) => {
      inside(`forkTasks[${b}]`, list);
    });
}

function checkNames(task: Fields, path: string, { problems, references }: Walk): void {
  const taskName = own(task, 'name');
  const nameProblem = taskName === undefined ? 'is missing' : name(taskName);
  if (nameProblem) problems.add(under(path, 'name'), nameProblem, taskName);
  const reference = own(task, 'taskReferenceName');
  const problem =
    reference === undefined ? 'is missing' : (name(reference) ?? whyNoReference(String(reference), references));
  if (problem) problems.add(under(path, 'taskReferenceName'), problem, reference);
  if (typeof reference === 'string') references.add(reference);
}

function whyNoReference(reference: string, references: ReadonlySet<string>): string | undefined {
  if (RESERVED_NAMES.has(reference) || reference === '__proto__') return `${reference} cannot be the name of a task`;
  if (references.has(reference)) return `${reference} is there twice; reference names must be unique in a definition`;
  return undefined;
}

/** What needs all names: joins, and the templates of all places. */
export function checkTogether({ seen, references, problems }: Walk): void {
  const known = knownNames(seen, references);
  for (const one of seen) {
    checkJoin(one, references, problems);
    for (const field of TEMPLATES) {
      const template = own(one.place, field);
      if (template !== undefined) checkTemplate(template as Json, under(one.path, field), known, problems);
    }
    const param = own(one.place, 'subWorkflowParam');
    if (isRecord(param))
      for (const field of ['name', 'version', 'priority', 'idempotencyKey', 'workflowDefinition'])
        if (typeof param[field] === 'string')
          checkTemplate(param[field], under(one.path, `subWorkflowParam.${field}`), known, problems);
  }
}

/** Fields of a place that are resolved when it is reached. */
const TEMPLATES = ['inputParameters', 'items', 'sink', 'onStateChange'];

/** A dynamic fork makes names that nobody knows yet. */
export const knownNames = (seen: readonly Seen[], references: ReadonlySet<string>): Known =>
  seen.some(({ type }) => type === 'FORK_JOIN_DYNAMIC') ? undefined : references;

function checkJoin(one: Seen, references: ReadonlySet<string>, problems: Problems): void {
  if (one.type !== 'JOIN' && one.type !== 'EXCLUSIVE_JOIN') return;
  for (const field of ['joinOn', 'defaultExclusiveJoinTask']) {
    const names = own(one.place, field);
    for (const ref of isList(names) ? names : []) {
      if (ref === one.reference) problems.add(under(one.path, field), 'a join cannot wait for itself', ref);
      else if (!one.isBehindDynamicFork && nonEmptyText(ref) === undefined && !references.has(String(ref)))
        problems.add(under(one.path, field), `no task is called ${String(ref).slice(0, 200)}`, ref);
    }
  }
}
