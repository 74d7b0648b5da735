// Webhooks and their events as Conductor's clients know them (contract 2.2, 2.5).

import { masked, shownHeaders } from '../../inbound/secrets.ts';
import type { Webhook } from '../../inbound/webhook.ts';
import type { EventRecord } from '../../store/store.ts';
import type { WebhookConfig, WebhookExecution } from '../contract/webhook.ts';

/** Secrets are masked, but right after they were made. */
export function webhookToWire(
  { id, config, createdBy, urlVerified, pausedAt, releasePerSecond }: Webhook,
  history: readonly WebhookExecution[],
  { showSecret = false } = {},
): WebhookConfig {
  const { tags = [], ...fields } = showSecret ? config : masked(config);
  // What was stored has passed this very contract.
  const own = structuredClone(fields) as Omit<WebhookConfig, 'id'>;
  return {
    id,
    ...own,
    tags: tags.map((tag) => ({ ...tag })),
    urlVerified,
    createdBy,
    ...(pausedAt !== undefined && { pausedAt }),
    ...(releasePerSecond !== undefined && { releasePerSecond }),
    webhookExecutionHistory: history.map((event) => ({ ...event })),
  };
}

/** Executions listed of one event. */
const MAX_WORKFLOW_IDS = 10;
/** Characters of a body shown in the history; a page of it would otherwise weigh more than a gigabyte. */
const MAX_SHOWN_BODY_LENGTH = 64 * 1024;

export function eventToHistory(event: EventRecord): WebhookExecution {
  const ids = event.effects.flatMap(({ type, workflowId }) =>
    workflowId !== undefined && (type === 'completed' || type === 'started') ? [workflowId] : [],
  );
  return {
    eventId: event.eventId,
    matched: event.matched,
    workflowIds: [...new Set(ids)].slice(0, MAX_WORKFLOW_IDS),
    payload: JSON.stringify({
      webhookId: event.webhookId,
      id: event.eventId,
      headers: shownHeaders(event.headers),
      requestParams: Object.fromEntries(new URLSearchParams(queryOf(event.url))),
      body: bodyText(event.body),
      timeStamp: event.receivedAt,
    }),
    timeStamp: event.receivedAt,
  };
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

function bodyText(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, MAX_SHOWN_BODY_LENGTH));
  return body.length > MAX_SHOWN_BODY_LENGTH ? `${text}…` : text;
}
