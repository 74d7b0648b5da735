// The one file that fetches. Calls answer parsed values; everything that is not 2xx is an ApiError with the server's own words.
import type { TaskDef, WorkflowDef } from '../../src/core/model.ts';
import type { BulkResponse } from '../../src/http/contract/definition.ts';
import type { ErrorBody } from '../../src/http/contract/error.ts';
import type {
  StartWorkflowRequest,
  TaskResult,
  WireTask,
  WireWorkflow,
  WorkflowHistogram,
  WorkflowSummary,
} from '../../src/http/contract/execution.ts';
import type { WebhookConfig } from '../../src/http/contract/webhook.ts';
import type { Explained, ReceivedEvent } from '../../src/http/contract/webhook-event.ts';
import type { DryRun } from './model/dry-run.ts';
import { eventStreamReader } from './model/event-stream.ts';
import type { SearchRequest } from './model/execution-search.ts';
import { parseExact } from './model/json-text.ts';
import type { LiveNotice } from './model/live-notice.ts';
import type { PollData } from './model/poll-data.ts';
import type { PlatformCatalog } from './model/webhook-platform.ts';

/** Where the app lives; the server writes it into <base>, so it is right below any path. */
export const appRoot = new URL('.', document.baseURI);
const address = (path: string): URL => new URL(path, appRoot);

/** A refusal of the server, or 0 when it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly validationErrors: NonNullable<ErrorBody['validationErrors']>;
  constructor(status: number, message: string, validationErrors: ErrorBody['validationErrors'] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.validationErrors = validationErrors;
  }
  /** Nobody answers, or only a server that starts, stops or has no database: trying again later may help. */
  get isAway(): boolean {
    return this.status === 0 || this.status === 503;
  }
}

/** Where the token of an installation with a key is kept, until the tab is closed. */
const TOKEN_KEY = 'fermata-token';

function credentials(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token === null ? {} : { 'X-Authorization': token };
}

/** Exchanges the key of the installation for a token. Throws ApiError 401 when it is wrong. */
export async function signIn(key: string): Promise<void> {
  const { token } = await json<{ token: string }>('POST', 'api/token', { body: { keyId: 'web', keySecret: key } });
  sessionStorage.setItem(TOKEN_KEY, token);
}

