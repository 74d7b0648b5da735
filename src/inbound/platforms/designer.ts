// Designer Cloud (Trifacta) flow webhook tasks with a secret key.
// Source: Designer Cloud docs, "Create Flow Webhook Task", section "Verify Webhook Signatures".

import { type Platform, secretField } from './platform.ts';

export const designer: Platform = {
  id: 'designer',
  name: 'Designer Cloud',
  aliases: ['designercloud', 'trifacta', 'alteryxdesignercloud'],
  scheme: {
    type: 'hmac',
    headers: ['X-Webhook-Signature'],
    layout: 'list',
    separator: ',',
    prefixes: ['sha256='],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: '{timestamp}.{body}',
    templateByMethod: { GET: '{timestamp}.{url}', DELETE: '{timestamp}.{url}' },
    // The page calls it UNIX time, but its own example is in milliseconds. The tolerance is the receiver's choice.
    timestamp: { from: 'signature', name: 't=', format: 'milliseconds', toleranceSeconds: 300 },
  },
  fields: [
    secretField('secret', 'Secret key', 'The text you type as "Secret key" in the webhook task, without quotes.'),
  ],
  methods: ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'],
  handshakes: [],
  identity: { dedupe: [], eventType: [[{ body: 'jobStatus' }]], idSigned: false },
  deadlineMs: 30_000,
  retries: 'when "Retry on failure" is on and the answer is not 2xx',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jobId: '4711', jobStatus: 'Complete', flow: 'Ticket sales' }),
  },
  guide: [
    'Open the flow in Flow View and choose Webhooks, Create webhook task.',
    'Paste the URL of this webhook, add the header Content-Type: application/json and write the body you need.',
    'Invent a secret key, enter it there and here.',
    'For GET and DELETE the URL is signed: it must be written exactly as this server knows itself.',
  ],
};
