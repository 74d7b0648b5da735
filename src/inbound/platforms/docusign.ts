// DocuSign Connect with HMAC keys: one signature header for each key.
// Source: DocuSign developer docs, "HMAC security".

import { type Platform, secretField } from './platform.ts';

export const docusign: Platform = {
  id: 'docusign',
  name: 'DocuSign',
  aliases: ['docusignconnect'],
  scheme: {
    type: 'hmac',
    headers: ['X-DocuSign-Signature'],
    layout: 'numbered',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'text',
    template: '{body}',
  },
  fields: [secretField('hmacKey', 'HMAC key', 'In eSignature settings: Connect, Connect Keys. Shown once.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ body: 'data.envelopeId' }, { body: 'event' }, { body: 'generatedDateTime' }]],
    eventType: [[{ body: 'event' }]],
    idSigned: true,
  },
  deadlineMs: 100_000,
  retries: 'for days with growing pauses',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Authorization-Digest': 'HMACSHA256',
      'X-DocuSign-AccountId': '00000000-0000-4000-8000-000000000001',
    },
    body: JSON.stringify({
      event: 'envelope-completed',
      apiVersion: 'v2.1',
      generatedDateTime: '2026-11-22T10:00:00.0000000Z',
      data: {
        accountId: '00000000-0000-4000-8000-000000000001',
        envelopeId: '11111111-0000-4000-8000-000000000001',
        envelopeSummary: { status: 'completed' },
      },
    }),
  },
  guide: [
    'In DocuSign eSignature settings, open Connect, Connect Keys, and add a secret key; copy it into this webhook.',
    'Add a Connect configuration with the URL of this webhook, format JSON.',
    'Switch on Include HMAC signature, choose the envelope events and save.',
    'With several keys, DocuSign signs with each; one that fits is enough.',
  ],
  docs: 'https://developers.docusign.com/platform/webhooks/connect/hmac/',
};
