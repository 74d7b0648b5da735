// The list of webhooks: which workflows each leads to, and the filter.
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import { webhookValues } from './webhook-form.ts';

const named = (choices: readonly { name: string; version: string }[]): string[] =>
  choices
    .filter(({ name }) => name !== '')
    .map(({ name, version }) => (/^\d/.test(version) ? `${name} v${version}` : `${name} (${version})`));

/** `name v1` of the workflows whose waiting tasks it completes. */
export const receiversOf = (webhook: WebhookConfig): string[] => named(webhookValues(webhook).receivers);
/** … and of those it starts. */
export const startsOf = (webhook: WebhookConfig): string[] => named(webhookValues(webhook).startWorkflows);

export function findWebhooks(webhooks: readonly WebhookConfig[], find: string): WebhookConfig[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return webhooks
    .filter((webhook) => {
      const { name, sourcePlatform = '', id = '' } = webhook;
      const text = [name, sourcePlatform, id, ...receiversOf(webhook), ...startsOf(webhook)].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
