// Zoom event subscriptions.
// Source: Zoom developer docs, "Using webhooks"; the official library.

import { type Platform, secretField } from './platform.ts';

export const zoom: Platform = {
  id: 'zoom',
  name: 'Zoom',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['x-zm-signature'],
    layout: 'plain',
    prefixes: ['v0='],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: 'v0:{timestamp}:{body}',
    // Zoom documents no tolerance.
    timestamp: { from: 'header', name: 'x-zm-request-timestamp', format: 'seconds' },
  },
  fields: [
    secretField('secretToken', 'Secret token', 'In the app marketplace: your app, Features, Access, Secret Token.'),
  ],
  methods: ['POST'],
  // Signed like an event and repeated every 72 h.
  handshakes: [{ type: 'zoom' }],
  identity: { dedupe: [], eventType: [[{ body: 'event' }]], idSigned: false },
  deadlineMs: 3_000,
  retries: '3 times',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'Zoom Marketplace/1.0a' },
    body: JSON.stringify({
      event: 'meeting.ended',
      event_ts: 1764201600000,
      payload: {
        account_id: 'acme',
        object: { id: '86000000001', uuid: 'c2FtcGxl', topic: 'Rehearsal', host_id: 'clara', duration: 60 },
      },
    }),
  },
  guide: [
    'In the Zoom app marketplace, open your app, Features, Access, and copy the secret token into this webhook.',
    'Save this webhook, then add an event subscription with its URL and press Validate.',
    'Choose the event types and save.',
  ],
  docs: 'https://developers.zoom.us/docs/api/webhooks/',
};
