// Who receives outgoing webhooks in these tests: `/busy` answers 503, `/gone` 404, all other addresses 200.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  readonly requests: readonly { readonly path: string; readonly body: string; readonly signature: string }[];
  close(): Promise<void>;
}

const ANSWERS: Readonly<Record<string, { status: number; body: string }>> = {
  '/busy': { status: 503, body: '{"error":"The books are closed for an hour"}' },
  '/gone': { status: 404, body: 'no such hook' },
};

export async function startReceiver(): Promise<Receiver> {
  const requests: { path: string; body: string; signature: string }[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const path = incoming.url ?? '';
      const signature = String(incoming.headers['x-webhook-signature'] ?? '');
      requests.push({ path, body: Buffer.concat(chunks).toString('utf8'), signature });
      const { status, body } = ANSWERS[path] ?? { status: 200, body: '{"ok":true}' };
      outgoing
        .writeHead(status, { 'Content-Type': 'application/json', 'X-Request-Id': `r-${requests.length}` })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
