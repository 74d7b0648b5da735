// Definitions of workflows and tasks: what may be registered, and under which conditions.
// A definition that could never run is refused here, with every problem and its place, and not when an execution meets it.

import { isDeepStrictEqual } from 'node:util';
import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';

export interface DefinitionProblem {
  /** Where: `tasks[2].loopOver[0].taskReferenceName`. */
  readonly path: string;
  readonly message: string;
}

/** What makes a definition one that can run. */
export interface DefinitionRules {
  workflow(def: WorkflowDef): readonly DefinitionProblem[];
  task(def: TaskDef): readonly DefinitionProblem[];
}

export interface InvalidDefinition extends Refusal {
  readonly problems: readonly DefinitionProblem[];
}

export interface BulkResult {
  readonly done: readonly string[];
  /** Name of a definition -> why it was not taken. */
  readonly refused: ReadonlyMap<string, string>;
}

export interface Definitions {
  /** Undefined: it can run. */
  check(def: WorkflowDef): InvalidDefinition | undefined;
  /** 409 when it exists and is not to be overwritten. */
  registerWorkflow(def: WorkflowDef, options: { readonly overwrite: boolean }): Promise<Refusal | undefined>;
  /** Each on its own: one that is refused keeps no other from being written. */
  registerWorkflows(defs: readonly WorkflowDef[]): Promise<BulkResult>;
  /** All or none. */
  registerTasks(defs: readonly TaskDef[]): Promise<Refusal | undefined>;
  /** The newest version, with the task definitions of now embedded, as an execution is restarted with it. */
  latest(name: string): Promise<WorkflowDef | undefined>;
}

export function createDefinitions(store: Store, clock: Clock, rules: DefinitionRules): Definitions {
  const check = (def: WorkflowDef): InvalidDefinition | undefined => invalid('workflow', rules.workflow(def));

  const write = async (def: WorkflowDef, overwrite: boolean): Promise<Refusal | undefined> => {
    const problem = check(def);
    if (problem) return problem;
    const now = clock.now();
    const before = overwrite ? await store.definitions.getWorkflow(def.name, def.version) : undefined;
    // Workers register what they need whenever they start; only a change is worth a new version of the row.
    if (before && sameBut(before, def)) return undefined;
    const timed = { ...def, createTime: before?.createTime ?? now, updateTime: now };
    const result = await store.definitions.putWorkflow(timed, { overwrite, now });
    if (result !== 'exists') return undefined;
    return refused(
      'conflict',
      `workflow ${def.name} version ${def.version} exists; use another version, or say overwrite=true`,
    );
  };

  return {
    check,
    registerWorkflow: (def, { overwrite }) => write(def, overwrite),
    async registerWorkflows(defs) {
      const done: string[] = [];
      const failed = new Map<string, string>();
      for (const def of defs) {
        const refusal = await write(def, true);
        if (refusal) failed.set(def.name, refusal.reason);
        else done.push(def.name);
      }
      return { done, refused: failed };
    },
    async registerTasks(defs) {
      const problem = invalid(
        'task',
        defs.flatMap((def) => rules.task(def)),
      );
      if (problem) return problem;
      const now = clock.now();
      for (const def of defs) {
        const before = await store.definitions.getTask(def.name);
        if (before && sameBut(before, def)) continue;
        await store.definitions.putTask({ ...def, createTime: before?.createTime ?? now, updateTime: now }, now);
      }
      return undefined;
    },
    async latest(name) {
      const def = await store.definitions.getWorkflow(name);
      if (!def) return undefined;
      const known = new Map((await store.definitions.listTasks()).map((task) => [task.name, task]));
      return { ...def, tasks: withTaskDefinitions(def.tasks, known) };
    },
  };
}

function invalid(kind: 'workflow' | 'task', problems: readonly DefinitionProblem[]): InvalidDefinition | undefined {
  const [first] = problems;
  if (!first) return undefined;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return {
    ...refused('invalid', `the ${kind} definition is not valid: ${first.path} ${first.message}${more}`),
    problems,
  };
}

/** Equal but for the times that the server writes. */
function sameBut(before: TaskDef | WorkflowDef, after: TaskDef | WorkflowDef): boolean {
  const untimed = (def: TaskDef | WorkflowDef) => ({ ...def, createTime: 0, updateTime: 0 });
  return isDeepStrictEqual(untimed(before), untimed(after));
}

/** Places that bring no task definition of their own get the registered one, as at a start. */
function withTaskDefinitions(
  tasks: readonly WorkflowTask[],
  known: ReadonlyMap<string, TaskDef>,
): readonly WorkflowTask[] {
  const inner = (list: readonly WorkflowTask[]) => withTaskDefinitions(list, known);
  return tasks.map((task) => {
    const taskDefinition = task.taskDefinition ?? known.get(task.name);
    const cases = Object.entries(task.decisionCases ?? {}).map(([name, list]) => [name, inner(list)] as const);
    return {
      ...task,
      ...(taskDefinition && { taskDefinition }),
      ...(task.decisionCases && { decisionCases: Object.fromEntries(cases) }),
      ...(task.defaultCase && { defaultCase: inner(task.defaultCase) }),
      ...(task.forkTasks && { forkTasks: task.forkTasks.map(inner) }),
      ...(task.loopOver && { loopOver: inner(task.loopOver) }),
    };
  });
}
