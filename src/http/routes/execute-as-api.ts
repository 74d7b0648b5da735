// Executions as calls of an API: input in, output out (/api/workflow/execute/{name}; Orkes' executeWorkflowAsAPI and
// executeWorkflowAsGetAPI). Settings may come as headers, as Orkes' clients send them, or in the query.

import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import { shownWorkflow } from '../../core/mask.ts';
import type { StartOrder } from '../../engine/executions.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { Answer } from '../answer.ts';
import { json, problem, refusalAnswer } from '../answer.ts';
import { idempotencyStrategy } from '../contract/execution.ts';
import { anyObject, integer } from '../contract/field.ts';
import { ExecuteRequest, RunView, WaitQuery } from '../contract/run.ts';
import type { AppDeps } from '../deps.ts';
import { asGiven, type Caller, type Route, route } from '../route.ts';
import { runToWire } from '../wire/run.ts';
import { orderOf, stopWishOf } from './runs.ts';

const tag = { tag: 'Executions' };
const path = '/api/workflow/execute/{name}';

const Query = WaitQuery.extend({ version: integer(0).optional() });
const HEADERS = ['requestId', 'waitUntilTaskRef', 'waitForSeconds', 'version'] as const;

export const executeAsApiRoutes = (deps: AppDeps): readonly Route[] => [
  route({
    method: 'POST',
    path,
    need: 'run',
    ...tag,
    summary:
      'Run a workflow and answer its output; the body is its input. A body that is a whole start request of this workflow is answered as with a version',
    query: Query,
    body: anyObject.optional(),
    prepare: asGiven,
    answers: { 200: z.union([anyObject, RunView]) },
    run: async ({ params: { name }, query, body = {} }, caller) => {
      const whole = body.name === name ? ExecuteRequest.safeParse(body) : undefined;
      if (!whole?.success) return execute(deps, { name, input: body, query }, caller);
      const order = orderOf(whole.data, name, caller);
      return order.type === 'problem' ? order : execute(deps, { name, order: order.order, query }, caller);
    },
  }),
  route({
    method: 'GET',
    path,
    need: 'run',
    ...tag,
    summary: 'Run a workflow and answer its output; all of the query that is no setting of this call is its input',
    query: z.looseObject(Query.shape),
    answers: { 200: anyObject },
    run: ({ params: { name }, query }, caller) => {
      const { version, requestId, waitUntilTaskRef, waitForSeconds, ...input } = query;
      const settings = { version, requestId, waitUntilTaskRef, waitForSeconds };
      return execute(deps, { name, input: input as JsonObject, query: settings }, caller);
    },
  }),
];

interface Wish {
  readonly name: string;
  readonly query: z.infer<typeof Query>;
  /** Answered with the output alone. */
  readonly input?: JsonObject;
  /** Answered with the whole view of the run. */
  readonly order?: StartOrder;
}

async function execute({ executions, stops, log }: AppDeps, wish: Wish, caller: Caller): Promise<Answer> {
  const said = Object.fromEntries(HEADERS.map((name) => [name, caller.header(name.toLowerCase()) || undefined]));
  const headers = Query.safeParse(said);
  if (!headers.success) return problem(400, `header ${headers.error.issues[0]?.path.join('.')}: is not valid`);
  const settings = { ...headers.data, ...defined(wish.query) };
  const strategy = idempotencyStrategy.optional().safeParse(caller.header('x-on-conflict')?.toUpperCase());
  if (!strategy.success) return problem(400, `X-on-conflict: must be one of ${idempotencyStrategy.options.join(', ')}`);
  const key = caller.header('x-idempotency-key');
  const { traceId, principal } = caller;
  const started = await executions.start({
    ...{ input: wish.input ?? {}, createdBy: principal.name, name: wish.name, traceId },
    ...(key && { idempotencyKey: key }),
    ...(strategy.data && { idempotencyStrategy: strategy.data }),
    ...wish.order,
    ...(settings.version !== undefined && { version: settings.version }),
  });
  if (isRefusal(started)) return refusalAnswer(started);
  log.info({ traceId, workflowId: started.id, name: wish.name }, 'execution started');
  const stop = await stops.next(started.id, stopWishOf(settings, caller));
  if (!stop) return problem(404, `no such workflow by Id: ${started.id}`);
  const { requestId } = settings;
  return json(
    wish.order
      ? runToWire(stop, 'TARGET_WORKFLOW', requestId === undefined ? {} : { requestId })
      : shownWorkflow(stop.workflow).output,
  );
}

const defined = <T extends object>(settings: T): T =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T;
