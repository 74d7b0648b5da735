// A webhook that fails says so: as an event that waits of other workflows hear, stored and routed like any received one.

import type { JsonObject } from '../core/json.ts';
import type { Delivery } from '../store/delivery.ts';
import type { FlowWebhookRow } from '../store/flow.ts';
import type { Store } from '../store/store.ts';
import { configOf } from './flow-webhook.ts';

/** `failing`: tried several times in vain, and tried on. `exhausted`: given up. `disabled`: switched off by a 410. */
export type AlertKind = 'failing' | 'exhausted' | 'disabled';

/** Failed attempts of one delivery after which people should look (Svix says so at the fourth as well). */
export const FAILING_AT_ATTEMPT = 4;

export interface Alert {
  readonly kind: AlertKind;
  readonly webhook: FlowWebhookRow;
  readonly delivery: Delivery;
  readonly outcome: string;
  readonly now: number;
  readonly eventId: string;
}

/** Under this id the events of a webhook's failures are listed. */
const alertSource = (webhookId: string): string => `flow-webhook:${webhookId}`;

/** Said before the attempt is settled, once for each attempt: a sender that dies in between says it again in vain. */
export async function raiseAlert(store: Store, alert: Alert): Promise<void> {
  const { kind, webhook, delivery, outcome, now, eventId } = alert;
  const { name, alerts = [] } = configOf(webhook);
  if (alerts.length === 0) return;
  const payload: JsonObject = {
    event: `webhook.${kind}`,
    flow: webhook.flow,
    webhookId: webhook.id,
    webhookName: name,
    deliveryId: delivery.id,
    workflowId: delivery.workflowId,
    attempts: delivery.attempts + 1,
    outcome,
    at: now,
  };
  await store.events.receive({
    eventId,
    webhookId: alertSource(webhook.id),
    receivedAt: now,
    method: 'POST',
    url: `/flow-webhook/${webhook.id}`,
    headers: '{"content-type":["application/json"]}',
    body: Buffer.from(JSON.stringify(payload)),
    dedupeKey: `${kind} ${delivery.id} ${delivery.attempts + 1}`,
    verdict: 'verified',
    route: {
      receivers: alerts.map((listener) => ({ name: listener.name, version: listener.version })),
      starts: [],
      event: `${alertSource(webhook.id)}:${eventId}`,
      createdBy: webhook.createdBy,
    },
  });
}
