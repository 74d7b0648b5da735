// `fermata send-sample <webhook id>`: asks a running server to send a webhook a sample of its platform, signed.
// Prints what the sender would have heard; with --dry-run the request that would be sent, and what it would do.

import type { ServerCommand } from './server-command.ts';

export const sendSample: ServerCommand = {
  usage: 'fermata send-sample <webhook id> [--dry-run] [--body FILE]',
  words: 1,
  options: { body: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
  file: ({ values }) => values.body as string | undefined,
  request({ words: [id = ''], values }, body) {
    const path = `/api/webhooks/${encodeURIComponent(id)}/sample${values['dry-run'] ? '/dry-run' : ''}`;
    return { path, body: JSON.stringify({ body }) };
  },
  /** 0 when the webhook took the sample, or would. */
  tell(answer, { values }, say) {
    if (values['dry-run']) {
      say(JSON.stringify(answer, null, 2));
      return answer.verdict === 'refused' ? 1 : 0;
    }
    const { status, outcome, reason, body } = answer;
    const why = reason === undefined ? '' : `: ${String(reason)}`;
    say(`the sender would hear ${String(status)} (${String(outcome)})${why}`);
    if (typeof body === 'string' && body !== '') say(body);
    return Number(status) < 400 ? 0 : 1;
  },
};
