// Zendesk event subscriptions and trigger webhooks.
// Source: Zendesk developer docs, "Verifying webhooks".

import { type Platform, secretField } from './platform.ts';

export const zendesk: Platform = {
  id: 'zendesk',
  name: 'Zendesk',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-Zendesk-Webhook-Signature'],
    layout: 'plain',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'base64',
    // Looks like base64 but is used as the text it is.
    key: 'text',
    // No separator between the two: only the strict form of the time keeps characters from moving over.
    template: '{timestamp}{body}',
    timestamp: { from: 'header', name: 'X-Zendesk-Webhook-Signature-Timestamp', format: 'iso' },
  },
  fields: [
    secretField(
      'signingSecret',
      'Signing secret',
      'In the Admin Center, on the page of the webhook: Reveal signing secret.',
    ),
  ],
  methods: ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'],
  handshakes: [],
  identity: {
    // Trigger bodies are written by an administrator, so no field of them is an id. Retries keep this header.
    dedupe: [[{ header: 'X-Zendesk-Webhook-Invocation-Id' }]],
    eventType: [[{ body: 'type' }]],
    idSigned: false,
  },
  deadlineMs: 12_000,
  retries: 'on 409, on 429 and 503 with Retry-After, on timeouts up to 5 times',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Zendesk-Webhook-Invocation-Id': '01SAMPLEINVOCATION00000001' },
    body: JSON.stringify({
      type: 'zen:event-type:ticket.created',
      account_id: 1000001,
      id: '2f6b7a10-9c1e-4d2a-8a55-0c0ffee00001',
      time: '2026-11-22T10:00:00Z',
      zendesk_event_version: '2022-11-06',
      subject: 'zen:ticket:77',
      detail: { id: '77', subject: 'Seat 12 squeaks', status: 'NEW', priority: 'LOW' },
      event: {},
    }),
  },
  guide: [
    'In the Admin Center, open Apps and integrations, Webhooks, Create webhook.',
    'Choose Zendesk events, or a trigger, and paste the URL of this webhook.',
    'Create it, open its page, reveal the signing secret and enter it here.',
    'The test button of an unsaved webhook signs with a fixed public secret; test after saving.',
  ],
  docs: 'https://developer.zendesk.com/documentation/webhooks/verifying/',
};
