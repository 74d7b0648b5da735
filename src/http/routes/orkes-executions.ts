// What Orkes adds to executions: start by version, executions of many names and correlation ids, upgrade of a running one
// (contract 5.1).

import { z } from 'zod';
import { isRefusal } from '../../engine/executions.ts';
import { empty, json, problem, refusalAnswer, text } from '../answer.ts';
import { WireWorkflow } from '../contract/execution.ts';
import { anyObject, flag, integer, name } from '../contract/field.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { asGiven, route } from '../route.ts';
import { workflowToWire } from '../wire/workflow.ts';

const tag = { tag: 'Executions' };

/** Executions that one answer without pages holds; more are found with a search. */
const MAX_UNPAGED = 1_000;

export const orkesExecutionRoutes = (deps: AppDeps): readonly Route[] => [
  startRoute(deps),
  batchRoute(deps),
  upgradeRoute(deps),
];

function startRoute({ executions }: AppDeps): Route {
  return route({
    method: 'POST',
    path: '/api/workflow/start/{name}/{version}',
    need: 'run',
    ...tag,
    summary:
      'Start an execution of a version, 0 being the latest; the body is its input, the answer its id as plain text',
    query: z.object({ correlationId: z.string().max(2_000).optional(), priority: integer(0, 99).optional() }),
    body: anyObject.optional(),
    prepare: asGiven,
    answers: { 200: 'text' },
    run: async ({ params, query, body: input = {} }, { principal, traceId }) => {
      if (!/^\d{1,9}$/.test(params.version)) return problem(400, 'version: must be a whole number');
      const about = { name: params.name, version: Number(params.version), createdBy: principal.name, traceId };
      const started = await executions.start({ ...about, ...query, input });
      return isRefusal(started) ? refusalAnswer(started) : text(started.id);
    },
  });
}

function batchRoute({ store }: AppDeps): Route {
  const names = z.array(z.string()).max(1_000);
  return route({
    method: 'POST',
    path: '/api/workflow/correlated/batch',
    need: 'read',
    ...tag,
    summary: 'Executions of many workflows for many correlation ids, by correlation id',
    query: z.object({ includeClosed: flag.optional(), includeTasks: flag.optional() }),
    body: z.looseObject({ correlationIds: names, workflowNames: names }),
    answers: { 200: z.record(z.string(), z.array(WireWorkflow)) },
    run: async ({ query, body }) => {
      const { correlationIds, workflowNames } = body;
      if (correlationIds.length === 0 || workflowNames.length === 0) return json({});
      const { rows } = await store.workflows.search({
        names: workflowNames,
        correlationIds,
        ...(!query.includeClosed && { statuses: ['RUNNING', 'PAUSED'] as const }),
        sort: { by: 'startedAt', descending: true },
        offset: 0,
        limit: MAX_UNPAGED,
      });
      const whole = query.includeTasks
        ? await Promise.all(rows.map(({ id }) => store.workflows.get(id, { tasks: true })))
        : rows;
      const found = whole.flatMap((workflow) => (workflow ? [workflowToWire(workflow)] : []));
      const of = (id: string) => found.filter(({ correlationId }) => correlationId === id);
      return json(Object.fromEntries(correlationIds.map((id) => [id, of(id)])));
    },
  });
}

function upgradeRoute({ executions, definitions, store }: AppDeps): Route {
  return route({
    method: 'POST',
    path: '/api/workflow/{id}/upgrade',
    need: 'run',
    ...tag,
    summary: 'Carry a running execution over to another version of its definition',
    body: z.looseObject({ name, version: z.number().int().min(0).optional() }),
    answers: { 200: 'nothing' },
    run: async ({ params: { id }, body }) => {
      const current = await executions.get(id, { tasks: false });
      if (isRefusal(current)) return refusalAnswer(current);
      if (current.name !== body.name)
        return problem(400, `name: execution ${id} is one of ${current.name}; it stays so`);
      const def = await store.definitions.getWorkflow(body.name, body.version || undefined);
      if (!def) return problem(404, `workflow ${body.name} version ${body.version ?? 'latest'} is not registered`);
      const embedded = (await definitions.embedder())(def);
      const moved = await executions.command(id, { type: 'upgrade', def: embedded });
      return isRefusal(moved) ? refusalAnswer(moved) : empty();
    },
  });
}
