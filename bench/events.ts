// Events: how many a second are accepted (a signed POST until its 200), how many executions end a second, and what a waiting
// execution costs, beside the floor of the same run. Keys are sent in shuffled order, for the floor too; rounds alternate.

import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openStore } from '../src/store/open.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { apiOf, count, SECRET, setUp, until, WAIT_WORKFLOW } from './api.ts';
import { orderOf } from './floor.ts';
import type { LoadPlan, LoadResult } from './load.ts';
import { freePort, startServer } from './server-process.ts';
import type { Row } from './table.ts';
import { median } from './table.ts';

export interface EventsPlan {
  readonly databases: readonly ('sqlite' | 'postgres')[];
  readonly waiting: readonly number[];
  readonly rounds: number;
  /** Events of one run, at most as many as wait. */
  readonly events: number;
  /** Events sent to each program before it is measured: compilers of both have done their work by then. */
  readonly warmUp: number;
  readonly connections: number;
}

/** One run of one program. */
interface Run {
  readonly load: LoadResult;
  /** Executions that ended, a second, from the first send to the last end. */
  readonly finishedPerSecond: number;
  readonly rssMiB: number;
  /** Processor time of the server (all threads), for each event: steadier than wall time on a busy machine. */
  readonly cpuUsPerEvent: number;
}

const BODY_BYTES = 2_048;
const FINISH_DEADLINE_MS = 60_000;
/** Before each run: what a run at full speed has put off (words for free text) is not paid for by the next one. */
const REST_MS = 5_000;

/** A database that can be filled once and copied for each run. */
interface Bed {
  fill(waiting: number): Promise<{ bytesPerWaiting: number }>;
  /** URL of a fresh copy of what was filled. */
  copy(): Promise<string>;
  /** URL of an empty one, for the floor, which fills itself. */
  empty(): Promise<string>;
  close(): Promise<void>;
}

/** Fills through the store itself: definitions, webhook and executions exactly as the API makes them. */
async function fillThroughServer(url: string, waiting: number): Promise<void> {
  const port = await freePort();
  const server = await startServer({ databaseUrl: url, port });
  await setUp(apiOf(server.url), { starts: false });
  await server.stop();
  const random = (): number => 0.5;
  const store = await openStore({
    url,
    env: { newId: newUuid, random, evaluate: () => ({ ok: false, reason: 'not here' }) },
  });
  const left = Array.from({ length: waiting }, (_, i) => i).values();
  const worker = async (): Promise<void> => {
    for (const i of left)
      await store.workflows.start({
        id: newUuid(),
        name: WAIT_WORKFLOW,
        version: 1,
        input: { order: orderOf(i) },
        now: Date.now(),
      });
  };
  await Promise.all(Array.from({ length: 256 }, worker));
  await store.close();
}

/** Time-ordered, as the server makes them. */
function newUuid(): string {
  const hex = Date.now().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

function sqliteBed(): Bed {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-bench-'));
  let copies = 0;
  const filled = join(folder, 'filled.db');
  const fresh = (): string => join(folder, `run-${++copies}.db`);
  return {
    async fill(waiting) {
      for (const end of ['', '-wal', '-shm']) rmSync(filled + end, { force: true });
      await fillThroughServer(`sqlite:${filled}`, 0);
      const before = statSync(filled).size;
      await fillThroughServer(`sqlite:${filled}`, waiting);
      return { bytesPerWaiting: (statSync(filled).size - before) / waiting };
    },
    async copy() {
      const path = fresh();
      // With the key that the secret of its webhook is sealed with.
      for (const end of ['', '.key']) copyFileSync(filled + end, path + end);
      return `sqlite:${path}`;
    },
    empty: async () => `sqlite:${fresh()}`,
    close: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgresBed(): Promise<Bed> {
  const server = await startPostgres({ durable: true });
  let databases = 0;
  let filled = '';
  const run = async (sql: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const create = async (template?: string): Promise<string> => {
    const name = `bench_${++databases}`;
    await run(`create database ${name} ${template ? `template ${template}` : ''}`);
    return name;
  };
  const urlOf = (name: string): string => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const sizeOf = async (name: string): Promise<number> =>
    Number((await run(`select pg_database_size('${name}') as size`)).rows[0].size);
  return {
    async fill(waiting) {
      filled = await create();
      await fillThroughServer(urlOf(filled), 0);
      const before = await sizeOf(filled);
      await fillThroughServer(urlOf(filled), waiting);
      return { bytesPerWaiting: ((await sizeOf(filled)) - before) / waiting };
    },
    copy: async () => urlOf(await create(filled)),
    empty: async () => urlOf(await create()),
    close: () => server.stop(),
  };
}

/** The generator in a process of its own. */
async function load(plan: LoadPlan): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(plan));
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as LoadResult;
}

/** Seeded, so that each program gets the same order. */
function shuffled(length: number, take: number): string[] {
  const order = Array.from({ length }, (_, i) => i);
  let seed = 42;
  for (let i = length - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order.slice(0, take).map(orderOf);
}

const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Processor time that a process has used, in microseconds; the kernel counts in hundredths of a second. */
export function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

type LoadShape = Pick<LoadPlan, 'keys' | 'connections' | 'ratePerSecond'>;

async function measure(
  shape: LoadShape,
  target: { port: number; path: string; pid: number },
  completed: () => Promise<number>,
): Promise<Run> {
  const already = await completed();
  const cpuBefore = cpuUs(target.pid);
  const startedAt = performance.now();
  const result = await load({ ...shape, port: target.port, path: target.path, secret: SECRET, bodyBytes: BODY_BYTES });
  const loadStartedAt = performance.now() - result.seconds * 1000;
  if (Object.keys(result.refused).length > 0)
    throw new Error(`answers other than 200: ${JSON.stringify(result.refused)}`);
  const all = await until(async () => (await completed()) - already >= shape.keys.length, FINISH_DEADLINE_MS);
  if (!all)
    throw new Error(
      `only ${(await completed()) - already} of ${shape.keys.length} executions ended in ${performance.now() - startedAt} ms`,
    );
  const seconds = (performance.now() - loadStartedAt) / 1000;
  return {
    load: result,
    finishedPerSecond: shape.keys.length / seconds,
    rssMiB: rssMiB(target.pid),
    cpuUsPerEvent: (cpuUs(target.pid) - cpuBefore) / shape.keys.length,
  };
}

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, REST_MS));

/** The first shape warms up and is not answered. */
async function runFermata(url: string, shapes: readonly LoadShape[]): Promise<Run[]> {
  const port = await freePort();
  const server = await startServer({ databaseUrl: url, port });
  try {
    const api = apiOf(server.url);
    const [webhook] = (await api.call('GET', '/api/metadata/webhook')) as { id: string }[];
    const path = `/webhook/${webhook?.id}`;
    const runs: Run[] = [];
    for (const shape of shapes) {
      runs.push(await measure(shape, { port, path, pid: server.pid }, () => count(api, WAIT_WORKFLOW, 'COMPLETED')));
      await rest();
    }
    return runs.slice(1);
  } finally {
    await server.kill();
  }
}

async function runFloor(url: string, waiting: number, shapes: readonly LoadShape[]): Promise<Run[]> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'floor.ts'), url, String(port), String(waiting)], {
    stdio: 'inherit',
  });
  try {
    const address = `http://127.0.0.1:${port}/`;
    const completed = async (): Promise<number> =>
      ((await (await fetch(address)).json()) as { completed: number }).completed;
    if (
      !(await until(
        async () =>
          completed().then(
            () => true,
            () => false,
          ),
        FINISH_DEADLINE_MS,
      ))
    )
      throw new Error('the floor did not start');
    const runs: Run[] = [];
    for (const shape of shapes) {
      runs.push(await measure(shape, { port, path: '/', pid: child.pid as number }, completed));
      await rest();
    }
    return runs.slice(1);
  } finally {
    child.kill('SIGKILL');
  }
}

