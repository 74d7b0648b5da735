// All workers of ours, one for each type that the rules hand out to them (core/queue.ts).

import type { Workflow } from '../../core/model.ts';
import type { Executions } from '../executions.ts';
import { createEventSinkWorker } from './event-sink.ts';
import { createGetWorkflowWorker, createTerminateWorkflowWorker, createUpdateTaskWorker } from './executions.ts';
import { type CallOut, createHttpWorker } from './http.ts';
import { createHttpPollWorker } from './http-poll.ts';
import { createInlineWorker, createLambdaWorker, type RunScript } from './inline.ts';
import { createJqWorker, type RunJq } from './jq.ts';
import type { Worker } from './worker.ts';

export interface WorkerTools {
  /** Guarded: says which addresses may be called. */
  readonly callOut: CallOut;
  readonly runScript: RunScript;
  readonly runJq: RunJq;
  readonly executions: Executions;
  /** An execution as clients know it. */
  readonly show: (workflow: Workflow) => object;
}

export const builtInWorkers = ({ callOut, runScript, runJq, executions, show }: WorkerTools): readonly Worker[] => [
  createHttpWorker(callOut),
  createHttpPollWorker(callOut, runScript),
  createEventSinkWorker(callOut),
  createInlineWorker(runScript),
  createLambdaWorker(runScript),
  createJqWorker(runJq),
  createGetWorkflowWorker(executions, show),
  createTerminateWorkflowWorker(executions),
  createUpdateTaskWorker(executions),
];
