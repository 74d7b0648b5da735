// The store with the credentials of webhooks sealed in their rows: who has the database without the key can neither send events
// in a sender's name nor sign deliveries. Rows from before, and of servers without a key, are read as they are.

import type { JsonObject } from './core/json.ts';
import { createSeal } from './engine/seal.ts';
import type { SecretKey } from './engine/secret-key.ts';
import { replaceSecrets as replaceInbound } from './inbound/secrets.ts';
import type { WebhookConfig } from './inbound/webhook.ts';
import type { Log } from './lib/log.ts';
import { type FlowWebhookConfig, replaceSecrets as replaceOutgoing } from './outbound/flow-webhook.ts';
import { readTemplate, referencesOf } from './outbound/template.ts';
import type { Store } from './store/store.ts';

/** What is sealed begins so, and goes on in base64url. */
const SEALED = 'sealed:v1:';

interface Row {
  readonly id: string;
  readonly config: JsonObject;
}

/** Replaces each credential of a configuration. `place` names it within its row. */
type Replace = (config: JsonObject, replace: (secret: string, place: string) => string) => JsonObject;

const inbound: Replace = (config, replace) =>
  replaceInbound(config as unknown as WebhookConfig, replace) as unknown as JsonObject;

/** The references of a header are read with each change of an execution, where there is no key: those stay as they are. */
const outgoing: Replace = (config, replace) =>
  replaceOutgoing(config as unknown as FlowWebhookConfig, (secret, place) =>
    place.startsWith('headers.') && referencesOf(readTemplate(secret)).length > 0 ? secret : replace(secret, place),
  ) as unknown as JsonObject;

/** `newSecret`: at least 96 random bits as text, other ones each time. */
export function sealedStore(store: Store, key: SecretKey, newSecret: () => string, log: Log): Store {
  if (!key.ok) {
    log.warn(`the credentials of webhooks stand in the database as they are: ${key.reason}`);
    return store;
  }
  const seal = createSeal(key.secret, newSecret);
  const closed =
    (replace: Replace) =>
    <R extends Row>(row: R): R => ({
      ...row,
      config: replace(row.config, (secret, place) => {
        const sealed = Buffer.from(seal.seal(secret, nameOf(row.id, place)));
        return `${SEALED}${sealed.toString('base64url')}`;
      }),
    });
  const open =
    (replace: Replace) =>
    <R extends Row>(row: R): R => ({
      ...row,
      config: replace(row.config, (text, place) => {
        if (!text.startsWith(SEALED)) return text;
        const opened = seal.open(Buffer.from(text.slice(SEALED.length), 'base64url'), nameOf(row.id, place));
        if (opened !== undefined) return opened;
        log.error({ webhookId: row.id, place }, 'a credential cannot be opened: it was sealed with another key');
        // Not an empty one, which anybody could sign with.
        return text;
      }),
    });
  const [openInbound, openOutgoing, closeOutgoing] = [open(inbound), open(outgoing), closed(outgoing)];
  const { webhooks, flows, deliveries } = store;
  return over(store, {
    webhooks: over(webhooks, {
      put: (row) => webhooks.put(closed(inbound)(row)),
      async get(id) {
        const row = await webhooks.get(id);
        return row && openInbound(row);
      },
      list: async () => (await webhooks.list()).map(openInbound),
    }),
    flows: over(flows, {
      webhooks: async (flow) => (await flows.webhooks(flow)).map(openOutgoing),
      async webhook(id) {
        const row = await flows.webhook(id);
        return row && openOutgoing(row);
      },
      change: (flow, expectedRev, { put, remove }) =>
        flows.change(flow, expectedRev, {
          ...(put && { put: put.map(closeOutgoing) }),
          ...(remove && { remove }),
        }),
    }),
    deliveries: over(deliveries, {
      async waiting(...asked) {
        const work = await deliveries.waiting(...asked);
        return { ...work, webhooks: work.webhooks.map(openOutgoing) };
      },
    }),
  });
}

/** Sealed for its place alone: moved to another one it does not open. */
const nameOf = (id: string, place: string): string => `webhook:${id}:${place}`;

/** The same object, but for these members. It may be a proxy, so its members cannot be copied. */
const over = <T extends object>(target: T, own: Partial<T>): T =>
  new Proxy(target, { get: (inner, name) => own[name as keyof T] ?? inner[name as keyof T] });
