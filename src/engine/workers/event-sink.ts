// EVENT with an HTTP sink: posts what the task says to an address (contract 5.8); sinks named `conductor` are done by the rules.

import type { JsonObject } from '../../core/json.ts';
import { taskId } from '../../core/model.ts';
import type { PolledFrom } from '../../store/poll.ts';
import type { Report } from '../executions.ts';
import { CAPACITY, type CallOut, runHttp } from './http.ts';
import type { Worker } from './worker.ts';

export function createEventSinkWorker(callOut: CallOut): Worker {
  return {
    queue: 'EVENT',
    capacity: CAPACITY,
    async run(task, workflow, signal) {
      const { sink, ...given } = task.input;
      const uri = addressOf(sink);
      if (uri === undefined) return refusedSink(sink);
      const payload = messageOf(given, workflow);
      const headers = { 'content-type': 'application/json', 'idempotency-key': taskId(workflow.id, task.n) };
      const called = await runHttp({ uri, method: 'POST', headers, body: payload }, callOut, signal);
      return { ...called, output: { ...payload, event_produced: String(sink), ...called.output } };
    },
  };
}

/** `https://…`, or with the kind of the sink in front, as other sinks are written: `http:https://…`. */
function addressOf(sink: unknown): string | undefined {
  if (typeof sink !== 'string') return undefined;
  return /^(?:https?:(?=https?:\/\/))?(https?:\/\/.+)$/s.exec(sink)?.[1];
}

const refusedSink = (sink: unknown): Report => ({
  status: 'FAILED_WITH_TERMINAL_ERROR',
  reason: `the sink ${JSON.stringify(sink)} is not known; use conductor, conductor:<name> or an http address`,
});

/** The same fields that events for event handlers carry. */
const messageOf = (input: JsonObject, workflow: PolledFrom): JsonObject => ({
  ...input,
  workflowInstanceId: workflow.id,
  workflowType: workflow.name,
  workflowVersion: workflow.version,
  correlationId: workflow.correlationId ?? null,
  taskToDomain: workflow.taskToDomain ?? {},
});
