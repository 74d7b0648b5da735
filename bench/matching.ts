// What matching costs: processor and wall time for each event while 1,000, 100,000 and 1,000,000 executions wait, and with
// 1, 20 and 200 sets of paths; and how long after its acceptance an event has resumed its execution, at half that load.
// On the store itself, without HTTP, so that nothing hides a difference.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../src/store/open.ts';
import type { NewEvent, Route, Store } from '../src/store/store.ts';
import type { Row } from './table.ts';

export interface MatchingPlan {
  readonly waiting: readonly number[];
  readonly shapes: readonly number[];
  /** Waits of the runs with several shapes. */
  readonly waitingPerShapes: number;
  /** Events of one run. */
  readonly events: number;
}

const AT_ONCE = 64;
const STARTS_AT_ONCE = 256;

const nameOf = (shape: number): string => `hold_${shape}`;

/** Waits of shape `s` look at the id and at a member of their own that every event has. */
async function define(store: Store, shapes: number): Promise<void> {
  for (let s = 0; s < shapes; s += 1) {
    const matches = { '$.order.id': '${workflow.input.id}', [`$.kind${s}`]: 'x' };
    const tasks = [{ name: 'wait', taskReferenceName: 'wait', type: 'WAIT_FOR_WEBHOOK', inputParameters: { matches } }];
    await store.definitions.putWorkflow({ name: nameOf(s), version: 1, tasks }, { overwrite: true, now: Date.now() });
  }
}

async function fill(store: Store, waiting: number, shapes: number): Promise<readonly string[]> {
  const ids: string[] = Array.from({ length: waiting }, () => '');
  const left = ids.keys();
  const worker = async (): Promise<void> => {
    for (const i of left) {
      const id = randomUUID();
      ids[i] = id;
      await store.workflows.start({ id, name: nameOf(i % shapes), input: { id: i }, now: Date.now() });
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, worker));
  await store.idle();
  return ids;
}

function eventFor(i: number, shapes: number, route: Route): NewEvent {
  const kinds = Object.fromEntries(Array.from({ length: shapes }, (_, s) => [`kind${s}`, 'x']));
  return {
    eventId: randomUUID(),
    webhookId: 'bench',
    receivedAt: Date.now(),
    method: 'POST',
    url: '/webhook/bench',
    headers: '{}',
    body: Buffer.from(JSON.stringify({ order: { id: i }, ...kinds })),
    verdict: 'verified',
    route,
  };
}

interface Measured {
  readonly usPerEvent: number;
  readonly cpuUsPerEvent: number;
  readonly resumedP50Ms: number;
  readonly resumedP99Ms: number;
}

async function measure(
  waiting: number,
  shapes: number,
  events: number,
  say: (line: string) => void,
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-matching-'));
  const env = { newId: randomUUID, random: () => 0.5, evaluate: () => ({ ok: false as const, reason: 'not here' }) };
  const store = await openStore({ url: `sqlite:${join(folder, 'bench.db')}`, env });
  try {
    await define(store, shapes);
    say(`${waiting} waits, ${shapes} shapes: filling`);
    const ids = await fill(store, waiting, shapes);
    const receivers = Array.from({ length: shapes }, (_, s) => ({ name: nameOf(s), version: 1 }));
    // Half of them for the full load, half for the paced one: none is asked twice.
    const count = Math.min(events, Math.floor(waiting / 2));
    const route: Route = { receivers, starts: [], event: 'bench', createdBy: 'bench' };
    // Strides through all that wait, so that neighbours share no page.
    const step = Math.max(1, Math.floor(waiting / (2 * count)));
    const at = (k: number): number => (k * step) % waiting;
    const [cpu, from] = [process.cpuUsage(), performance.now()];
    const left = Array.from({ length: count }, (_, k) => k).values();
    const sender = async (): Promise<void> => {
      for (const k of left) await store.events.receive(eventFor(at(k), shapes, route));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    await store.idle();
    const tookMs = performance.now() - from;
    const used = process.cpuUsage(cpu);
    const lags = await resume(store, ids, {
      events: count,
      perSecond: (count / tookMs) * 500,
      make: (k) => ({ i: at(count + k), event: eventFor(at(count + k), shapes, route) }),
    });
    return {
      usPerEvent: (tookMs * 1000) / count,
      cpuUsPerEvent: (used.user + used.system) / count,
      resumedP50Ms: lags[Math.floor(lags.length * 0.5)] ?? Number.NaN,
      resumedP99Ms: lags[Math.floor(lags.length * 0.99)] ?? Number.NaN,
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Paced {
  readonly events: number;
  readonly perSecond: number;
  readonly make: (k: number) => { readonly i: number; readonly event: NewEvent };
}

/** From the acceptance of an event to the commit that ends its execution, sorted. */
async function resume(store: Store, ids: readonly string[], { events, perSecond, make }: Paced): Promise<number[]> {
  const acceptedAt = new Map<string, number>();
  const endedAt = new Map<string, number>();
  const unsubscribe = store.subscribe(({ workflows }) => {
    for (const { id, status } of workflows) if (status === 'COMPLETED') endedAt.set(id, performance.now());
  });
  const from = performance.now();
  const sent: Promise<void>[] = [];
  for (let k = 0; k < events; ) {
    const due = Math.min(events, Math.floor(((performance.now() - from) / 1000) * perSecond) + 1);
    for (; k < due; k += 1) {
      const { i, event } = make(k);
      const accepted = store.events.receive(event).then(() => void acceptedAt.set(ids[i] ?? '', performance.now()));
      sent.push(accepted);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(sent);
  await store.idle();
  unsubscribe();
  const lags = [...acceptedAt].flatMap(([id, at]) => {
    const ended = endedAt.get(id);
    return ended === undefined ? [] : [Math.max(0, ended - at)];
  });
  return lags.sort((a, b) => a - b);
}

export async function benchMatching(plan: MatchingPlan, say: (line: string) => void): Promise<readonly Row[]> {
  const runs = [
    ...plan.waiting.map((waiting) => ({ waiting, shapes: 1 })),
    ...plan.shapes.filter((shapes) => shapes > 1).map((shapes) => ({ waiting: plan.waitingPerShapes, shapes })),
  ];
  const rows: Row[] = [];
  for (const { waiting, shapes } of runs)
    rows.push({ waiting, shapes, ...(await measure(waiting, shapes, plan.events, say)) });
  return rows;
}
