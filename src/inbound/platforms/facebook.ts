// Meta: Facebook Pages, Messenger, Instagram and WhatsApp webhooks.
// Source: Meta for Developers, "Getting started with webhooks".

import { type Platform, secretField, valueField } from './platform.ts';

export const facebook: Platform = {
  id: 'facebook',
  name: 'Facebook',
  aliases: ['meta', 'messenger', 'instagram', 'whatsapp'],
  scheme: {
    type: 'hmac',
    headers: ['X-Hub-Signature-256'],
    layout: 'plain',
    prefixes: ['sha256='],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    // Meta signs the text with its \u escapes, so the bytes must not be decoded first.
    template: '{body}',
  },
  fields: [
    secretField('appSecret', 'App secret', 'In the app dashboard: App settings, Basic, App secret.'),
    valueField(
      'verifyToken',
      'Verify token',
      'A text of your own; enter the same one in the webhook settings of the app.',
      {
        secret: true,
        required: false,
      },
    ),
  ],
  methods: ['POST'],
  handshakes: [
    {
      type: 'echo-query',
      method: 'GET',
      parameter: 'hub.challenge',
      mode: { parameter: 'hub.mode', equals: 'subscribe' },
      token: { parameter: 'hub.verify_token', value: 'verifyToken' },
    },
  ],
  identity: {
    dedupe: [],
    eventType: [[{ body: 'changes.0.field' }]],
    idSigned: false,
  },
  batch: 'entry',
  deadlineMs: 5_000,
  retries: 'at once, then more and more rarely for 36 h',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'facebookexternalua' },
    body: '{"object":"page","entry":[{"id":"1122334455","time":1764201600,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"9_1","message":"Sch\\u00f6n gespielt!"}}]}]}',
  },
  guide: [
    'In the app dashboard, copy the app secret into this webhook and invent a verify token.',
    'Save this webhook, then add the product Webhooks there and choose the object (Page, Instagram, …).',
    'Paste the URL of this webhook and the verify token; Meta asks once and compares the answer.',
    'Subscribe to the fields you need. Every event is signed and checked, not only the first request.',
  ],
  docs: 'https://developers.facebook.com/docs/graph-api/webhooks/getting-started',
};
