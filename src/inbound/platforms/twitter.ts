// X (Twitter) Account Activity and other webhooks of its API.
// Source: X developer docs, "Securing webhooks".

import { type Platform, secretField } from './platform.ts';

export const twitter: Platform = {
  id: 'twitter',
  name: 'Twitter (X)',
  aliases: ['x', 'twitterx'],
  scheme: {
    type: 'hmac',
    headers: ['x-twitter-webhooks-signature'],
    layout: 'plain',
    prefixes: ['sha256='],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'text',
    template: '{body}',
  },
  fields: [
    secretField(
      'consumerSecret',
      'Consumer secret',
      'In the developer portal, Keys and tokens of your app: API key secret.',
    ),
  ],
  methods: ['POST'],
  // Asked at registration and again and again: an answer that is missing makes the webhook invalid.
  handshakes: [{ type: 'crc', parameter: 'crc_token', as: 'response_token' }],
  identity: { dedupe: [], eventType: [], idSigned: false },
  deadlineMs: 10_000,
  retries: 'none by itself; missed events can be asked for through its replay API',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      for_user_id: '2244994945',
      tweet_create_events: [
        {
          id_str: '1890000000000000001',
          created_at: 'Sun Nov 22 10:00:00 +0000 2026',
          text: 'Hold that note',
          user: { id_str: '11', screen_name: 'clara' },
        },
      ],
    }),
  },
  guide: [
    'In the X developer portal, copy the consumer secret (API key secret) of your app into this webhook.',
    'Register the URL of this webhook through the webhooks API; it must be https and have no port.',
    'X asks with a crc_token at once and then regularly; this server answers by itself.',
    'Subscribe the accounts whose activity you need.',
  ],
  docs: 'https://docs.x.com/x-api/webhooks/introduction',
};
