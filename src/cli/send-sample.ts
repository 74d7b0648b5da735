// `fermata send-sample <webhook id>`: asks a running server to send a webhook a sample of its platform, signed.
// Prints what the sender would have heard; with --dry-run the request that would be sent, and what it would do.

import { parseArgs } from 'node:util';
import { callServer, DEFAULT_SERVER, readText } from './call-server.ts';

const USAGE =
  'fermata send-sample <webhook id> [--dry-run] [--body <file>] [--server http://localhost:8080] [--key <key of the installation>]';

/** Answers the exit code: 0 when the webhook took the sample, or would; 1 when not, 2 when it was asked for wrongly. */
export async function sendSample(
  args: readonly string[],
  call: typeof fetch,
  say: (line: string) => void,
): Promise<number> {
  const read = readArguments(args);
  if (!read) {
    say(`usage: ${USAGE}`);
    return 2;
  }
  const { id, server, key, file, isDry } = read;
  const body = file === undefined ? undefined : readText(file);
  if (file !== undefined && body === undefined) {
    say(`${file} cannot be read`);
    return 2;
  }
  const path = `/api/webhooks/${encodeURIComponent(id)}/sample${isDry ? '/dry-run' : ''}`;
  const answer = await callServer({ server, key, path, body: JSON.stringify({ body }) }, call, say);
  if (!answer) return 1;
  return isDry ? tellDryRun(answer, say) : tellSent(answer, say);
}

function tellSent({ status, outcome, reason, body }: Record<string, unknown>, say: (line: string) => void): number {
  const why = reason === undefined ? '' : `: ${String(reason)}`;
  say(`the sender would hear ${String(status)} (${String(outcome)})${why}`);
  if (typeof body === 'string' && body !== '') say(body);
  return Number(status) < 400 ? 0 : 1;
}

function tellDryRun(answer: Record<string, unknown>, say: (line: string) => void): number {
  say(JSON.stringify(answer, null, 2));
  return answer.verdict === 'refused' ? 1 : 0;
}

interface Arguments {
  readonly id: string;
  readonly server: string;
  readonly key: string | undefined;
  readonly file: string | undefined;
  readonly isDry: boolean;
}

function readArguments(args: readonly string[]): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        server: { type: 'string', default: DEFAULT_SERVER },
        key: { type: 'string' },
        body: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) return undefined;
    return { id, server: values.server, key: values.key, file: values.body, isDry: values['dry-run'] };
  } catch {
    return undefined;
  }
}
