// Calls that wait for an execution to come to its next stop: synchronous start, signal, update of state (contract 5.12).

import type { z } from 'zod';
import type { Report, StartOrder } from '../../engine/executions.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { StopWish } from '../../engine/stops.ts';
import type { Answer, Problem } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import { reportedStatus } from '../contract/execution.ts';
import { anyObject } from '../contract/field.ts';
import type { ReturnStrategy, WaitQuery } from '../contract/run.ts';
import {
  ExecuteQuery,
  ExecuteRequest,
  RunView,
  SignalQuery,
  WaitQuery as WaitFor,
  WorkflowStateUpdate,
} from '../contract/run.ts';
import type { AppDeps } from '../deps.ts';
import { asGiven, type Caller, type Route, route } from '../route.ts';
import { runToWire } from '../wire/run.ts';

const tag = { tag: 'Executions' };

const DEFAULT_WAIT_MS = 10_000;
const DEFAULT_SIGNAL_WAIT_MS = 5_000;

export const runRoutes = (deps: AppDeps): readonly Route[] => {
  const answerAt = async (
    id: string,
    wish: StopWish,
    {
      strategy = 'TARGET_WORKFLOW',
      requestId,
      isSignal,
    }: { strategy?: ReturnStrategy; requestId?: string; isSignal?: true },
  ): Promise<Answer> => {
    const stop = await deps.stops.next(id, wish);
    if (!stop) return problem(404, `no such workflow by Id: ${id}`);
    return json(
      runToWire(stop, strategy, {
        ...(requestId !== undefined && { requestId }),
        ...(isSignal && stop.timedOut && { signalTimeout: true }),
      }),
    );
  };
  return [executeRoute(deps, answerAt), stateRoute(deps, answerAt), ...signalRoutes(deps, answerAt)];
};

type AnswerAt = (
  id: string,
  wish: StopWish,
  view: { strategy?: ReturnStrategy; requestId?: string; isSignal?: true },
) => Promise<Answer>;

/** What a call waits for. */
export const stopWishOf = (
  { waitUntilTaskRef, waitForSeconds }: z.infer<typeof WaitQuery>,
  { signal }: Pick<Caller, 'signal'>,
): StopWish => ({
  refs: (waitUntilTaskRef ?? '')
    .split(',')
    .map((ref) => ref.trim())
    .filter((ref) => ref !== ''),
  timeoutMs: waitForSeconds === undefined ? DEFAULT_WAIT_MS : waitForSeconds * 1000,
  signal,
});

type OrderResult = { readonly type: 'order'; readonly order: StartOrder } | Problem;

/** The start that a synchronous call asks for. */
export function orderOf(
  body: z.infer<typeof ExecuteRequest>,
  name: string,
  { principal, traceId }: Caller,
): OrderResult {
  const { workflowDef, input = {}, createdBy, externalInputPayloadStoragePath, ...order } = body;
  if (externalInputPayloadStoragePath !== undefined)
    return problem(400, 'externalInputPayloadStoragePath: there is no external storage; send the input itself');
  return {
    type: 'order',
    order: {
      ...order,
      ...(workflowDef !== undefined && { def: workflowDef }),
      ...{ name, input, traceId, createdBy: createdBy ?? principal.name },
    },
  };
}

function executeRoute({ executions, log }: AppDeps, answerAt: AnswerAt): Route {
  return route({
    method: 'POST',
    path: '/api/workflow/execute/{name}/{version}',
    need: 'run',
    ...tag,
    summary:
      'Start an execution and wait until it ends, is held by a task, or has done a named one; version 0 is the latest',
    query: ExecuteQuery,
    body: ExecuteRequest.optional(),
    answers: { 200: RunView },
    run: async ({ params, query, body = {} }, caller) => {
      if (!/^\d{1,9}$/.test(params.version)) return problem(400, 'version: must be a whole number');
      const wish = orderOf(body, params.name, caller);
      if (wish.type === 'problem') return wish;
      const started = await executions.start({ ...wish.order, version: Number(params.version) });
      if (isRefusal(started)) return refusalAnswer(started);
      log.info({ traceId: caller.traceId, workflowId: started.id, name: params.name }, 'execution started');
      const { returnStrategy: strategy, requestId } = query;
      return answerAt(started.id, stopWishOf(query, caller), {
        ...(strategy && { strategy }),
        ...(requestId && { requestId }),
      });
    },
  });
}

