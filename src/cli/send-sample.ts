// `fermata send-sample <webhook id>`: asks a running server to send a webhook a sample of its platform, signed.
// Prints what the sender would have heard.

const USAGE = 'fermata send-sample <webhook id> [--server http://localhost:8080] [--key <key of the installation>]';

const DEFAULT_SERVER = 'http://localhost:8080';

/** Answers the exit code: 0 when the webhook took the sample. */
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
  const { id, server, key } = read;
  const url = `${server.replace(/\/+$/, '')}/api/webhooks/${encodeURIComponent(id)}/sample`;
  let response: Response;
  try {
    response = await call(url, { method: 'POST', headers: key === undefined ? {} : { 'X-Authorization': key } });
  } catch {
    say(`no server answers at ${server}`);
    return 1;
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (!response.ok) {
    say(`${response.status}: ${String(answer.message ?? 'the server did not say why')}`);
    return 1;
  }
  const { status, outcome, reason, body } = answer;
  say(
    `the sender would hear ${String(status)} (${String(outcome)})${reason === undefined ? '' : `: ${String(reason)}`}`,
  );
  if (typeof body === 'string' && body !== '') say(body);
  return Number(status) < 400 ? 0 : 1;
}

function readArguments(args: readonly string[]): { id: string; server: string; key?: string } | undefined {
  const ids: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] as string;
    if (arg === '--server' || arg === '--key') {
      i += 1;
      const value = args[i];
      if (value === undefined) return undefined;
      options.set(arg, value);
    } else if (arg.startsWith('-')) return undefined;
    else ids.push(arg);
  }
  const [id] = ids;
  if (id === undefined || ids.length > 1) return undefined;
  const key = options.get('--key');
  return { id, server: options.get('--server') ?? DEFAULT_SERVER, ...(key !== undefined && { key }) };
}
