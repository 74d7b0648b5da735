// The load of the benchmarks, as a process of its own: raw connections, and requests that were signed beforehand. Reads a plan as JSON on standard input, prints what it saw as JSON.

import { createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Connection } from './client.ts';

/** One run. `ratePerSecond` absent: closed loop, each connection sends when its answer is there. */
export interface LoadPlan {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  /** Keys of the events, in the order in which they are sent. */
  readonly keys: readonly string[];
  readonly bodyBytes: number;
  readonly connections: number;
  readonly ratePerSecond?: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Answers other than 200, by status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly perSecond: number;
  /** From the moment a request was due (open loop) or written (closed loop) to its answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A GitHub-like delivery of the wished size for one key. */
export function requestFor(plan: LoadPlan, key: string): Buffer {
  const head = `{"order":{"id":"${key}"},"action":"paid","note":"`;
  const body = `${head}${'x'.repeat(Math.max(0, plan.bodyBytes - head.length - 2))}"}`;
  const signature = createHmac('sha256', plan.secret).update(body).digest('hex');
  return Buffer.from(
    `POST ${plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-GitHub-Delivery: ${key}\r\n` +
      `X-GitHub-Event: order\r\nX-Hub-Signature-256: sha256=${signature}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** A connection, and when what it carries was due. */
interface Line {
  readonly connection: Connection;
  dueAt: number;
}

const now = (): number => performance.now();

/** Sends all requests and waits for all answers. Time counts from the moment when all connections are open. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const requests = plan.keys.map((key) => requestFor(plan, key));
  const latencies: number[] = [];
  const refused: Record<string, number> = {};
  const { promise, resolve } = Promise.withResolvers<LoadResult>();
  const idle: Line[] = [];
  const due: number[] = [];
  let next = 0;
  let startedAt = 0;

  const answered = (status: number, line: Line): void => {
    latencies.push(now() - line.dueAt);
    if (status !== 200) refused[status] = (refused[status] ?? 0) + 1;
    if (latencies.length === requests.length) return finish();
    if (plan.ratePerSecond === undefined) sendNext(line, now());
    else if (due.length > 0) sendNext(line, due.shift() as number);
    else idle.push(line);
  };
  const sendNext = (line: Line, dueAt: number): void => {
    const request = requests[next++];
    line.dueAt = dueAt;
    if (request) line.connection.send(request);
  };
  const lines = Array.from({ length: plan.connections }, (): Line => {
    const line = { connection: new Connection(plan.port), dueAt: 0 };
    line.connection.onAnswer = ({ status }) => answered(status, line);
    return line;
  });
  let ticker: NodeJS.Timeout | undefined;
  const finish = (): void => {
    clearInterval(ticker);
    for (const { connection } of lines) connection.close();
    resolve(summary(latencies, refused, (now() - startedAt) / 1000));
  };

  await Promise.all(lines.map(({ connection }) => connection.opened));
  startedAt = now();
  if (plan.ratePerSecond === undefined) for (const line of lines) sendNext(line, now());
  else {
    idle.push(...lines);
    const intervalMs = 1000 / plan.ratePerSecond;
    let scheduled = 0;
    ticker = setInterval(() => {
      while (scheduled < requests.length && startedAt + scheduled * intervalMs <= now()) {
        const dueAt = startedAt + scheduled++ * intervalMs;
        // In turns: a server closes connections that it hears nothing from for some seconds.
        const line = idle.shift();
        if (line) sendNext(line, dueAt);
        else due.push(dueAt);
      }
    }, 1);
  }
  return promise;
}

function summary(latencies: number[], refused: Record<string, number>, seconds: number): LoadResult {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    sent: sorted.length,
    refused,
    seconds,
    perSecond: sorted.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
  };
}

if (process.argv[1] === import.meta.filename) {
  const plan = JSON.parse(await text(process.stdin)) as LoadPlan;
  process.stdout.write(`${JSON.stringify(await runLoad(plan))}\n`);
}
