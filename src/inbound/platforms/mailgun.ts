// Mailgun event webhooks, and its older form webhooks.
// Source: Mailgun docs, "Securing webhooks".

import { type Platform, secretField } from './platform.ts';

export const mailgun: Platform = {
  id: 'mailgun',
  name: 'Mailgun',
  aliases: [],
  // The vendor advises against a strict age check, since its own queues may be late.
  scheme: { type: 'mailgun' },
  fields: [
    secretField(
      'signingKey',
      'Webhook signing key',
      'In the control panel: API security, HTTP webhook signing key. Not the API key.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    // The token comes first: it is all that is signed, so it must not be accepted twice.
    dedupe: [[{ body: 'signature.token' }], [{ body: 'token' }]],
    eventType: [[{ body: 'event-data.event' }], [{ body: 'event' }]],
    idSigned: true,
  },
  retries: 'for 8 h; 406 stops it',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'mailgun/treq-24.9.1' },
    body: JSON.stringify({
      signature: {},
      'event-data': {
        id: 'G9Bn5sl1TC6nu79C8C0bwg',
        event: 'delivered',
        timestamp: 1764201600.5,
        recipient: 'clara@example.com',
      },
    }),
  },
  guide: [
    'In the Mailgun control panel, open API security and copy the HTTP webhook signing key into this webhook.',
    'Under Sending, Webhooks, choose the domain and add the URL of this webhook for each event.',
    'Use Test webhook.',
  ],
  caution: 'Only a time and a token are signed, not the content. Each token is accepted once.',
  docs: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
};
