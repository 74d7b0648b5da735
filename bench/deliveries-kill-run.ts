// The promise under test: every execution that ended was told at least once, under one id, and none that did not end, however
// often the server dies. Executions start at a steady rate while it is killed with SIGKILL and started again.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, apiOf, until } from './api.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

export interface DeliveryKillPlan {
  readonly databaseUrl: string;
  readonly perSecond: number;
  readonly executions: number;
  readonly kills: number;
}

export interface DeliveryKillReport {
  /** Executions that ended; each is to be told of. */
  readonly ended: number;
  /** Executions that still wait; none is to be told of. */
  readonly waiting: number;
  readonly kills: number;
  /** Starts that got no answer and were made again. */
  readonly restarted: number;
  readonly told: number;
  /** Ended executions that were told under more than one id. */
  readonly severalIds: number;
  /** Requests beyond the first of each: the price of at least once. */
  readonly repeated: number;
  readonly toldOfOthers: number;
}

const ENDING = 'kill_ending';
const WAITING = 'kill_waiting';
/** Every tenth execution does not end. */
const WAITING_SHARE = 10;
const START_TIMEOUT_MS = 5_000;
const RETRY_PAUSE_MS = 100;
/** Starts that wait for an answer: more would only wait in this process. */
const AT_ONCE = 64;
const MAX_STARTS = 5;
const DELIVERED_LIMIT_MS = 120_000;
/** With the short time limit the leases of a killed node are over soon. */
const ENV = { ALLOWED_NETWORKS: '127.0.0.0/8', DELIVERY_TIMEOUT_SECONDS: '5' };

/** Execution -> delivery id -> how often it came. */
type Told = Map<string, Map<string, number>>;

async function listen(told: Told): Promise<Server> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const ids = told.get(text) ?? new Map<string, number>();
      const id = String(request.headers['x-webhook-delivery']);
      told.set(text, ids.set(id, (ids.get(id) ?? 0) + 1));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function setUp(api: Api, receiverPort: number): Promise<void> {
  const place = (type: string, inputParameters: object) => ({
    name: 'a',
    taskReferenceName: 'a',
    type,
    inputParameters,
  });
  await api.call('PUT', '/api/metadata/workflow', [
    { name: ENDING, version: 1, tasks: [place('SET_VARIABLE', { seen: true })] },
    { name: WAITING, version: 1, tasks: [place('WAIT_FOR_WEBHOOK', { matches: { '$.id': 'never' } })] },
  ]);
  for (const flow of [ENDING, WAITING])
    await api.call('POST', `/api/flows/${flow}/webhooks`, {
      ...{
        name: 'tell',
        url: `http://127.0.0.1:${receiverPort}/`,
        body: '$jobId',
        headers: { 'Content-Type': 'text/plain' },
      },
    });
}

export async function runDeliveryKill(plan: DeliveryKillPlan): Promise<DeliveryKillReport> {
  const told: Told = new Map();
  const receiver = await listen(told);
  const port = await freePort();
  const start = async (): Promise<ServerProcess> => {
    for (let tries = 1; ; tries += 1)
      try {
        return await startServer({ databaseUrl: plan.databaseUrl, port, env: ENV });
      } catch (error) {
        // Too slow on a busy machine: it was killed, which is one kill more.
        if (tries === MAX_STARTS) throw error;
      }
  };
  let server: ServerProcess = await start();
  try {
    const api = apiOf(server.url);
    await setUp(api, (receiver.address() as AddressInfo).port);
    const starting = startAll(server.url, plan);
    const spanMs = (plan.executions / plan.perSecond) * 1_000;
    for (let i = 0; i < plan.kills; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, (spanMs * (0.5 + Math.random())) / (plan.kills + 1)));
      await server.kill();
      server = await start();
    }
    const { ended, waiting, restarted } = await starting;
    // A node that died has left leases; they are over after a minute.
    await until(async () => ended.every((id) => told.has(id)), DELIVERED_LIMIT_MS);
    return { kills: plan.kills, restarted, ended: ended.length, waiting: waiting.length, ...judge(told, ended) };
  } finally {
    await server.kill();
    receiver.closeAllConnections();
    receiver.close();
  }
}

function judge(told: Told, ended: readonly string[]) {
  const known = new Set(ended);
  const own = ended.flatMap((id) => told.get(id) ?? []);
  return {
    told: own.length,
    severalIds: own.filter((ids) => ids.size > 1).length,
    repeated: own.reduce((sum, ids) => sum + [...ids.values()].reduce((a, b) => a + b, 0) - 1, 0),
    toldOfOthers: [...told.keys()].filter((id) => !known.has(id)).length,
  };
}

/** Starts every execution at its moment, again under the same idempotency key until there is an answer. */
async function startAll(url: string, { executions, perSecond }: DeliveryKillPlan) {
  const ended: string[] = [];
  const waiting: string[] = [];
  let restarted = 0;
  const startedAt = Date.now();
  const startOne = async (i: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + (i * 1000) / perSecond - Date.now())));
    const waits = i % WAITING_SHARE === 0;
    const body = JSON.stringify({
      ...{ name: waits ? WAITING : ENDING, idempotencyKey: `run-${i}`, idempotencyStrategy: 'RETURN_EXISTING' },
    });
    for (;;) {
      const answer = await fetch(`${url}/api/workflow`, {
        ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
        signal: AbortSignal.timeout(START_TIMEOUT_MS),
      })
        .then(async (response) => ({ status: response.status, text: await response.text() }))
        .catch(() => ({ status: 0, text: '' }));
      if (answer.status === 200) {
        (waits ? waiting : ended).push(answer.text);
        return;
      }
      if (answer.status !== 0 && answer.status < 500)
        throw new Error(`a start was refused with ${answer.status}: ${answer.text}`);
      restarted += 1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
    }
  };
  const left = Array.from({ length: executions }, (_, i) => i).values();
  const worker = async (): Promise<void> => {
    for (const i of left) await startOne(i);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { ended, waiting, restarted };
}
