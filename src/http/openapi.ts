// The OpenAPI document, made from the same declarations that validate and route. Version 3.1 of the specification,
// whose schemas are JSON Schema 2020-12, which is what zod writes.

import { z } from 'zod';
import { ErrorBody } from './contract/error.ts';
import type { AnswerKind, Route } from './route.ts';

type Schema = Readonly<Record<string, unknown>>;
type Schemas = Record<string, Schema>;

const DESCRIPTION =
  'Conductor-compatible API of Fermata. Send the key of the installation as `X-Authorization` or as a bearer token; without FERMATA_API_KEY none is needed.';

/** Words in STATUS for the answers. */
const ANSWERS: Readonly<Record<number, string>> = { 200: 'Done', 204: 'Done, nothing to say', 503: 'Not now' };

export function openApiDocument(routes: readonly Route[], version: string, serverUrl: string): Record<string, unknown> {
  const schemas: Schemas = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, unknown>)[route.method.toLowerCase()] = operation(route, schemas);
  }
  const errorSchema = schemaOf(ErrorBody, 'output', schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fermata',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      responses: { Error: { description: 'What is wrong, and what to do', content: content(errorSchema) } },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-Authorization' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operation(route: Route, schemas: Schemas): Schema {
  const { method, path, need, tag, summary, query, body, answers } = route;
  const words = path.split(/[/{}-]+/).filter((word) => word !== '');
  const responses = Object.entries(answers).map(([status, kind]) => [status, response(Number(status), kind, schemas)]);
  return {
    operationId: [method.toLowerCase(), ...words].join('_'),
    tags: [tag],
    summary,
    description: need === 'open' ? 'Needs nothing.' : `Needs the right to ${need}.`,
    security: need === 'open' ? [] : [{ key: [] }, { bearer: [] }],
    parameters: [...pathParameters(path), ...(query ? queryParameters(query, schemas) : [])],
    ...(body && {
      requestBody: {
        required: body === 'text' || !body.safeParse(undefined).success,
        content:
          body === 'text'
            ? { 'text/plain': { schema: { type: 'string' } } }
            : content(schemaOf(body, 'input', schemas)),
      },
    }),
    responses: { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/Error' } },
  };
}

const content = (schema: Schema) => ({ 'application/json': { schema } });

function response(status: number, kind: AnswerKind, schemas: Schemas): Schema {
  const description = ANSWERS[status] ?? 'Not done';
  if (kind === 'nothing') return { description };
  if (kind === 'text') return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
  return { description, content: content(schemaOf(kind, 'output', schemas)) };
}

const pathParameters = (path: string): readonly Schema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function queryParameters(query: z.ZodType, schemas: Schemas): readonly Schema[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input', schemas) as {
    readonly properties?: Record<string, Schema>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** Schemas with a name go to the components, once; what is left is a reference or an inline schema. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Schema {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  const { $schema: _dialect, $defs = {}, ...own } = made;
  for (const [name, definition] of Object.entries($defs as Schemas)) schemas[name] ??= pointed(definition) as Schema;
  const { id, ...rest } = own as { id?: string };
  if (id === undefined) return pointed(rest) as Schema;
  schemas[id] ??= pointed(rest) as Schema;
  return { $ref: `#/components/schemas/${id}` };
}

/** References point into the document instead of into one schema, and names are said only once. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === 'id' && typeof inner === 'string'))
      .map(([key, inner]) => [
        key,
        key === '$ref' ? String(inner).replace('#/$defs/', '#/components/schemas/') : pointed(inner),
      ]),
  );
}
