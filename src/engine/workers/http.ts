// HTTP: calls an address and gives the answer to the workflow (contract 5.8). Who may be called is decided by the guarded
// client that is handed in; a failed call is a failed task with the reason, never an exception.

import { STATUS_CODES } from 'node:http';
import type { Json, JsonObject } from '../../core/json.ts';
import { isList, isRecord } from '../../core/json.ts';
import type { Report } from '../executions.ts';
import type { Worker } from './worker.ts';

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly connectTimeoutMs: number;
  /** The longest silence of the answer. */
  readonly readTimeoutMs?: number;
  /** For all of it. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
}

export type CallResult =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, readonly string[]>>;
      readonly body: Uint8Array;
      /** The answer was longer than `maxResponseBytes`. */
      readonly truncated: boolean;
    }
  /** `retryable` false: the same call would fail again for sure. */
  | { readonly type: 'fault'; readonly reason: string; readonly retryable: boolean }
  | { readonly type: 'cancelled' };

/** Sends one request; expected trouble comes back as a value. */
export type CallOut = (call: Call) => Promise<CallResult>;

/** Conductor's default for both. */
const DEFAULT_TIMEOUT_MS = 3_000;
/** Longer calls belong into a worker of one's own. */
const MAX_TIMEOUT_MS = 120_000;
/** Conductor's limit of task output beyond which it goes to external storage. */
const MAX_RESPONSE_BYTES = 3 * 1024 * 1024;
/** Calls at once on one node. */
export const CAPACITY = 64;

export function createHttpWorker(callOut: CallOut): Worker {
  return { queue: 'HTTP', capacity: CAPACITY, run: ({ input }, _workflow, signal) => runHttp(input, callOut, signal) };
}

/** One call, as the input of a task describes it, flat or under `http_request`. */
export async function runHttp(input: JsonObject, callOut: CallOut, signal: AbortSignal): Promise<Report> {
  const prepared = readCall(input, signal);
  if (typeof prepared === 'string') return { status: 'FAILED', reason: prepared, output: { response: prepared } };
  const result = await callOut(prepared);
  switch (result.type) {
    case 'cancelled':
      return { status: 'FAILED', reason: 'the call was called off' };
    case 'fault':
      return {
        status: result.retryable ? 'FAILED' : 'FAILED_WITH_TERMINAL_ERROR',
        reason: result.reason,
        output: { response: result.reason },
      };
    case 'response':
      return answered(result);
  }
}

function answered(result: Extract<CallResult, { type: 'response' }>): Report {
  const { status, headers, truncated } = result;
  if (truncated) {
    const reason = `the answer is longer than ${MAX_RESPONSE_BYTES} bytes`;
    return { status: 'FAILED', reason, output: { response: reason } };
  }
  const body = readBody(result.body, headers);
  const response: JsonObject = {
    statusCode: status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]])),
    body,
    reasonPhrase: STATUS_CODES[status] ?? '',
  };
  if (status >= 200 && status < 300) return { status: 'COMPLETED', output: { response } };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reason = `the call was answered with ${status}${text === '' || body === null ? '' : `: ${text}`}`;
  return { status: 'FAILED', reason, output: { response } };
}

/** What is asked for, flat or under `http_request`; a text says what is wrong with it. */
function readCall(input: JsonObject, signal: AbortSignal): Call | string {
  const wish = isRecord(input.http_request) ? input.http_request : input;
  const { uri, method } = wish;
  if (typeof uri !== 'string' || uri === '') return 'the input "uri" is missing: the address to call';
  if (typeof method !== 'string' || method === '') return 'the input "method" is missing, such as GET or POST';
  const headers = readHeaders(wish);
  if (typeof headers === 'string') return headers;
  const body = wish.body === undefined || wish.body === null ? undefined : writeBody(wish.body, headers);
  const readTimeoutMs = milliseconds(wish.readTimeOut);
  const connectTimeoutMs = milliseconds(wish.connectionTimeOut);
  return {
    method: method.toUpperCase(),
    url: uri,
    headers,
    ...(body !== undefined && { body }),
    connectTimeoutMs,
    readTimeoutMs,
    timeoutMs: Math.min(MAX_TIMEOUT_MS, connectTimeoutMs + readTimeoutMs),
    maxResponseBytes: MAX_RESPONSE_BYTES,
    signal,
  };
}

type Headers = Record<string, string | readonly string[]>;

/** Header names in lower case. `accept` and `contentType` have fields of their own; a header of that name wins. */
function readHeaders({ headers, accept, contentType }: JsonObject): Headers | string {
  if (headers !== undefined && headers !== null && !isRecord(headers))
    return 'the input "headers" must be an object: name -> value';
  const read: Headers = Object.create(null);
  if (accept !== undefined && accept !== null)
    read.accept = isList(accept) ? accept.map(plain).join(', ') : plain(accept);
  if (typeof contentType === 'string') read['content-type'] = contentType;
  for (const [name, value] of Object.entries(headers ?? {}))
    if (value !== null) read[name.toLowerCase()] = isList(value) ? value.map(plain) : plain(value);
  return read;
}

/** Objects are sent as JSON, or as a form when the content type says so; texts as they are. */
function writeBody(body: Json, headers: Headers): string {
  const type = String(headers['content-type'] ?? '');
  if (isRecord(body) && type.startsWith('application/x-www-form-urlencoded'))
    return new URLSearchParams(
      Object.entries(body).map(([name, value]): [string, string] => [name, plain(value)]),
    ).toString();
  headers['content-type'] ??= 'application/json';
  return plain(body);
}

/** JSON where the answer is JSON, else text; null when it is empty. */
function readBody(bytes: Uint8Array, headers: Readonly<Record<string, readonly string[]>>): Json {
  if (bytes.length === 0) return null;
  const text = new TextDecoder().decode(bytes);
  const type = headers['content-type']?.[0] ?? 'application/json';
  if (!/\bjson\b/i.test(type)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Milliseconds as a number or as the text of one. */
function milliseconds(value: Json | undefined): number {
  const ms = Number(value ?? DEFAULT_TIMEOUT_MS);
  return ms > 0 ? Math.min(ms, MAX_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;
}
