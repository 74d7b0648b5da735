// Dropbox app webhooks: they only say whose files changed, never what.
// Source: Dropbox developer docs, "Webhooks".

import { type Platform, secretField } from './platform.ts';

export const dropbox: Platform = {
  id: 'dropbox',
  name: 'Dropbox',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-Dropbox-Signature'],
    layout: 'plain',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: '{body}',
  },
  fields: [secretField('appSecret', 'App secret', 'In the app console: Settings of your app, App secret.')],
  methods: ['POST'],
  handshakes: [{ type: 'echo-query', method: 'GET', parameter: 'challenge' }],
  // Two equal bodies are two changes.
  identity: { dedupe: [], eventType: [], idSigned: false, repeatable: true },
  deadlineMs: 10_000,
  retries: 'with growing pauses; failing for long switches the webhook off',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'DropboxWebhooks/1.0' },
    body: JSON.stringify({ list_folder: { accounts: ['dbid:AAH4f99T0taONIb-sample'] }, delta: { users: [12345678] } }),
  },
  guide: [
    'In the Dropbox app console, copy the app secret into this webhook.',
    'Save this webhook, then add its URL under Webhook URIs; Dropbox asks once with a challenge.',
    'An event names accounts only: let the workflow ask Dropbox what changed.',
  ],
  docs: 'https://www.dropbox.com/developers/reference/webhooks',
};
