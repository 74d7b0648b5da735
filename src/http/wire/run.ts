// What somebody who waited for an execution gets to see of it: the whole, the part that holds it, or the task (contract 5.12).

import { shownWorkflow } from '../../core/mask.ts';
import type { Blocking, Stop } from '../../engine/stops.ts';
import type { ReturnStrategy, RunView } from '../contract/run.ts';
import { taskToWire } from './task.ts';
import { workflowToWire } from './workflow.ts';

/**
 * What is asked about a task or execution that blocks is answered with the execution itself when nothing blocks;
 * `responseType` says which of them it is.
 */
export function runToWire(
  { workflow, blocking }: Stop,
  strategy: ReturnStrategy,
  extra: Pick<RunView, 'requestId' | 'signalTimeout'>,
): RunView {
  const target = { targetWorkflowId: workflow.id, targetWorkflowStatus: workflow.status, ...extra };
  if (!blocking || strategy === 'TARGET_WORKFLOW')
    return { responseType: 'TARGET_WORKFLOW', ...target, ...executionView(workflow) };
  if (strategy === 'BLOCKING_WORKFLOW')
    return { responseType: strategy, ...target, ...executionView(blocking.workflow) };
  return { responseType: strategy, ...target, ...taskView(blocking) };
}

function executionView(workflow: Stop['workflow']) {
  const wire = workflowToWire(workflow);
  const { workflowId, correlationId, input, output, status, priority, variables, createdBy, createTime, updateTime } =
    wire;
  return {
    ...{ workflowId, input, output, status, priority, variables, createTime, updateTime, tasks: wire.tasks },
    ...(correlationId !== undefined && { correlationId }),
    ...(createdBy !== undefined && { createdBy }),
    ...(wire.reasonForIncompletion !== undefined && { reasonForIncompletion: wire.reasonForIncompletion }),
  };
}

function taskView({ workflow, task }: Blocking) {
  const wire = taskToWire(workflow, task);
  const { taskType, taskId, referenceTaskName, retryCount, taskDefName, workflowType, status } = wire;
  return {
    workflowId: workflow.id,
    ...{ taskType, taskId, referenceTaskName, retryCount, taskDefName, workflowType, status },
    input: wire.inputData,
    output: wire.outputData,
    priority: workflow.priority,
    variables: shownWorkflow({ ...workflow, tasks: [] }).variables,
    createTime: wire.scheduledTime,
    updateTime: wire.updateTime,
    ...(workflow.correlationId !== undefined && { correlationId: workflow.correlationId }),
    ...(workflow.createdBy !== undefined && { createdBy: workflow.createdBy }),
    ...(wire.retriedTaskId !== undefined && { retriedTaskId: wire.retriedTaskId }),
    ...(wire.reasonForIncompletion !== undefined && { reasonForIncompletion: wire.reasonForIncompletion }),
  };
}
