// Jira Cloud admin webhooks with a secret. The sender names the method in the header (WebSub); we allow the SHA-2 family.
// Source: Atlassian developer docs, "Webhooks".

import type { HmacScheme } from '../verifiers/config.ts';
import { type Platform, secretField } from './platform.ts';

export const ATLASSIAN_SCHEME: HmacScheme = {
  type: 'hmac',
  headers: ['X-Hub-Signature'],
  layout: 'plain',
  prefixes: ['sha256=', 'sha384=', 'sha512='],
  algorithm: 'sha256',
  algorithmByPrefix: { 'sha256=': 'sha256', 'sha384=': 'sha384', 'sha512=': 'sha512' },
  encoding: 'hex',
  key: 'text',
  template: '{body}',
};

export const jira: Platform = {
  id: 'jira',
  name: 'Jira',
  aliases: ['jiracloud', 'atlassian'],
  scheme: ATLASSIAN_SCHEME,
  fields: [secretField('secret', 'Secret', 'The text you type (or generate) as "Secret" in the webhook form of Jira.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'X-Atlassian-Webhook-Identifier' }]],
    eventType: [[{ body: 'webhookEvent' }]],
    idSigned: false,
  },
  deadlineMs: 10_000,
  retries: 'up to 5 times, 5 to 15 minutes apart, on 408, 409, 425, 429 and 5xx',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Atlassian-Webhook-Identifier': '7f4c0f60-0000-4000-8000-000000000001',
    },
    body: JSON.stringify({
      timestamp: 1764201600000,
      webhookEvent: 'jira:issue_updated',
      issue_event_type_name: 'issue_generic',
      issue: { id: '10042', key: 'ORC-42', fields: { summary: 'The trumpets are too loud', status: { name: 'Done' } } },
    }),
  },
  guide: [
    'As a Jira administrator, open Settings, System, WebHooks, Create a WebHook.',
    'Paste the URL of this webhook and choose the events.',
    'Invent a secret (or let Jira generate one), enter it there and here.',
    'Webhooks that apps register by themselves are not signed: use an administrator webhook.',
  ],
  docs: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/',
};
