// Calls about received events and the state of webhooks: found, matched again, verified again, held, released.
import type { WebhookConfig } from '../../src/http/contract/webhook.ts';
import type { ReceivedEvent, Rematch, SecretUse } from '../../src/http/contract/webhook-event.ts';
import { json, type Page, part } from './api.ts';

/** What a re-match did, or with a dry run would do. */
export type RematchCount = (typeof Rematch)['_output'];

export interface EventFilter {
  readonly webhookId?: string | undefined;
  readonly verdict?: ReceivedEvent['verdict'] | undefined;
  readonly matched?: boolean | undefined;
  readonly held?: boolean | undefined;
  readonly text?: string | undefined;
  /** `seq` of the event that ends the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Events by id, or all of a webhook that did nothing. */
export interface ManyEvents {
  readonly eventIds?: readonly string[];
  readonly webhookId?: string;
}

/** Flows asked about their deliveries: one call each. */
const FLOWS_ASKED = 20;

/** How many deliveries of outgoing webhooks failed since then, by flow. */
async function failingFlows(from: number, signal?: AbortSignal): Promise<{ flow: string; failed: number }[]> {
  const flows = await json<{ name: string; webhooks: number }[]>('GET', 'api/flows', { signal });
  const sending = flows.filter(({ webhooks }) => webhooks > 0).slice(0, FLOWS_ASKED);
  return Promise.all(
    sending.map(async ({ name }) => {
      const query = { status: 'FAILED', from, size: 1 };
      const { totalHits } = await json<Page<unknown>>('GET', `api/flows/${part(name)}/deliveries`, { query, signal });
      return { flow: name, failed: totalHits };
    }),
  );
}

/** Calls until nothing is left, and adds up what the answers count. */
async function everyPage<T extends object>(path: string, body: object): Promise<T> {
  const sums: Record<string, number> = {};
  for (let after: number | undefined; ; ) {
    const { next, ...counts } = await json<Record<string, number | undefined>>('POST', path, {
      body: { ...body, ...(after !== undefined && { after }) },
    });
    for (const [name, count = 0] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
    if (next === undefined) return sums as T;
    after = next;
  }
}

export const inboundApi = {
  failingFlows,
  events: (filter: EventFilter, signal?: AbortSignal) =>
    json<ReceivedEvent[]>('GET', 'api/webhook-events', { query: { ...filter }, signal }),
  rematch: (many: ManyEvents, dryRun: boolean) =>
    everyPage<RematchCount>('api/webhook-events/rematch', { ...many, dryRun }),
  verifyMany: (many: ManyEvents) =>
    everyPage<{ readonly verified: number; readonly refused: number }>('api/webhook-events/verify', { ...many }),

  pauseWebhook: (id: string) => json<WebhookConfig>('POST', `api/webhooks/${part(id)}/pause`),
  resumeWebhook: (id: string, perSecond: number | undefined) =>
    json<WebhookConfig>('POST', `api/webhooks/${part(id)}/resume`, {
      body: perSecond === undefined ? {} : { perSecond },
    }),
  held: (id: string, signal?: AbortSignal) =>
    json<{ held: number }>('GET', `api/webhooks/${part(id)}/held`, { signal }),
  secretUses: (id: string, signal?: AbortSignal) =>
    json<(typeof SecretUse)['_output'][]>('GET', `api/webhooks/${part(id)}/secrets`, { signal }),
};
