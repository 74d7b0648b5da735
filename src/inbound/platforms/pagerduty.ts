// PagerDuty v3 webhook subscriptions.
// Source: PagerDuty developer docs, "Verifying signatures" and "Behavior".

import { type Platform, secretField } from './platform.ts';

export const pagerduty: Platform = {
  id: 'pagerduty',
  name: 'PagerDuty',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-PagerDuty-Signature'],
    layout: 'list',
    separator: ',',
    prefixes: ['v1='],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: '{body}',
  },
  fields: [secretField('secret', 'Secret', 'Shown once, when you create the webhook subscription at PagerDuty.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ body: 'event.id' }], [{ header: 'X-Webhook-Id' }]],
    eventType: [[{ body: 'event.event_type' }]],
    idSigned: true,
  },
  deadlineMs: 5_000,
  retries:
    'on timeouts, 429 and 5xx for 48 h, in order; any other 4xx is final, and three in a row switch it off for a day',
  acknowledge: { status: 202, headers: {}, body: '' },
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Webhook-Id': '0b0c0d0e-1111-4222-8333-444455556666' },
    body: JSON.stringify({
      event: {
        id: '01SAMPLEEVENT0000000000001',
        event_type: 'incident.triggered',
        resource_type: 'incident',
        occurred_at: '2026-11-22T10:00:00.000Z',
        agent: null,
        client: null,
        data: {
          id: 'PSAMPLE1',
          type: 'incident',
          number: 12,
          status: 'triggered',
          title: 'The organ has no wind',
          urgency: 'high',
        },
      },
    }),
  },
  guide: [
    'At PagerDuty, open Integrations, Generic Webhooks (v3), New Webhook.',
    'Paste the URL of this webhook, choose the scope and the events.',
    'Copy the secret from the message that appears once, and enter it here.',
    'Use Send Test Event: a pagey.ping arrives.',
  ],
  docs: 'https://developer.pagerduty.com/docs/verifying-webhook-signatures',
};
