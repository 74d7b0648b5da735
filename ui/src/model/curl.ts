// Requests as cURL commands for a POSIX shell.

/** Single quotes keep everything but themselves. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A command that sends exactly these bytes: `--data-raw` takes a leading @ as text. */
export function curlCommand({ method, url, headers = {}, body }: CurlRequest): string {
  const lines = [`curl -X ${method} ${quote(url)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`  -H ${quote(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`  --data-raw ${quote(body)}`);
  return lines.join(' \\\n');
}
