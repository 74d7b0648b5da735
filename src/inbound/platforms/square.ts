// Square webhook subscriptions. The notification URL is part of what is signed.
// Source: Square developer docs, "Verify and validate an event notification"; the official library.

import { type Platform, secretField } from './platform.ts';

export const square: Platform = {
  id: 'square',
  name: 'Square',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['x-square-hmacsha256-signature'],
    layout: 'plain',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'text',
    template: '{url}{body}',
  },
  fields: [
    secretField(
      'signatureKey',
      'Signature key',
      'In the developer console: Webhooks, Subscriptions, on the page of the subscription.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: { dedupe: [[{ body: 'event_id' }]], eventType: [[{ body: 'type' }]], idSigned: true },
  deadlineMs: 10_000,
  retries: 'for up to 24 h',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'Square Connect v2' },
    body: JSON.stringify({
      merchant_id: 'MSAMPLE1',
      type: 'payment.updated',
      event_id: '13b867cf-0000-4000-8000-000000000001',
      created_at: '2026-11-22T10:00:00.000Z',
      data: {
        type: 'payment',
        id: 'pay_1',
        object: { payment: { id: 'pay_1', status: 'COMPLETED', amount_money: { amount: 4200, currency: 'EUR' } } },
      },
    }),
  },
  guide: [
    'In the Square developer console, open your application, Webhooks, Add subscription.',
    'Paste the URL of this webhook exactly as this server shows it: Square signs it, slash for slash.',
    'Choose the events, save, copy the signature key and enter it here.',
    'Use Send test event.',
  ],
  docs: 'https://developer.squareup.com/docs/webhooks/step3validate',
};
