// GitHub repository, organisation and app webhooks.
// Source: GitHub docs, "Validating webhook deliveries" and "Webhook events and payloads".

import { type Platform, secretField } from './platform.ts';

export const github: Platform = {
  id: 'github',
  name: 'GitHub',
  aliases: [],
  scheme: {
    type: 'hmac',
    headers: ['X-Hub-Signature-256'],
    layout: 'plain',
    prefixes: ['sha256='],
    algorithm: 'sha256',
    encoding: 'hex',
    key: 'text',
    template: '{body}',
  },
  fields: [secretField('secret', 'Secret', 'The text you type under "Secret" when you add the webhook at GitHub.')],
  methods: ['POST'],
  handshakes: [],
  identity: {
    // A manual redelivery keeps the id, so it counts as a duplicate.
    dedupe: [[{ header: 'X-GitHub-Delivery' }]],
    eventType: [[{ header: 'X-GitHub-Event' }, { body: 'action' }], [{ header: 'X-GitHub-Event' }]],
    idSigned: false,
  },
  deadlineMs: 10_000,
  retries: 'never by itself; by hand or through its API within 3 days',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'GitHub-Hookshot/0a1b2c3',
      'X-GitHub-Delivery': '5f0c1d9e-7a43-4c0e-9d55-2f1c7b8e6a01',
      'X-GitHub-Event': 'pull_request',
      'X-GitHub-Hook-ID': '302114',
    },
    body: JSON.stringify({
      action: 'closed',
      number: 17,
      pull_request: { id: 9001, number: 17, merged: true, title: 'Tune the second violins', head: { ref: 'strings' } },
      repository: { id: 42, full_name: 'acme/orchestra' },
      sender: { login: 'clara', id: 7 },
    }),
  },
  guide: [
    'In the repository or organisation, open Settings, Webhooks, Add webhook.',
    'Paste the URL of this webhook as Payload URL and choose application/json.',
    'Invent a long secret, enter it there and here.',
    'Choose the events you need and save: GitHub sends a ping at once.',
  ],
  docs: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
};
