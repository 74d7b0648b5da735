// FORK_JOIN_DYNAMIC: its branches are values of its input: a list of task objects, or one task for each of a list of
// inputs (contract 5.6). A JOIN behind it waits for all of them.

import type { Draft, Standing, TaskType } from '../draft.ts';
import { enter, proceed } from '../flow.ts';
import type { Json, JsonObject } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { MAX_DYNAMIC_FORK_TASKS } from '../limits.ts';
import { makePlaces } from '../made-places.ts';
import type { Task, WorkflowTask } from '../model.ts';
import { hasEnded } from '../model.ts';
import type { Node } from '../plan.ts';
import { checkTasks, type Wish } from '../validate/made.ts';

interface Branch extends Wish {
  readonly task: WorkflowTask;
}

/** The branches that an input asks for, or why there are none. */
function branchesOf(draft: Draft, { input }: Task, { place }: Standing, prefix: string): Branch[] | string {
  const wishes = isSameTask(input) ? sameTask(input, prefix) : differentTasks(input, place);
  if (typeof wishes === 'string') return wishes;
  if (wishes.length > MAX_DYNAMIC_FORK_TASKS)
    return `${wishes.length} branches are more than the ${MAX_DYNAMIC_FORK_TASKS} that one fork may open`;
  const tasks = checkTasks(wishes);
  if (typeof tasks === 'string') return tasks;
  return tasks.map((task, i) => ({ ...wishes[i], task: defined(draft, task) }));
}

const isSameTask = (input: JsonObject): boolean =>
  input.forkTaskName !== undefined || input.forkTaskWorkflow !== undefined;

/** A list of task objects, and a map from their reference names to their inputs. */
function differentTasks(input: JsonObject, place: WorkflowTask): Wish[] | string {
  const { dynamicForkTasksParam = 'dynamicTasks', dynamicForkTasksInputParamName = 'dynamicTasksInput' } = place;
  const list = input[dynamicForkTasksParam];
  const inputs = input[dynamicForkTasksInputParamName] ?? {};
  if (!isList(list)) return `input ${dynamicForkTasksParam} must be a list of tasks`;
  if (!isRecord(inputs)) return `input ${dynamicForkTasksInputParamName} must be an object: reference name -> input`;
  const wishes: Wish[] = [];
  for (const item of list) {
    if (!isRecord(item)) return `an element of input ${dynamicForkTasksParam} is not a task`;
    const { taskReferenceName, name = taskReferenceName } = item;
    const given = typeof taskReferenceName === 'string' ? ownValue(inputs, taskReferenceName) : undefined;
    wishes.push({ task: { ...item, name }, ...(isRecord(given) && { input: given }) });
  }
  return wishes;
}

const ownValue = (record: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** One task, or one workflow, for each input; each input also learns its place in the list, as `__index`. */
function sameTask(input: JsonObject, prefix: string): Wish[] | string {
  const { forkTaskName, forkTaskType = 'SIMPLE', forkTaskInputs, forkTaskWorkflow, forkTaskWorkflowVersion } = input;
  if (!isList(forkTaskInputs)) return 'input forkTaskInputs must be a list: one input for each branch';
  const name = forkTaskWorkflow ?? forkTaskName;
  const version = Number(forkTaskWorkflowVersion ?? 0);
  return forkTaskInputs.map((given, i): Wish => {
    const about = { name, taskReferenceName: `${prefix}_${name}_${i}` };
    const task =
      forkTaskWorkflow === undefined
        ? { ...about, type: forkTaskType }
        : { ...about, type: 'SUB_WORKFLOW', subWorkflowParam: { name, ...(version > 0 && { version }) } };
    return { task, input: { ...(isRecord(given) ? given : { input: given }), __index: i } };
  });
}

/** With the registered task definition, as places of a definition get it when an execution starts. */
function defined(draft: Draft, task: WorkflowTask): WorkflowTask {
  const taskDefinition = task.taskDefinition ?? draft.env.taskDef(task.name);
  return taskDefinition ? { ...task, taskDefinition } : task;
}

/** An earlier fork may have made the same names, `_<name>_<i>`: from now on they mean the new tasks. */
function handOver(draft: Draft, names: readonly string[], scope: string): void {
  for (const name of names) {
    const earlier = draft.tasks.latest(name, scope);
    if (earlier && earlier.memo?.skippedAhead !== true) draft.update(earlier, { retried: true });
  }
}

/** A name that cannot be given: it is in the plan, an open task has it, or a fork beside this one is about to give it. */
function taken(draft: Draft, branches: readonly Branch[], scope: string): string | undefined {
  const beside = draft.tasks.unsettledTasks().filter((one) => one.scope === scope);
  const promised = new Set(beside.flatMap((one) => one.dynamic ?? []));
  return branches
    .map(({ task }) => task.taskReferenceName)
    .find((name) => {
      if (promised.has(name) || draft.plan.nodes.has(name)) return true;
      const there = draft.tasks.latest(name, scope);
      return there !== undefined && !hasEnded(there);
    });
}

const namesOf = (branches: readonly Branch[]): string[] => branches.map(({ task }) => task.taskReferenceName);

/** Branches with free names. Generated names that a fork beside this one has taken get the fork's own name in front. */
function freeBranches(draft: Draft, task: Task, at: Standing): Branch[] | string {
  const branches = branchesOf(draft, task, at, '');
  if (typeof branches === 'string') return branches;
  const twice = taken(draft, branches, task.scope);
  if (twice === undefined) return branches;
  if (isSameTask(task.input)) return branchesOf(draft, task, at, task.place);
  return `the reference name ${twice} is in use in this execution`;
}

/** The branches that the fork has promised when it began. */
function promisedBranches(draft: Draft, task: Task, at: Standing, names: readonly string[]): Branch[] {
  const plain = branchesOf(draft, task, at, '') as Branch[];
  return namesOf(plain).join() === names.join() ? plain : (branchesOf(draft, task, at, task.place) as Branch[]);
}

export const dynamicFork: TaskType = {
  begin(draft, task, at) {
    const branches = freeBranches(draft, task, at);
    if (typeof branches === 'string') draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: branches });
    else draft.update(draft.end(task, 'COMPLETED'), { dynamic: namesOf(branches) });
  },
  follow(draft, task, at) {
    const dynamic = task.dynamic as readonly string[];
    const branches = promisedBranches(draft, task, at, dynamic);
    handOver(draft, dynamic, task.scope);
    const nodes = makePlaces(
      dynamic,
      branches.map((branch) => branch.task),
      at.node,
    );
    draft.placesChanged();
    for (const branch of branches)
      enter(draft, nodes.get(branch.task.taskReferenceName) as Node, task.scope, branch.input);
    proceed(draft, at.node, task.scope);
  },
};
