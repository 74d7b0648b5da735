// INLINE and its older form LAMBDA: the script of a task runs in the sandbox, the task's other inputs are its `$` (contract 5.8).

import type { ScriptResult } from '../../core/decision.ts';
import type { Json } from '../../core/json.ts';
import type { Task } from '../../core/model.ts';
import type { Report } from '../executions.ts';
import type { Worker } from './worker.ts';

/** Runs a script outside of this thread; never rejects, and ends by the deadline. */
export type RunScript = (script: string, bindings: Json, deadlineMs: number) => Promise<ScriptResult>;

/** A script is glue, not a computation; Conductor's default is 4 seconds as well. */
const DEADLINE_MS = 4_000;

/** Scripts at once: they keep a core busy each. */
const CAPACITY = 4;

const SCRIPT_EVALUATORS: ReadonlySet<string> = new Set(['javascript', 'graaljs']);

export function createInlineWorker(runScript: RunScript): Worker {
  return { queue: 'INLINE', capacity: CAPACITY, run: (task) => runInline(task, runScript) };
}

/** `scriptExpression` in place of `expression`, and never anything but a script. */
export function createLambdaWorker(runScript: RunScript): Worker {
  return { queue: 'LAMBDA', capacity: CAPACITY, run: (task) => runLambda(task, runScript) };
}

async function runLambda({ input }: Task, runScript: RunScript): Promise<Report> {
  const { scriptExpression, ...bindings } = input;
  if (typeof scriptExpression !== 'string' || scriptExpression.trim() === '')
    return failed('the input "scriptExpression" must be a text: the script to run');
  const result = await runScript(scriptExpression, bindings, DEADLINE_MS);
  return result.ok ? completed(result.value) : failed(result.reason);
}

async function runInline(task: Task, runScript: RunScript): Promise<Report> {
  const { evaluatorType = 'javascript', expression, ...bindings } = task.input;
  if (typeof expression !== 'string' || expression.trim() === '')
    return failed('the input "expression" must be a text: the script to run');
  if (evaluatorType === 'value-param') {
    if (!Object.hasOwn(bindings, expression)) return failed(`there is no input named "${expression}"`);
    return completed(bindings[expression] ?? null);
  }
  if (typeof evaluatorType !== 'string' || !SCRIPT_EVALUATORS.has(evaluatorType))
    return failed(`the evaluatorType ${JSON.stringify(evaluatorType)} is not known; use javascript or value-param`);
  const result = await runScript(expression, bindings, DEADLINE_MS);
  return result.ok ? completed(result.value) : failed(result.reason);
}

const completed = (value: Json): Report => ({ status: 'COMPLETED', output: { result: value } });

/** The same script with the same input fails again, so it is not tried again. */
const failed = (reason: string): Report => ({
  status: 'FAILED_WITH_TERMINAL_ERROR',
  reason,
  output: { error: reason },
});
