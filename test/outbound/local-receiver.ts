// Receivers on loopback for the outbound tests: an HTTP(S) server that notes its requests, or a bare socket that misbehaves.
// Everything closes with the test; `guard` is a guard that lets loopback through, as no default does.
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/outbound/client.ts';
import { createGuard, type Guard } from '../../src/outbound/guard.ts';
import type { HttpRequest } from '../../src/outbound/request.ts';
import type { HttpFault, HttpResponse, HttpResult } from '../../src/outbound/result.ts';

export const loopbackGuard: Guard = createGuard({ allow: ['127.0.0.0/8', '::1/128'], deny: [] });

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
};

export type Receiver = { readonly url: string; readonly requests: Received[]; readonly connections: () => number };

export type TlsFiles = {
  readonly name: 'server' | 'expired' | 'self-signed' | 'other-name';
  readonly clientCa?: string;
};

type Answer = (request: Received, ...rest: Parameters<RequestListener>) => void;

/** Answers 200 with nothing where `answer` is not given. */
export async function receive(t: TestContext, answer: Answer = ok, tls?: TlsFiles): Promise<Receiver> {
  const requests: Received[] = [];
  const listener: RequestListener = (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = incoming;
      const received = { method, path: url, headers, rawHeaders, body: Buffer.concat(chunks) };
      requests.push(received);
      answer(received, incoming, outgoing);
    });
  };
  const server: Server = tls
    ? createHttpsServer(
        {
          cert: fixture(`${tls.name}.cert.pem`),
          key: fixture(`${tls.name}.key.pem`),
          ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
        },
        listener,
      )
    : createHttpServer(listener);
  server.on('clientError', (_error, socket) => socket.destroy());
  const opened = await listen(t, server);
  t.after(() => server.closeAllConnections());
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${opened.port}`, requests, connections: opened.connections };
}

/** A server below HTTP: what it does with a connection is up to `onSocket`. */
export async function receiveRaw(t: TestContext, onSocket: (socket: Socket) => void): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  const opened = await listen(t, server);
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${opened.port}`, requests: [], connections: opened.connections };
}

/** A port where nobody listens: it was ours a moment ago. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function openClient(t: TestContext, options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ guard: loopbackGuard, clock: systemClock, ...options });
  t.after(() => client.close());
  return client;
}

/** Waits, by turns of the event loop, for something that happens without our doing. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A POST with a generous time limit; tests that want less say so. */
export function post(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: {},
    body: '{}',
    timeoutMs: 20_000,
    maxResponseBytes: 20_000,
    tls: { validate: true },
    ...changes,
  };
}

export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

export function asResponse(result: HttpResult): HttpResponse {
  if (result.type !== 'response') throw new Error(`expected an answer, got ${JSON.stringify(result)}`);
  return result;
}

export function asFault(result: HttpResult): HttpFault {
  if (result.type !== 'fault') throw new Error(`expected a fault, got ${result.type}`);
  return result;
}

export function text(body: Uint8Array): string {
  return Buffer.from(body).toString();
}

const ok: Answer = (_request, _incoming, outgoing) => {
  outgoing.end();
};

async function listen(t: TestContext, server: NetServer): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}
