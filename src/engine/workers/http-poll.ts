// HTTP_POLL: calls an address again and again until a condition on the answer holds (contract 5.8). Between two calls the
// task lies in its queue, so that a restart of the server costs nothing.

import type { Json, JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import type { Task } from '../../core/model.ts';
import type { Report } from '../executions.ts';
import { CAPACITY, type CallOut, runHttp } from './http.ts';
import type { RunScript } from './inline.ts';
import type { Worker } from './worker.ts';

/** Conductor's default and least; a shorter one is allowed here. */
const DEFAULT_INTERVAL_SECONDS = 60;
const MIN_INTERVAL_SECONDS = 1;
const MAX_INTERVAL_SECONDS = 86_400;
/** A condition looks at one answer. */
const CONDITION_DEADLINE_MS = 5_000;

export function createHttpPollWorker(callOut: CallOut, runScript: RunScript): Worker {
  return {
    queue: 'HTTP_POLL',
    capacity: CAPACITY,
    async run(task, _workflow, signal) {
      const wish = readWish(task.input);
      if (typeof wish === 'string') return { status: 'FAILED_WITH_TERMINAL_ERROR', reason: wish };
      const called = await runHttp(task.input, callOut, signal);
      if (called.status !== 'COMPLETED' || wish.condition === undefined) return called;
      const over = await runScript(wish.condition, bindings(task.input, called.output), CONDITION_DEADLINE_MS);
      if (!over.ok)
        return failed(`the terminationCondition could not be evaluated: ${over.reason}`, called.output ?? {});
      if (isTrue(over.value)) return called;
      const factor = wish.isLinear ? task.pollCount : 1;
      return {
        status: 'IN_PROGRESS',
        ...(called.output && { output: called.output }),
        callbackAfterSeconds: Math.min(wish.intervalSeconds * factor, MAX_INTERVAL_SECONDS),
      };
    },
  };
}

interface Wish {
  /** Absent: the first answer that is a success ends it. */
  readonly condition?: string;
  readonly intervalSeconds: number;
  readonly isLinear: boolean;
}

/** The fields stand beside the request or inside it; a text says what is wrong with them. */
function readWish(input: Task['input']): Wish | string {
  const request = isRecord(input.http_request) ? input.http_request : {};
  const given = (name: string): Json | undefined => input[name] ?? request[name] ?? undefined;
  const condition = given('terminationCondition');
  if (condition !== undefined && typeof condition !== 'string') return 'terminationCondition must be a text: a script';
  const strategy = given('pollingStrategy') ?? 'FIXED';
  if (strategy !== 'FIXED' && strategy !== 'LINEAR_BACKOFF')
    return `pollingStrategy must be FIXED or LINEAR_BACKOFF; it is ${JSON.stringify(strategy)}`;
  const seconds = Number(given('pollingInterval') ?? DEFAULT_INTERVAL_SECONDS);
  if (!(seconds > 0)) return 'pollingInterval must be a number of seconds above 0';
  return {
    ...(condition !== undefined && condition.trim() !== '' && { condition }),
    intervalSeconds: Math.max(MIN_INTERVAL_SECONDS, seconds),
    isLinear: strategy === 'LINEAR_BACKOFF',
  };
}

/** `$.output.response.body` and `$.output.body` are both in use; `$.status` is the field of an answer in JSON. */
function bindings(input: JsonObject, output: JsonObject = {}): JsonObject {
  const response = isRecord(output.response) ? output.response : {};
  const body = isRecord(response.body) ? response.body : {};
  return { ...body, ...response, input, response, output: { ...response, response } };
}

const isTrue = (value: Json): boolean => value === true || value === 'true';

const failed = (reason: string, output: JsonObject): Report => ({
  status: 'FAILED_WITH_TERMINAL_ERROR',
  reason,
  output: { ...output, error: reason },
});
