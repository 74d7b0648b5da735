// Whether a failed attempt is made again, and when (contract 5.4).

import type { Env } from './decision.ts';
import type { Task, TaskDef, WorkflowTask } from './model.ts';

/** What Conductor gives a worker task that nobody registered. */
const UNREGISTERED_WORKER: Required<Pick<TaskDef, 'retryCount' | 'retryDelaySeconds'>> = {
  retryCount: 3,
  retryDelaySeconds: 60,
};

/** Attempts that may follow the first one. Only worker tasks are retried without being told to. */
export function retryLimit(place: WorkflowTask | undefined, task: Task): number {
  const fallback = task.type === 'SIMPLE' ? UNREGISTERED_WORKER.retryCount : 0;
  return place?.retryCount ?? place?.taskDefinition?.retryCount ?? fallback;
}

/** Milliseconds between the end of attempt number `retryCount` (0 = first) and the next one. */
export function retryDelayMs(def: TaskDef | undefined, retryCount: number, env: Pick<Env, 'random'>): number {
  const delay = (def?.retryDelaySeconds ?? UNREGISTERED_WORKER.retryDelaySeconds) * 1000;
  const raw = delay * backoff(def, retryCount);
  const cap = (def?.maxRetryDelaySeconds ?? 0) * 1000;
  const jitter = def?.backoffJitterMs ? Math.floor(env.random() * (def.backoffJitterMs + 1)) : 0;
  return Math.min((cap > 0 ? Math.min(raw, cap) : raw) + jitter, Number.MAX_SAFE_INTEGER);
}

function backoff(def: TaskDef | undefined, retryCount: number): number {
  switch (def?.retryLogic) {
    case 'LINEAR_BACKOFF':
      return (def.backoffScaleFactor ?? 1) * (retryCount + 1);
    case 'EXPONENTIAL_BACKOFF':
      return 2 ** retryCount;
    default:
      return 1;
  }
}

/** True when the attempt may be followed by another one. */
export function mayRetry(place: WorkflowTask | undefined, task: Task, now: number): boolean {
  if (task.status !== 'FAILED' && task.status !== 'TIMED_OUT') return false;
  if (task.retryCount >= retryLimit(place, task)) return false;
  const total = place?.taskDefinition?.totalTimeoutSeconds ?? 0;
  const first = task.firstStartedAt ?? task.startedAt;
  return total <= 0 || first === undefined || now < first + total * 1000;
}
