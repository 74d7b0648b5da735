// Linear webhooks. The time is a field of the signed body.
// Source: Linear developer docs, "Webhooks"; the official library.

import { type Platform, secretField } from './platform.ts';

export const linear: Platform = {
  id: 'linear',
  name: 'Linear',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['Linear-Signature'],
    layout: 'plain',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: '{body}',
    // The header Linear-Timestamp is not signed and therefore not read.
    timestamp: { from: 'body', name: 'webhookTimestamp', format: 'milliseconds', toleranceSeconds: 60 },
  },
  fields: [secretField('secret', 'Signing secret', 'In Linear: Settings, API, Webhooks, on the page of the webhook.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'Linear-Delivery' }]],
    eventType: [[{ body: 'type' }, { body: 'action' }], [{ header: 'Linear-Event' }]],
    idSigned: false,
  },
  deadlineMs: 5_000,
  retries: 'after 1 minute, 1 hour and 6 hours',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Linear-Delivery': '234d1a4e-0000-4000-8000-000000000001',
      'Linear-Event': 'Issue',
      'User-Agent': 'Linear-Webhook',
    },
    body: JSON.stringify({
      action: 'update',
      type: 'Issue',
      createdAt: '2026-11-22T10:00:00.000Z',
      data: { id: 'a1b2', identifier: 'ORC-7', title: 'Music stands wobble', state: { name: 'Done' } },
      organizationId: 'acme',
      webhookTimestamp: 1764201600000,
      webhookId: '000042e3-0000-4000-8000-000000000001',
    }),
  },
  guide: [
    'In Linear, open Settings, API, New webhook, and paste the URL of this webhook.',
    'Choose the data change events and create it.',
    'Copy the signing secret from its page and enter it here.',
  ],
  docs: 'https://linear.app/developers/webhooks',
};
