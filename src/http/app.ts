// The HTTP side as one Fastify instance: the API's routes behind the guard, the inbound addresses beside it, each with its
// own way to read bodies. Handlers are plain functions; only this file and the inbound route know Fastify.

import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Principal } from '../access/need.ts';
import type { Answer } from './answer.ts';
import { problem } from './answer.ts';
import { API_BODY_LIMIT, takeBytes, takeJson, takeNoBody } from './bodies.ts';
import type { AppDeps } from './deps.ts';
import { answerBrokenCall, answerFailures, answerUnknown, problemOf, sendProblem } from './failures.ts';
import { createGuard, type Guard } from './guard.ts';
import { createLive } from './live.ts';
import type { Caller, Route } from './route.ts';
import { adminRoutes } from './routes/admin.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { CALLBACK_METHODS, CALLBACK_PATH, callbackRoutes } from './routes/callback.ts';
import { definitionRoutes } from './routes/definitions.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { documentRoutes } from './routes/documents.ts';
import { eventHandlerRoutes } from './routes/event-handlers.ts';
import { executeAsApiRoutes } from './routes/execute-as-api.ts';
import { flowWebhookRoutes } from './routes/flow-webhooks.ts';
import { flowRoutes } from './routes/flows.ts';
import { INBOUND_METHODS, INBOUND_PATHS, inboundRoutes } from './routes/inbound.ts';
import { orkesExecutionRoutes } from './routes/orkes-executions.ts';
import { queueRoutes } from './routes/queues.ts';
import { rateLimitRoutes } from './routes/rate-limits.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { schemaRoutes } from './routes/schemas.ts';
import { secretRoutes } from './routes/secrets.ts';
import { serverRoutes } from './routes/server.ts';
import { tagRoutes } from './routes/tags.ts';
import { taskSearchRoutes } from './routes/task-search.ts';
import { taskRoutes } from './routes/tasks.ts';
import { traceRoutes } from './routes/traces.ts';
import { webhookEventRoutes } from './routes/webhook-events.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workerTraceRoutes } from './routes/worker-traces.ts';
import { workflowSearchRoutes } from './routes/workflow-search.ts';
import { workflowTestRoutes } from './routes/workflow-test.ts';
import { workflowRoutes } from './routes/workflows.ts';
import { givenTraceId } from './trace.ts';
import { serveWebApp } from './web-app.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard, before the body is read. */
    caller: Pick<Caller, 'principal' | 'traceId'> | undefined;
  }
}

/** A request must have arrived within this time, so that half a request holds nothing for ever. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Names have up to 255 characters, each up to 9 when percent-encoded. */
const MAX_PARAM_LENGTH = 2_500;

export function createApp(deps: AppDeps): FastifyInstance {
  const { log, gate, ids, publicUrl } = deps;
  const app = fastify({
    logger: false,
    bodyLimit: API_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    clientErrorHandler: answerBrokenCall,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply as FastifyReply, problemOf(error) ?? problem(400, error.message));
    },
  });
  const live = createLive(deps.store, deps.clock);
  app.addHook('preClose', async () => live.close());
  const routes = [
    ...definitionRoutes(deps),
    ...workflowRoutes(deps),
    ...workflowSearchRoutes(deps),
    ...taskRoutes(deps),
    ...taskSearchRoutes(deps),
    ...orkesExecutionRoutes(deps),
    ...adminRoutes(deps),
    ...runRoutes(deps),
    ...executeAsApiRoutes(deps),
    ...workflowTestRoutes(deps),
    ...bulkRoutes(deps),
    ...queueRoutes(deps),
    ...webhookRoutes(deps),
    ...webhookEventRoutes(deps),
    ...flowRoutes(deps),
    ...flowWebhookRoutes(deps),
    ...deliveryRoutes(deps),
    ...traceRoutes(deps),
    ...scheduleRoutes(deps),
    ...eventHandlerRoutes(deps),
    ...tagRoutes(deps),
    ...rateLimitRoutes(deps),
    ...workerTraceRoutes(deps),
    ...secretRoutes(deps),
    ...schemaRoutes(deps),
    ...serverRoutes(deps),
  ];
  routes.push(...documentRoutes([...routes], live, deps));
  const inbound = [
    ...INBOUND_PATHS.flatMap((path) => INBOUND_METHODS.map((method) => ({ method, path }))),
    ...CALLBACK_METHODS.map((method) => ({ method, path: CALLBACK_PATH })),
  ];
  takeNoBody(app);
  answerFailures(app, log);
  answerUnknown(app, [...routes, ...inbound]);
  void app.register(async (api) => {
    takeJson(api);
    watchCalls(api, deps);
    api.decorateRequest('caller');
    const guard = createGuard(gate, publicUrl);
    for (const route of routes) addRoute(api, route, guard, deps);
  });
  void app.register(async (scope) => {
    takeBytes(scope);
    inboundRoutes(scope, deps);
    callbackRoutes(scope, deps);
  });
  void app.register(async (scope) => serveWebApp(scope, { folder: deps.webAppFolder, newNonce: ids.secret }));
  return app;
}

