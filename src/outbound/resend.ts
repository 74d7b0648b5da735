// Sending again what has ended: one delivery, or all that failed within a window, counted first when asked.

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { Clock } from '../lib/clock.ts';
import type { DeliveryQuery } from '../store/delivery.ts';
import type { Store } from '../store/store.ts';

/** What one call may put back; the answer says what is left. */
const MAX_RESENT = 5_000;
const PAGE = 500;

export interface Window {
  readonly flow: string;
  readonly webhookId?: string;
  /** Moments at which they were made, epoch ms, inclusive both. */
  readonly from: number;
  readonly to: number;
  /** Only counts. */
  readonly dryRun: boolean;
}

export interface Resent {
  /** Failed ones in the window before the call. */
  readonly failed: number;
  readonly resent: number;
  /** Further failed ones, of webhooks that are switched off or gone: these would only be called off. */
  readonly switchedOff: number;
}

export interface Resends {
  one(id: string): Promise<Refusal | undefined>;
  failed(window: Window): Promise<Resent>;
}

/** `kick`: there is work for the sender. */
export function createResends(store: Store, clock: Clock, kick: () => void): Resends {
  return {
    async one(id) {
      const delivery = await store.deliveries.get(id);
      if (!delivery) return refused('notFound', `there is no delivery ${id}`);
      const webhook = await store.flows.webhook(delivery.webhookId);
      if (!webhook) return refused('conflict', 'the webhook of this delivery was removed');
      if (!webhook.enabled)
        return refused('conflict', 'the webhook of this delivery is switched off; switch it on first');
      if (!(await store.deliveries.resend(id, clock.now()))) return refused('conflict', 'this delivery waits already');
      kick();
      return undefined;
    },
    async failed({ flow, webhookId, from, to, dryRun }) {
      const wanted = await enabledOf(store, flow, webhookId);
      const query: DeliveryQuery = {
        ...{ flows: [flow], webhookIds: wanted, statuses: ['FAILED'], createdFrom: from, createdTo: to },
        ...{ offset: 0, limit: PAGE },
      };
      const { total } = await store.deliveries.search({ ...query, limit: 0 });
      const webhookIds = webhookId === undefined ? undefined : [webhookId];
      const { total: all } = await store.deliveries.search({ ...query, webhookIds, limit: 0 });
      let resent = 0;
      while (!dryRun && resent < MAX_RESENT) {
        const { rows } = await store.deliveries.search(query);
        const moved = await Promise.all(rows.map(({ id }) => store.deliveries.resend(id, clock.now())));
        const count = moved.filter(Boolean).length;
        resent += count;
        if (count === 0) break;
        kick();
      }
      return { failed: total, resent, switchedOff: all - total };
    },
  };
}

/** What belongs to webhooks that are switched off, or gone, would only be called off. */
async function enabledOf(store: Store, flow: string, webhookId: string | undefined): Promise<readonly string[]> {
  const rows = await store.flows.webhooks(flow);
  return rows.filter(({ id, enabled }) => enabled && (webhookId === undefined || id === webhookId)).map(({ id }) => id);
}
