// Any sender of the Standard Webhooks specification: OpenAI, Replicate, Supabase and many more.
// Source: standardwebhooks.com, specification.

import { type Platform, secretField } from './platform.ts';

export const standardwebhooks: Platform = {
  id: 'standardwebhooks',
  name: 'Standard Webhooks',
  aliases: ['standardwebhook', 'openai', 'replicate', 'supabase'],
  scheme: { type: 'standard-webhooks', families: ['webhook-', 'svix-'], toleranceSeconds: 300 },
  fields: [
    secretField(
      'secret',
      'Secret',
      'Begins with whsec_ (shared secret) or whpk_ (public key of asymmetric signatures).',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'webhook-id' }], [{ header: 'svix-id' }]],
    eventType: [[{ body: 'type' }]],
    idSigned: true,
  },
  retries: 'usually for about 3 days with growing pauses; 410 switches the endpoint off',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      type: 'invoice.paid',
      timestamp: '2026-11-22T10:00:00Z',
      data: { id: 'inv_1', amount: 4200 },
    }),
  },
  guide: [
    'Add an endpoint at the sender with the URL of this webhook.',
    'Copy its signing secret (whsec_…) and enter it here.',
    'Send a test event from there.',
    'While you rotate the secret, enter the new one beside the old one.',
  ],
  docs: 'https://www.standardwebhooks.com/',
};
