// Shopify app and shop webhooks.
// Source: Shopify docs, "Deliver webhooks through HTTPS"; the official library.

import { type Platform, secretField } from './platform.ts';

export const shopify: Platform = {
  id: 'shopify',
  name: 'Shopify',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-Shopify-Hmac-Sha256', 'Shopify-Hmac-Sha256'],
    layout: 'plain',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'text',
    template: '{body}',
  },
  fields: [
    secretField(
      'clientSecret',
      'Client secret',
      'Of the app (API credentials), or the key shown under Settings, Notifications, Webhooks.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'X-Shopify-Webhook-Id' }], [{ header: 'Shopify-Event-Id' }]],
    eventType: [[{ header: 'X-Shopify-Topic' }], [{ header: 'Shopify-Topic' }]],
    idSigned: false,
  },
  deadlineMs: 5_000,
  retries: '8 times within 4 h; then a subscription made through the API is deleted',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Shopify-Topic': 'orders/paid',
      'X-Shopify-Shop-Domain': 'acme.myshopify.com',
      'X-Shopify-API-Version': '2026-10',
      'X-Shopify-Webhook-Id': 'b54557e4-0000-4000-8000-000000000001',
      'X-Shopify-Event-Id': '98880550-0000-4000-8000-000000000001',
    },
    body: '{"id":820982911946154508,"email":"clara@example.com","total_price":"42.00","currency":"EUR","line_items":[{"id":866550311766439020,"title":"Baton","quantity":1}]}',
  },
  guide: [
    'For an app: subscribe to topics in its configuration with the URL of this webhook; the secret is its client secret.',
    'For one shop: Settings, Notifications, Webhooks, Create webhook; the secret is shown below the list.',
    'Enter the secret here; the two kinds have different ones.',
    'Use Send test notification.',
  ],
  docs: 'https://shopify.dev/docs/apps/build/webhooks/subscribe/https',
};
