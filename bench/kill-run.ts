// The promise under test: an event that got a 200 has completed its workflow exactly once, however often the server dies.
// Events come at a steady rate while the server is killed with SIGKILL and started again; a sender without an answer
// sends the same delivery again, as platforms do.

import { createHmac } from 'node:crypto';
import { apiOf, count, SECRET, STARTED_WORKFLOW, setUp, startWaiting, until, WAIT_WORKFLOW } from './api.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

export interface KillPlan {
  readonly databaseUrl: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly kills: number;
}

export interface KillReport {
  readonly events: number;
  readonly kills: number;
  /** Sends that got no answer and were made again. */
  readonly resent: number;
  readonly completed: number;
  /** Executions started by events, and how many different events they are of. */
  readonly started: number;
  readonly startedEvents: number;
}

export async function runKill(plan: KillPlan): Promise<KillReport> {
  const port = await freePort();
  let server = await startServer({ databaseUrl: plan.databaseUrl, port });
  try {
    const api = apiOf(server.url);
    const path = await setUp(api, { starts: true });
    const keys = Array.from({ length: plan.perSecond * plan.seconds }, (_, i) => `order-${i}`);
    await startWaiting(api, keys);
    const sending = sendAll(server.url + path, keys, plan.perSecond);
    for (let i = 0; i < plan.kills; i++) {
      await new Promise((resolve) =>
        setTimeout(resolve, (plan.seconds * 1000 * (0.5 + Math.random())) / (plan.kills + 1)),
      );
      server = await killAndStart(server, plan.databaseUrl, port);
    }
    const resent = await sending;
    await until(async () => (await count(api, WAIT_WORKFLOW, 'COMPLETED')) === keys.length, 30_000);
    await until(async () => (await count(api, STARTED_WORKFLOW, 'COMPLETED')) >= keys.length, 30_000);
    const completed = await count(api, WAIT_WORKFLOW, 'COMPLETED');
    const orders = await startedOrders(api);
    return {
      events: keys.length,
      kills: plan.kills,
      resent,
      completed,
      started: orders.length,
      startedEvents: new Set(orders).size,
    };
  } finally {
    await server.kill();
  }
}

async function killAndStart(server: ServerProcess, databaseUrl: string, port: number): Promise<ServerProcess> {
  await server.kill();
  return startServer({ databaseUrl, port });
}

/** Sends every event at its moment until it is answered with 200; answers how many sends were made again. */
async function sendAll(url: string, keys: readonly string[], perSecond: number): Promise<number> {
  let resent = 0;
  const startedAt = Date.now();
  const send = async (key: string, i: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + (i * 1000) / perSecond - Date.now())));
    const body = JSON.stringify({ order: { id: key }, action: 'paid' });
    const headers = {
      'content-type': 'application/json',
      'x-github-delivery': key,
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    };
    for (;;) {
      const status = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(5_000) }).then(
        (answer) => answer.body?.cancel().then(() => answer.status) ?? answer.status,
        () => 0,
      );
      if (status === 200) return;
      if (status !== 0 && status < 500) throw new Error(`event ${key} was refused with ${status}`);
      resent++;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await Promise.all(keys.map(send));
  return resent;
}

async function startedOrders(api: ReturnType<typeof apiOf>): Promise<string[]> {
  const orders: string[] = [];
  for (let start = 0; ; start += 500) {
    const query = encodeURIComponent(`workflowType = ${STARTED_WORKFLOW}`);
    const page = (await api.call(
      'GET',
      `/api/workflow/search-v2?start=${start}&size=500&sort=startTime:ASC&query=${query}`,
    )) as {
      results: { input: { order: { id: string } } }[];
    };
    orders.push(...page.results.map((workflow) => workflow.input.order.id));
    if (page.results.length < 500) return orders;
  }
}
