// The floor: the smallest program that does the same durable work for one event. node:http, an HMAC check, JSON.parse, and one
// grouped commit with the same inserts and updates: the event (unique by delivery), its wait exchanged for its own entry,
// the task completed, the next task, the execution ended, the effect. No engine, no definitions, no API. One thread.
// Started as a child process: `node bench/floor.ts <databaseUrl> <port> <executions waiting>`.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SECRET } from './api.ts';
import { postgresFloor } from './floor-postgres.ts';
import { sqliteFloor } from './floor-sqlite.ts';

export interface FloorEvent {
  readonly deliveryId: string;
  readonly key: Buffer;
  readonly body: Buffer;
  readonly receivedAt: number;
}

/** What a database does for the floor. `commit` answers when the batch is durable: how many executions it has ended. */
export interface FloorStore {
  seed(waiting: number): Promise<void>;
  commit(batch: readonly FloorEvent[]): Promise<number>;
}

export const keyOf = (order: string): Buffer =>
  createHash('sha256').update(`bench:1:paid:$.order.id:${order}`).digest().subarray(0, 16);
export const orderOf = (i: number): string => `order-${i}`;

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const given = Buffer.from(String(request.headers['x-hub-signature-256'] ?? ''));
  const right = Buffer.from(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  return given.length === right.length && timingSafeEqual(given, right);
}

function serve(store: FloorStore, port: number): void {
  const waiting: { event: FloorEvent; response: ServerResponse }[] = [];
  let busy = false;
  let completed = 0;

  const cycle = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 256);
      completed += await store.commit(batch.map(({ event }) => event));
      for (const { response } of batch) response.writeHead(200, { 'content-length': '0' }).end();
      // Lets the sockets be read, so that the next batch has what came meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
    }
    busy = false;
  };

  const receive = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    if (!isSigned(request, body)) {
      response.writeHead(401).end();
      return;
    }
    const payload = JSON.parse(body.toString()) as { order: { id: string } };
    const deliveryId = String(request.headers['x-github-delivery']);
    waiting.push({ event: { deliveryId, key: keyOf(payload.order.id), body, receivedAt: Date.now() }, response });
    if (!busy) setImmediate(() => busy || cycle());
  };

  createServer((request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify({ completed }));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => receive(request, response, Buffer.concat(chunks)));
  }).listen(port, '127.0.0.1');
}

if (process.argv[1] === import.meta.filename) {
  const [, , url = '', port, waiting] = process.argv;
  const store = url.startsWith('sqlite:') ? sqliteFloor(url.slice('sqlite:'.length)) : await postgresFloor(url);
  await store.seed(Number(waiting));
  serve(store, Number(port));
}
