// Registered JSON Schemas: /api/schema (contract 5.1), as Conductor's SchemaClient calls it.

import { z } from 'zod';
import { isRecord } from '../../core/json.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { SchemaRow } from '../../store/registries.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import { flag } from '../contract/field.ts';
import { SchemaDef, SchemaDefs } from '../contract/schema.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const tag = { tag: 'Schemas' };
const VERSION = /^[1-9]\d{0,8}$/;

const toWire = ({ name, version, body }: SchemaRow): z.infer<typeof SchemaDef> => ({ ...body, name, version });

/** Without the schema itself: what a list shows. */
function toShort(row: SchemaRow): z.infer<typeof SchemaDef> {
  const { data: _, ...rest } = toWire(row);
  return rest;
}

/** An answer about one version, or that its number cannot be one. */
const atVersion = (text: string, run: (version: number) => Promise<Answer>): Promise<Answer> =>
  VERSION.test(text) ? run(Number(text)) : Promise.resolve(problem(400, 'version: must be a whole number from 1 on'));

/** Clients in Java write null for what is absent; inside of a schema a null is a value. */
const cleaned = (body: unknown): unknown =>
  Array.isArray(body) ? body.map(cleaned) : isRecord(body) ? withoutNulls(body) : body;

const withoutNulls = (one: object): object =>
  Object.fromEntries(Object.entries(one).filter(([, field]) => field !== null));

export function schemaRoutes({ schemas }: AppDeps): readonly Route[] {
  const get = async (name: string, version?: number): Promise<Answer> => {
    const found = await schemas.get(name, version);
    return isRefusal(found) ? refusalAnswer(found) : json(toWire(found));
  };
  const remove = async (name: string, version?: number): Promise<Answer> => {
    const refusal = await schemas.remove(name, version);
    return refusal ? refusalAnswer(refusal) : empty();
  };
  return [
    route({
      method: 'GET',
      path: '/api/schema',
      need: 'read',
      ...tag,
      summary: 'All schemas, every version; `short` leaves the schemas themselves out',
      query: z.object({ short: flag.optional() }),
      answers: { 200: z.array(SchemaDef) },
      run: async ({ query }) => json((await schemas.list()).map(query.short ? toShort : toWire)),
    }),
    route({
      method: 'POST',
      path: '/api/schema',
      need: 'edit',
      ...tag,
      summary: 'Save schemas: over the version that each says, or, with `newVersion`, as the next one of its name',
      query: z.object({ newVersion: flag.optional() }),
      body: SchemaDefs,
      prepare: cleaned,
      answers: { 200: 'nothing' },
      run: async ({ query, body }, caller) => {
        const refusal = await schemas.save(body, { newVersion: query.newVersion ?? false, by: caller.principal.name });
        return refusal ? refusalAnswer(refusal) : empty();
      },
    }),
    route({
      method: 'GET',
      path: '/api/schema/{name}',
      need: 'read',
      ...tag,
      summary: 'The latest version of a schema',
      answers: { 200: SchemaDef },
      run: ({ params }) => get(params.name),
    }),
    route({
      method: 'GET',
      path: '/api/schema/{name}/{version}',
      need: 'read',
      ...tag,
      summary: 'One version of a schema',
      answers: { 200: SchemaDef },
      run: ({ params }) => atVersion(params.version, (version) => get(params.name, version)),
    }),
    route({
      method: 'DELETE',
      path: '/api/schema/{name}',
      need: 'edit',
      ...tag,
      summary: 'Delete all versions of a schema',
      answers: { 200: 'nothing' },
      run: ({ params }) => remove(params.name),
    }),
    route({
      method: 'DELETE',
      path: '/api/schema/{name}/{version}',
      need: 'edit',
      ...tag,
      summary: 'Delete one version of a schema',
      answers: { 200: 'nothing' },
      run: ({ params }) => atVersion(params.version, (version) => remove(params.name, version)),
    }),
  ];
}
