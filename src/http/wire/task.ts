// A task as Conductor's clients know it (contract 5.2). Times that have not come are 0 there, not absent.

import { shownTask, shownWorkflow } from '../../core/mask.ts';
import type { Task, TaskDef, Workflow, WorkflowTask } from '../../core/model.ts';
import { hasEnded, referenceName, taskId } from '../../core/model.ts';
import { placeOf } from '../../core/plan.ts';
import { rulesFor, TASK_DEF_DEFAULTS } from '../../core/task-def.ts';
import type { TaskSummary, WireTask } from '../contract/execution.ts';
import { loopOutputOf } from './loop-output.ts';

/** The execution that a task is shown with; its other tasks are needed only for loops that still run. */
export type TaskOwner = Omit<Workflow, 'tasks'> & { readonly tasks?: readonly Task[] };

/** As everybody may see it. An open loop is shown with what its tasks gave. */
export const taskToWire = (workflow: TaskOwner, task: Task): WireTask =>
  unmaskedToWire(task.type === 'DO_WHILE' ? shownWorkflow(workflow) : workflow, shownTask(workflow, task));

/** For tasks out of which what is masked has been taken. */
export function unmaskedToWire(workflow: TaskOwner, task: Task): WireTask {
  const wire = handedToWire(workflow, task, placeOf(workflow, task));
  if (task.type !== 'DO_WHILE' || hasEnded(task)) return wire;
  return { ...wire, outputData: loopOutputOf(workflow.def, workflow.tasks ?? [], task) };
}

type Named = Pick<Workflow, 'id' | 'name' | 'correlationId' | 'priority'>;

/** As the worker that it is handed to gets it: nothing is masked. */
export function handedToWire(workflow: Named, task: Task, place: WorkflowTask | undefined): WireTask {
  const def = place?.taskDefinition;
  return {
    taskId: taskId(workflow.id, task.n),
    taskType: typeToWire(task),
    taskDefName: task.name,
    referenceTaskName: referenceName(task),
    status: task.status,
    inputData: task.input,
    outputData: task.output,
    workflowInstanceId: workflow.id,
    workflowType: workflow.name,
    ...(workflow.correlationId !== undefined && { correlationId: workflow.correlationId }),
    ...(place && { workflowTask: place }),
    ...(def && { taskDefinition: def }),
    seq: task.n,
    retryCount: task.retryCount,
    ...(task.retryOf !== undefined && { retriedTaskId: taskId(workflow.id, task.retryOf) }),
    retried: task.retried ?? false,
    executed: task.executed ?? false,
    iteration: task.iteration,
    loopOverTask: task.scope !== '',
    pollCount: task.pollCount,
    scheduledTime: task.scheduledAt,
    startTime: task.startedAt ?? 0,
    firstStartTime: task.firstStartedAt ?? task.startedAt ?? 0,
    updateTime: task.updatedAt,
    endTime: task.endedAt ?? 0,
    queueWaitTime: task.startedAt === undefined ? 0 : Math.max(0, task.startedAt - task.scheduledAt),
    startDelayInSeconds: place?.startDelay ?? 0,
    callbackAfterSeconds: task.callbackAfterSeconds ?? 0,
    callbackFromWorker: true,
    responseTimeoutSeconds: responseTimeoutOf(rulesFor(place, task)),
    ...(task.reason !== undefined && { reasonForIncompletion: task.reason }),
    ...(task.workerId !== undefined && { workerId: task.workerId }),
    ...(task.domain !== undefined && { domain: task.domain }),
    ...(task.subWorkflowId !== undefined && { subWorkflowId: task.subWorkflowId }),
    workflowPriority: workflow.priority,
    rateLimitPerFrequency: def?.rateLimitPerFrequency ?? 0,
    rateLimitFrequencyInSeconds: def?.rateLimitFrequencyInSeconds ?? 0,
  };
}

/** Workers extend their lease by it, so it says what counts. 0: no limit. */
const responseTimeoutOf = (rules: TaskDef | undefined): number =>
  rules ? (rules.responseTimeoutSeconds ?? TASK_DEF_DEFAULTS.responseTimeoutSeconds) : 0;

/** Times are ISO 8601 here, input and output are JSON text. */
export function taskToSummary(workflow: TaskOwner, task: Task): TaskSummary {
  const wire = taskToWire(workflow, task);
  const { taskId: id, taskType, taskDefName, referenceTaskName, status, workflowType, queueWaitTime } = wire;
  const { correlationId, reasonForIncompletion, workflowPriority, domain, startTime, endTime } = wire;
  return {
    ...{ taskId: id, taskType, taskDefName, referenceTaskName, status, workflowType, queueWaitTime, workflowPriority },
    taskReferenceName: referenceTaskName,
    workflowId: workflow.id,
    scheduledTime: iso(wire.scheduledTime),
    updateTime: iso(wire.updateTime),
    ...(startTime > 0 && { startTime: iso(startTime) }),
    ...(endTime > 0 && { endTime: iso(endTime) }),
    executionTime: startTime > 0 && endTime > 0 ? endTime - startTime : 0,
    input: JSON.stringify(wire.inputData),
    output: JSON.stringify(wire.outputData),
    ...(correlationId !== undefined && { correlationId }),
    ...(reasonForIncompletion !== undefined && { reasonForIncompletion }),
    ...(domain !== undefined && { domain }),
  };
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** Forks appear as FORK, worker tasks under the name of their definition (contract 5.6 and Conductor's mappers). */
function typeToWire(task: Task): string {
  switch (task.type) {
    case 'FORK_JOIN':
    case 'FORK_JOIN_DYNAMIC':
      return 'FORK';
    case 'SIMPLE':
      return task.name;
    default:
      return task.type;
  }
}
