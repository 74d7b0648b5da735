// JSON_JQ_TRANSFORM: runs a jq program on the input of its task, in the sandbox (contract 5.8).

import type { Json, JsonObject } from '../../core/json.ts';
import type { Report } from '../executions.ts';
import type { Worker } from './worker.ts';

/** Runs a jq program outside of this thread; never rejects, and ends by the deadline. */
export type RunJq = (
  program: string,
  input: Json,
  deadlineMs: number,
) => Promise<
  { readonly ok: true; readonly results: readonly Json[] } | { readonly ok: false; readonly reason: string }
>;

/** As long as an INLINE script may think. */
const DEADLINE_MS = 4_000;
/** Programs at once: they keep a core busy each. */
const CAPACITY = 4;

export function createJqWorker(runJq: RunJq): Worker {
  return { queue: 'JSON_JQ_TRANSFORM', capacity: CAPACITY, run: ({ input }) => transform(input, runJq) };
}

/** The program sees the whole input, `queryExpression` included, as in Conductor. */
async function transform(input: JsonObject, runJq: RunJq): Promise<Report> {
  const { queryExpression } = input;
  if (typeof queryExpression !== 'string' || queryExpression.trim() === '')
    return failed('the input "queryExpression" must be a text: the jq program to run');
  const done = await runJq(queryExpression, input, DEADLINE_MS);
  if (!done.ok) return failed(done.reason);
  return { status: 'COMPLETED', output: { result: done.results[0] ?? null, resultList: [...done.results] } };
}

const failed = (reason: string): Report => ({ status: 'FAILED', reason, output: { error: reason } });
