// Configured webhooks and what they received: /api/metadata/webhook (contract chapter 2).

import { z } from 'zod';
import { isRefusal } from '../../engine/executions.ts';
import type { Webhook } from '../../inbound/webhook.ts';
import type { Answer } from '../answer.ts';
import { empty, json, refusalAnswer } from '../answer.ts';
import { Tag, WebhookConfig } from '../contract/webhook.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { eventToHistory, webhookToWire } from '../wire/webhook.ts';

const tag = { tag: 'Webhooks' };

/** Events shown with a webhook, newest first. */
const HISTORY_LENGTH = 50;

const Tags = z
  .union([z.array(Tag), Tag.transform((one) => [one])])
  .refine((tags) => tags.length <= 100, 'at most 100 tags');

/** What the server owns is taken, so that what was read can be sent back, and passed over. */
function ownPart(body: WebhookConfig) {
  const { id, ...own } = body;
  const { urlVerified: _verified, createdBy: _creator, webhookExecutionHistory: _history, ...rest } = own;
  const { pausedAt: _paused, releasePerSecond: _rate, ...config } = rest;
  return { id, config };
}

export function webhookRoutes({ webhooks, store }: AppDeps): readonly Route[] {
  const history = async (id: string) =>
    (await store.events.list({ webhookId: id, limit: HISTORY_LENGTH })).map(eventToHistory);
  const answer = async (found: Webhook): Promise<Answer> => json(webhookToWire(found, await history(found.id)));

  return [
    route({
      method: 'POST',
      path: '/api/metadata/webhook',
      need: 'edit',
      ...tag,
      summary: 'Create a webhook; its secret is shown in clear this once',
      body: WebhookConfig,
      answers: { 200: WebhookConfig },
      run: async ({ body }, caller) => {
        const { id, config } = ownPart(body);
        const createdBy = caller.principal.name;
        const made = await webhooks.create(config, id === undefined ? { createdBy } : { id, createdBy });
        return isRefusal(made) ? refusalAnswer(made) : json(webhookToWire(made, [], { showSecret: true }));
      },
    }),
    route({
      method: 'GET',
      path: '/api/metadata/webhook',
      need: 'read',
      ...tag,
      summary: 'All webhooks, secrets masked, without what they received',
      answers: { 200: z.array(WebhookConfig) },
      run: async () => json((await webhooks.list()).map((webhook) => webhookToWire(webhook, []))),
    }),
    route({
      method: 'GET',
      path: '/api/metadata/webhook/{id}',
      need: 'read',
      ...tag,
      summary: 'One webhook, its secret masked, with the events it received last',
      answers: { 200: WebhookConfig },
      run: async ({ params }) => {
        const found = await webhooks.get(params.id);
        return isRefusal(found) ? refusalAnswer(found) : answer(found);
      },
    }),
    route({
      method: 'PUT',
      path: '/api/metadata/webhook/{id}',
      need: 'edit',
      ...tag,
      summary: 'Replace a webhook; a secret of *** keeps the one it has',
      body: WebhookConfig,
      answers: { 200: WebhookConfig },
      run: async ({ params, body }) => {
        const replaced = await webhooks.replace(params.id, ownPart(body).config);
        return isRefusal(replaced) ? refusalAnswer(replaced) : answer(replaced);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/metadata/webhook/{id}',
      need: 'edit',
      ...tag,
      summary: 'Delete a webhook',
      answers: { 200: 'nothing' },
      run: async ({ params }) => {
        const refusal = await webhooks.remove(params.id);
        return refusal ? refusalAnswer(refusal) : empty();
      },
    }),
    ...tagRoutes({ webhooks }),
  ];
}

function tagRoutes({ webhooks }: Pick<AppDeps, 'webhooks'>): readonly Route[] {
  const path = '/api/metadata/webhook/{id}/tags';
  return [
    route({
      method: 'GET',
      path,
      need: 'read',
      ...tag,
      summary: 'Tags of a webhook',
      answers: { 200: z.array(Tag) },
      run: async ({ params }) => {
        const found = await webhooks.get(params.id);
        return isRefusal(found) ? refusalAnswer(found) : json(found.config.tags ?? []);
      },
    }),
    route({
      method: 'PUT',
      path,
      need: 'edit',
      ...tag,
      summary: 'Add tags to a webhook; one of the same key is replaced',
      body: Tags,
      answers: { 200: 'nothing' },
      run: async ({ params, body }) => {
        const changed = await webhooks.addTags(params.id, body);
        return isRefusal(changed) ? refusalAnswer(changed) : empty();
      },
    }),
    route({
      method: 'DELETE',
      path,
      need: 'edit',
      ...tag,
      summary: 'Remove the named tags from a webhook',
      body: Tags,
      answers: { 200: 'nothing' },
      run: async ({ params, body }) => {
        const changed = await webhooks.removeTags(params.id, body);
        return isRefusal(changed) ? refusalAnswer(changed) : empty();
      },
    }),
  ];
}
