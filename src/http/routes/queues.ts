// How much work lies in the queues: /api/tasks/queue (contract 5.1, 5.10).

import { z } from 'zod';
import { json } from '../answer.ts';
import { repeated } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const tag = { tag: 'Queues' };

export function queueRoutes({ store }: AppDeps): readonly Route[] {
  /** `type`, or `domain:type` for the tasks of a domain. */
  const sizes = async (): Promise<ReadonlyMap<string, number>> => {
    const all = await store.tasks.queueSizes();
    return new Map(all.map(({ queue, domain, size }) => [domain === undefined ? queue : `${domain}:${queue}`, size]));
  };
  const sizesOf = async (types: readonly string[]) => {
    const known = await sizes();
    return json(Object.fromEntries(types.map((type) => [type, known.get(type) ?? 0])));
  };
  return [
    route({
      method: 'GET',
      path: '/api/tasks/queue/sizes',
      need: 'read',
      ...tag,
      summary: 'Tasks that wait for a worker, of the given types',
      query: z.object({ taskType: repeated.optional() }),
      answers: { 200: z.record(z.string(), z.number().int()) },
      run: ({ query }) => sizesOf(query.taskType ?? []),
    }),
    route({
      method: 'GET',
      path: '/api/tasks/queue/size',
      need: 'read',
      ...tag,
      summary: 'Tasks of one type that wait for a worker',
      query: z.object({ taskType: z.string(), domain: z.string().optional() }),
      answers: { 200: z.number().int() },
      run: async ({ query: { taskType, domain } }) =>
        json((await sizes()).get(domain ? `${domain}:${taskType}` : taskType) ?? 0),
    }),
    route({
      method: 'GET',
      path: '/api/tasks/queue/all',
      need: 'read',
      ...tag,
      summary: 'Tasks that wait for a worker, by type',
      answers: { 200: z.record(z.string(), z.number().int()) },
      run: async () => json(Object.fromEntries(await sizes())),
    }),
  ];
}