/** A list is sent as one parameter for each of its values. */
type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Call {
  readonly query?: Query;
  /** Sent as JSON; a string is sent as plain text. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export async function send(method: string, path: string, { query, body, signal }: Call = {}): Promise<string> {
  const url = address(path);
  for (const [key, value] of Object.entries(query ?? {}))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) url.searchParams.append(key, String(one));
  const plain = typeof body === 'string';
  const headers: Record<string, string> =
    body === undefined ? {} : { 'Content-Type': plain ? 'text/plain' : 'application/json' };
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { Accept: 'application/json, text/plain', ...credentials(), ...headers },
      ...(body === undefined ? {} : { body: plain ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The server does not answer.');
  }
  const text = await response.text();
  if (response.ok) return text;
  throw refusal(response.status, text);
}

function refusal(status: number, text: string): ApiError {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>;
    if (typeof body.message === 'string') return new ApiError(status, body.message, body.validationErrors);
  } catch {
    // Not ours: a proxy in between. Its text says more than nothing.
  }
  return new ApiError(status, text.slice(0, 500) || `The server answers with ${status}.`);
}

export const json = async <T>(method: string, path: string, call?: Call): Promise<T> => {
  const text = await send(method, path, call);
  return (text === '' ? undefined : parseExact(text)) as T;
};

export const part = encodeURIComponent;

export interface Page<T> {
  readonly totalHits: number;
  readonly results: readonly T[];
}

/** An open wait beside an event: each clause, held or not. */
export type ExplainedMatch = (typeof Explained)['_output'];

export interface TaskLog {
  readonly log: string;
  readonly createdTime: number;
}

/** What a signal says of the task that an execution stands at. */
export type SignalStatus = 'COMPLETED' | 'FAILED' | 'FAILED_WITH_TERMINAL_ERROR';

export type ExecutionVerb = 'pause' | 'resume' | 'restart' | 'restartLatest' | 'retry' | 'terminate' | 'remove';

export const api = {
  workflowDefs: (signal?: AbortSignal) => json<WorkflowDef[]>('GET', 'api/metadata/workflow', { signal }),
  workflowDef: (name: string, version?: number, signal?: AbortSignal) =>
    json<WorkflowDef>('GET', `api/metadata/workflow/${part(name)}`, { query: { version }, signal }),
  createWorkflowDef: (def: WorkflowDef) => send('POST', 'api/metadata/workflow', { body: def }),
  overwriteWorkflowDef: (def: WorkflowDef) => json<BulkResponse>('PUT', 'api/metadata/workflow', { body: [def] }),
  removeWorkflowDef: (name: string, version: number) =>
    send('DELETE', `api/metadata/workflow/${part(name)}/${version}`),

  taskDefs: (signal?: AbortSignal) => json<TaskDef[]>('GET', 'api/metadata/taskdefs', { signal }),
  taskDef: (name: string, signal?: AbortSignal) =>
    json<TaskDef>('GET', `api/metadata/taskdefs/${part(name)}`, { signal }),
  createTaskDef: (def: TaskDef) => send('POST', 'api/metadata/taskdefs', { body: [def] }),
  saveTaskDef: (def: TaskDef) => send('PUT', 'api/metadata/taskdefs', { body: def }),
  removeTaskDef: (name: string) => send('DELETE', `api/metadata/taskdefs/${part(name)}`),

  /** Answers the id of the execution. */
  start: (request: StartWorkflowRequest) => send('POST', 'api/workflow', { body: request }),
  executions: ({ query, freeText, sort, start, size }: SearchRequest, signal?: AbortSignal) =>
    json<Page<WorkflowSummary>>('GET', 'api/workflow/search', {
      query: { query, freeText, sort, start, size },
      signal,
    }),
  executionHistogram: ({ query, freeText }: SearchRequest, bars: number, signal?: AbortSignal) =>
    json<WorkflowHistogram>('GET', 'api/workflow-histogram', { query: { query, freeText, bars }, signal }),
  execution: (id: string, signal?: AbortSignal) =>
    json<WireWorkflow>('GET', `api/workflow/${part(id)}`, { query: { includeTasks: true }, signal }),

  pause: (id: string) => send('PUT', `api/workflow/${part(id)}/pause`),
  resume: (id: string) => send('PUT', `api/workflow/${part(id)}/resume`),
  restart: (id: string, useLatestDefinitions: boolean) =>
    send('POST', `api/workflow/${part(id)}/restart`, { query: { useLatestDefinitions } }),
  retry: (id: string) => send('POST', `api/workflow/${part(id)}/retry`, { query: { resumeSubworkflowTasks: true } }),
  rerun: (id: string, fromTaskId: string, taskInput?: unknown) =>
    send('POST', `api/workflow/${part(id)}/rerun`, { body: { reRunFromTaskId: fromTaskId, taskInput } }),
  terminate: (id: string, reason: string) => send('DELETE', `api/workflow/${part(id)}`, { query: { reason } }),
  skipTask: (id: string, reference: string, taskOutput: unknown) =>
    send('PUT', `api/workflow/${part(id)}/skiptask/${part(reference)}`, { body: { taskOutput } }),
  jump: (id: string, reference: string, input: unknown) =>
    send('POST', `api/workflow/${part(id)}/jump/${part(reference)}`, { body: input }),
  setVariables: (id: string, variables: object) =>
    send('POST', `api/workflow/${part(id)}/variables`, { body: variables }),
  signal: (id: string, status: SignalStatus, output: object) =>
    send('POST', `api/tasks/${part(id)}/${status}/signal`, { body: output }),
  remove: (id: string) => send('DELETE', `api/workflow/${part(id)}/remove`, { query: { archiveWorkflow: false } }),
  updateTask: (result: TaskResult) => send('POST', 'api/tasks', { body: result }),
  task: (id: string, signal?: AbortSignal) => json<WireTask>('GET', `api/tasks/${part(id)}`, { signal }),
  taskLogs: (id: string, signal?: AbortSignal) =>
    json<TaskLog[] | undefined>('GET', `api/tasks/${part(id)}/log`, { signal }),
  queueSizes: (signal?: AbortSignal) => json<Record<string, number>>('GET', 'api/tasks/queue/all', { signal }),
  pollData: (signal?: AbortSignal) => json<PollData[]>('GET', 'api/tasks/queue/polldata/all', { signal }),

  webhooks: (signal?: AbortSignal) => json<WebhookConfig[]>('GET', 'api/metadata/webhook', { signal }),
  webhook: (id: string, signal?: AbortSignal) =>
    json<WebhookConfig>('GET', `api/metadata/webhook/${part(id)}`, { signal }),
  createWebhook: (config: WebhookConfig) => json<WebhookConfig>('POST', 'api/metadata/webhook', { body: config }),
  updateWebhook: (id: string, config: WebhookConfig) =>
    json<WebhookConfig>('PUT', `api/metadata/webhook/${part(id)}`, { body: config }),
  removeWebhook: (id: string) => send('DELETE', `api/metadata/webhook/${part(id)}`),
  webhookPlatforms: (signal?: AbortSignal) => json<PlatformCatalog>('GET', 'api/webhook-platforms', { signal }),
  /** The server sends its own webhook this body, signed with the stored secret; answers what a sender would hear. */
  sendSample: (id: string, body: string) =>
    json<{ status: number; reason?: string }>('POST', `api/webhooks/${part(id)}/sample`, { body: { body } }),
  /** The same without sending: nothing is stored. */
  dryRunSample: (id: string, body: string) =>
    json<DryRun>('POST', `api/webhooks/${part(id)}/sample/dry-run`, { body: { body } }),
  webhookEvents: (webhookId: string, limit: number, before: number | undefined, signal?: AbortSignal) =>
    json<ReceivedEvent[]>('GET', 'api/webhook-events', { query: { webhookId, limit, before }, signal }),
  event: (eventId: string, signal?: AbortSignal) =>
    json<ReceivedEvent>('GET', `api/webhook-events/${part(eventId)}`, { signal }),

  replayEvent: (eventId: string, body?: string) =>
    json<{ eventIds: string[] }>('POST', `api/webhook-events/${part(eventId)}/replay`, {
      body: body === undefined ? {} : { body },
    }),
  verifyEvent: (eventId: string, accept: boolean) =>
    json<{ eventIds: string[] }>('POST', `api/webhook-events/${part(eventId)}/verify`, { body: { accept } }),
  whyEvent: (eventId: string, signal?: AbortSignal) =>
    json<ExplainedMatch[]>('GET', `api/webhook-events/${part(eventId)}/why`, { signal }),

  version: (signal?: AbortSignal) => send('GET', 'api/version', { signal }),
  openApi: (signal?: AbortSignal) => json<unknown>('GET', 'openapi.json', { signal }),
};

/** One of the verbs for one execution. */
export function actOn(verb: ExecutionVerb, id: string, reason: string): Promise<unknown> {
  switch (verb) {
    case 'pause':
      return api.pause(id);
    case 'resume':
      return api.resume(id);
    case 'restart':
      return api.restart(id, false);
    case 'restartLatest':
      return api.restart(id, true);
    case 'retry':
      return api.retry(id);
    case 'terminate':
      return api.terminate(id, reason);
    case 'remove':
      return api.remove(id);
  }
}

/** One of the verbs for many executions; answers what became of each. */
export function actOnMany(verb: ExecutionVerb, ids: readonly string[], reason: string): Promise<BulkResponse> {
  const call = (method: string, name: string, query: Query = {}) =>
    json<BulkResponse>(method, `api/workflow/bulk/${name}`, { query, body: ids });
  switch (verb) {
    case 'pause':
    case 'resume':
      return call('PUT', verb);
    case 'restart':
      return call('POST', 'restart');
    case 'restartLatest':
      return call('POST', 'restart', { useLatestDefinitions: true });
    case 'retry':
      return call('POST', 'retry', { resumeSubworkflowTasks: true });
    case 'terminate':
      return call('POST', 'terminate', { reason });
    case 'remove':
      return call('DELETE', 'remove');
  }
}

/** The address that a platform calls. */
export const webhookUrl = (id: string): string => address(`webhook/${part(id)}`).href;

/** Calls a webhook from this page, as a sender would. Answers the HTTP status. */
export async function callWebhook(
  id: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number> {
  const response = await fetch(webhookUrl(id), { method: 'POST', headers, body });
  return response.status;
}

export interface LiveHandlers {
  readonly onNotice: (notice: LiveNotice) => void;
  readonly onState: (state: 'live' | 'reconnecting') => void;
}

/** How long to wait before opening the stream anew. */
const REOPEN_MS = 2_000;

/**
 * Opens the stream of notices; answers the way to close it. Read with fetch and not with EventSource, which cannot send the key of
 * an installation that has one.
 */
export function openLive({ onNotice, onState }: LiveHandlers): () => void {
  const stop = new AbortController();
  const wait = () => new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
  const read = async () => {
    const response = await fetch(address('api/live'), { headers: credentials(), signal: stop.signal });
    if (!response.ok || !response.body) throw new ApiError(response.status, 'The live stream is refused.');
    onState('live');
    const parse = eventStreamReader((event, data) => {
      if (event === 'change') onNotice(JSON.parse(data) as LiveNotice);
    });
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await text.read(); !part.done; part = await text.read()) parse(part.value);
  };
  const keepReading = async () => {
    while (!stop.signal.aborted) {
      await read().catch(() => undefined);
      if (stop.signal.aborted) return;
      onState('reconnecting');
      await wait();
    }
  };
  void keepReading();
  return () => stop.abort();
}
