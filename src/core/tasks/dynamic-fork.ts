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
import { checkTasks } from '../validate/made.ts';

interface Wish {
  readonly task: Readonly<Record<string, unknown>>;
  /** Given beside the task's own inputParameters, which are templates; this is not. */
  readonly input?: JsonObject;
}

interface Branch extends Wish {
  readonly task: WorkflowTask;
}

/** The branches that an input asks for, or why there are none. */
function branchesOf(draft: Draft, { input }: Task, { place }: Standing): Branch[] | string {
  const wishes =
    input.forkTaskName !== undefined || input.forkTaskWorkflow !== undefined
      ? sameTask(input)
      : differentTasks(input, place);
  if (typeof wishes === 'string') return wishes;
  if (wishes.length > MAX_DYNAMIC_FORK_TASKS)
    return `${wishes.length} branches are more than the ${MAX_DYNAMIC_FORK_TASKS} that one fork may open`;
  const tasks = checkTasks(wishes.map(({ task }) => task));
  if (typeof tasks === 'string') return tasks;
  return tasks.map((task, i) => ({ ...wishes[i], task: defined(draft, task) }));
}

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
function sameTask(input: JsonObject): Wish[] | string {
  const { forkTaskName, forkTaskType = 'SIMPLE', forkTaskInputs, forkTaskWorkflow, forkTaskWorkflowVersion } = input;
  if (!isList(forkTaskInputs)) return 'input forkTaskInputs must be a list: one input for each branch';
  const name = forkTaskWorkflow ?? forkTaskName;
  const version = Number(forkTaskWorkflowVersion ?? 0);
  return forkTaskInputs.map((given, i): Wish => {
    const about = { name, taskReferenceName: `_${name}_${i}` };
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

/** A name that is in the plan, or that an open task has, cannot be given to another task. */
function taken(draft: Draft, names: readonly string[], scope: string): string | undefined {
  return names.find((name) => {
    if (draft.plan.nodes.has(name)) return true;
    const there = draft.tasks.latest(name, scope);
    return there !== undefined && !hasEnded(there);
  });
}

export const dynamicFork: TaskType = {
  begin(draft, task, at) {
    const branches = branchesOf(draft, task, at);
    const names = typeof branches === 'string' ? [] : branches.map((branch) => branch.task.taskReferenceName);
    const twice = taken(draft, names, task.scope);
    const reason =
      typeof branches === 'string' ? branches : twice && `the reference name ${twice} is in use in this execution`;
    if (reason) draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
    else draft.update(draft.end(task, 'COMPLETED', { output: {} }), { dynamic: names });
  },
  follow(draft, task, at) {
    const branches = branchesOf(draft, task, at);
    if (typeof branches !== 'string' && task.dynamic) {
      const made = branches.map((branch) => branch.task);
      const nodes = makePlaces(task.dynamic, made, at.node);
      draft.placesChanged();
      for (const branch of branches) {
        const node = nodes.get(branch.task.taskReferenceName);
        if (node) enter(draft, node, task.scope, branch.input);
      }
    }
    proceed(draft, at.node, task.scope);
  },
};
