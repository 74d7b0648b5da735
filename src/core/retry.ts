// Whether a failed attempt is made again, and when (contract 5.4).

import type { Env } from './decision.ts';
import { MAX_DELAY_MS } from './limits.ts';
import type { Task, TaskDef, WorkflowTask } from './model.ts';
import { rulesFor, TASK_DEF_DEFAULTS } from './task-def.ts';

/** Types that only steer the flow: what fails in them is a task inside, which has its own retries (Conductor: built-in). */
const STEERING: ReadonlySet<string> = new Set([
  'SWITCH',
  'DECISION',
  'FORK_JOIN',
  'FORK_JOIN_DYNAMIC',
  'JOIN',
  'EXCLUSIVE_JOIN',
  'DO_WHILE',
]);

/** Attempts that may follow the first one. Types without a task definition are retried only where their place says so. */
function retryLimit(place: WorkflowTask | undefined, task: Task): number {
  if (STEERING.has(task.type)) return 0;
  const rules = rulesFor(place, task);
  return place?.retryCount ?? (rules && (rules.retryCount ?? TASK_DEF_DEFAULTS.retryCount)) ?? 0;
}

/** Milliseconds between the end of attempt number `retryCount` (0 = first) and the next one. */
export function retryDelayMs(def: TaskDef | undefined, retryCount: number, env: Pick<Env, 'random'>): number {
  const delayMs = (def?.retryDelaySeconds ?? TASK_DEF_DEFAULTS.retryDelaySeconds) * 1000;
  const rawMs = delayMs * backoff(def, retryCount);
  const capMs = (def?.maxRetryDelaySeconds ?? 0) * 1000;
  const jitterMs = def?.backoffJitterMs ? Math.floor(env.random() * (def.backoffJitterMs + 1)) : 0;
  return Math.min((capMs > 0 ? Math.min(rawMs, capMs) : rawMs) + jitterMs, MAX_DELAY_MS);
}

function backoff(def: TaskDef | undefined, retryCount: number): number {
  switch (def?.retryLogic) {
    case 'LINEAR_BACKOFF':
      return (def.backoffScaleFactor ?? TASK_DEF_DEFAULTS.backoffScaleFactor) * (retryCount + 1);
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
  const totalSeconds = place?.taskDefinition?.totalTimeoutSeconds ?? 0;
  const first = task.firstStartedAt ?? task.startedAt;
  return totalSeconds <= 0 || first === undefined || now < first + totalSeconds * 1000;
}
