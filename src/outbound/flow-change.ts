// Changes a flow's webhooks against others who do the same: read, decide, write unless somebody was first, and then again.

import type { FlowRow, FlowWebhookRow } from '../store/flow.ts';
import type { Store } from '../store/store.ts';
import { asJson, configOf } from './flow-webhook.ts';

/** Each time somebody else has succeeded, so that this is reached only under a storm of changes. */
const MAX_TRIES = 20;

export interface FlowChange {
  readonly put?: readonly FlowWebhookRow[];
  readonly remove?: readonly string[];
  readonly owner?: string;
}

/** `decide` answers a change, or anything else that is then the answer: a refusal, or that there is nothing to do. */
export async function changeFlow<T>(
  store: Store,
  by: { readonly flow: string; readonly owner: string; readonly now: number },
  decide: (
    webhooks: readonly FlowWebhookRow[],
    flow: FlowRow | undefined,
  ) => { readonly change: FlowChange } | { readonly stop: T },
): Promise<'changed' | { readonly stop: T }> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    // The row first: what is read after it is as new or newer, and then the rev refuses the write.
    const flow = await store.flows.get(by.flow);
    const decision = decide(await store.flows.webhooks(by.flow), flow);
    if ('stop' in decision) return decision;
    const { put, remove, owner } = decision.change;
    const next: FlowRow = {
      name: by.flow,
      owner: owner ?? flow?.owner ?? by.owner,
      rev: (flow?.rev ?? 0) + 1,
      createdAt: flow?.createdAt ?? by.now,
      updatedAt: by.now,
    };
    if (await store.flows.change(next, flow?.rev ?? 0, { ...(put && { put }), ...(remove && { remove }) }))
      return 'changed';
  }
  throw new Error('others changed the flow each time');
}

/** Switches a webhook off for a reason that people are shown. */
export async function switchOff(store: Store, webhook: FlowWebhookRow, reason: string, now: number): Promise<void> {
  const by = { flow: webhook.flow, owner: webhook.createdBy, now };
  await changeFlow(store, by, (webhooks) => {
    const row = webhooks.find(({ id }) => id === webhook.id);
    // Somebody who has changed it meanwhile knows better.
    if (!row?.enabled || row.rev !== webhook.rev) return { stop: undefined };
    const config = asJson({ ...configOf(row), disabledReason: reason });
    return { change: { put: [{ ...row, enabled: false, config, rev: row.rev + 1, updatedAt: now }] } };
  });
}
