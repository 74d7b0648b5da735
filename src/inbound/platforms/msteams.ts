// Microsoft Teams outgoing webhooks: somebody mentions the webhook in a channel, and the answer is the reply.
// Source: Microsoft Teams docs, "Create outgoing webhooks".

import { type Platform, secretField } from './platform.ts';

export const msteams: Platform = {
  id: 'msteams',
  name: 'Microsoft Teams',
  aliases: ['teams', 'microsoftteams'],
  scheme: {
    type: 'hmac',
    headers: ['Authorization'],
    layout: 'plain',
    prefixes: ['HMAC '],
    algorithm: 'sha256',
    encoding: 'base64',
    key: 'base64',
    template: '{body}',
  },
  fields: [
    secretField(
      'securityToken',
      'Security token',
      'Teams shows it once, in the dialog after you created the outgoing webhook.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ body: 'conversation.id' }, { body: 'id' }]],
    eventType: [[{ body: 'type' }]],
    idSigned: true,
  },
  deadlineMs: 5_000,
  retries: 'never; the user sees an error',
  // The answer is shown as the reply, and an empty one is shown as an error.
  acknowledge: {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: '{"type":"message","text":"Received."}',
  },
  sample: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      type: 'message',
      id: '1764201600000',
      timestamp: '2026-11-22T10:00:00.000Z',
      channelId: 'msteams',
      from: { id: '29:sample-user', name: 'Clara' },
      conversation: { id: '19:sample@thread.tacv2;messageid=1764201600000' },
      text: '<at>Fermata</at> approve order A1',
      textFormat: 'plain',
    }),
  },
  guide: [
    'In Teams, open Manage team, Apps, Create an outgoing webhook.',
    'Give it the name people will mention, and paste the URL of this webhook as callback URL.',
    'Copy the security token from the next dialog: it is shown once. Enter it here.',
    'To reply with words of your own, set the answer of this webhook to the answer of the workflow.',
  ],
  docs: 'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook',
};
