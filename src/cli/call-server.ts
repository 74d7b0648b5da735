// How commands speak to a running server: a body goes out, an answer comes back or the reason why not is said.

import { readFileSync } from 'node:fs';

export const DEFAULT_SERVER = 'http://localhost:8080';

export interface ServerCall {
  readonly server: string;
  readonly key: string | undefined;
  /** From the slash on. */
  readonly path: string;
  /** JSON text. */
  readonly body: string;
}

/** The answer as an object; undefined when there was none or it was a refusal, which has been said then. */
export async function callServer(
  { server, key, path, body }: ServerCall,
  call: typeof fetch,
  say: (line: string) => void,
): Promise<Record<string, unknown> | undefined> {
  const headers = { 'Content-Type': 'application/json', ...(key !== undefined && { 'X-Authorization': key }) };
  let response: Response;
  try {
    response = await call(server.replace(/\/+$/, '') + path, { method: 'POST', headers, body });
  } catch {
    say(`no server answers at ${server}`);
    return undefined;
  }
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  say(`${response.status}: ${String(answer.message ?? 'the server did not say why')}`);
  return undefined;
}

/** Undefined when it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
