// TERMINATE: ends the execution with a status, a reason and an output of its own (contract 5.6).

import type { TaskType } from '../draft.ts';
import { endWorkflow } from '../ending.ts';
import { isRecord } from '../json.ts';
import type { WorkflowStatus } from '../model.ts';

const ALLOWED: ReadonlySet<unknown> = new Set(['COMPLETED', 'FAILED', 'TERMINATED']);

export const terminate: TaskType = {
  begin(draft, task) {
    const status = task.input.terminationStatus ?? 'COMPLETED';
    if (!ALLOWED.has(status)) {
      const reason = `terminationStatus is ${JSON.stringify(status)}; it must be COMPLETED, FAILED or TERMINATED`;
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason });
      return;
    }
    const { workflowOutput } = task.input;
    draft.end(task, 'COMPLETED', {
      output: isRecord(workflowOutput) ? workflowOutput : { output: workflowOutput ?? null },
    });
  },
  follow(draft, task) {
    const { terminationReason, workflowOutput, terminationStatus } = task.input;
    const status = (terminationStatus ?? 'COMPLETED') as WorkflowStatus;
    const reason =
      terminationReason === undefined || terminationReason === null ? undefined : String(terminationReason);
    const output = isRecord(workflowOutput) ? workflowOutput : undefined;
    endWorkflow(draft, status, reason, output);
  },
};
