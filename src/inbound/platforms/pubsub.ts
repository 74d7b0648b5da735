// Google Cloud Pub/Sub push subscriptions with authentication: a Google-signed JWT as bearer token.
// Source: Google Cloud docs, "Authenticate push subscriptions".

import { type Platform, valueField } from './platform.ts';

export const pubsub: Platform = {
  id: 'pubsub',
  name: 'Google Pub/Sub',
  aliases: ['googlepubsub', 'gcppubsub', 'googlepubsubpush'],
  scheme: {
    type: 'jwt',
    algorithm: 'RS256',
    jwksUrl: 'https://www.googleapis.com/oauth2/v3/certs',
    issuers: ['https://accounts.google.com', 'accounts.google.com'],
    audience: '{audience}',
    claims: [
      { names: ['email'], equals: '{serviceAccount}' },
      { names: ['email_verified'], equals: true },
    ],
    leewaySeconds: 60,
  },
  fields: [
    valueField(
      'audience',
      'Audience',
      'As set in the subscription; if left empty there, it is the URL of this webhook.',
    ),
    valueField(
      'serviceAccount',
      'Service account',
      'E-mail address of the service account chosen in the subscription.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ body: 'subscription' }, { body: 'message.messageId' }]],
    eventType: [[{ body: 'message.attributes.eventType' }], [{ body: 'message.attributes.type' }]],
    idSigned: false,
  },
  deadlineMs: 10_000,
  retries: 'until acknowledged, for up to 7 days; only 102, 200, 201, 202 and 204 acknowledge',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      message: {
        attributes: { eventType: 'OBJECT_FINALIZE' },
        data: Buffer.from('{"name":"score.pdf"}').toString('base64'),
        messageId: '11122233344401',
        publishTime: '2026-11-22T10:00:00.000Z',
      },
      subscription: 'projects/acme/subscriptions/fermata',
    }),
  },
  guide: [
    'Create a service account for pushing, and enter its e-mail address here.',
    'Create a push subscription with the URL of this webhook and enable authentication with that account.',
    'Set an audience there, and enter the same one here.',
    'Publish a message to try it out.',
  ],
  caution: 'The token proves the sender, not the body.',
  docs: 'https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions',
};
