// CloudEvents over HTTP with an access token, in binary, structured and batched mode.
// Source: CloudEvents, "HTTP 1.1 Web Hooks for Event Delivery" 1.0 and "HTTP Protocol Binding" 1.0.

import { type Platform, secretField, valueField } from './platform.ts';

export const cloudevents: Platform = {
  id: 'cloudevents',
  name: 'CloudEvents',
  aliases: ['cloudevent', 'knative'],
  scheme: {
    type: 'api-key',
    places: [
      { in: 'header', name: 'Authorization', prefix: 'Bearer ' },
      { in: 'query', name: 'access_token', prefix: '' },
    ],
  },
  fields: [
    secretField(
      'token',
      'Access token',
      'A long random text; the sender presents it as bearer token or as access_token.',
    ),
    valueField(
      'allowedRate',
      'Allowed rate',
      'Requests per minute that we allow the sender, if it asks. Empty: what it asks for.',
      {
        kind: 'number',
        required: false,
      },
    ),
  ],
  methods: ['POST'],
  handshakes: [{ type: 'cloudevents-options' }],
  identity: {
    dedupe: [
      [{ header: 'ce-source' }, { header: 'ce-id' }],
      [{ body: 'source' }, { body: 'id' }],
    ],
    eventType: [[{ header: 'ce-type' }], [{ body: 'type' }]],
    idSigned: false,
  },
  batch: '',
  format: 'cloudevents',
  retries: 'as the sender likes; 410 switches it off, 429 with Retry-After slows it down',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/cloudevents+json; charset=utf-8' },
    body: JSON.stringify({
      specversion: '1.0',
      id: 'A234-1234-1234',
      source: '/orchestra/box-office',
      type: 'com.example.ticket.sold',
      time: '2026-11-22T10:00:00Z',
      datacontenttype: 'application/json',
      data: { seat: 'C12', price: 42 },
    }),
  },
  guide: [
    'Invent a long access token and enter it here and at the sender.',
    'Enter the URL of this webhook as the target; the sender may ask first with OPTIONS, which is answered by itself.',
    'Binary (ce-* headers), structured and batched events are all understood.',
  ],
  caution: 'The token proves the sender, not the body.',
  docs: 'https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md',
};
