// What operators of Conductor ask its server: settings, tasks of a type, looking at an execution again (contract 5.1).
// Nothing has to be repaired here, since queues and alarms are the tasks themselves; the calls answer what they would find.

import { z } from 'zod';
import { isRefusal } from '../../engine/executions.ts';
import { keptDays } from '../../engine/janitor.ts';
import { json, refusalAnswer, text } from '../answer.ts';
import { WireTask } from '../contract/execution.ts';
import { integer } from '../contract/field.ts';
import { ServerConfig } from '../contract/server-config.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { taskToWire } from '../wire/task.ts';

const tag = { tag: 'Server' };

const DEFAULT_COUNT = 100;
const MAX_COUNT = 1_000;

export function adminRoutes({ store, executions, version, keep }: AppDeps): readonly Route[] {
  const lookAgain = async (id: string) => {
    const moved = await executions.command(id, { type: 'decide' });
    return isRefusal(moved) ? refusalAnswer(moved) : undefined;
  };
  return [
    route({
      method: 'GET',
      path: '/api/admin/config',
      need: 'admin',
      ...tag,
      summary: 'Name, version, and how long things are kept; other settings are not shown, since they hold secrets',
      answers: { 200: ServerConfig },
      run: async () => json({ name: 'fermata', version, keepDays: keptDays(keep) }),
    }),
    route({
      method: 'GET',
      path: '/api/admin/task/{type}',
      need: 'admin',
      ...tag,
      summary: 'Tasks of a type that wait for a worker or are under way',
      query: z.object({ start: integer(0).optional(), count: integer(1, MAX_COUNT).optional() }),
      answers: { 200: z.array(WireTask) },
      run: async ({ params, query }) => {
        const { rows } = await store.tasks.search({
          workflows: { statuses: ['RUNNING', 'PAUSED'] },
          filter: {
            all: [
              { field: 'type', oneOf: [params.type] },
              { field: 'status', oneOf: ['SCHEDULED', 'IN_PROGRESS'] },
            ],
          },
          offset: query.start ?? 0,
          limit: query.count ?? DEFAULT_COUNT,
        });
        return json(rows.flatMap(({ workflow, tasks }) => tasks.map((task) => taskToWire(workflow, task))));
      },
    }),
    route({
      method: 'POST',
      path: '/api/admin/sweep/requeue/{id}',
      need: 'admin',
      ...tag,
      summary: 'Look at an execution again',
      answers: { 200: 'text' },
      run: async ({ params }) => (await lookAgain(params.id)) ?? text(params.id),
    }),
    route({
      method: 'POST',
      path: '/api/admin/consistency/verifyAndRepair/{id}',
      need: 'admin',
      ...tag,
      summary: 'Look at an execution again; nothing about it can be inconsistent',
      answers: { 200: 'text' },
      run: async ({ params }) => (await lookAgain(params.id)) ?? text('true'),
    }),
    route({
      method: 'GET',
      path: '/api/admin/queues',
      need: 'admin',
      ...tag,
      summary: 'Tasks that wait for a worker, by type',
      answers: { 200: z.record(z.string(), z.number().int()) },
      run: async () => {
        const sizes = await store.tasks.queueSizes();
        return json(
          Object.fromEntries(
            sizes.map(({ queue, domain, size }) => [domain === undefined ? queue : `${domain}:${queue}`, size]),
          ),
        );
      },
    }),
  ];
}
