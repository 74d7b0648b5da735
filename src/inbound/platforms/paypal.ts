// PayPal REST webhooks, verified offline with PayPal's certificate.
// Source: PayPal developer docs, "Integrate webhooks".

import { type Platform, valueField } from './platform.ts';

export const paypal: Platform = {
  id: 'paypal',
  name: 'PayPal',
  aliases: [],
  scheme: { type: 'paypal' },
  fields: [valueField('webhookId', 'Webhook ID', 'In the developer dashboard: your app, Webhooks, beside the URL.')],
  methods: ['POST'],
  handshakes: [],
  identity: { dedupe: [[{ body: 'id' }]], eventType: [[{ body: 'event_type' }]], idSigned: false },
  retries: 'up to 25 times within 3 days',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'PayPal/AUHR-1.0' },
    body: JSON.stringify({
      id: 'WH-SAMPLE00000000001-000000000000001',
      event_version: '1.0',
      create_time: '2026-11-22T10:00:00.000Z',
      resource_type: 'capture',
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: { id: '42311647XV020574X', status: 'COMPLETED', amount: { currency_code: 'EUR', value: '42.00' } },
    }),
  },
  guide: [
    'In the PayPal developer dashboard, open your app, Webhooks, Add webhook, and paste the URL of this webhook.',
    'Choose the event types and save.',
    'Copy the webhook ID that appears and enter it here.',
    'Events of the simulator cannot be verified: use a sandbox payment.',
  ],
  caution: 'The body is covered by a checksum only, so a captured signature proves the sender, not the content.',
  docs: 'https://developer.paypal.com/api/rest/webhooks/rest/',
};
