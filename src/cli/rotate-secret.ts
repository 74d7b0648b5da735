// `fermata rotate-secret <flow> <webhook id>`: lets a running server sign an outgoing webhook with a new secret, and still with
// the one so far. The new one is printed, this once; one of your own is read from a file, since arguments are seen by others.

import { parseArgs } from 'node:util';
import { callServer, DEFAULT_SERVER, readText } from './call-server.ts';

const USAGE =
  'fermata rotate-secret <flow> <webhook id> [--secret-file FILE] [--server http://localhost:8080] [--key <key of the installation>]';

/** Answers the exit code: 0 when the secret was changed, 1 when it was not, 2 when it was asked for wrongly. */
export async function rotateSecret(
  args: readonly string[],
  call: typeof fetch,
  say: (line: string) => void,
): Promise<number> {
  const read = readArguments(args);
  if (!read) {
    say(`usage: ${USAGE}`);
    return 2;
  }
  const { flow, webhook, file, server, key } = read;
  const secretKey = file === undefined ? undefined : readText(file)?.trim();
  if (file !== undefined && secretKey === undefined) {
    say(`${file} cannot be read`);
    return 2;
  }
  const path = `/api/flows/${encodeURIComponent(flow)}/webhooks/${encodeURIComponent(webhook)}/rotate`;
  const rotated = await callServer({ server, key, path, body: JSON.stringify({ secretKey }) }, call, say);
  if (!rotated) return 1;
  say(JSON.stringify(rotated, null, 2));
  return 0;
}

interface Arguments {
  readonly flow: string;
  readonly webhook: string;
  readonly file: string | undefined;
  readonly server: string;
  readonly key: string | undefined;
}

function readArguments(args: readonly string[]): Arguments | undefined {
  try {
    const options = {
      server: { type: 'string', default: DEFAULT_SERVER },
      key: { type: 'string' },
      'secret-file': { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [flow, webhook, ...more] = positionals;
    if (flow === undefined || webhook === undefined || more.length > 0) return undefined;
    return { flow, webhook, file: values['secret-file'], server: values.server, key: values.key };
  } catch {
    return undefined;
  }
}
