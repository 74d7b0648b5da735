// `fermata rotate-secret <flow> <webhook id>`: lets a running server sign an outgoing webhook with a new secret, and still with
// the one so far. The new one is printed, this once; one of your own is read from a file, since arguments are seen by others.

import type { ServerCommand } from './server-command.ts';

export const rotateSecret: ServerCommand = {
  usage: 'fermata rotate-secret <flow> <webhook id> [--secret-file FILE]',
  words: 2,
  options: { 'secret-file': { type: 'string' } },
  file: ({ values }) => values['secret-file'] as string | undefined,
  request({ words: [flow = '', webhook = ''] }, text) {
    const path = `/api/flows/${encodeURIComponent(flow)}/webhooks/${encodeURIComponent(webhook)}/rotate`;
    return { path, body: JSON.stringify({ secretKey: text?.trim() }) };
  },
  tell(answer, _typed, say) {
    say(JSON.stringify(answer, null, 2));
    return 0;
  },
};
