// Secrets and environment variables: /api/secrets, /api/environment (contract 5.1). A secret is never given back.

import { z } from 'zod';
import type { Kind } from '../../engine/secrets.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer, text } from '../answer.ts';
import { Tag } from '../contract/webhook.ts';
import type { AppDeps } from '../deps.ts';
import { plainText } from '../plain-text.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { tagRoutesOf } from './tags.ts';

/** Stands for every value that is not shown. */
const MASK = '***';

export const secretRoutes = (deps: AppDeps): readonly Route[] => [
  ...listRoutes(deps),
  ...changeRoutes(deps, 'secret', 'Secrets', '/api/secrets/{name}'),
  ...lookRoutes(deps),
  ...cacheRoutes(),
  ...environmentRoutes(deps),
  ...changeRoutes(deps, 'environment', 'Environment', '/api/environment/{name}'),
  ...tagsOf(deps, 'secret', 'secret', '/api/secrets/{name}/tags'),
  ...tagsOf(deps, 'environment', 'variable', '/api/environment/{name}/tags'),
];

const tagsOf = (deps: AppDeps, kind: Kind, word: string, path: `/api/${string}/{name}/tags`): readonly Route[] =>
  tagRoutesOf(deps, { kind, path, word, put: 'add', exists: (name) => deps.secrets.has(kind, name) });

function listRoutes({ secrets, store }: AppDeps): readonly Route[] {
  const names = (method: 'GET' | 'POST'): Route =>
    route({
      method,
      path: '/api/secrets',
      need: 'read',
      tag: 'Secrets',
      summary: 'Names of all secrets',
      answers: { 200: z.array(z.string()) },
      run: async () => json(await secrets.names('secret')),
    });
  return [
    names('GET'),
    names('POST'),
    route({
      method: 'GET',
      path: '/api/secrets-v2',
      need: 'read',
      tag: 'Secrets',
      summary: 'Names and tags of all secrets',
      answers: { 200: z.array(z.object({ name: z.string(), tags: z.array(Tag) })) },
      run: async () => {
        const tags = await store.tags.list('secret');
        return json(
          (await secrets.names('secret')).map((name) => ({
            name,
            tags: tags.filter((one) => one.name === name).map(({ kind: _, name: __, ...tag }) => tag),
          })),
        );
      },
    }),
  ];
}

function changeRoutes(
  { secrets, store }: AppDeps,
  kind: Kind,
  tag: string,
  path: '/api/secrets/{name}' | '/api/environment/{name}',
): readonly Route[] {
  return [
    route({
      method: 'PUT',
      path,
      need: 'edit',
      tag,
      summary: `Write a ${kind} value: the body is its text, bare or as JSON`,
      body: 'text',
      answers: { 200: 'nothing' },
      run: async ({ params, body }, caller) => {
        const value = plainText(body, caller.header('content-type'));
        const refusal = await secrets.put(kind, params.name, value, caller.principal.name);
        return refusal ? refusalAnswer(refusal) : empty();
      },
    }),
    route({
      method: 'DELETE',
      path,
      need: 'edit',
      tag,
      summary: kind === 'secret' ? 'Delete a secret value' : 'Delete an environment value; the answer is what it was',
      answers: { 200: kind === 'secret' ? 'nothing' : 'text' },
      run: async ({ params }) => {
        const was = kind === 'environment' ? (await secrets.variables()).get(params.name) : undefined;
        const refusal = await secrets.remove(kind, params.name);
        if (refusal) return refusalAnswer(refusal);
        await store.tags.set(kind, params.name, []);
        return was === undefined ? empty() : text(was);
      },
    }),
  ];
}

function lookRoutes({ secrets }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/secrets/{name}',
      need: 'read',
      tag: 'Secrets',
      summary: 'Whether a secret is there: its value is never shown',
      answers: { 200: 'text' },
      run: async ({ params }) =>
        (await secrets.has('secret', params.name)) ? text(MASK) : problem(404, `there is no secret ${params.name}`),
    }),
    route({
      method: 'GET',
      path: '/api/secrets/{name}/exists',
      need: 'read',
      tag: 'Secrets',
      summary: 'Whether there is such a secret; to callers who accept anything, null says no',
      answers: { 200: z.boolean().nullable() },
      // The JavaScript client takes every answer but null for a yes, `false` included; the Java client fails on null.
      // The one sends `Accept: */*` with every call, as fetch does, the other sends no Accept.
      run: async ({ params }, caller) => {
        const no = caller.header('accept') === '*/*' ? null : false;
        return json((await secrets.has('secret', params.name)) || no);
      },
    }),
  ];
}

/** Every node notices changes by itself, so there is nothing to clear. */
const cacheRoutes = (): readonly Route[] =>
  (['clearLocalCache', 'clearRedisCache'] as const).map((name) =>
    route({
      method: 'GET',
      path: `/api/secrets/${name}`,
      need: 'admin',
      tag: 'Secrets',
      summary: 'Does nothing: changes show at once',
      answers: { 200: z.object({}) },
      run: async (): Promise<Answer> => json({}),
    }),
  );

function environmentRoutes({ secrets, store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/environment',
      need: 'read',
      tag: 'Environment',
      summary: 'All variables with their values and tags',
      answers: { 200: z.array(z.object({ name: z.string(), value: z.string(), tags: z.array(Tag) })) },
      run: async () => {
        const [values, tags] = await Promise.all([secrets.variables(), store.tags.list('environment')]);
        return json(
          [...values].map(([name, value]) => ({
            name,
            value,
            tags: tags.filter((one) => one.name === name).map(({ kind: _, name: __, ...tag }) => tag),
          })),
        );
      },
    }),
    route({
      method: 'GET',
      path: '/api/environment/{name}',
      need: 'read',
      tag: 'Environment',
      summary: 'Value of a variable, as text',
      answers: { 200: 'text' },
      run: async ({ params }) => {
        const value = (await secrets.variables()).get(params.name);
        return value === undefined ? problem(404, `there is no variable ${params.name}`) : text(value);
      },
    }),
  ];
}
