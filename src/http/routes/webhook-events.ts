// Received events: found, explained, replayed, verified and matched again; webhooks paused, resumed and tried out.

import { Readable } from 'node:stream';
import { z } from 'zod';
import { isRefusal } from '../../engine/executions.ts';
import { MAX_AT_ONCE } from '../../inbound/events.ts';
import { PLATFORMS } from '../../inbound/platforms/index.ts';
import type { EventQuery } from '../../store/store.ts';
import type { Answer } from '../answer.ts';
import { json, refusalAnswer } from '../answer.ts';
import { flag, integer } from '../contract/field.ts';
import { WebhookConfig } from '../contract/webhook.ts';
import {
  Explained,
  PlatformEntry,
  ReceivedEvent,
  Rematch,
  Replayed,
  SampleAnswer,
  SampleDryRun,
  SampleWish,
  SecretUse,
  VerifiedAgain,
} from '../contract/webhook-event.ts';
import type { AppDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { webhookToWire } from '../wire/webhook.ts';
import { eventToWire, platformToWire } from '../wire/webhook-event.ts';

const tag = { tag: 'Webhook events' };
const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;
const VERDICTS = ['verified', 'observed', 'refused', 'challenge', 'batch'] as const;

const Filter = z.object({
  webhookId: z.string().optional(),
  verdict: z.enum(VERDICTS).optional(),
  matched: flag.optional(),
  held: flag.optional(),
  text: z.string().max(1_000).optional(),
  /** Epoch ms. */
  from: integer(0).optional(),
  to: integer(0).optional(),
  before: integer(0).optional(),
  limit: integer(1, MAX_PAGE).optional(),
});

function queryOf({ verdict, from, to, before, limit = DEFAULT_PAGE, ...rest }: z.infer<typeof Filter>): EventQuery {
  return {
    ...rest,
    limit,
    ...(verdict && { verdicts: [verdict] }),
    ...(from !== undefined && { receivedFrom: from }),
    ...(to !== undefined && { receivedTo: to }),
    ...(before !== undefined && { beforeSeq: before }),
  };
}

export function webhookEventRoutes(deps: AppDeps): readonly Route[] {
  return [...readingRoutes(deps), ...mendingRoutes(deps), ...webhookStateRoutes(deps)];
}

function readingRoutes({ events }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/webhook-platforms',
      need: 'read',
      ...tag,
      summary: 'Every platform: what it asks for, how to set it up, a sample',
      answers: { 200: z.array(PlatformEntry) },
      run: async () => json(PLATFORMS.map(platformToWire)),
    }),
    route({
      method: 'GET',
      path: '/api/webhook-events',
      need: 'read',
      ...tag,
      summary: 'Received events, the newest first; `matched=false` is the inbox of those that did nothing',
      query: Filter,
      answers: { 200: z.array(ReceivedEvent) },
      run: async ({ query }) => {
        const found = await events.search(queryOf(query));
        return json(found.map((event) => eventToWire(event, { whole: false })));
      },
    }),
    route({
      method: 'GET',
      path: '/api/webhook-events/{id}',
      need: 'read',
      ...tag,
      summary: 'One event: headers, body, payload, verdict, and what it did',
      answers: { 200: ReceivedEvent },
      run: async ({ params }) => {
        const found = await events.get(params.id);
        return isRefusal(found) ? refusalAnswer(found) : json(eventToWire(found, { whole: true }));
      },
    }),
    route({
      method: 'GET',
      path: '/api/webhook-events/{id}/files/{n}',
      need: 'read',
      ...tag,
      summary: 'A file of an event, as it was sent',
      answers: { 200: 'text' },
      run: async ({ params }): Promise<Answer> => {
        const found = await events.file(params.id, /^\d{1,4}$/.test(params.n) ? Number(params.n) : -1);
        if (isRefusal(found)) return refusalAnswer(found);
        return {
          type: 'stream',
          stream: Readable.from([found.body]),
          headers: {
            // Whatever a stranger sent must not run as a page of ours.
            'Content-Type': 'application/octet-stream',
            'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name.toWellFormed() || 'file')}`,
            'X-Content-Type-Options': 'nosniff',
          },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/webhook-events/{id}/why',
      need: 'read',
      ...tag,
      summary: 'Open waits that the event could have ended, and every clause that held or failed',
      answers: { 200: z.array(Explained) },
      run: async ({ params }) => answerOf(await events.whyNot(params.id)),
    }),
    route({
      method: 'GET',
      path: '/api/webhook-waits/{workflowId}/{ref}/why',
      need: 'read',
      ...tag,
      summary: 'The latest events that missed an open wait least, and every clause that held or failed',
      answers: { 200: z.array(Explained) },
      run: async ({ params }) => answerOf(await events.nearMisses(params.workflowId, params.ref)),
    }),
  ];
}

const answerOf = <T extends object>(found: T | Parameters<typeof refusalAnswer>[0]): Answer =>
  isRefusal(found) ? refusalAnswer(found) : json(found);

const Many = z.object({
  eventIds: z.array(z.string().max(255)).max(MAX_AT_ONCE).optional(),
  /** Instead of ids: all of this webhook. */
  webhookId: z.string().max(255).optional(),
  dryRun: z.boolean().optional(),
  /** Oldest first, at most so many at once; `next` of the answer, sent as `after`, goes on behind them. */
  limit: z.number().int().min(1).max(MAX_AT_ONCE).optional(),
  after: z.number().int().min(0).optional(),
});

