// A definition compiled for walking: each place knows what follows it and what it lies in.
// Conductor definitions are trees of lists, so "what is next" is the next in the list, else what the parent says.

import { MAX_DEFINITION_DEPTH, MAX_DEFINITION_TASKS } from './limits.ts';
import type { Task, Workflow, WorkflowDef, WorkflowTask } from './model.ts';

/** The list that a place lies in: a branch of a fork, a case of a switch, the body of a loop. Absent at top level. */
export interface Parent {
  readonly node: Node;
  readonly branch: string;
}

export interface Node {
  readonly task: WorkflowTask;
  readonly parent: Parent | undefined;
  /** Next place in the same list. */
  readonly next: Node | undefined;
  /** On a JOIN or EXCLUSIVE_JOIN right behind a fork: that fork. */
  readonly fork: Node | undefined;
  /** The loops it lies in, outermost first: its reference name carries one `__n` for each. */
  readonly loops: readonly Node[];
  /** First places of its own lists, by branch name; an empty branch is present with undefined. */
  readonly branches: ReadonlyMap<string, Node | undefined>;
}

export interface Plan {
  readonly def: WorkflowDef;
  readonly first: Node | undefined;
  readonly nodes: ReadonlyMap<string, Node>;
}

export const DEFAULT_BRANCH = 'default';
export const caseBranch = (name: string): string => `case:${name}`;
const forkBranch = (index: number): string => `fork:${index}`;
export const LOOP_BRANCH = 'loop';

/** The lists inside a place, by branch name. */
function branchesOf(task: WorkflowTask): [string, readonly WorkflowTask[]][] {
  switch (task.type) {
    case 'SWITCH':
    case 'DECISION':
      return [
        ...Object.entries(task.decisionCases ?? {}).map(([name, list]): [string, readonly WorkflowTask[]] => [
          caseBranch(name),
          list,
        ]),
        [DEFAULT_BRANCH, task.defaultCase ?? []],
      ];
    case 'FORK_JOIN':
      return (task.forkTasks ?? []).map((list, i) => [forkBranch(i), list]);
    case 'DO_WHILE':
      return [[LOOP_BRANCH, task.loopOver ?? []]];
    default:
      return [];
  }
}

type Building = { -readonly [K in keyof Node]: Node[K] } & { branches: Map<string, Node | undefined> };

const FORKS: ReadonlySet<string> = new Set(['FORK_JOIN', 'FORK_JOIN_DYNAMIC']);
const JOINS: ReadonlySet<string> = new Set(['JOIN', 'EXCLUSIVE_JOIN']);

export const isFork = (task: Pick<WorkflowTask, 'type'>): boolean => FORKS.has(task.type);
const isJoin = (task: Pick<WorkflowTask, 'type'>): boolean => JOINS.has(task.type);

/** Where a list stands: what it lies in, and how deep. */
interface Within {
  readonly parent: Parent | undefined;
  readonly loops: readonly Node[];
  readonly depth: number;
}

/** Compiles a list of tasks and all that they hold into `nodes`. */
function compileList(list: readonly WorkflowTask[], within: Within, nodes: Map<string, Node>): Node | undefined {
  const { parent, loops, depth } = within;
  if (depth > MAX_DEFINITION_DEPTH) throw new RangeError(`definition is nested deeper than ${MAX_DEFINITION_DEPTH}`);
  let next: Building | undefined;
  for (let i = list.length - 1; i >= 0; i--) {
    const task = list[i] as WorkflowTask;
    const node: Building = { task, parent, next, fork: undefined, loops, branches: new Map() };
    const inner = task.type === 'DO_WHILE' ? [...loops, node] : loops;
    for (const [branch, tasks] of branchesOf(task))
      node.branches.set(
        branch,
        compileList(tasks, { parent: { node, branch }, loops: inner, depth: depth + 1 }, nodes),
      );
    if (next && isFork(task) && isJoin(next.task)) next.fork = node;
    nodes.set(task.taskReferenceName, node);
    next = node;
  }
  return next;
}

/** Compiles a definition. Costs its size once; keep it by definition snapshot. */
function compilePlan(def: WorkflowDef): Plan {
  const nodes = new Map<string, Node>();
  const first = compileList(def.tasks, { parent: undefined, loops: [], depth: 0 }, nodes);
  if (nodes.size > MAX_DEFINITION_TASKS) throw new RangeError(`definition has more than ${MAX_DEFINITION_TASKS} tasks`);
  return { def, first, nodes };
}

/** Compiles a place that was made at run time as a branch of `fork`, and all that it holds. */
export function compileMade(task: WorkflowTask, fork: Node): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  compileList([task], { parent: { node: fork, branch: task.taskReferenceName }, loops: fork.loops, depth: 1 }, nodes);
  return nodes;
}

const plans = new WeakMap<WorkflowDef, Plan>();

/** The plan of a definition, compiled once per definition object. */
export function planOf(def: WorkflowDef): Plan {
  let plan = plans.get(def);
  if (!plan) {
    plan = compilePlan(def);
    plans.set(def, plan);
  }
  return plan;
}

/** The definition of a task's place; places made at run time carry their own. */
export const placeOf = (workflow: Pick<Workflow, 'def'>, task: Pick<Task, 'def' | 'place'>): WorkflowTask | undefined =>
  task.def ?? planOf(workflow.def).nodes.get(task.place)?.task;

/** True when `node` lies inside `outer`, at any depth. */
export function isInside(node: Node, outer: Node): boolean {
  for (let at = node.parent; at; at = at.node.parent) if (at.node === outer) return true;
  return false;
}

/** The fork whose join hears of a failure at a place: the innermost one, unless a loop lies in between. */
export function forkAround(node: Node | undefined): Node | undefined {
  for (let at = node?.parent?.node; at; at = at.parent?.node) {
    if (isFork(at.task)) return at;
    if (at.task.type === 'DO_WHILE') return undefined;
  }
  return undefined;
}

/** The last place of each branch, in order; a branch without places has none. */
export function lastOfBranches(node: Node): Node[] {
  const lasts: Node[] = [];
  for (let at of node.branches.values()) {
    while (at?.next) at = at.next;
    if (at) lasts.push(at);
  }
  return lasts;
}

/** Calls back for each place, outer before inner, in order of the lists. */
export function eachTask(
  tasks: readonly WorkflowTask[],
  visit: (task: WorkflowTask, depth: number) => void,
  depth = 0,
): void {
  for (const task of tasks) {
    visit(task, depth);
    for (const [, list] of branchesOf(task)) eachTask(list, visit, depth + 1);
  }
}
