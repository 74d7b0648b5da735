// Twilio SendGrid Event Webhook with "Signed Event Webhook" switched on.
// Source: SendGrid docs, "Getting started with the Event Webhook security features"; the official library.

import { type Platform, secretField } from './platform.ts';

export const sendgrid: Platform = {
  id: 'sendgrid',
  name: 'SendGrid',
  aliases: ['twiliosendgrid'],
  scheme: {
    type: 'public-key',
    algorithm: 'ecdsa-p256',
    header: 'X-Twilio-Email-Event-Webhook-Signature',
    encoding: 'base64',
    key: 'spki',
    template: '{timestamp}{body}',
    // No tolerance is documented and tries go on for a day; ten digits exactly, since nothing stands before the body.
    timestamp: { from: 'header', name: 'X-Twilio-Email-Event-Webhook-Timestamp', format: 'seconds', digits: 10 },
  },
  fields: [
    {
      ...secretField(
        'verificationKey',
        'Verification key',
        'Settings, Mail Settings, Event Webhook: the public key of the signed webhook.',
      ),
      secret: false,
    },
  ],
  methods: ['POST'],
  handshakes: [],
  identity: { dedupe: [[{ body: 'sg_event_id' }]], eventType: [[{ body: 'event' }]], idSigned: true },
  batch: '',
  retries: 'for 24 h on anything but 2xx',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'SendGrid Event API' },
    // Line ends as SendGrid writes them: they are part of what is signed.
    body: '[{"email":"clara@example.com","event":"delivered","sg_event_id":"c2FtcGxlLWV2ZW50LTE","sg_message_id":"sample-message.0001","timestamp":1764201600},\r\n{"email":"robert@example.com","event":"bounce","reason":"550 no such mailbox","sg_event_id":"c2FtcGxlLWV2ZW50LTI","sg_message_id":"sample-message.0002","timestamp":1764201601}]\r\n',
  },
  guide: [
    'At SendGrid, open Settings, Mail Settings, Event Webhooks, and add one with the URL of this webhook.',
    'Choose the actions to be posted.',
    'Switch on Signed Event Webhook, copy the verification key and enter it here.',
    'One request carries many events; each becomes an event of its own here.',
  ],
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
};
