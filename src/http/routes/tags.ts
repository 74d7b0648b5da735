// Tags of what is registered: one set of routes for each kind of thing that has them (contract 5.1).

import { z } from 'zod';
import type { TagKind } from '../../store/registries.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem } from '../answer.ts';
import { Tag } from '../contract/webhook.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const MAX_TAGS = 100;

const Tags = z
  .union([z.array(Tag), Tag.transform((one) => [one])])
  .refine((tags) => tags.length <= MAX_TAGS, `at most ${MAX_TAGS} tags`);

/** What can carry tags of a kind, and whether it is there. */
export interface Tagged {
  readonly kind: TagKind;
  /** With `{name}` for its name. */
  readonly path: `/api/${string}/{name}/tags`;
  /** In a sentence: `schedule`. */
  readonly word: string;
  /** What PUT means: those and no others, or those as well. */
  readonly put: 'set' | 'add';
  readonly exists: (name: string) => Promise<boolean>;
}

/** Routes for the tags of one kind of thing. POST adds; DELETE removes those in the body. */
export function tagRoutesOf({ store }: Pick<AppDeps, 'store'>, tagged: Tagged): readonly Route[] {
  const { kind, path, word, put, exists } = tagged;
  const about = { tag: 'Tags', path } as const;
  const ifThere = async (name: string, act: () => Promise<Answer>): Promise<Answer> =>
    (await exists(name)) ? act() : problem(404, `there is no ${word} ${name}`);
  const change = (method: 'POST' | 'PUT' | 'DELETE', verb: 'add' | 'set' | 'remove', summary: string): Route =>
    route({
      ...about,
      method,
      need: 'edit',
      summary,
      body: Tags,
      answers: { 200: 'nothing' },
      run: ({ params: { name }, body }) =>
        ifThere(name, async () => {
          await store.tags[verb](kind, name, body);
          return empty();
        }),
    });
  return [
    route({
      ...about,
      method: 'GET',
      need: 'read',
      summary: `Tags of a ${word}`,
      answers: { 200: z.array(Tag) },
      run: ({ params: { name } }) => ifThere(name, async () => json(await store.tags.of(kind, name))),
    }),
    change('POST', 'add', `Add tags to a ${word}`),
    change('PUT', put, put === 'set' ? `Give a ${word} these tags and no others` : `Add tags to a ${word}`),
    change('DELETE', 'remove', `Remove tags from a ${word}`),
  ];
}

/** Tags of definitions, and all tags there are. */
export function tagRoutes(deps: Pick<AppDeps, 'store'>): readonly Route[] {
  const { definitions, tags } = deps.store;
  return [
    route({
      method: 'GET',
      path: '/api/metadata/tags',
      need: 'read',
      tag: 'Tags',
      summary: 'All tags there are, each once',
      answers: { 200: z.array(Tag) },
      run: async () => {
        const all = (await tags.list()).map(({ kind: _, name: __, ...tag }) => tag);
        return json([...new Map(all.map((tag) => [JSON.stringify([tag.key, tag.value]), tag])).values()]);
      },
    }),
    ...tagRoutesOf(deps, {
      kind: 'workflow',
      path: '/api/metadata/workflow/{name}/tags',
      word: 'workflow',
      put: 'set',
      exists: async (name) => (await definitions.getWorkflow(name)) !== undefined,
    }),
    ...tagRoutesOf(deps, {
      kind: 'task',
      path: '/api/metadata/task/{name}/tags',
      word: 'task',
      put: 'set',
      exists: async (name) => (await definitions.getTask(name)) !== undefined,
    }),
  ];
}
