// Intercom app webhooks: HMAC with SHA-1, the only one Intercom offers.
// Source: Intercom developer docs, "Webhooks".

import { type Platform, secretField } from './platform.ts';

export const intercom: Platform = {
  id: 'intercom',
  name: 'Intercom',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-Hub-Signature'],
    layout: 'plain',
    prefixes: ['sha1='],
    algorithm: 'sha1',
    encoding: 'hex',
    key: 'text',
    template: '{body}',
  },
  fields: [
    secretField('clientSecret', 'Client secret', 'In the developer hub: Basic information of your app, Client secret.'),
  ],
  methods: ['POST'],
  // Intercom looks with HEAD whether the URL answers.
  handshakes: [{ type: 'accept-head' }],
  identity: { dedupe: [[{ body: 'id' }]], eventType: [[{ body: 'topic' }]], idSigned: true },
  deadlineMs: 5_000,
  retries: 'once, after a minute; 410 unsubscribes',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'intercom-webhooks/1.0' },
    body: JSON.stringify({
      type: 'notification_event',
      id: 'notif_sample_0001',
      app_id: 'acme',
      topic: 'conversation.user.created',
      created_at: 1764201600,
      data: {
        type: 'notification_event_data',
        item: { type: 'conversation', id: '215', source: { body: '<p>Is there a concert tonight?</p>' } },
      },
    }),
  },
  guide: [
    'In the Intercom developer hub, open your app and copy its client secret into this webhook.',
    'Under Webhooks, paste the URL of this webhook; Intercom checks that it answers.',
    'Choose the topics and save, then send a test request.',
  ],
  docs: 'https://developers.intercom.com/docs/webhooks',
};
