// Parts of a trace in the shapes of the contract: moments and links, without payloads.

import type { JsonObject } from '../../core/json.ts';
import { matchesOf } from '../../core/match.ts';
import type { Task, Workflow } from '../../core/model.ts';
import { referenceName, taskId } from '../../core/model.ts';
import type { Attempt, Delivery } from '../../store/delivery.ts';
import type { EventRecord } from '../../store/store.ts';
import type { Trace } from '../contract/trace.ts';
import { deliveryToWire } from './flow-webhook.ts';
import { eventToWire } from './webhook-event.ts';

export function eventInTrace(event: EventRecord, webhookName: string | undefined): Trace['events'][number] {
  const { eventId, webhookId, receivedAt, verdict, reason, matched, effects, bodyBytes, method, about } = eventToWire(
    event,
    { whole: false },
  );
  return {
    ...{ eventId, webhookId, receivedAt, verdict, matched, effects, bodyBytes, method },
    ...(reason !== undefined && { reason }),
    ...(about !== undefined && { about }),
    ...(webhookName !== undefined && { webhookName }),
  };
}

/** `eventIdOf`: public id of an event, by the number that tasks know it by. */
export function executionInTrace(
  workflow: Workflow,
  tasks: readonly Task[],
  started: string | undefined,
  eventIdOf: (event: number) => string | undefined,
): Trace['executions'][number] {
  const { id, name, version, status, startedAt, endedAt, correlationId, reason, parent } = workflow;
  return {
    workflowId: id,
    ...{ workflowName: name, workflowVersion: version, status, startTime: startedAt },
    ...(endedAt !== undefined && { endTime: endedAt }),
    ...(correlationId !== undefined && { correlationId }),
    ...(reason !== undefined && { reason }),
    ...(parent && { parentWorkflowId: parent.workflowId }),
    ...(started !== undefined && { eventId: started }),
    tasks: tasks.map((task) => taskInTrace(id, task, eventIdOf)),
  };
}

function taskInTrace(
  workflowId: string,
  task: Task,
  eventIdOf: (event: number) => string | undefined,
): Trace['executions'][number]['tasks'][number] {
  const { type, name, status, retryCount, scheduledAt, startedAt, endedAt, availableAt, wakeAt, reason } = task;
  const next = endedAt === undefined ? (availableAt ?? wakeAt) : undefined;
  const eventId = task.outputEvent === undefined ? undefined : eventIdOf(task.outputEvent);
  return {
    taskId: taskId(workflowId, task.n),
    referenceTaskName: referenceName(task),
    ...{ type, taskDefName: name, status, retryCount, scheduledTime: scheduledAt },
    ...(startedAt !== undefined && { startTime: startedAt }),
    ...(endedAt !== undefined && { endTime: endedAt }),
    ...(next !== undefined && { availableTime: next }),
    ...(reason !== undefined && { reason }),
    ...(task.workerId !== undefined && { workerId: task.workerId }),
    ...(task.subWorkflowId !== undefined && { subWorkflowId: task.subWorkflowId }),
    ...(eventId !== undefined && { eventId }),
    ...(type === 'WAIT_FOR_WEBHOOK' && { matches: matchesOf(task.input) }),
  };
}

export function deliveryInTrace(
  delivery: Delivery,
  names: ReadonlyMap<string, string>,
  attempts: readonly Attempt[],
): Trace['deliveries'][number] {
  const request = part(attempts.at(-1)?.data.request);
  return {
    ...deliveryToWire(delivery, names),
    ...(typeof request.method === 'string' && { method: request.method }),
    ...(typeof request.url === 'string' && { url: request.url }),
    attemptList: attempts.map(({ n, at, data }) => {
      const { totalMs } = part(data.timing);
      const { status } = part(data.response);
      const why = data.gaveUp ?? data.reason;
      return {
        ...{ n, at, result: String(data.result ?? '') },
        ...(typeof status === 'number' && { status }),
        ...(typeof totalMs === 'number' && { totalMs }),
        ...(typeof why === 'string' && { reason: why }),
      };
    }),
  };
}

const part = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
