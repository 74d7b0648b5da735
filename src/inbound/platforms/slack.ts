// Slack events, slash commands and interactivity, all signed the same way.
// Source: Slack docs, "Verifying requests from Slack" and "url_verification".

import { type Platform, secretField } from './platform.ts';

export const slack: Platform = {
  id: 'slack',
  name: 'Slack',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-Slack-Signature'],
    layout: 'plain',
    prefixes: ['v0='],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: 'v0:{timestamp}:{body}',
    timestamp: { from: 'header', name: 'X-Slack-Request-Timestamp', format: 'seconds', toleranceSeconds: 300 },
  },
  fields: [
    secretField(
      'signingSecret',
      'Signing secret',
      'In your Slack app: Basic Information, App Credentials, Signing Secret.',
    ),
  ],
  methods: ['POST'],
  handshakes: [
    { type: 'ssl-check' },
    // The question is signed like an event, so it is verified before the answer.
    { type: 'echo-body', when: { path: 'type', equals: 'url_verification' }, field: 'challenge' },
  ],
  identity: {
    dedupe: [[{ body: 'event_id' }], [{ body: 'trigger_id' }]],
    eventType: [[{ body: 'event.type' }], [{ body: 'command' }], [{ body: 'type' }]],
    idSigned: true,
  },
  deadlineMs: 3_000,
  retries: '3 times: at once, after 1 minute, after 5 minutes',
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)' },
    body: JSON.stringify({
      type: 'event_callback',
      team_id: 'T0ACME',
      api_app_id: 'A0FERMATA',
      event_id: 'Ev0SAMPLE01',
      event_time: 1764201600,
      event: {
        type: 'message',
        channel: 'C0REHEARSAL',
        user: 'U0CLARA',
        text: 'The hall is free at eight',
        ts: '1764201600.000100',
      },
    }),
  },
  guide: [
    'At api.slack.com/apps, open your app and copy the signing secret into this webhook.',
    'Save this webhook, then open Event Subscriptions there and switch it on.',
    'Paste the URL of this webhook as Request URL; Slack shows "Verified" when the answer is right.',
    'Subscribe to the events you need and reinstall the app. Slash commands and interactivity take the same URL.',
  ],
  docs: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
};
