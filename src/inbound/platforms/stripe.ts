// Stripe events, snapshot and thin ones.
// Source: Stripe docs, "Receive Stripe events in your webhook endpoint"; the official library.

import { type Platform, secretField } from './platform.ts';

export const stripe: Platform = {
  id: 'stripe',
  name: 'Stripe',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['Stripe-Signature'],
    layout: 'list',
    separator: ',',
    // `v0` is a fake for test mode and never counts.
    prefixes: ['v1='],
    algorithm: 'sha256',
    encoding: 'hex',
    // The whole text is the key, `whsec_` included, unlike in Standard Webhooks.
    key: 'text',
    template: '{timestamp}.{body}',
    timestamp: { from: 'signature', name: 't=', format: 'seconds', toleranceSeconds: 300 },
  },
  fields: [
    secretField(
      'endpointSecret',
      'Endpoint secret',
      'In the Stripe dashboard, on the page of the endpoint: begins with whsec_.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: { dedupe: [[{ body: 'id' }]], eventType: [[{ body: 'type' }]], idSigned: true },
  retries: 'for up to 3 days with growing pauses, each try signed anew',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
    body: JSON.stringify(
      {
        id: 'evt_sample_0001',
        object: 'event',
        api_version: '2026-01-28',
        created: 1764201600,
        livemode: false,
        type: 'payment_intent.succeeded',
        data: {
          object: {
            id: 'pi_sample_0001',
            object: 'payment_intent',
            amount: 4200,
            currency: 'eur',
            metadata: { order_id: 'A1' },
          },
        },
      },
      null,
      2,
    ),
  },
  guide: [
    'In the Stripe dashboard, open Developers, Webhooks, Add destination.',
    'Choose the events, then Webhook endpoint, and paste the URL of this webhook.',
    'Reveal the signing secret (whsec_…) and enter it here, whole.',
    'While you roll the secret, enter the new one beside the old one: both are accepted.',
  ],
  docs: 'https://docs.stripe.com/webhooks',
};
