// What was sent to outgoing webhooks, or waits to be: at the execution, at the flow, one by one, and again.

import { isRefusal } from '../../engine/executions.ts';
import type { Delivery } from '../../store/delivery.ts';
import type { Answer } from '../answer.ts';
import { empty, json, problem, refusalAnswer } from '../answer.ts';
import {
  DeliveryDetail,
  DeliveryPage,
  DeliveryQuery,
  PageQuery,
  ResendFailedRequest,
  Resent,
} from '../contract/flow-webhook.ts';
import type { AppDeps } from '../deps.ts';
import type { Caller, Route } from '../route.ts';
import { route } from '../route.ts';
import { deliveryDetail, deliveryToWire } from '../wire/flow-webhook.ts';
import { withFlow } from './flow-access.ts';

const tag = { tag: 'Deliveries' };

export function deliveryRoutes(deps: AppDeps): readonly Route[] {
  return [...lists(deps), ...again(deps)];
}

/** Names of a flow's webhooks. */
async function namesOf({ store }: Pick<AppDeps, 'store'>, flow: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await store.flows.webhooks(flow)).map(({ id, config }) => [id, String(config.name)]));
}

function lists({ store, executions }: AppDeps): readonly Route[] {
  const page = async (flow: string, found: { total: number; rows: readonly Delivery[] }): Promise<Answer> => {
    const names = await namesOf({ store }, flow);
    return json({ totalHits: found.total, results: found.rows.map((row) => deliveryToWire(row, names)) });
  };
  return [
    route({
      method: 'GET',
      path: '/api/workflow/{workflowId}/deliveries',
      need: 'read',
      ...tag,
      summary: 'Deliveries that an execution caused, newest first',
      query: PageQuery,
      answers: { 200: DeliveryPage },
      run: async ({ params: { workflowId }, query: { start, size } }, caller) => {
        const found = await store.deliveries.search({ workflowIds: [workflowId], offset: start, limit: size });
        const execution = await executions.get(workflowId, { tasks: false });
        // What was sent outlives the execution.
        const flow = isRefusal(execution) ? found.rows[0]?.flow : execution.name;
        if (flow === undefined) return problem(404, `no such workflow by Id: ${workflowId}`);
        return withFlow(store, caller, { name: flow, deed: 'see' }, () => page(flow, found));
      },
    }),
    route({
      method: 'GET',
      path: '/api/flows/{flow}/deliveries',
      need: 'read',
      ...tag,
      summary: 'Deliveries of a flow, newest first, searched',
      query: DeliveryQuery,
      answers: { 200: DeliveryPage },
      run: ({ params: { flow }, query }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'see' }, async () => {
          const { start, size, status, webhookId, from, to, text } = query;
          const wanted = {
            flows: [flow],
            statuses: status,
            webhookIds: webhookId,
            createdFrom: from,
            createdTo: to,
            text,
          };
          return page(flow, await store.deliveries.search({ ...wanted, offset: start, limit: size }));
        }),
    }),
    route({
      method: 'GET',
      path: '/api/deliveries/{id}',
      need: 'read',
      ...tag,
      summary: 'One delivery with its message and every attempt: request, response (first 20 KB), timing, fault',
      answers: { 200: DeliveryDetail },
      run: ({ params: { id } }, caller) =>
        withDelivery(store, id, caller, 'see', async (delivery) => {
          const [names, attempts] = [await namesOf({ store }, delivery.flow), await store.deliveries.attempts(id)];
          return json(deliveryDetail(delivery, names, attempts));
        }),
    }),
  ];
}

function again({ store, resends }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/deliveries/{id}/resend',
      need: 'run',
      ...tag,
      summary: 'Send one delivery again, under the same id',
      answers: { 200: 'nothing' },
      run: ({ params: { id } }, caller) =>
        withDelivery(store, id, caller, 'run', async () => {
          const refusal = await resends.one(id);
          return refusal ? refusalAnswer(refusal) : empty();
        }),
    }),
    route({
      method: 'POST',
      path: '/api/flows/{flow}/deliveries/resend',
      need: 'run',
      ...tag,
      summary: 'Send all failed deliveries of a time window again; dryRun only counts them',
      body: ResendFailedRequest,
      answers: { 200: Resent },
      run: ({ params: { flow }, body }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'run' }, async () => json(await resends.failed({ flow, ...body }))),
    }),
  ];
}

async function withDelivery(
  store: AppDeps['store'],
  id: string,
  caller: Caller,
  deed: 'see' | 'run',
  then: (delivery: Delivery) => Promise<Answer>,
): Promise<Answer> {
  const delivery = await store.deliveries.get(id);
  if (!delivery) return problem(404, `there is no delivery ${id}`);
  return withFlow(store, caller, { name: delivery.flow, deed }, () => then(delivery));
}
