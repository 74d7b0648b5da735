// What the examples share: one call of the API, and the address of the server from the command line.
// The key of the installation is read from FERMATA_API_KEY, as the server does.

const key = process.env.FERMATA_API_KEY;

export async function api<T>(server: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(server + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(key !== undefined && { 'X-Authorization': key }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export const serverOf = (args: readonly string[]): string => (args[2] ?? 'http://localhost:8080').replace(/\/+$/, '');

export function check(held: boolean): void {
  if (!held) process.exitCode = 1;
}
