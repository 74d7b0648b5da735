// Everything that is not a route's own answer: unknown paths, wrong methods, bodies that cannot be read, faults of ours.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../lib/log.ts';
import type { Problem } from './answer.ts';
import { errorBody, problem } from './answer.ts';

export function sendProblem(reply: FastifyReply, trouble: Problem): FastifyReply {
  return reply
    .code(trouble.status)
    .headers(trouble.headers ?? {})
    .send(errorBody(trouble));
}

/** Words for what Fastify found wrong with a request; anything else of it keeps Fastify's own. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is too large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is shorter or longer than its Content-Length says',
  FST_ERR_BAD_URL: 'the path has a % that is not followed by two hexadecimal digits',
};

export function problemOf(error: Pick<FastifyError, 'code' | 'message' | 'statusCode'>): Problem | undefined {
  const { code, message, statusCode = 500 } = error;
  if (code === 'ECONNRESET') return problem(400, 'the request was cut off');
  return statusCode < 500 ? problem(statusCode, MESSAGES[code] ?? message) : undefined;
}

/** Of a body that is too large, so much more is read and thrown away, to give its sender the chance to see the answer. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;

/** Most clients read the answer only once they have sent everything; a connection that closes before is just an error to them. */
function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let left = MAX_DRAINED_BYTES;
    const stop = (): void => {
      request.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left < 0) stop();
    };
    if (request.readableEnded || request.destroyed) resolve();
    else request.on('data', count).once('end', stop).once('close', stop).once('error', stop);
  });
}

export function answerFailures(app: FastifyInstance, log: Log): void {
  app.setErrorHandler(async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') await drain(request.raw);
    const known = problemOf(error);
    if (known) return sendProblem(reply, known);
    const traceId = reply.getHeader('x-trace-id');
    log.error({ err: error, traceId, method: request.method, route: request.routeOptions.url }, 'a request failed');
    return sendProblem(reply, problem(500, 'something went wrong in the server; its log says more'));
  });
}

/** `routes`: pattern -> methods, for the difference between 404 and 405. */
export function answerUnknown(
  app: FastifyInstance,
  routes: readonly { readonly method: string; readonly path: string }[],
): void {
  const patterns = new Map<string, Set<string>>();
  for (const { method, path } of routes) patterns.set(path, (patterns.get(path) ?? new Set()).add(method));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = new Set(
      [...patterns].filter(([pattern]) => fits(pattern, path)).flatMap(([, methods]) => [...methods]),
    );
    // A path that fits and was not found all the same has a part that is too long to be anything's name.
    if (allowed.size === 0 || allowed.has(request.method))
      return sendProblem(reply, problem(404, `there is nothing at ${path}`));
    const list = [...allowed].sort().join(', ');
    return sendProblem(reply, {
      ...problem(405, `${request.method} is not possible here; ${list} ${allowed.size === 1 ? 'is' : 'are'}`),
      headers: { Allow: list },
    });
  });
}

/** Segment by segment; `{name}` fits any. */
function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith('{') || part === given[i]);
}

/** What is not HTTP at all, or broke off before its end: answered by hand, since there is no request yet. */
export function answerBrokenCall(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const trouble =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? problem(431, 'the headers are too large')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? problem(408, 'the request did not arrive in time')
        : problem(400, 'this is not an HTTP request, or it was cut off');
  const body = JSON.stringify(errorBody(trouble));
  const head = [
    `HTTP/1.1 ${trouble.status} Error`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}
