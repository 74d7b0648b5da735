// Callback URLs of tasks: whoever was given one completes the task by calling it, with any method and body.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { errorBody, problem } from '../answer.ts';
import type { AppDeps } from '../deps.ts';
import { arrivedOf } from './inbound.ts';

export const CALLBACK_PATH = '/callback/{token}';
export const CALLBACK_METHODS = ['GET', 'POST', 'PUT'] as const;

export function callbackRoutes(app: FastifyInstance, { callbacks, publicUrl }: AppDeps): void {
  app.route({
    method: [...CALLBACK_METHODS],
    url: CALLBACK_PATH.replace('{token}', ':token'),
    // A GET must not be doubled by a HEAD of some link preview.
    exposeHeadRoute: false,
    async handler(request: FastifyRequest, reply) {
      const { token } = request.params as { readonly token: string };
      const { status, reason } = await callbacks.take(token, arrivedOf(request, publicUrl()));
      return reply.code(status).send(reason === undefined ? '' : errorBody(problem(status, reason)));
    },
  });
}