/** One line at debug and one number for each call of the API. */
function watchCalls(app: FastifyInstance, { metrics, log }: AppDeps): void {
  const seconds = metrics.histogram('fermata_http_request_seconds', 'Time to answer a call of the API.', [
    'method',
    'route',
    'status',
  ]);
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const { statusCode: status, elapsedTime: tookMs } = reply;
    const route = request.routeOptions.url ?? '';
    seconds.observe({ method, route, status: String(status) }, tookMs / 1000);
    log.debug({ traceId: request.caller?.traceId, method, route, status, tookMs }, 'call');
  });
}

function addRoute(app: FastifyInstance, route: Route, guard: Guard, { ids }: AppDeps): void {
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { textBody: route.body === 'text' },
    async onRequest(request, reply) {
      const traceId = givenTraceId(request.headers) ?? ids.next();
      reply.header('x-trace-id', traceId);
      const principal = guard(route.need, request.method, request.headers);
      if ('type' in principal) {
        sendProblem(reply, principal);
        return reply;
      }
      request.caller = { principal, traceId };
    },
    async handler(request, reply) {
      const arrived = {
        params: request.params as Record<string, string>,
        query: request.query as Record<string, unknown>,
        body: request.body,
      };
      return send(reply, await route.handle(arrived, callerOf(request, reply)));
    },
  });
}

const NOBODY: Principal = { name: 'nobody', may: new Set() };

function callerOf(request: FastifyRequest, reply: FastifyReply): Caller {
  const { principal = NOBODY, traceId = '' } = request.caller ?? {};
  let aborter: AbortController | undefined;
  return {
    principal,
    traceId,
    header(name) {
      const value = request.headers[name];
      return typeof value === 'string' ? value : value?.[0];
    },
    // Made only for the few routes that wait.
    get signal() {
      if (!aborter) {
        const made = new AbortController();
        aborter = made;
        // An abort makes an exception with its stack: only where somebody may still listen.
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished) made.abort();
        });
      }
      return aborter.signal;
    },
    onGone(callback) {
      reply.raw.once('close', callback);
      if (reply.raw.destroyed) callback();
      return () => void reply.raw.off('close', callback);
    },
  };
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  switch (answer.type) {
    case 'json':
      // Stringified here: Fastify would send a bare text or number as it is, not as JSON.
      return reply
        .code(answer.status)
        .header('Content-Type', 'application/json; charset=utf-8')
        .send(JSON.stringify(answer.value));
    case 'text':
      return reply
        .code(answer.status)
        .headers(answer.headers ?? {})
        .send(answer.text);
    case 'stream':
      return reply.code(200).headers(answer.headers).send(answer.stream);
    case 'empty':
      return reply.code(answer.status).send();
    case 'problem':
      return sendProblem(reply, answer);
  }
}
