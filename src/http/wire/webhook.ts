// Webhooks and their events as Conductor's clients know them (contract 2.2, 2.5).

import type { Json } from '../../core/json.ts';
import type { Webhook } from '../../inbound/webhook.ts';
import { MASK } from '../../inbound/webhooks.ts';
import type { EventRecord } from '../../store/store.ts';
import type { WebhookConfig, WebhookExecution } from '../contract/webhook.ts';

/** The secret is masked even when there is none (contract, chapter 8, trap 12). */
export function webhookToWire(
  { id, config, createdBy, urlVerified }: Webhook,
  history: readonly WebhookExecution[],
  { showSecret = false } = {},
): WebhookConfig {
  const { tags = [], workflowsToStart, ...fields } = config;
  return {
    id,
    ...fields,
    ...(workflowsToStart && { workflowsToStart }),
    ...(showSecret ? {} : { secretValue: MASK }),
    tags: tags.map((tag) => ({ ...tag })),
    urlVerified,
    createdBy,
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
      headers: JSON.parse(event.headers) as Json,
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
