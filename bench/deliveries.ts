// Outgoing webhooks under load: how many arrive each second, how soon after the end of an execution at half that load, and what
// one dead and one slow receiver of a hundred cost the others. Receivers run in this process and count for the server's share.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, until } from './api.ts';
import { clientOf, paced } from './client.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';
import { median, type Row } from './table.ts';

export interface DeliveryBenchPlan {
  /** Deliveries of the throughput run; at most what one resend takes. */
  readonly deliveries: number;
  readonly latencySeconds: number;
  readonly receivers: number;
  /** Deliveries to each of the many receivers. */
  readonly perReceiver: number;
  /** With the many receivers, healthy and harmed in turns. */
  readonly rounds: number;
}

const AT_ONCE = 64;
const LIMIT_MS = 120_000;
const SLOW_ANSWER_MS = 30_000;
/** Compilers have done their work by then: the first thousands of deliveries cost twice as much. */
const WARM_UPS = 2;

interface Receiver {
  readonly url: string;
  readonly arrivedAt: number[];
  /** From the end of the execution to the request's arrival. */
  readonly lagsMs: number[];
  status: number;
  delayMs: number;
  close(): Promise<void>;
}

async function receive(): Promise<Receiver> {
  const timers = new Set<NodeJS.Timeout>();
  const listener: RequestListener = (request, response) => {
    const at = Date.now();
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      receiver.arrivedAt.push(at);
      receiver.lagsMs.push(at - Number(text));
      response.statusCode = receiver.status;
      if (receiver.delayMs === 0) response.end();
      else timers.add(setTimeout(() => response.end(), receiver.delayMs));
    });
  };
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ...{ arrivedAt: [], lagsMs: [], status: 200, delayMs: 0 },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** Answers where its webhook is. */
async function makeFlow(api: Api, name: string, url: string, retryOnFailure = false): Promise<string> {
  const place = { name: 'a', taskReferenceName: 'a', type: 'SET_VARIABLE', inputParameters: { seen: true } };
  await api.call('PUT', '/api/metadata/workflow', [{ name, version: 1, tasks: [place] }]);
  const body = `\${workflow.endTime}`;
  const made = await api.call('POST', `/api/flows/${name}/webhooks`, {
    ...{
      name: 'tell',
      url,
      body,
      retryOnFailure,
      headers: { 'Content-Type': 'text/plain' },
      secretKey: 'bench-secret',
    },
  });
  return `/api/flows/${name}/webhooks/${(made as { id: string }).id}`;
}

