// Senders that use Svix: Clerk, Resend, Brex and many more. Standard Webhooks under svix-* names.
// Source: Svix docs, "Verifying webhooks manually".

import { type Platform, secretField } from './platform.ts';

export const svix: Platform = {
  id: 'svix',
  name: 'Svix',
  aliases: ['clerk', 'resend'],
  scheme: { type: 'standard-webhooks', families: ['svix-', 'webhook-'], toleranceSeconds: 300 },
  fields: [secretField('secret', 'Signing secret', 'On the page of the endpoint: begins with whsec_.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'svix-id' }], [{ header: 'webhook-id' }]],
    eventType: [[{ body: 'type' }]],
    idSigned: true,
  },
  deadlineMs: 15_000,
  retries: '8 tries within about a day',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'Svix-Webhooks/1.60' },
    body: JSON.stringify({ type: 'user.created', data: { id: 'user_1', email: 'clara@example.com' } }),
  },
  guide: [
    'In the webhook portal of the sender, add an endpoint with the URL of this webhook.',
    'Open the endpoint, reveal the signing secret (whsec_…) and enter it here.',
    'Use Testing, Send example.',
  ],
  docs: 'https://docs.svix.com/receiving/verifying-payloads/how-manual',
};
