// Event handlers, their executions and messages as Conductor's clients know them.

import type { JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import { masked } from '../../core/mask.ts';
import { configOf } from '../../engine/event-handlers.ts';
import type { EventExecutionRecord, MessageRow } from '../../store/event-message.ts';
import type { HandlerRow, TagValue } from '../../store/registries.ts';
import type { EventExecutionView, EventMessageView } from '../contract/event-handler.ts';

export const handlerToWire = (row: HandlerRow, tags: readonly TagValue[]): object => ({
  name: row.name,
  event: row.event,
  active: row.active,
  ...configOf(row),
  createdBy: row.createdBy,
  tags,
});

export function eventExecutionToWire(record: EventExecutionRecord, payload?: JsonObject): EventExecutionView {
  const { state, outcome } = record;
  const reason = record.reason ?? outcome?.reason;
  return {
    id: record.id,
    name: record.handler,
    event: record.event,
    messageId: record.messageId,
    action: record.action as EventExecutionView['action'],
    created: record.createdAt,
    status: state ?? (outcome ? (outcome.ok ? 'COMPLETED' : 'FAILED') : 'IN_PROGRESS'),
    ...(reason !== undefined && { statusDescription: reason }),
    output: outcome?.workflowId === undefined ? {} : { workflowId: outcome.workflowId },
    ...(isRecord(record.details) && { payload: masked(record.details, record.masked ?? []) }),
    ...(payload && { fullMessagePayload: payload }),
  };
}

export function messageToWire(
  message: MessageRow,
  given: JsonObject,
  executions: readonly EventExecutionRecord[],
): EventMessageView {
  const payload = masked(given, message.masked ?? []);
  return {
    id: message.id,
    createdAt: message.createdAt,
    eventTarget: message.event,
    eventType: message.kind,
    status: message.status,
    ...(message.note !== undefined && { statusDescription: message.note }),
    payload: JSON.stringify(payload),
    fullPayload: payload,
    eventExecutions: executions.map((execution) => eventExecutionToWire(execution)),
  };
}
