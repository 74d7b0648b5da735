// Typeform response webhooks with a secret.
// Source: Typeform developer docs, "Secure your webhooks".

import { type Platform, secretField } from './platform.ts';

export const typeform: Platform = {
  id: 'typeform',
  name: 'Typeform',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['Typeform-Signature'],
    layout: 'plain',
    prefixes: ['sha256='],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'text',
    template: '{body}',
  },
  fields: [secretField('secret', 'Secret', 'The text you type as "Secret" when you edit the webhook of the form.')],
  methods: ['POST'],
  handshakes: [],
  identity: { dedupe: [[{ body: 'event_id' }]], eventType: [[{ body: 'event_type' }]], idSigned: true },
  deadlineMs: 30_000,
  retries: 'for hours; 404 and 410 switch it off',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'Typeform Webhooks' },
    body: JSON.stringify({
      event_id: '01SAMPLETYPEFORM0000000001',
      event_type: 'form_response',
      form_response: {
        form_id: 'lT4Z3j',
        token: 'a3a12ec67a1365927098a606107fac15',
        submitted_at: '2026-11-22T10:00:00Z',
        answers: [{ type: 'text', text: 'Clara', field: { id: 'name', type: 'short_text' } }],
      },
    }),
  },
  guide: [
    'Open the form at Typeform, Connect, Webhooks, Add a webhook, and paste the URL of this webhook.',
    'Edit it, invent a secret, enter it there and here.',
    'Switch the webhook on and use Send test request.',
  ],
  docs: 'https://www.typeform.com/developers/webhooks/secure-your-webhooks/',
};
