// Tags of what is registered: one set of routes for each kind of thing that has them (contract 5.1).

import { z } from 'zod';
import type { TagKind } from '../../store/registries.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem } from '../answer.ts';
import { Tag } from '../contract/webhook.ts';
import type { AppDeps } from '../deps.ts';
import type { KeptTags } from '../kept-tags.ts';
import { AnyTag, keptInStore, Tags } from '../kept-tags.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { withRateLimits } from './rate-limits.ts';

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
  /** Some tags are kept elsewhere. */
  readonly beside?: (kept: KeptTags) => KeptTags;
}

/** Routes for the tags of one kind of thing. POST adds; DELETE removes those in the body. */
export function tagRoutesOf({ store }: Pick<AppDeps, 'store'>, tagged: Tagged): readonly Route[] {
  const { kind, path, word, put, exists, beside } = tagged;
  const kept = (beside ?? ((same) => same))(keptInStore(store, kind));
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
      run: ({ params: { name }, body }) => ifThere(name, async () => (await kept.change(verb, name, body)) ?? empty()),
    });
  return [
    route({
      ...about,
      method: 'GET',
      need: 'read',
      summary: `Tags of a ${word}`,
      answers: { 200: z.array(AnyTag) },
      run: ({ params: { name } }) => ifThere(name, async () => json(await kept.of(name))),
    }),
    change('POST', 'add', `Add tags to a ${word}`),
    change('PUT', put, put === 'set' ? `Give a ${word} these tags and no others` : `Add tags to a ${word}`),
    change('DELETE', 'remove', `Remove tags from a ${word}`),
  ];
}

/** Tags of definitions, and all tags there are. */
export function tagRoutes(deps: Pick<AppDeps, 'store' | 'definitions'>): readonly Route[] {
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
      beside: (kept) => withRateLimits(deps, kept),
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
