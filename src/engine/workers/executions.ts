// Tasks that are about other executions: GET_WORKFLOW reads one, TERMINATE_WORKFLOW ends some, UPDATE_TASK reports about a
// task of one (contract 5.6, 5.8).

import type { Refusal, ReportedStatus } from '../../core/command.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import type { Workflow } from '../../core/model.ts';
import { taskId } from '../../core/model.ts';
import { type Executions, isRefusal, type Moved, type Report } from '../executions.ts';
import type { Worker } from './worker.ts';

/** Each is one call of the store. */
const CAPACITY = 32;

/** `show`: an execution as clients know it. */
export function createGetWorkflowWorker(executions: Executions, show: (workflow: Workflow) => object): Worker {
  return {
    queue: 'GET_WORKFLOW',
    capacity: CAPACITY,
    async run({ input }) {
      const id = input.id ?? input.workflowId;
      if (typeof id !== 'string' || id === '') return failed('the input "id" must be the id of an execution');
      const includesTasks = input.includeTasks === true || input.includeTasks === 'true';
      const found = await executions.get(id, { tasks: includesTasks });
      return isRefusal(found) ? failed(found.reason) : { status: 'COMPLETED', output: show(found) as JsonObject };
    },
  };
}

export function createUpdateTaskWorker(executions: Executions): Worker {
  return {
    queue: 'UPDATE_TASK',
    capacity: CAPACITY,
    async run({ input }, { id }) {
      const report = readReport(input);
      if (typeof report === 'string') return failed(report);
      const moved = await update(executions, input, report, id);
      if (typeof moved === 'string') return failed(moved);
      if (isRefusal(moved)) return failed(moved.reason);
      const { task } = moved.outcome;
      return { status: 'COMPLETED', output: { updatedTaskId: task ? taskId(moved.workflow.id, task.n) : null } };
    },
  };
}

/**
 * One id, a list of them, or lists in a list (`["${workflow.input.ids}"]`, as the documents of Orkes write it). The output
 * names those that are TERMINATED now; `notTerminated` says of each other why it is not. Done again after a crash, it says
 * the same.
 */
export function createTerminateWorkflowWorker(executions: Executions): Worker {
  return {
    queue: 'TERMINATE_WORKFLOW',
    capacity: CAPACITY,
    async run({ input }, { id: own }) {
      const ids = idsIn(input.workflowId);
      if (!ids) return hopeless('the input "workflowId" must be the id of an execution, or a list of them');
      const { terminationReason, triggerFailureWorkflow: asked } = input;
      const reason = typeof terminationReason === 'string' ? terminationReason : `terminated by ${own}`;
      const triggerFailureWorkflow = asked === true || asked === 'true';
      const terminatedWorkflows: string[] = [];
      const refusals: [id: string, reason: string][] = [];
      for (const id of ids) {
        const moved = await executions.command(id, { type: 'terminate', reason, triggerFailureWorkflow });
        if (isRefusal(moved)) refusals.push([id, moved.reason]);
        else terminatedWorkflows.push(id);
      }
      const notTerminated = refusals.length > 0 && { notTerminated: Object.fromEntries(refusals) };
      return { status: 'COMPLETED', output: { terminatedWorkflows, ...notTerminated } };
    },
  };
}

function idsIn(given: Json | undefined): ReadonlySet<string> | undefined {
  const ids = [given].flat(2);
  const areIds = (list: readonly unknown[]): list is string[] =>
    list.every((id) => typeof id === 'string' && id !== '');
  return areIds(ids) ? new Set(ids) : undefined;
}

const STATUSES: ReadonlySet<unknown> = new Set<ReportedStatus>([
  'IN_PROGRESS',
  'COMPLETED',
  'FAILED',
  'FAILED_WITH_TERMINAL_ERROR',
  'CANCELED',
]);

const isStatus = (value: unknown): value is ReportedStatus => STATUSES.has(value);

function readReport({ taskStatus, taskOutput, mergeOutput }: JsonObject): Report | string {
  if (!isStatus(taskStatus)) return `the input "taskStatus" must be one of ${[...STATUSES].join(', ')}`;
  if (taskOutput !== undefined && taskOutput !== null && !isRecord(taskOutput))
    return 'the input "taskOutput" must be an object';
  const merge = mergeOutput === true || mergeOutput === 'true';
  return { status: taskStatus, ...(taskOutput && { output: taskOutput }), ...(merge && { merge }) };
}

/** By task id, or by execution (its own when none is named) and reference name. */
async function update(
  executions: Executions,
  { workflowId, taskRefName, taskId: id }: JsonObject,
  report: Report,
  own: string,
): Promise<Moved | Refusal | string> {
  if (typeof id === 'string' && id !== '') return executions.report(id, report);
  if (typeof taskRefName !== 'string' || taskRefName === '')
    return 'one of the inputs "taskId" and "taskRefName" must name the task';
  return executions.reportByReference(typeof workflowId === 'string' ? workflowId : own, taskRefName, report);
}

const hopeless = (reason: string): Report => ({ status: 'FAILED_WITH_TERMINAL_ERROR', reason });

const failed = (reason: string): Report => ({ status: 'FAILED', reason, output: { error: reason } });
