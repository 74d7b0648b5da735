// `fermata test-webhook <flow> <file.json>`: lets a running server send a test of an outgoing webhook, saved or not,
// and prints the request, the texts that were signed, and what came back.

import { parseArgs } from 'node:util';
import { callServer, DEFAULT_SERVER, readText } from './call-server.ts';

const USAGE =
  'fermata test-webhook <flow> <file.json> [--server http://localhost:8080] [--key <key of the installation>]';

/** Answers the exit code: 0 when the receiver took the request, 1 when it did not, 2 when it was asked for wrongly. */
export async function testWebhook(
  args: readonly string[],
  call: typeof fetch,
  say: (line: string) => void,
): Promise<number> {
  const read = readArguments(args);
  if (!read) {
    say(`usage: ${USAGE}`);
    return 2;
  }
  const { flow, file, server, key } = read;
  const body = readText(file);
  if (body === undefined) {
    say(`${file} cannot be read`);
    return 2;
  }
  const path = `/api/flows/${encodeURIComponent(flow)}/webhooks/test`;
  const report = await callServer({ server, key, path, body }, call, say);
  if (!report) return 1;
  say(JSON.stringify(report, null, 2));
  return report.result === 'ok' ? 0 : 1;
}

interface Arguments {
  readonly flow: string;
  readonly file: string;
  readonly server: string;
  readonly key: string | undefined;
}

function readArguments(args: readonly string[]): Arguments | undefined {
  try {
    const options = { server: { type: 'string', default: DEFAULT_SERVER }, key: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [flow, file, ...more] = positionals;
    if (flow === undefined || file === undefined || more.length > 0) return undefined;
    return { flow, file, server: values.server, key: values.key };
  } catch {
    return undefined;
  }
}