interface Chosen {
  readonly ids: readonly string[];
  /** Where to go on, if there may be more. */
  readonly next?: number;
}

function mendingRoutes({ events }: AppDeps): readonly Route[] {
  const choose = async (
    { eventIds, webhookId, after = 0, limit = MAX_AT_ONCE }: z.infer<typeof Many>,
    query: Partial<EventQuery>,
  ): Promise<Chosen> => {
    if (eventIds) return { ids: eventIds };
    const found = await events.search({ ...(webhookId && { webhookId }), ...query, afterSeq: after, limit });
    const last = found.length < limit ? undefined : found.at(-1);
    const open = found.filter(({ about }) => about?.verifiedAs === undefined);
    return { ids: open.map(({ eventId }) => eventId), ...(last && { next: last.seq }) };
  };
  return [
    route({
      method: 'POST',
      path: '/api/webhook-events/{id}/replay',
      need: 'run',
      ...tag,
      summary: 'The event once more, byte by byte, or with another body; it is never a duplicate',
      body: z.strictObject({ body: z.string().optional() }).optional(),
      answers: { 200: Replayed },
      run: async ({ params, body }) => answerOf(await events.replay(params.id, body ?? {})),
    }),
    route({
      method: 'POST',
      path: '/api/webhook-events/{id}/verify',
      need: 'edit',
      ...tag,
      summary: 'Verify a refused event again, after its secret was mended; `accept` takes it unproven',
      body: z.strictObject({ accept: z.boolean().optional() }).optional(),
      answers: { 200: Replayed },
      run: async ({ params, body }) => answerOf(await events.verifyAgain(params.id, body?.accept)),
    }),
    route({
      method: 'POST',
      path: '/api/webhook-events/verify',
      need: 'edit',
      ...tag,
      summary: 'Verify many refused events again, those of a webhook or those named',
      body: Many,
      answers: { 200: VerifiedAgain },
      run: async ({ body }) => {
        let [verified, refused] = [0, 0];
        const { ids, ...more } = await choose(body, { verdicts: ['refused'] });
        for (const id of ids) {
          if (isRefusal(await events.verifyAgain(id))) refused += 1;
          else verified += 1;
        }
        return json({ verified, refused, ...more });
      },
    }),
    route({
      method: 'POST',
      path: '/api/webhook-events/rematch',
      need: 'run',
      ...tag,
      summary:
        'Match events again with the webhook as it is now: those named, or all that did nothing; dryRun counts only',
      body: Many,
      answers: { 200: Rematch },
      run: async ({ body }) => {
        const { ids, ...more } = await choose(body, { matched: false });
        return json({ ...(await events.rematch(ids, body.dryRun ?? false)), ...more });
      },
    }),
  ];
}

function webhookStateRoutes({ events, webhooks, store }: AppDeps): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/webhooks/{id}/pause',
      need: 'run',
      ...tag,
      summary: 'Take and hold events from now on',
      answers: { 200: WebhookConfig },
      run: async ({ params }) => {
        const found = await webhooks.pause(params.id);
        return isRefusal(found) ? refusalAnswer(found) : json(webhookToWire(found, []));
      },
    }),
    route({
      method: 'POST',
      path: '/api/webhooks/{id}/resume',
      need: 'run',
      ...tag,
      summary: 'Let events go on; those that are held at this rate',
      body: z.strictObject({ perSecond: z.number().min(0.001).max(100_000).optional() }).optional(),
      answers: { 200: WebhookConfig },
      run: async ({ params, body }) => {
        const found = await webhooks.resume(params.id, body?.perSecond);
        return isRefusal(found) ? refusalAnswer(found) : json(webhookToWire(found, []));
      },
    }),
    route({
      method: 'GET',
      path: '/api/webhooks/{id}/held',
      need: 'read',
      ...tag,
      summary: 'How many events are held',
      answers: { 200: z.object({ held: z.number() }) },
      run: async ({ params }) => json({ held: await store.events.countHeld(params.id) }),
    }),
    route({
      method: 'GET',
      path: '/api/webhooks/{id}/secrets',
      need: 'read',
      ...tag,
      summary: 'Which secrets are accepted, and when each fitted last',
      answers: { 200: z.array(SecretUse) },
      run: async ({ params }) => answerOf(await webhooks.secretUses(params.id)),
    }),
    route({
      method: 'POST',
      path: '/api/webhooks/{id}/sample',
      need: 'run',
      ...tag,
      summary:
        'Send a sample of its platform to the webhook, signed unless only the platform can; answers what the sender would hear',
      body: SampleWish.optional(),
      answers: { 200: SampleAnswer },
      run: async ({ params, body }) => answerOf(await events.sample(params.id, body)),
    }),
    route({
      method: 'POST',
      path: '/api/webhooks/{id}/sample/dry-run',
      need: 'run',
      ...tag,
      summary:
        'The signed sample that would be sent, its verdict, and which executions it would resume or start; nothing is stored',
      body: SampleWish.optional(),
      answers: { 200: SampleDryRun },
      run: async ({ params, body }) => answerOf(await events.sampleDryRun(params.id, body)),
    }),
  ];
}
