// Serves the built web app beside a server's API as the server itself does it: nonce, policy, base, and everything else passed on.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../ui/dist', import.meta.url));
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

const isApi = (path: string): boolean => /^\/(api|webhook|openapi\.json|metrics|health|docs)(\/|$)/.test(path);

function serveApp(path: string, response: ServerResponse): void {
  const file = join(DIST, normalize(path));
  if (extname(path) in TYPES && file.startsWith(DIST) && existsSync(file)) {
    response.writeHead(200, { 'Content-Type': TYPES[extname(path)] });
    response.end(readFileSync(file));
    return;
  }
  const nonce = randomBytes(16).toString('base64');
  const depth = path.split('/').length - 2;
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
    .replaceAll('__CSP_NONCE__', nonce)
    .replace('<base href="/" />', `<base href="${'../'.repeat(depth) || './'}" />`);
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'`,
  });
  response.end(html);
}

function pass(incoming: IncomingMessage, response: ServerResponse, server: URL): void {
  const headers = { ...incoming.headers, host: server.host };
  const outgoing = request(
    { host: server.hostname, port: server.port, path: incoming.url, method: incoming.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

export async function startFront(server: string): Promise<Front> {
  const target = new URL(server);
  const front = createServer((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://x');
    if (isApi(pathname)) pass(incoming, response, target);
    else serveApp(pathname, response);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        front.closeAllConnections();
      }),
  };
}
