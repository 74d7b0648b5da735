// Discord interactions and webhook events. Discord itself sends wrong signatures now and then and wants 401 for them.
// Source: Discord developer docs, "Receiving and Responding" and "Webhook Events".

import { type Platform, secretField } from './platform.ts';

export const discord: Platform = {
  id: 'discord',
  name: 'Discord',
  aliases: [],
  scheme: {
    type: 'public-key',
    algorithm: 'ed25519',
    header: 'X-Signature-Ed25519',
    encoding: 'hex',
    key: 'hex',
    template: '{timestamp}{body}',
    // Nothing stands between time and body, so the time must have its ten digits. No age rule is documented.
    timestamp: { from: 'header', name: 'X-Signature-Timestamp', format: 'seconds', digits: 10 },
  },
  fields: [
    {
      ...secretField(
        'publicKey',
        'Public key',
        'In the developer portal: General Information of your application, Public Key.',
      ),
      secret: false,
    },
  ],
  methods: ['POST'],
  handshakes: [{ type: 'discord-ping' }],
  identity: {
    // Webhook events have no id of their own, and two of one kind may happen in one moment: what they are about tells them
    // apart, or else their content.
    dedupe: [
      [{ body: 'id' }],
      [{ body: 'event.timestamp' }, { body: 'event.type' }, { body: 'event.data.id' }],
      [{ body: 'event.timestamp' }, { body: 'event.type' }, { body: 'event.data.user.id' }],
    ],
    eventType: [[{ body: 'event.type' }], [{ body: 'data.name' }], [{ body: 'type' }]],
    idSigned: true,
  },
  deadlineMs: 3_000,
  retries: 'events: with growing pauses for 10 minutes; interactions: never',
  acknowledge: { status: 204, headers: {}, body: '' },
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'Discord-Webhook/1.0 (+https://discord.com)' },
    body: JSON.stringify({
      version: 1,
      application_id: '1234560123453231555',
      type: 1,
      event: {
        type: 'APPLICATION_AUTHORIZED',
        timestamp: '2026-11-22T10:00:00.000000',
        data: { integration_type: 1, scopes: ['identify'], user: { id: '80351110224678912', username: 'clara' } },
      },
    }),
  },
  guide: [
    'In the Discord developer portal, open your application and copy its public key into this webhook.',
    'Save this webhook, then paste its URL as Interactions Endpoint URL, or under Webhooks as Endpoint URL.',
    'Discord tests it at once, with good and with wrong signatures, and saves the URL only if both are answered rightly.',
    'Interactions need a reply within 3 s: set the answer of this webhook to the answer of the workflow.',
  ],
  docs: 'https://discord.com/developers/docs/interactions/receiving-and-responding',
};
