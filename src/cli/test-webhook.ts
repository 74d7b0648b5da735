// `fermata test-webhook <flow> <file.json>`: lets a running server send a test of an outgoing webhook, saved or not,
// and prints the request, the texts that were signed, and what came back.

import type { ServerCommand } from './server-command.ts';

export const testWebhook: ServerCommand = {
  usage: 'fermata test-webhook <flow> <file.json>',
  words: 2,
  file: ({ words }) => words[1],
  request({ words: [flow = ''] }, body = '') {
    return { path: `/api/flows/${encodeURIComponent(flow)}/webhooks/test`, body };
  },
  /** 0 when the receiver took the request. */
  tell(report, _typed, say) {
    say(JSON.stringify(report, null, 2));
    return report.result === 'ok' ? 0 : 1;
  },
};