/** Starts executions of these flows, some at a time. */
async function startAll(api: Api, flows: readonly string[]): Promise<void> {
  const left = flows.values();
  const worker = async (): Promise<void> => {
    for (const flow of left) await api.call('POST', `/api/workflow/${flow}`, {});
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function perSecond(times: readonly number[]): number {
  const spanMs = Math.max(1, Math.max(...times) - Math.min(...times));
  return (times.length * 1_000) / spanMs;
}

const share = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

async function fullLoad(api: Api, plan: DeliveryBenchPlan): Promise<Row & { readonly perSecond: number }> {
  const receiver = await receive();
  try {
    await makeFlow(api, 'full', receiver.url);
    receiver.status = 500;
    const from = Date.now();
    await startAll(
      api,
      Array.from({ length: plan.deliveries }, () => 'full'),
    );
    await until(async () => receiver.arrivedAt.length >= plan.deliveries, LIMIT_MS);
    const together = perSecond(receiver.arrivedAt);
    const failed = async () =>
      ((await api.call('GET', '/api/flows/full/deliveries?status=FAILED&size=0')) as { totalHits: number }).totalHits;
    const again = async (status: number): Promise<void> => {
      await until(async () => (await failed()) === plan.deliveries, LIMIT_MS);
      receiver.arrivedAt.length = 0;
      receiver.status = status;
      await api.call('POST', '/api/flows/full/deliveries/resend', { from, to: Date.now() });
      await until(async () => receiver.arrivedAt.length >= plan.deliveries, LIMIT_MS);
    };
    for (let i = 0; i < WARM_UPS; i++) await again(500);
    await again(200);
    const alone = perSecond(receiver.arrivedAt);
    return { measured: 'full load', deliveries: plan.deliveries, perSecond: alone, perSecondWithStarts: together };
  } finally {
    await receiver.close();
  }
}

async function halfLoad(api: Api, plan: DeliveryBenchPlan, ratePerSecond: number): Promise<Row> {
  const receiver = await receive();
  try {
    await makeFlow(api, 'half', receiver.url);
    const total = Math.floor(ratePerSecond * plan.latencySeconds);
    await paced(total, ratePerSecond, async () => {
      await api.call('POST', '/api/workflow/half', {});
    });
    await until(async () => receiver.lagsMs.length >= total, LIMIT_MS);
    const sorted = receiver.lagsMs.toSorted((a, b) => a - b);
    return {
      ...{ measured: 'half load', deliveries: sorted.length, perSecond: ratePerSecond },
      ...{ p50Ms: share(sorted, 0.5), p99Ms: share(sorted, 0.99), maxMs: sorted.at(-1) ?? 0 },
    };
  } finally {
    await receiver.close();
  }
}

/** What all receivers but the first two were sent. */
interface Many {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function many(
  api: Api,
  plan: DeliveryBenchPlan,
  name: string,
  harm: (receivers: readonly Receiver[]) => Promise<void>,
): Promise<Many> {
  const receivers = await Promise.all(Array.from({ length: plan.receivers }, receive));
  const webhooks: string[] = [];
  try {
    for (const [i, { url }] of receivers.entries()) webhooks.push(await makeFlow(api, `${name}_${i}`, url, true));
    await harm(receivers);
    const order = Array.from({ length: plan.receivers * plan.perReceiver }, (_, i) => `${name}_${i % plan.receivers}`);
    await startAll(api, order);
    const others = receivers.slice(2);
    await until(async () => others.every(({ arrivedAt }) => arrivedAt.length >= plan.perReceiver), LIMIT_MS);
    const times = others.flatMap(({ arrivedAt }) => arrivedAt);
    const lags = others.flatMap(({ lagsMs }) => lagsMs).toSorted((a, b) => a - b);
    return { perSecond: perSecond(times), p50Ms: share(lags, 0.5), p99Ms: share(lags, 0.99) };
  } finally {
    // What is still to be sent to the two that were harmed does not go into the next round.
    for (const webhook of webhooks) await api.call('DELETE', webhook);
    await Promise.all(receivers.map((receiver) => receiver.close()));
  }
}

async function harm([dead, slow]: readonly Receiver[]): Promise<void> {
  await dead?.close();
  if (slow) slow.delayMs = SLOW_ANSWER_MS;
}

/** In turns, after a round of warm-up; what the harmed ones lose is the median of what they lose in each round. */
async function harmless(api: Api, plan: DeliveryBenchPlan, say: (line: string) => void): Promise<Row[]> {
  await many(api, plan, 'warm', async () => {});
  const pairs: { readonly healthy: Many; readonly harmed: Many }[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    const healthy = await many(api, plan, `healthy_${round}`, async () => {});
    const harmed = await many(api, plan, `harmed_${round}`, harm);
    pairs.push({ healthy, harmed });
    say(`deliveries: round ${round}: ${healthy.perSecond.toFixed(0)} and ${harmed.perSecond.toFixed(0)} a second`);
  }
  const lost = pairs.map(({ healthy, harmed }) => 100 * (1 - harmed.perSecond / healthy.perSecond));
  const row = (which: 'healthy' | 'harmed'): Row => {
    const middle = (figure: (of: Many) => number): number => median(pairs.map((pair) => figure(pair[which])));
    return {
      ...{ measured: `${plan.receivers} receivers, ${which}`, deliveries: (plan.receivers - 2) * plan.perReceiver },
      ...{ perSecond: middle((of) => of.perSecond), p50Ms: middle((of) => of.p50Ms), p99Ms: middle((of) => of.p99Ms) },
    };
  };
  const each = lost.map((percent) => percent.toFixed(1)).join(', ');
  return [row('healthy'), { ...row('harmed'), lostPercent: median(lost), 'each round': each }];
}

export async function benchDeliveries(plan: DeliveryBenchPlan, say: (line: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-bench-'));
  let server: ServerProcess | undefined;
  const port = await freePort();
  const api = clientOf(port);
  try {
    const databaseUrl = `sqlite:${join(folder, 'bench.db')}`;
    server = await startServer({ databaseUrl, port, env: { ALLOWED_NETWORKS: '127.0.0.0/8' } });
    say(`deliveries: ${plan.deliveries} at full load`);
    const full = await fullLoad(api, plan);
    const halfRate = Math.max(1, Math.floor(Number(full.perSecondWithStarts) / 2));
    say(`deliveries: ${halfRate} a second for ${plan.latencySeconds} s`);
    const half = await halfLoad(api, plan, halfRate);
    say(`deliveries: ${plan.receivers} receivers`);
    return [full, half, ...(await harmless(api, plan, say))];
  } finally {
    api.close();
    await server?.kill();
    rmSync(folder, { recursive: true });
  }
}
