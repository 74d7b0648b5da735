// TERMINATE: ends the execution with a status, a reason and an output of its own (contract 5.6).

import type { TaskType } from '../draft.ts';
import { endWorkflow } from '../ending.ts';
import type { Json, JsonObject } from '../json.ts';
import { isRecord } from '../json.ts';
import type { Task, WorkflowStatus } from '../model.ts';
import { taskId } from '../model.ts';

const ALLOWED: ReadonlySet<unknown> = new Set(['COMPLETED', 'FAILED', 'TERMINATED']);

const statusOf = ({ input }: Task): Json => input.terminationStatus ?? 'COMPLETED';

/** The output asked for; what is not an object becomes `{ output: … }`, as in Conductor. */
function outputOf({ input }: Task): JsonObject | undefined {
  const { workflowOutput } = input;
  if (workflowOutput === undefined || workflowOutput === null) return undefined;
  return isRecord(workflowOutput) ? workflowOutput : { output: workflowOutput };
}

export const terminate: TaskType = {
  begin(draft, task) {
    if (ALLOWED.has(statusOf(task))) {
      draft.end(task, 'COMPLETED', { output: outputOf(task) ?? {} });
      return;
    }
    const reason = `terminationStatus is ${JSON.stringify(statusOf(task))}; it must be COMPLETED, FAILED or TERMINATED`;
    draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
  },
  follow(draft, task) {
    const status = statusOf(task) as WorkflowStatus;
    const { terminationReason } = task.input;
    const said = terminationReason === undefined || terminationReason === null ? undefined : String(terminationReason);
    const reason =
      said ?? (status === 'COMPLETED' ? undefined : `ended by the TERMINATE task ${taskId(draft.workflow.id, task.n)}`);
    const output = outputOf(task);
    endWorkflow(draft, { status, ...(reason !== undefined && { reason }), ...(output && { output }) });
  },
};
