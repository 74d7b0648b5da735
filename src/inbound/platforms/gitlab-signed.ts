// GitLab webhooks with a signing token: Standard Webhooks v1. A secret token beside it does not count.
// Source: GitLab docs, "Webhooks", section on signing tokens.

import { type Platform, secretField } from './platform.ts';

export const gitlabSigned: Platform = {
  id: 'gitlab-signed',
  name: 'GitLab (signing token)',
  aliases: ['gitlabsigningtoken'],
  scheme: { type: 'standard-webhooks', families: ['webhook-'], toleranceSeconds: 300 },
  fields: [secretField('signingToken', 'Signing token', 'Begins with whsec_; set it in the webhook form of GitLab.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'webhook-id' }]],
    eventType: [[{ header: 'X-Gitlab-Event' }]],
    idSigned: true,
  },
  deadlineMs: 10_000,
  retries: 'with the same webhook-id; repeated failures switch the hook off, first for a while, then for good',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Gitlab-Event': 'Push Hook',
      'X-Gitlab-Instance': 'https://gitlab.example.com',
    },
    body: JSON.stringify({
      object_kind: 'push',
      ref: 'refs/heads/main',
      user_username: 'clara',
      project: { id: 42, path_with_namespace: 'acme/orchestra' },
      total_commits_count: 2,
    }),
  },
  guide: [
    'In the project or group, open Settings, Webhooks, Add new webhook, and paste the URL of this webhook.',
    'Generate a signing token (whsec_…) there and enter it here.',
    'Choose the triggers and save, then use Test.',
    'A secret token may stay set as well; only the signature is checked here.',
  ],
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
};
