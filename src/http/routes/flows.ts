// Flows as wholes: list, owner, copy (without webhooks and schedules), export and import (with both, secrets by name).

import { z } from 'zod';
import type { Refusal } from '../../core/command.ts';
import { isRefusal } from '../../engine/executions.ts';
import type { FlowSchedule } from '../../engine/flow-schedules.ts';
import type { Transferred as Done } from '../../outbound/flow-transfer.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import { CopyRequest, Flow, FlowFile, ImportRequest, OwnerRequest, Transferred } from '../contract/flow-webhook.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { withFlow } from './flow-access.ts';
import { wishOf } from './flow-webhooks.ts';
import { savedParts } from './schedules.ts';

const tag = { tag: 'Flows' };

export function flowRoutes(deps: AppDeps): readonly Route[] {
  return [...ownership(deps), ...transfers(deps)];
}

const scheduleInFile = ({ config, paused }: FlowSchedule): object => ({
  ...config,
  paused: paused !== undefined,
  ...(paused?.reason !== undefined && { pausedReason: paused.reason }),
});

function ownership({ store, clock }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/flows',
      need: 'read',
      ...tag,
      summary: 'All flows: names of workflow definitions with their versions, owner and number of webhooks',
      answers: { 200: z.array(Flow) },
      run: async () => {
        const [defs, rows] = await Promise.all([store.definitions.listWorkflows(), store.flows.list()]);
        const owners = new Map(rows.map(({ name, owner }) => [name, owner]));
        const flows = [...Map.groupBy(defs, ({ name }) => name)].map(async ([name, versions]) => {
          const owner = owners.get(name);
          // A flow without a row has never had a webhook.
          const webhooks = owner === undefined ? 0 : (await store.flows.webhooks(name)).length;
          return {
            name,
            ...(owner !== undefined && { owner }),
            versions: versions.map(({ version }) => version),
            webhooks,
          };
        });
        return json(await Promise.all(flows));
      },
    }),
    route({
      method: 'PUT',
      path: '/api/flows/{flow}/owner',
      need: 'edit',
      ...tag,
      summary: 'Hand a flow over to another owner',
      body: OwnerRequest,
      answers: { 200: 'nothing' },
      run: ({ params: { flow }, body: { owner } }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'giveAway' }, async (row) => {
          if (!row && !(await store.definitions.getWorkflow(flow)))
            return problem(404, `there is no flow named '${flow}'`);
          const now = clock.now();
          const rev = row?.rev ?? 0;
          const next = { name: flow, owner, rev: rev + 1, createdAt: row?.createdAt ?? now, updatedAt: now };
          return (await store.flows.change(next, rev, {}))
            ? empty()
            : problem(409, 'somebody else has just changed this flow');
        }),
    }),
  ];
}

function transfers({ flowTransfer, store }: AppDeps): readonly Route[] {
  const answer = (done: Done | Refusal): Answer => (isRefusal(done) ? refusalAnswer(done) : json(done));
  return [
    route({
      method: 'POST',
      path: '/api/flows/{flow}/copy',
      need: 'edit',
      ...tag,
      summary: 'Copy a flow with all its versions under another name, without its webhooks and schedules',
      body: CopyRequest,
      answers: { 200: Transferred },
      run: ({ params: { flow }, body: { name } }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'see' }, async () =>
          answer(await flowTransfer.copy(flow, name, caller.principal.name)),
        ),
    }),
    route({
      method: 'GET',
      path: '/api/flows/{flow}/export',
      need: 'edit',
      ...tag,
      summary: 'A flow as one JSON: its versions, webhooks and schedules, secrets as names',
      answers: { 200: FlowFile },
      run: ({ params: { flow } }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'change' }, async () => {
          const file = await flowTransfer.export(flow);
          if ('type' in file) return refusalAnswer(file);
          return json({
            ...file,
            webhooks: file.webhooks.map(({ enabled, config }) => ({ ...config, enabled })),
            schedules: file.schedules.map(scheduleInFile),
          });
        }),
    }),
    route({
      method: 'POST',
      path: '/api/flows/import',
      need: 'edit',
      ...tag,
      summary: 'Import an exported flow; secrets that the file names are asked for',
      body: ImportRequest,
      answers: { 200: Transferred },
      run: ({ body: { file, name, secrets, overwrite } }, caller) =>
        withFlow(store, caller, { name: name ?? file.name, deed: 'change' }, async () => {
          const order = {
            file: {
              ...file,
              webhooks: file.webhooks.map(wishOf),
              schedules: file.schedules.map((body) => {
                const [config, paused] = savedParts(body);
                return { config, ...(paused && { paused }) };
              }),
            },
            secrets,
            overwrite,
            by: caller.principal.name,
          };
          return answer(await flowTransfer.import({ ...order, ...(name !== undefined && { name }) }));
        }),
    }),
  ];
}
