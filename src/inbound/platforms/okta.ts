// Okta event hooks.
// Source: Okta developer docs, "Event hooks".

import { type Platform, schemeField, secretField } from './platform.ts';

export const okta: Platform = {
  id: 'okta',
  name: 'Okta',
  aliases: [],
  scheme: { type: 'api-key', places: [{ in: 'header', name: 'Authorization', prefix: '' }] },
  fields: [
    secretField('secret', 'Authentication secret', 'The text you type as "Authentication secret" of the event hook.'),
    schemeField('field', 'places.0.name', 'Authentication field', 'The header you typed as "Authentication field".', {
      initial: 'Authorization',
    }),
  ],
  methods: ['POST'],
  handshakes: [{ type: 'echo-header', header: 'x-okta-verification-challenge', as: 'verification' }],
  identity: { dedupe: [[{ body: 'uuid' }]], eventType: [[{ body: 'eventType' }]], idSigned: false },
  batch: 'data.events',
  deadlineMs: 3_000,
  retries: 'once, on a timeout or 5xx',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: 'https://acme.okta.com/api/v1/eventHooks/who8vt36qfNpCGz9H1e6',
      eventId: 'b5a188b9-0000-4000-8000-000000000001',
      eventTime: '2026-11-22T10:00:00.000Z',
      contentType: 'application/json',
      data: {
        events: [
          {
            uuid: '3f2a0000-0000-4000-8000-000000000001',
            eventType: 'user.lifecycle.create',
            published: '2026-11-22T10:00:00.000Z',
            outcome: { result: 'SUCCESS' },
          },
        ],
      },
    }),
  },
  guide: [
    'In the Okta admin console, open Workflow, Event Hooks, Create Event Hook, and paste the URL of this webhook.',
    'Type Authorization as authentication field, invent a secret, enter it there and here.',
    'Choose the events, save, and press Verify: Okta asks once with a challenge.',
  ],
  caution: 'The secret proves the sender, not the body.',
  docs: 'https://developer.okta.com/docs/concepts/event-hooks/',
};
