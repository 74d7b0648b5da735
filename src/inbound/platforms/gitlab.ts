// GitLab webhooks with a secret token, which GitLab sends in clear.
// Source: GitLab docs, "Webhooks", section "Validate payloads by using a secret token".

import { type Platform, secretField } from './platform.ts';

export const gitlab: Platform = {
  id: 'gitlab',
  name: 'GitLab (secret token)',
  aliases: ['gitlabtoken'],
  scheme: { type: 'api-key', places: [{ in: 'header', name: 'X-Gitlab-Token' }] },
  fields: [secretField('token', 'Secret token', 'The text you type as "Secret token" in the webhook form of GitLab.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    // X-Gitlab-Event-UUID is shared by hooks that cause each other, so it is no key.
    dedupe: [[{ header: 'Idempotency-Key' }]],
    eventType: [[{ header: 'X-Gitlab-Event' }]],
    idSigned: false,
  },
  deadlineMs: 10_000,
  retries: 'with the same Idempotency-Key; repeated failures switch the hook off, first for a while, then for good',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Gitlab-Event': 'Merge Request Hook',
      'X-Gitlab-Instance': 'https://gitlab.example.com',
      'Idempotency-Key': 'f5e57ca0-0000-4000-8000-000000000001',
    },
    body: JSON.stringify({
      object_kind: 'merge_request',
      user: { username: 'clara' },
      project: { id: 42, path_with_namespace: 'acme/orchestra' },
      object_attributes: { id: 99, iid: 1, state: 'merged', action: 'merge', title: 'Tune the second violins' },
    }),
  },
  guide: [
    'In the project or group, open Settings, Webhooks, Add new webhook.',
    'Paste the URL of this webhook; invent a secret token, enter it there and here.',
    'Choose the triggers and save, then use Test.',
    'If your GitLab offers a signing token, prefer it: choose "GitLab (signing token)" here.',
  ],
  caution: 'The token proves the sender, not the body: GitLab sends it in clear with every request.',
  docs: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
};
