// How request bodies are read. The API takes JSON under any content type (curl says "form" when nobody tells it otherwise);
// inbound addresses take bytes. `__proto__` in JSON is an own key like any other and is never followed.

import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes its body as text. */
    textBody?: boolean;
  }
}

/** Definitions and task results; Conductor refuses task output beyond 10 MB. */
export const API_BODY_LIMIT = 16 * 1024 * 1024;
/** What GitHub, the most generous sender, caps its payloads at. */
const INBOUND_BODY_LIMIT = 25 * 1024 * 1024;
/** Lists and objects in one another: rules, zod and JSON.stringify walk them recursively. Each takes two characters at least. */
const MAX_JSON_DEPTH = 500;

class UnreadableBody extends Error {
  readonly statusCode = 400;
}

/** Bodies of calls that no route takes: whatever they are, the answer is that there is no such call (clients fall back on a 404). */
export function takeNoBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}

export function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: API_BODY_LIMIT }, (request, body, done) => {
    if (request.routeOptions.config.textBody === true) {
      done(null, body);
      return;
    }
    try {
      done(null, parseJson(String(body)));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Any bytes under any name: what a sender calls them is ours to judge, and is read from the raw headers. */
export function takeBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // Fastify refuses what is no media type with 415, before anything of the request is kept; a body of no type goes to any parser.
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    delete raw.headers['content-type'];
    done();
  });
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: INBOUND_BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
}

/** Empty text is no body: clients send `Content-Type: application/json` with nothing behind it. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  if (text.length > 2 * MAX_JSON_DEPTH && deepest(text) > MAX_JSON_DEPTH)
    throw new UnreadableBody(`the body holds more than ${MAX_JSON_DEPTH} lists and objects in one another`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableBody(`the body is not valid JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How deep a JSON text nests, in one pass and without recursion. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === 0x7b || code === 0x5b) most = Math.max(most, ++depth);
    else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return most;
}
