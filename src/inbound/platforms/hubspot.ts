// HubSpot app webhooks, signature version 3.
// Source: HubSpot developer docs, "Validating requests from HubSpot".

import { type Platform, secretField } from './platform.ts';

export const hubspot: Platform = {
  id: 'hubspot',
  name: 'HubSpot',
  aliases: ['hubspotv3'],
  scheme: {
    type: 'hmac',
    headers: ['X-HubSpot-Signature-v3'],
    layout: 'plain',
    prefixes: [''],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'text',
    template: '{method}{url}{body}{timestamp}',
    // The twelve escapes that HubSpot names; all others stay as they are.
    urlDecodes: ['%3A', '%2F', '%3F', '%40', '%21', '%24', '%27', '%28', '%29', '%2A', '%2C', '%3B'],
    timestamp: { from: 'header', name: 'X-HubSpot-Request-Timestamp', format: 'milliseconds', toleranceSeconds: 300 },
  },
  fields: [secretField('clientSecret', 'Client secret', 'In the developer account: your app, Auth, Client secret.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    // eventId alone is not promised to be unique.
    dedupe: [[{ body: 'portalId' }, { body: 'subscriptionId' }, { body: 'eventId' }, { body: 'occurredAt' }]],
    eventType: [[{ body: 'subscriptionType' }]],
    idSigned: true,
  },
  batch: '',
  deadlineMs: 5_000,
  retries: 'up to 10 times within 24 h',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'HubSpot Webhooks' },
    body: JSON.stringify([
      {
        eventId: 100,
        subscriptionId: 51,
        portalId: 62515,
        appId: 54321,
        occurredAt: 1764201600000,
        subscriptionType: 'contact.propertyChange',
        attemptNumber: 0,
        objectId: 1246965,
        propertyName: 'lifecyclestage',
        propertyValue: 'customer',
        changeSource: 'CRM',
      },
      {
        eventId: 101,
        subscriptionId: 52,
        portalId: 62515,
        appId: 54321,
        occurredAt: 1764201600001,
        subscriptionType: 'contact.creation',
        attemptNumber: 0,
        objectId: 1246966,
      },
    ]),
  },
  guide: [
    'In your HubSpot developer account, open the app, Auth, and copy the client secret into this webhook.',
    'Under Webhooks, set the target URL to the URL of this webhook, exactly as this server shows it.',
    'Create subscriptions and activate them.',
    'One request carries up to 100 events; each becomes an event of its own here.',
  ],
  docs: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
};
