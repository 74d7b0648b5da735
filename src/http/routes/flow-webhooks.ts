// Outgoing webhooks of a flow: /api/flows/{flow}/webhooks. A flow is a workflow definition with all its versions.

import { z } from 'zod';
import type { Refusal } from '../../core/command.ts';
import { isRefusal } from '../../engine/executions.ts';
import { MASK } from '../../outbound/flow-webhook.ts';
import type { FlowWebhook, Wish } from '../../outbound/flow-webhooks.ts';
import { standardSecret } from '../../outbound/sign.ts';
import type { Answer } from '../answer.ts';
import { empty, json, refusalAnswer } from '../answer.ts';
import { FlowWebhookConfig, RotatedSecret, RotateRequest, TestReport } from '../contract/flow-webhook.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { flowWebhookToWire } from '../wire/flow-webhook.ts';
import { withFlow } from './flow-access.ts';

const tag = { tag: 'Flow webhooks' };
const path = '/api/flows/{flow}/webhooks' as const;
const one = '/api/flows/{flow}/webhooks/{id}' as const;

/** What a client may set. */
export function wishOf(body: FlowWebhookConfig): Wish {
  const { id: _id, flow: _flow, createdBy: _by, createdAt: _at, updatedAt: _changed, ...rest } = body;
  const { standardSecretKey: _spelled, disabledReason: _reason, enabled, ...config } = rest;
  return { enabled, config };
}

const answer = (found: FlowWebhook | Refusal, fresh = false): Answer =>
  isRefusal(found) ? refusalAnswer(found) : json(flowWebhookToWire(found, { fresh }));

export function flowWebhookRoutes(deps: AppDeps): readonly Route[] {
  return [...reading(deps), ...writing(deps)];
}

function reading({ flowWebhooks, store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      need: 'read',
      ...tag,
      summary: 'Outgoing webhooks of a flow, secrets masked',
      answers: { 200: z.array(FlowWebhookConfig) },
      run: ({ params: { flow } }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'see' }, async () => {
          const listed = await flowWebhooks.list(flow);
          return 'type' in listed ? refusalAnswer(listed) : json(listed.map((found) => flowWebhookToWire(found)));
        }),
    }),
    route({
      method: 'GET',
      path: one,
      need: 'read',
      ...tag,
      summary: 'One outgoing webhook, secrets masked',
      answers: { 200: FlowWebhookConfig },
      run: ({ params: { flow, id } }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'see' }, async () => answer(await flowWebhooks.get(flow, id))),
    }),
  ];
}

function writing({ flowWebhooks, store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path,
      need: 'edit',
      ...tag,
      summary: 'Create an outgoing webhook',
      body: FlowWebhookConfig,
      answers: { 200: FlowWebhookConfig },
      run: ({ params: { flow }, body }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'change' }, async () =>
          answer(await flowWebhooks.create(flow, wishOf(body), caller.principal.name), true),
        ),
    }),
    route({
      method: 'POST',
      path: '/api/flows/{flow}/webhooks/test',
      need: 'edit',
      ...tag,
      summary: 'Send a real, signed request with sample values, of a webhook that need not be saved',
      body: FlowWebhookConfig,
      answers: { 200: TestReport },
      run: ({ params: { flow }, body }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'change' }, async () => {
          const report = await flowWebhooks.test(flow, wishOf(body).config, body.id);
          return 'type' in report ? refusalAnswer(report) : json(report);
        }),
    }),
    route({
      method: 'PUT',
      path: one,
      need: 'edit',
      ...tag,
      summary: 'Replace an outgoing webhook; a secret of *** keeps the one it has',
      body: FlowWebhookConfig,
      answers: { 200: FlowWebhookConfig },
      run: ({ params: { flow, id }, body }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'change' }, async () =>
          answer(await flowWebhooks.replace(flow, id, wishOf(body)), body.secretKey !== MASK),
        ),
    }),
    route({
      method: 'POST',
      path: '/api/flows/{flow}/webhooks/{id}/rotate',
      need: 'edit',
      ...tag,
      summary: 'Sign with a new secret, and still with the one so far until that is taken out',
      body: RotateRequest,
      answers: { 200: RotatedSecret },
      run: ({ params: { flow, id }, body }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'change' }, async () => {
          const rotated = await flowWebhooks.rotate(flow, id, body.secretKey);
          if (isRefusal(rotated)) return refusalAnswer(rotated);
          const { secretKey } = rotated;
          return json({ secretKey, standardSecretKey: standardSecret(secretKey) });
        }),
    }),
    route({
      method: 'DELETE',
      path: one,
      need: 'edit',
      ...tag,
      summary: 'Remove an outgoing webhook; what waits for it is called off',
      answers: { 200: 'nothing' },
      run: ({ params: { flow, id } }, caller) =>
        withFlow(store, caller, { name: flow, deed: 'change' }, async () => {
          const refusal = await flowWebhooks.remove(flow, id);
          return refusal ? refusalAnswer(refusal) : empty();
        }),
    }),
  ];
}
