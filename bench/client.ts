// A client that costs as little as Node can: the generator of a load shares the processors with the server that it measures, and
// each millisecond of it would be counted as the server's. Raw keep-alive connections, one request at a time on each, ASCII only.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Api } from './api.ts';

export interface Answer {
  /** 0: the connection broke. */
  readonly status: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const BROKEN: Answer = { status: 0, body: '' };

/** One connection, opened anew where the server has closed it. Answers are expected to say their length. */
export class Connection {
  /** Told of the answer to the request that was sent last. */
  onAnswer: (answer: Answer) => void = () => {};
  readonly opened: Promise<unknown>;
  private readonly port: number;
  private socket: Socket;
  private received = '';
  private isAsked = false;

  constructor(port: number) {
    this.port = port;
    this.socket = this.open();
    this.opened = once(this.socket, 'connect');
    this.opened.catch(() => {});
  }

  send(request: Buffer | string): void {
    if (!this.socket.writable) this.socket = this.open();
    this.isAsked = true;
    this.socket.write(request);
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.read(chunk));
    // What broke is said by `close`, which follows each error.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (socket === this.socket && this.isAsked) this.answer(BROKEN);
    });
    return socket;
  }

  private answer(answer: Answer): void {
    this.received = '';
    this.isAsked = false;
    this.onAnswer(answer);
  }

  close(): void {
    this.isAsked = false;
    this.socket.destroy();
  }

  private read(chunk: string): void {
    this.received += chunk;
    const end = this.received.indexOf(HEAD_END);
    if (end < 0) return;
    const from = end + HEAD_END.length;
    const length = /content-length: (\d+)/i.exec(this.received.slice(0, end));
    if (this.received.length < from + Number(length?.[1] ?? 0)) return;
    const answer = { status: Number(this.received.slice(9, 12)), body: this.received.slice(from) };
    this.answer(answer);
  }
}

/** The API over as many connections as there are calls at once. */
export function clientOf(port: number): Api & { close(): void } {
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  const take = (): Connection => {
    const connection = idle.pop() ?? new Connection(port);
    all.add(connection);
    return connection;
  };
  return {
    call(method, path, body) {
      const connection = take();
      const text = body === undefined ? '' : JSON.stringify(body);
      const described = text && `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n`;
      return new Promise((resolve, reject) => {
        connection.onAnswer = (answer) => {
          if (answer.status > 0) idle.push(connection);
          if (answer.status >= 200 && answer.status < 300) resolve(read(answer.body));
          else reject(new Error(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 500)}`));
        };
        connection.send(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${described}\r\n${text}`);
      });
    },
    close() {
      for (const connection of all) connection.close();
    },
  };
}

/** Ids come as plain text. */
const read = (body: string): unknown => (/^[[{]/.test(body) ? JSON.parse(body) : body);

/** Calls `begin` so many times a second, on time whatever becomes of it; ends when all of them have. */
export async function paced(total: number, perSecond: number, begin: (i: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  const begun: Promise<void>[] = [];
  for (let i = 0; i < total; i++) {
    const dueMs = startedAt + (i * 1_000) / perSecond - performance.now();
    if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
    begun.push(begin(i));
  }
  await Promise.all(begun);
}
