// Outgoing webhooks and deliveries in the shapes of the contract: secrets masked, the message beside its attempts.

import { masked } from '../../outbound/flow-webhook.ts';
import type { FlowWebhook } from '../../outbound/flow-webhooks.ts';
import { standardSecret } from '../../outbound/sign.ts';
import type { Attempt, Delivery } from '../../store/delivery.ts';
import type { Delivery as WireDelivery } from '../contract/flow-webhook.ts';

/** `fresh`: its secret came with the request, so its spelling for Standard Webhooks libraries is shown, this once. */
export function flowWebhookToWire({ config, ...row }: FlowWebhook, { fresh = false } = {}): object {
  const { secretKey, signatures } = config;
  return {
    ...masked(config),
    ...row,
    ...(fresh &&
      secretKey !== undefined &&
      signatures.includes('standard') && { standardSecretKey: standardSecret(secretKey) }),
  };
}

/** `names`: names of webhooks by id. */
export function deliveryToWire(delivery: Delivery, names: ReadonlyMap<string, string>): WireDelivery {
  const { rev: _rev, tries: _tries, data: _data, ...shown } = delivery;
  const webhookName = names.get(delivery.webhookId);
  return { ...shown, ...(webhookName !== undefined && { webhookName }) };
}

export function deliveryDetail(
  delivery: Delivery,
  names: ReadonlyMap<string, string>,
  attempts: readonly Attempt[],
): object {
  const { body } = delivery.data;
  return {
    ...deliveryToWire(delivery, names),
    ...(typeof body === 'string' && { body }),
    attemptList: attempts.map(({ n, at, data }) => ({ ...data, n, at })),
  };
}
