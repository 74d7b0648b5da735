// The inbound addresses, in both spellings that are in the wild (contract 2.1). Bodies are raw bytes of any type.
// This is the hot path: no hooks, no schema, no log line per event.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RawRequest } from '../../inbound/verifiers/verifier.ts';
import { errorBody, problem } from '../answer.ts';
import type { AppDeps } from '../deps.ts';
import { givenTraceId } from '../trace.ts';

export const INBOUND_PATHS = ['/webhook/{id}', '/api/webhook/{id}'] as const;
/** The verifier of each webhook says which of them it takes. */
export const INBOUND_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const NO_BODY = new Uint8Array(0);

export function inboundRoutes(
  app: FastifyInstance,
  { receive, publicUrl, metrics }: Pick<AppDeps, 'receive' | 'publicUrl' | 'metrics'>,
): void {
  const events = metrics.counter('fermata_events_total', 'Calls on inbound addresses, by what became of them.', [
    'outcome',
  ]);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { id } = request.params as { readonly id: string };
    const answer = await receive(id, arrivedOf(request, publicUrl()), givenTraceId(request.raw.headers));
    events.inc({ outcome: answer.outcome });
    if (answer.reason === undefined) return reply.code(answer.status).headers(answer.headers).send(answer.body);
    return reply
      .code(answer.status)
      .headers(answer.headers)
      .send(errorBody(problem(answer.status, answer.reason)));
  };
  for (const path of INBOUND_PATHS)
    app.route({ method: [...INBOUND_METHODS], url: path.replace('{id}', ':id'), handler });
}

/** The request as it came. */
export function arrivedOf({ raw, body }: FastifyRequest, publicUrl: string): RawRequest {
  const { url = '/', method = 'POST' } = raw;
  const mark = url.indexOf('?');
  return {
    method,
    url,
    publicUrl: publicUrl + url,
    headers: headersOf(raw.rawHeaders),
    query: mark < 0 ? '' : url.slice(mark + 1),
    body: (body as Uint8Array | undefined) ?? NO_BODY,
  };
}

/** Names in lower case, values in the order of arrival, one for each line: a header that came twice is seen as that. */
function headersOf(lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const headers: Record<string, string[]> = Object.create(null);
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = (lines[i] as string).toLowerCase();
    const value = lines[i + 1] as string;
    const known = headers[name];
    if (known) known.push(value);
    else headers[name] = [value];
  }
  return headers;
}
