// How many executions of a workflow run at once: calls of its own, and the older form as a tag, which SDKs still write
// (contract 5.1). The limit stands in the definition, in its newest version; nothing of it is kept as a tag.

import { z } from 'zod';
import type { Problem } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import type { AppDeps } from '../deps.ts';
import type { KeptTags, WireTag } from '../kept-tags.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const RateLimit = z
  .looseObject({ rateLimitKey: z.string().min(1), concurrentExecLimit: z.number().int().min(0) })
  .meta({ id: 'RateLimitConfig' });
type RateLimit = z.infer<typeof RateLimit>;

type Deps = Pick<AppDeps, 'store' | 'definitions'>;

async function limitOf({ store }: Deps, workflow: string): Promise<RateLimit | undefined> {
  const limit = (await store.definitions.getWorkflow(workflow))?.rateLimitConfig;
  return limit && RateLimit.safeParse(limit).data;
}

async function writeLimit(
  { store, definitions }: Deps,
  workflow: string,
  limit: RateLimit | undefined,
): Promise<Problem | undefined> {
  const found = await store.definitions.getWorkflow(workflow);
  if (!found) return problem(404, `workflow ${workflow} is not registered`);
  const { rateLimitConfig: _, ...rest } = found;
  const def = { ...rest, ...(limit && { rateLimitConfig: limit }) };
  const refusal = await definitions.registerWorkflow(def, { overwrite: true });
  return refusal && refusalAnswer(refusal);
}

export function rateLimitRoutes(deps: Deps): readonly Route[] {
  const path = '/api/metadata/workflow/{name}/rate-limit';
  const about = { tag: 'Definitions' };
  return [
    route({
      ...{ method: 'PUT', path, need: 'edit', ...about },
      summary: 'Limit how many executions of a workflow run at once, by a key',
      body: RateLimit,
      answers: { 200: 'nothing' },
      run: async ({ params, body }) => (await writeLimit(deps, params.name, body)) ?? empty(),
    }),
    route({
      ...{ method: 'GET', path, need: 'read', ...about },
      summary: 'The limit of how many executions of a workflow run at once',
      answers: { 200: RateLimit },
      run: async ({ params }) => {
        const limit = await limitOf(deps, params.name);
        return limit ? json(limit) : problem(404, `workflow ${params.name} has no rate limit`);
      },
    }),
    route({
      ...{ method: 'DELETE', path, need: 'edit', ...about },
      summary: 'Take the limit of a workflow away',
      answers: { 200: 'nothing' },
      run: async ({ params }) => (await writeLimit(deps, params.name, undefined)) ?? empty(),
    }),
  ];
}

const isLimit = ({ type }: WireTag): boolean => type === 'RATE_LIMIT';

/** Tags of workflows: one of type RATE_LIMIT is the limit of all executions together, its value how many run at once. */
export function withRateLimits(deps: Deps, kept: KeptTags): KeptTags {
  const shared = async (name: string): Promise<RateLimit | undefined> => {
    const limit = await limitOf(deps, name);
    return limit?.rateLimitKey === name ? limit : undefined;
  };
  return {
    async of(name) {
      const limit = await shared(name);
      const tag = limit && { key: name, value: limit.concurrentExecLimit, type: 'RATE_LIMIT' };
      return [...(await kept.of(name)), ...(tag ? [tag] : [])];
    },
    async change(verb, name, tags) {
      const limit = tags.find(isLimit);
      const concurrentExecLimit = Number(limit?.value);
      if (limit && !(Number.isSafeInteger(concurrentExecLimit) && concurrentExecLimit >= 0))
        return problem(400, 'value of a tag of type RATE_LIMIT must be a whole number from 0');
      const goes = verb === 'remove' ? limit !== undefined : verb === 'set' && limit === undefined;
      const trouble =
        limit && verb !== 'remove'
          ? await writeLimit(deps, name, { rateLimitKey: name, concurrentExecLimit })
          : goes && (await shared(name)) && (await writeLimit(deps, name, undefined));
      const others = tags.filter((tag) => !isLimit(tag));
      return trouble || kept.change(verb, name, others);
    },
  };
}
