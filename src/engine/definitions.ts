// Definitions of workflows and tasks: what may be registered, and under which conditions.
// A definition that could never run is refused here, with every problem and its place, and not when an execution meets it.

import { isDeepStrictEqual } from 'node:util';
import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import type { TaskDef, WorkflowDef, WorkflowTask } from '../core/model.ts';
import { withSchemas } from '../core/schema/enforce.ts';
import type { Problem } from '../core/validate.ts';
import { validateTaskDef, validateWorkflowDef } from '../core/validate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';

export interface InvalidDefinition extends Refusal {
  readonly problems: readonly Problem[];
}

export type Checked<T> = { readonly type: 'valid'; readonly def: T } | InvalidDefinition;

export interface BulkResult {
  readonly done: readonly string[];
  /** Name of a definition -> why it was not taken. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Definitions come as they were written: whatever JSON it is, the answer says what is wrong with it. */
export interface Definitions {
  checkWorkflow(def: unknown): Checked<WorkflowDef>;
  /** What keeps it from running; undefined: nothing. */
  check(def: unknown): InvalidDefinition | undefined;
  /** 409 when it exists and is not to be overwritten. */
  registerWorkflow(def: unknown, options: { readonly overwrite: boolean }): Promise<Refusal | undefined>;
  /** Each on its own: one that is refused keeps no other from being written. */
  registerWorkflows(defs: readonly unknown[]): Promise<BulkResult>;
  /** All or none. */
  registerTasks(defs: readonly unknown[]): Promise<Refusal | undefined>;
  /** The newest version, with the task definitions of now embedded, as an execution is restarted with it. */
  latest(name: string): Promise<WorkflowDef | undefined>;
  /** Embeds the task definitions and schemas of now, as a start does. */
  embedder(): Promise<(def: WorkflowDef) => WorkflowDef>;
}

export function createDefinitions(store: Store, clock: Clock): Definitions {
  const register = async (given: unknown, overwrite: boolean): Promise<Refusal | undefined> => {
    const checked = checkWorkflow(given);
    if (checked.type !== 'valid') return checked;
    const { def } = checked;
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
    checkWorkflow,
    check(def) {
      const checked = checkWorkflow(def);
      return checked.type === 'refused' ? checked : undefined;
    },
    registerWorkflow: (def, { overwrite }) => register(def, overwrite),
    async registerWorkflows(defs) {
      const done: string[] = [];
      const failed = new Map<string, string>();
      for (const [i, def] of defs.entries()) {
        const name = nameOf(def) ?? `#${i + 1}`;
        const refusal = await register(def, true);
        if (refusal) failed.set(name, refusal.reason);
        else done.push(name);
      }
      return { done, refused: failed };
    },
    async registerTasks(given) {
      const checked = given.map(validateTaskDef);
      const problems = checked.flatMap((one, i) =>
        one.ok ? [] : one.errors.map((problem) => ({ ...problem, path: at(i, given.length, problem.path) })),
      );
      if (problems.length > 0) return invalid('task', problems);
      const now = clock.now();
      for (const one of checked) {
        if (!one.ok) continue;
        const before = await store.definitions.getTask(one.def.name);
        if (before && sameBut(before, one.def)) continue;
        await store.definitions.putTask({ ...one.def, createTime: before?.createTime ?? now, updateTime: now }, now);
      }
      return undefined;
    },
    async latest(name) {
      const def = await store.definitions.getWorkflow(name);
      return def && (await embedderOf(store))(def);
    },
    embedder: () => embedderOf(store),
  };
}

async function embedderOf(store: Store): Promise<(def: WorkflowDef) => WorkflowDef> {
  const [tasks, schemas] = await Promise.all([store.definitions.listTasks(), store.schemas.list()]);
  const schema = (name: string, version: number | undefined) =>
    schemas.findLast((one) => one.name === name && (version === undefined || one.version === version))?.body.data as
      | JsonObject
      | undefined;
  const known = new Map(tasks.map((task) => [task.name, task]));
  const embed = (task: TaskDef): TaskDef => withSchemas(task, schema);
  return (def) => withSchemas({ ...def, tasks: withTaskDefinitions(def.tasks, known, embed) }, schema);
}

function checkWorkflow(def: unknown): Checked<WorkflowDef> {
  const result = validateWorkflowDef(def);
  return result.ok ? { type: 'valid', def: result.def } : invalid('workflow', result.errors);
}

function invalid(kind: 'workflow' | 'task', problems: readonly Problem[]): InvalidDefinition {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const place = first?.path ? `${first.path} ` : '';
  return { ...refused('invalid', `the ${kind} definition is not valid: ${place}${first?.message}${more}`), problems };
}

const nameOf = (def: unknown): string | undefined =>
  isRecord(def) && typeof def.name === 'string' ? def.name : undefined;

const at = (index: number, count: number, path: string): string => (count === 1 ? path : `[${index}].${path}`);

/** Equal but for the times that the server writes. */
function sameBut(before: TaskDef | WorkflowDef, after: TaskDef | WorkflowDef): boolean {
  const untimed = (def: TaskDef | WorkflowDef) => ({ ...def, createTime: 0, updateTime: 0 });
  return isDeepStrictEqual(untimed(before), untimed(after));
}

/** Places that bring no task definition of their own get the registered one, as at a start. */
function withTaskDefinitions(
  tasks: readonly WorkflowTask[],
  known: ReadonlyMap<string, TaskDef>,
  embed: (def: TaskDef) => TaskDef,
): readonly WorkflowTask[] {
  const inner = (list: readonly WorkflowTask[]) => withTaskDefinitions(list, known, embed);
  return tasks.map((task) => {
    const given = task.taskDefinition ?? known.get(task.name);
    const taskDefinition = given && embed(given);
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
