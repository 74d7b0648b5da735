// Bitbucket Cloud repository webhooks with a secret: signed like Jira's.
// Source: Atlassian support docs, "Manage webhooks".

import { ATLASSIAN_SCHEME } from './jira.ts';
import { type Platform, secretField } from './platform.ts';

export const bitbucket: Platform = {
  id: 'bitbucket',
  name: 'Bitbucket',
  aliases: ['bitbucketcloud'],
  scheme: ATLASSIAN_SCHEME,
  fields: [
    secretField('secret', 'Secret', 'The text you type (or generate) as "Secret" in the webhook form of Bitbucket.'),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'X-Request-UUID' }]],
    eventType: [[{ header: 'X-Event-Key' }]],
    idSigned: false,
  },
  deadlineMs: 10_000,
  retries: 'twice on timeouts and 5xx',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Event-Key': 'pullrequest:fulfilled',
      'X-Request-UUID': '3c0f9a6e-0000-4000-8000-000000000001',
      'X-Hook-UUID': '9d1e0000-0000-4000-8000-000000000001',
      'X-Attempt-Number': '1',
    },
    body: JSON.stringify({
      repository: { full_name: 'acme/orchestra', uuid: '{0000}' },
      actor: { nickname: 'clara' },
      pullrequest: { id: 17, title: 'Tune the second violins', state: 'MERGED' },
    }),
  },
  guide: [
    'In the repository, open Repository settings, Webhooks, Add webhook.',
    'Paste the URL of this webhook and choose the triggers.',
    'Invent a secret (or let Bitbucket generate one), enter it there and here.',
    'View requests on the webhook page shows what was sent.',
  ],
  docs: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
};
