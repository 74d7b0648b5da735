// Calls of the pages that keep house: schedules, event handlers, schemas, secrets, variables. They go out through api.ts.
import type { EventExecutionView, EventHandler, EventMessageView } from '../../src/http/contract/event-handler.ts';
import type { SaveScheduleRequest, ScheduleExecution, WorkflowSchedule } from '../../src/http/contract/schedule.ts';
import type { SchemaDef } from '../../src/http/contract/schema.ts';
import type { ServerConfig } from '../../src/http/contract/server-config.ts';
import type { Tag } from '../../src/http/contract/webhook.ts';
import { json, type Page, part, send } from './api.ts';

const SCHEDULES = 'api/scheduler/schedules';
/** Rows of one page of runs. */
export const RUNS_SHOWN = 50;
/** Moments of a preview: as many as the server tells. */
const PREVIEWED = 5;

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly tags: readonly Tag[];
}

/** When something would run. */
export interface CronTimes {
  readonly cronExpression: string;
  readonly zoneId: string;
  readonly scheduleStartTime?: number | undefined;
  readonly scheduleEndTime?: number | undefined;
}

export const adminApi = {
  schedules: (signal?: AbortSignal) => json<WorkflowSchedule[]>('GET', SCHEDULES, { signal }),
  schedule: (name: string, signal?: AbortSignal) =>
    json<WorkflowSchedule>('GET', `${SCHEDULES}/${part(name)}`, { signal }),
  saveSchedule: (schedule: SaveScheduleRequest) => json<WorkflowSchedule>('POST', SCHEDULES, { body: schedule }),
  removeSchedule: (name: string) => send('DELETE', `${SCHEDULES}/${part(name)}`),
  pauseSchedule: (name: string, reason?: string) =>
    send('PUT', `${SCHEDULES}/${part(name)}/pause`, { query: { reason } }),
  resumeSchedule: (name: string) => send('PUT', `${SCHEDULES}/${part(name)}/resume`),
  runSchedule: (name: string) =>
    json<{ executionId: string; workflowId: string }>('POST', `${SCHEDULES}/${part(name)}/run`),
  nextRuns: (times: CronTimes, signal?: AbortSignal) =>
    json<number[]>('GET', 'api/scheduler/nextFewSchedules', { query: { ...times, limit: PREVIEWED }, signal }),
  scheduleRuns: (name: string, start: number, signal?: AbortSignal) =>
    json<Page<ScheduleExecution>>('GET', 'api/scheduler/search/executions', {
      query: { query: `scheduleName = "${name}"`, start, size: RUNS_SHOWN },
      signal,
    }),

  handlers: (signal?: AbortSignal) => json<EventHandler[]>('GET', 'api/event', { signal }),
  handler: (name: string, signal?: AbortSignal) =>
    json<EventHandler>('GET', `api/event/handler/${part(name)}`, { signal }),
  addHandler: (handler: EventHandler) => send('POST', 'api/event', { body: handler }),
  replaceHandler: (handler: EventHandler) => send('PUT', 'api/event', { body: handler }),
  removeHandler: (name: string) => send('DELETE', `api/event/${part(name)}`),
  handlerRuns: (name: string, from: number, signal?: AbortSignal) =>
    json<EventExecutionView[]>('GET', `api/event/execution/${part(name)}`, { query: { from }, signal }),
  messages: (event: string, signal?: AbortSignal) =>
    json<EventMessageView[]>('GET', `api/event/message/${part(event)}`, { signal }),
  publish: (event: string, payload: object) =>
    send('POST', 'api/event/handleIncomingEvent', { body: { ...payload, event } }),

  schemas: (signal?: AbortSignal) => json<SchemaDef[]>('GET', 'api/schema', { signal }),
  saveSchema: (schema: SchemaDef, newVersion: boolean) =>
    send('POST', 'api/schema', { query: { newVersion }, body: [schema] }),
  removeSchema: (name: string, version: number) => send('DELETE', `api/schema/${part(name)}/${version}`),

  serverConfig: (signal?: AbortSignal) => json<ServerConfig>('GET', 'api/admin/config', { signal }),

  secrets: (signal?: AbortSignal) => json<string[]>('GET', 'api/secrets', { signal }),
  putSecret: (name: string, value: string) => send('PUT', `api/secrets/${part(name)}`, { body: value }),
  removeSecret: (name: string) => send('DELETE', `api/secrets/${part(name)}`),
  variables: (signal?: AbortSignal) => json<Variable[]>('GET', 'api/environment', { signal }),
  putVariable: (name: string, value: string) => send('PUT', `api/environment/${part(name)}`, { body: value }),
  removeVariable: (name: string) => send('DELETE', `api/environment/${part(name)}`),
};