/** Runs the whole plan; one row for each database and number of waiting executions. */
export async function benchEvents(plan: EventsPlan, say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const database of plan.databases) {
    const bed = database === 'sqlite' ? sqliteBed() : await postgresBed();
    try {
      for (const waiting of plan.waiting) rows.push(await benchOne(plan, bed, database, waiting, say));
    } finally {
      await bed.close();
    }
  }
  return rows;
}

async function benchOne(
  plan: EventsPlan,
  bed: Bed,
  database: string,
  waiting: number,
  say: (line: string) => void,
): Promise<Row> {
  say(`${database}, ${waiting} waiting: filling`);
  const { bytesPerWaiting } = await bed.fill(waiting + plan.warmUp);
  // Half of what waits is sent at full speed, the rest is left for half load; small fills are repeated for a steadier median.
  const perRun = Math.min(plan.events, Math.floor(waiting / 2));
  const rounds = plan.rounds * Math.max(1, Math.min(5, Math.floor(plan.events / perRun / 2)));
  const all = shuffled(waiting + plan.warmUp, plan.warmUp + perRun * 2);
  const warm = { keys: all.slice(0, plan.warmUp), connections: plan.connections };
  const keys = all.slice(plan.warmUp);
  const full = { keys: keys.slice(0, perRun), connections: plan.connections };
  const floors: Run[] = [];
  const ours: Run[] = [];
  const halves: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    const [floor] = await runFloor(await bed.empty(), waiting + plan.warmUp, [warm, full]);
    const rate = Math.max(50, Math.floor(median(ours.map((run) => run.finishedPerSecond)) / 2) || 500);
    const [run, half] = await runFermata(await bed.copy(), [
      warm,
      full,
      { keys: keys.slice(perRun), connections: plan.connections, ratePerSecond: rate },
    ]);
    floors.push(floor as Run);
    ours.push(run as Run);
    if (round > 0 || rounds === 1) halves.push(half as Run);
    say(
      `${database}, ${waiting} waiting, round ${round + 1}: floor ${floor?.finishedPerSecond.toFixed(0)}/s, fermata ${run?.finishedPerSecond.toFixed(0)}/s, half load p99 ${half?.load.p99Ms.toFixed(1)} ms`,
    );
  }
  const of = (runs: readonly Run[], figure: (run: Run) => number): number => median(runs.map(figure));
  return {
    database,
    waiting,
    'accepted/s': of(ours, (run) => run.load.perSecond),
    'finished/s': of(ours, (run) => run.finishedPerSecond),
    'floor/s': of(floors, (run) => run.finishedPerSecond),
    'ratio to floor': median(ours.map((run, i) => run.finishedPerSecond / (floors[i] as Run).finishedPerSecond)),
    'p50 ms': of(ours, (run) => run.load.p50Ms),
    'p99 ms': of(ours, (run) => run.load.p99Ms),
    'half load p50 ms': of(halves, (run) => run.load.p50Ms),
    'half load p99 ms': of(halves, (run) => run.load.p99Ms),
    'CPU us/event': of(ours, (run) => run.cpuUsPerEvent),
    'floor CPU us/event': of(floors, (run) => run.cpuUsPerEvent),
    'RSS MiB': of(ours, (run) => run.rssMiB),
    'floor RSS MiB': of(floors, (run) => run.rssMiB),
    'disk bytes per waiting': bytesPerWaiting,
  };
}
