// `fermata send-sample <webhook id>`: asks a running server to send a webhook a sample of its platform, signed.
// Prints what the sender would have heard; with --dry-run the request that would be sent, and what it would do.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const USAGE =
  'fermata send-sample <webhook id> [--dry-run] [--body <file>] [--server http://localhost:8080] [--key <key of the installation>]';

const DEFAULT_SERVER = 'http://localhost:8080';

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
  const body = file === undefined ? undefined : readBody(file);
  if (file !== undefined && body === undefined) {
    say(`${file} cannot be read`);
    return 2;
  }
  const path = `/api/webhooks/${encodeURIComponent(id)}/sample${isDry ? '/dry-run' : ''}`;
  const headers = { 'Content-Type': 'application/json', ...(key !== undefined && { 'X-Authorization': key }) };
  let response: Response;
  try {
    response = await call(server.replace(/\/+$/, '') + path, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ body }),
    });
  } catch {
    say(`no server answers at ${server}`);
    return 1;
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (!response.ok) {
    say(`${response.status}: ${String(answer.message ?? 'the server did not say why')}`);
    return 1;
  }
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

function readBody(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
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
