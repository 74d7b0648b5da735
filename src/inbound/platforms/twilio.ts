// Twilio messaging, voice and status callbacks, and JSON events with a hashed body.
// Source: Twilio docs, "Security" and "Webhooks: connection overrides".

import { type Platform, secretField } from './platform.ts';

export const twilio: Platform = {
  id: 'twilio',
  name: 'Twilio',
  aliases: [],
  scheme: { type: 'twilio' },
  fields: [
    secretField(
      'authToken',
      'Auth token',
      'In the Twilio console, Account Info; for a sub-account, the token of that account.',
    ),
  ],
  methods: ['POST', 'GET'],
  handshakes: [],
  identity: {
    // MessageSid alone would be wrong: every status of one message carries it.
    dedupe: [[{ header: 'I-Twilio-Idempotency-Token' }], [{ body: 'id' }]],
    eventType: [[{ body: 'MessageStatus' }], [{ body: 'SmsStatus' }], [{ body: 'CallStatus' }], [{ body: 'type' }]],
    idSigned: false,
  },
  deadlineMs: 15_000,
  retries: 'once on a connection failure; more when the URL asks for it (#rc=2)',
  // A JSON answer to a voice call would be read to the caller as an error.
  acknowledge: { status: 204, headers: {}, body: '' },
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'I-Twilio-Idempotency-Token': 'b7a1c0de-0000-4000-8000-00000000f00d',
    },
    body: new URLSearchParams({
      MessageSid: 'SM00000000000000000000000000000001',
      AccountSid: 'AC00000000000000000000000000000001',
      From: '+15005550006',
      To: '+15005550010',
      Body: 'Yes, eight o\u2019clock & not later',
      SmsStatus: 'received',
    }).toString(),
  },
  guide: [
    'In the Twilio console, copy the auth token of the account that owns the number into this webhook.',
    'Open the number (or messaging service) and paste the URL of this webhook, method POST.',
    'The URL must be written exactly as this server knows itself (its public URL): Twilio signs it.',
    'To answer a call or message with TwiML, set the answer of this webhook to the answer of the workflow.',
  ],
  docs: 'https://www.twilio.com/docs/usage/webhooks/webhooks-security',
};
