// The API about itself: the OpenAPI document, a page to read it, and the live stream.

import { z } from 'zod';
import { json, problem, text } from '../answer.ts';
import { apiPage } from '../api-page.ts';
import { id } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Live } from '../live.ts';
import { openApiDocument } from '../openapi.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const tag = { tag: 'Server' };
/** Ours first, then Conductor's (contract 5.1). */
const DOCUMENT_PATHS = ['/openapi.json', '/api-docs'];
const PAGE_PATHS = ['/docs/api', '/swagger-ui', '/swagger-ui/index.html'];

/** `others`: all routes but these. The document is made when it is first asked for. */
export function documentRoutes(
  others: readonly Route[],
  live: Live,
  { version, publicUrl }: AppDeps,
): readonly Route[] {
  let document: Record<string, unknown> | undefined;
  const whole = (): Record<string, unknown> => {
    document ??= openApiDocument([...others, ...own], version, publicUrl());
    return document;
  };
  const documents = DOCUMENT_PATHS.map((path) =>
    route({
      ...{ method: 'GET', path, need: 'read', ...tag },
      summary: `This API as an OpenAPI 3.1 document${path === DOCUMENT_PATHS[0] ? '' : ', where Conductor has its own'}`,
      answers: { 200: z.unknown() },
      run: async () => json(whole()),
    }),
  );
  const pages = PAGE_PATHS.map((path) =>
    route({
      ...{ method: 'GET', path, need: 'read', ...tag },
      summary: `This API as a page to read${path === PAGE_PATHS[0] ? '' : ', where Conductor has its own'}`,
      answers: { 200: 'text' },
      run: async () => {
        const { html, contentSecurityPolicy } = apiPage(whole());
        return text(html, {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': contentSecurityPolicy,
          'X-Content-Type-Options': 'nosniff',
        });
      },
    }),
  );
  const own: readonly Route[] = [
    ...documents,
    ...pages,
    route({
      method: 'GET',
      path: '/api/live',
      need: 'read',
      ...tag,
      summary: 'Changes of executions and webhooks as server-sent events',
      query: z.object({ workflowId: id.optional(), webhookId: id.optional() }),
      answers: { 200: 'text' },
      run: async ({ query }) => {
        const stream = live.open(query);
        if (!stream) return problem(503, 'too many pages listen already; try again later');
        return {
          type: 'stream',
          stream,
          headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' },
        };
      },
    }),
  ];
  return own;
}