function stateRoute({ executions }: AppDeps, answerAt: AnswerAt): Route {
  return route({
    method: 'POST',
    path: '/api/workflow/{id}/state',
    need: 'run',
    ...tag,
    summary: 'Change variables and report about a task in one call, then wait for the next stop',
    query: WaitFor,
    body: WorkflowStateUpdate,
    answers: { 200: RunView },
    run: async ({ params: { id }, query, body }, caller) => {
      const { variables, taskResult, taskReferenceName } = body;
      const report = taskResult && reportOf(taskResult);
      if (report === null) return problem(400, 'taskResult: status is missing');
      if (report && taskReferenceName === undefined && !taskResult?.taskId)
        return problem(400, 'taskReferenceName: is missing, and taskResult has no taskId');
      if (variables) {
        const moved = await executions.command(id, { type: 'updateVariables', variables });
        if (isRefusal(moved)) return refusalAnswer(moved);
      }
      if (report) {
        const moved =
          taskReferenceName === undefined
            ? await executions.report(String(taskResult?.taskId), report)
            : await executions.reportByReference(id, taskReferenceName, report);
        if (isRefusal(moved)) return refusalAnswer(moved);
      }
      const { requestId } = query;
      const waits = report !== undefined || query.waitUntilTaskRef !== undefined || query.waitForSeconds !== undefined;
      const wish = stopWishOf(query, caller);
      return answerAt(id, waits ? wish : { ...wish, timeoutMs: 0 }, { ...(requestId && { requestId }) });
    },
  });
}

/** Null when it says no status. */
function reportOf(result: NonNullable<z.infer<typeof WorkflowStateUpdate>['taskResult']>): Report | null {
  const { status, outputData, reasonForIncompletion, callbackAfterSeconds, workerId } = result;
  if (status === undefined) return null;
  return {
    status,
    ...(outputData && { output: outputData }),
    ...(reasonForIncompletion !== undefined && { reason: reasonForIncompletion }),
    ...(callbackAfterSeconds !== undefined && { callbackAfterSeconds }),
    ...(workerId !== undefined && { workerId }),
  };
}

function signalRoutes({ executions, stops }: AppDeps, answerAt: AnswerAt): readonly Route[] {
  const signal = async (id: string, status: string, output: z.infer<typeof anyObject> | undefined) => {
    const known = reportedStatus.safeParse(status);
    if (!known.success) return problem(400, `status: must be one of ${reportedStatus.options.join(', ')}`);
    // The task may stand in a sub-workflow; without one the execution itself says why nothing can be signalled.
    const blocking = await stops.blocking(id);
    const moved = await executions.command(blocking?.workflow.id ?? id, {
      type: 'signal',
      status: known.data,
      ...(output && { output }),
    });
    return isRefusal(moved) ? refusalAnswer(moved) : undefined;
  };
  return [
    route({
      method: 'POST',
      path: '/api/tasks/{id}/{status}/signal',
      need: 'run',
      ...tag,
      summary: 'End the task that holds an execution, also inside of a sub-workflow; the body is its output',
      body: anyObject.optional(),
      prepare: asGiven,
      answers: { 200: 'nothing' },
      run: async ({ params, body }) => (await signal(params.id, params.status, body)) ?? empty(),
    }),
    route({
      method: 'POST',
      path: '/api/tasks/{id}/{status}/signal/sync',
      need: 'run',
      ...tag,
      summary: 'End the task that holds an execution, then wait for its next stop',
      query: SignalQuery,
      body: anyObject.optional(),
      prepare: asGiven,
      answers: { 200: RunView },
      run: async ({ params, query, body }, caller) => {
        const refused = await signal(params.id, params.status, body);
        if (refused) return refused;
        const { returnStrategy: strategy, timeoutMillis: timeoutMs = DEFAULT_SIGNAL_WAIT_MS } = query;
        const wish = { timeoutMs, signal: caller.signal };
        return answerAt(params.id, wish, { ...(strategy && { strategy }), isSignal: true });
      },
    }),
  ];
}
