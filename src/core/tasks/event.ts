// EVENT: says something to event handlers, ours at once, others through a worker of ours (contract 5.8).

import type { Draft, TaskType } from '../draft.ts';
import type { JsonObject } from '../json.ts';
import { resolveAt, viewFrom } from '../language/scope.ts';
import type { Task } from '../model.ts';

/** Name of the event for a sink `conductor` or `conductor:<name>`; undefined for other sinks. */
function eventNameOf(sink: string, workflowName: string, reference: string): string | undefined {
  if (sink === 'conductor') return `conductor:${workflowName}:${reference}`;
  return sink.startsWith('conductor:') ? `conductor:${workflowName}:${sink.slice('conductor:'.length)}` : undefined;
}

/** What is sent, and what the task shows as its output. */
function messageOf(draft: Draft, task: Task): JsonObject {
  const { id, name, version, correlationId, taskToDomain } = draft.workflow;
  return {
    ...task.input,
    workflowInstanceId: id,
    workflowType: name,
    workflowVersion: version,
    correlationId: correlationId ?? null,
    taskToDomain: taskToDomain ?? {},
  };
}

export const event: TaskType = {
  queued: true,
  begin(draft, task, { node, place }) {
    const sink = resolveAt(draft, place.sink ?? task.input.sink ?? 'conductor', viewFrom(node, task.scope));
    if (typeof sink !== 'string' || sink === '') {
      draft.end(task, 'FAILED_WITH_TERMINAL_ERROR', { reason: `sink must be a text; it is ${JSON.stringify(sink)}` });
      return;
    }
    const name = eventNameOf(sink, draft.workflow.name, task.place);
    if (name === undefined) {
      // The worker finds the sink, resolved, among the inputs.
      draft.update(task, { input: { ...task.input, sink } });
      return;
    }
    const payload = messageOf(draft, task);
    draft.emit({ type: 'event', name, payload });
    const output = { ...payload, event_produced: name };
    if (place.asyncComplete) draft.run(task, { output, memo: { ...task.memo, handedOver: true } });
    else draft.end(task, 'COMPLETED', { output });
  },
};
