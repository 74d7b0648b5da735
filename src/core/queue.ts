// Which tasks are handed out to pollers, under which name, and for how long one of our own workers may keep one.

import type { Json } from './json.ts';
import { isRecord } from './json.ts';
import type { Task } from './model.ts';

/** Types that are done by workers of ours inside the server; their queue is their type. */
export const BUILT_IN_WORKER_TYPES: ReadonlySet<string> = new Set([
  'HTTP',
  'HTTP_POLL',
  'INLINE',
  'LAMBDA',
  'JSON_JQ_TRANSFORM',
  'EVENT',
  'GET_WORKFLOW',
  'TERMINATE_WORKFLOW',
  'UPDATE_TASK',
]);

export const isBuiltIn = (task: Pick<Task, 'type'>): boolean => BUILT_IN_WORKER_TYPES.has(task.type);

/** The queue of a task that somebody polls for. */
export const queueOf = (task: Pick<Task, 'type' | 'name'>): string => (isBuiltIn(task) ? task.type : task.name);

/** A worker of ours that has been silent for so long is gone, with its server: the task is handed out again. */
const LEASE_MS = 30_000;

/** The HTTP worker's own limits (3 s by default, at most two minutes for connecting and reading), and what reporting takes. */
const DEFAULT_CALL_MS = 3_000;
const MAX_CALL_MS = 120_000;
const REPORT_MS = 15_000;

/** How long one of our own workers may be silent about a task. */
export function leaseMsOf(task: Pick<Task, 'type' | 'input'>): number {
  if (task.type !== 'HTTP' && task.type !== 'HTTP_POLL') return LEASE_MS;
  const { http_request } = task.input;
  const wish = isRecord(http_request) ? http_request : task.input;
  return Math.min(MAX_CALL_MS, callMs(wish.connectionTimeOut) + callMs(wish.readTimeOut)) + REPORT_MS;
}

function callMs(value: Json | undefined): number {
  const ms = Number(value ?? DEFAULT_CALL_MS);
  return ms > 0 ? ms : DEFAULT_CALL_MS;
}
