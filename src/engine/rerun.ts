// Rerun of an execution that has ended: as a whole, from one of its tasks, or from a task of a sub-workflow below it.

import type { Command, Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import { MAX_SUB_WORKFLOW_DEPTH } from '../core/limits.ts';
import type { Workflow } from '../core/model.ts';
import { isTerminal, parseTaskId } from '../core/model.ts';
import type { Store } from '../store/store.ts';
import { unknownExecution, unknownTask } from './refusals.ts';

/** What a rerun begins with. */
export interface Rerun {
  /** One of the execution, or of a sub-workflow that a task of it waited for last. */
  readonly taskId?: string;
  readonly taskInput?: JsonObject;
  readonly workflowInput?: JsonObject;
  readonly correlationId?: string;
}

type Tell<T> = (id: string, command: Command) => Promise<T | Refusal>;

/** In a sub-workflow (Conductor looks there as well) the executions above run again as their child does. */
export async function rerun<T>(
  store: Store,
  tell: Tell<T>,
  id: string,
  { taskId, ...given }: Rerun,
): Promise<T | Refusal> {
  if (taskId === undefined) return tell(id, { type: 'rerun', ...given });
  const pointer = parseTaskId(taskId);
  if (!pointer) return unknownTask(taskId);
  const { workflowId, n } = pointer;
  if (workflowId === id) return tell(id, { type: 'rerun', fromN: n, ...given });
  const top = await store.workflows.get(id, { tasks: false });
  if (!top) return unknownExecution(id);
  if (!(await isBelow(store, workflowId, id))) return unknownTask(taskId);
  if (!isTerminal(top.status))
    return refused('conflict', `the execution is ${top.status}; only one that has ended can be rerun`);
  const { taskInput, ...ofWhole } = given;
  const [extra] = Object.keys(ofWhole);
  if (extra !== undefined)
    return refused('invalid', `${extra}: the task is one of sub-workflow ${workflowId}; only taskInput can go with it`);
  return tell(workflowId, { type: 'rerun', fromN: n, ...(taskInput && { taskInput }) });
}

/** True when an execution is a sub-workflow, over any number of others, that a task of `top` waits or waited for last. */
async function isBelow({ workflows }: Store, id: string, top: string): Promise<boolean> {
  let child = await workflows.get(id, { tasks: false });
  for (let depth = 0; child?.parent && depth < MAX_SUB_WORKFLOW_DEPTH; depth++) {
    const { workflowId, n } = child.parent;
    const parent: Workflow | undefined = await workflows.get(workflowId, { tasks: true });
    const task = parent?.tasks.find((one) => one.n === n);
    if (task?.subWorkflowId !== child.id || task.retried) return false;
    if (workflowId === top) return true;
    child = parent;
  }
  return false;
}
