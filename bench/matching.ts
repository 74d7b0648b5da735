// What matching costs: processor and wall time for each event while 1,000, 100,000 and 1,000,000 executions wait, and with
// 1, 20 and 200 sets of paths; and how long after its acceptance an event has resumed its execution, at half that load.
// On the store itself, without HTTP, so that nothing hides a difference.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WAIT_ENTRY } from '../src/store/cycle/turn.ts';
import type { NewEvent, Route, Store } from '../src/store/store.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { median, type Row } from './table.ts';
import { awaitedBy, driverOf, fill, keyOf, nameOf, open } from './waiting.ts';

export interface MatchingPlan {
  readonly databases: readonly ('sqlite' | 'postgres')[];
  readonly waiting: readonly number[];
  readonly shapes: readonly number[];
  /** Waits of the runs with several shapes. */
  readonly waitingPerShapes: number;
  /** Events of one round. */
  readonly events: number;
  /** Each figure is the middle one of so many rounds on the same database. */
  readonly rounds: number;
}

const AT_ONCE = 64;

function eventFor(i: number, shapes: number, route: Route): NewEvent {
  const kinds = Object.fromEntries(Array.from({ length: shapes }, (_, s) => [`kind${s}`, 'x']));
  return {
    eventId: randomUUID(),
    webhookId: 'bench',
    receivedAt: Date.now(),
    method: 'POST',
    url: '/webhook/bench',
    headers: '{}',
    body: Buffer.from(JSON.stringify({ order: { id: awaitedBy(i) }, ...kinds })),
    verdict: 'verified',
    route,
  };
}

interface Measured {
  /** Finding the waits of an event, alone: its keys, looked up in batches. */
  readonly lookUs: number;
  readonly usPerEvent: number;
  readonly cpuUsPerEvent: number;
  readonly resumedP50Ms: number;
  readonly resumedP99Ms: number;
}

interface Bed {
  readonly url: string;
  drop(): Promise<void>;
}

async function bedOn(database: 'sqlite' | 'postgres'): Promise<Bed> {
  if (database === 'postgres') {
    const server = await startPostgres({ durable: true });
    return { url: server.url, drop: () => server.stop() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'fermata-matching-'));
  const drop = async (): Promise<void> => rmSync(folder, { recursive: true, force: true });
  return { url: `sqlite:${join(folder, 'bench.db')}`, drop };
}

/** So many waits are enough for all rounds; with fewer, each round gets a database of its own. */
const ENOUGH = 20_000;

async function measure(run: Run, events: number, rounds: number): Promise<Measured> {
  const all: Measured[] = [];
  const perBed = run.waiting >= ENOUGH ? rounds : 1;
  while (all.length < rounds) all.push(...(await measureOn(run, events, perBed)));
  const middle = (name: keyof Measured): number => median(all.map((one) => one[name]));
  return {
    lookUs: middle('lookUs'),
    usPerEvent: middle('usPerEvent'),
    cpuUsPerEvent: middle('cpuUsPerEvent'),
    resumedP50Ms: middle('resumedP50Ms'),
    resumedP99Ms: middle('resumedP99Ms'),
  };
}

async function measureOn({ database, waiting, shapes }: Run, events: number, rounds: number): Promise<Measured[]> {
  const bed = await bedOn(database);
  try {
    const ids = await fill(bed.url, waiting, shapes);
    const looks = await timeLooks(bed.url, waiting, shapes);
    const store = await open(bed.url);
    try {
      // No wait is asked twice, and neighbours share no page: each round takes every so manieth execution.
      const count = Math.min(events, Math.floor(waiting / (2 * rounds)));
      const step = Math.floor(waiting / (2 * rounds * count));
      const all: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const at = (k: number): number => (round * 2 * count + k) * step;
        const lookUs = looks[round % looks.length] ?? Number.NaN;
        all.push({ lookUs, ...(await measureRound(store, ids, { shapes, count, at })) });
      }
      return all;
    } finally {
      await store.close();
    }
  } finally {
    await bed.drop();
  }
}

/** Events whose waits are looked up for one figure, and how many of them at once, as a commit does. */
const LOOKS = 2_000;
const LOOKS_AT_ONCE = 50;

/** Microseconds for each event, three times; the first time warms up. */
async function timeLooks(url: string, waiting: number, shapes: number): Promise<readonly number[]> {
  const driver = driverOf(url);
  try {
    const times: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const at = (k: number): number => (k * 7_919 * (round + 1)) % waiting;
      const from = performance.now();
      for (let k = 0; k < LOOKS; k += LOOKS_AT_ONCE) {
        const keys = Array.from({ length: LOOKS_AT_ONCE }, (_, j) =>
          Array.from({ length: shapes }, (_, s): [Uint8Array, number] => [keyOf(s, at(k + j)), WAIT_ENTRY]),
        );
        await driver.look('waits', keys.flat());
      }
      times.push(((performance.now() - from) * 1000) / LOOKS);
    }
    return times.slice(1);
  } finally {
    await driver.close();
  }
}

interface Round {
  readonly shapes: number;
  readonly count: number;
  /** Execution that event `k` is for. */
  readonly at: (k: number) => number;
}

async function measureRound(
  store: Store,
  ids: readonly string[],
  { shapes, count, at }: Round,
): Promise<Omit<Measured, 'lookUs'>> {
  const receivers = Array.from({ length: shapes }, (_, s) => ({ name: nameOf(s), version: 1 }));
  const route: Route = { receivers, starts: [], event: 'bench', createdBy: 'bench' };
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
  if (lags.length < count) throw new Error(`of ${count} events ${lags.length} resumed their executions`);
  return {
    usPerEvent: (tookMs * 1000) / count,
    cpuUsPerEvent: (used.user + used.system) / count,
    resumedP50Ms: lags[Math.floor(lags.length * 0.5)] ?? Number.NaN,
    resumedP99Ms: lags[Math.floor(lags.length * 0.99)] ?? Number.NaN,
  };
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

interface Run {
  readonly database: 'sqlite' | 'postgres';
  readonly waiting: number;
  readonly shapes: number;
}

/** The first run of a process is slower, whatever it measures. */
const WARM_UP = { waiting: 2_000, shapes: 1 };

export async function benchMatching(plan: MatchingPlan, say: (line: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const database of plan.databases) {
    await measure({ database, ...WARM_UP }, plan.events, 1);
    const runs: Run[] = [
      ...plan.waiting.map((waiting) => ({ database, waiting, shapes: 1 })),
      ...plan.shapes.map((shapes) => ({ database, waiting: plan.waitingPerShapes, shapes })),
    ];
    for (const run of runs) {
      const measured = await measure(run, plan.events, plan.rounds);
      const row = { ...run, ...measured };
      say(Object.values(row).map(String).join(' '));
      rows.push(row);
    }
  }
  return rows;
}
