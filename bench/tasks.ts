// Tasks of workers: transitions a second with many pollers, time from one task's end to the hand-out of the next at half load,
// whole executions of five tasks, and how the cost of a task grows with the number of tasks of its execution. The processor
// time of the server is the number that other work on the machine disturbs least.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../test/support/postgres.ts';
import type { Api } from './api.ts';
import { clientOf, paced } from './client.ts';
import { cpuUs } from './programs.ts';
import { freePort, startServer } from './server-process.ts';
import type { Row } from './table.ts';

export interface TaskBench {
  readonly databases: readonly ('sqlite' | 'postgres')[];
  readonly pollers: number;
  /** Executions of five tasks each, for the throughput. */
  readonly executions: number;
  /** How long half of that load is kept up. */
  readonly seconds: number;
  /** Executions before the clock starts: V8 compiles what is used often only after some thousand tasks. */
  readonly warmUp: number;
  /** Tasks of one execution. */
  readonly sizes: readonly number[];
}

const STEPS = 5;
const WORK = 'bench_work';
const POLL_MS = 1_000;

interface Polled {
  readonly taskId: string;
  readonly workflowInstanceId: string;
}

const now = (): number => performance.now();

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const step = (ref: string): object => ({
  name: WORK,
  taskReferenceName: ref,
  type: 'SIMPLE',
  inputParameters: { ref },
});

async function define(api: Api): Promise<void> {
  const tasks = Array.from({ length: STEPS }, (_, i) => step(`step_${i + 1}`));
  const fork = [
    {
      name: 'fork',
      taskReferenceName: 'fork',
      type: 'FORK_JOIN_DYNAMIC',
      inputParameters: { forkTaskName: WORK, forkTaskInputs: '${workflow.input.items}' },
    },
    { name: 'join', taskReferenceName: 'join', type: 'JOIN' },
  ];
  await api.call('PUT', '/api/metadata/workflow', [
    { name: 'bench_steps', version: 1, tasks },
    { name: 'bench_fork', version: 1, tasks: fork },
  ]);
}

/** Pollers take tasks, one at a time, until `isOver`. `onTaken` before, `onDone` after the report. */
async function poll(
  api: Api,
  count: number,
  isOver: () => boolean,
  hooks: {
    readonly onTaken?: (task: Polled) => void;
    readonly onReport?: (task: Polled) => void;
    readonly onDone: () => void;
  },
): Promise<void> {
  const poller = async (n: number): Promise<void> => {
    while (!isOver()) {
      const path = `/api/tasks/poll/batch/${WORK}?workerid=p${n}&count=1&timeout=${POLL_MS}`;
      for (const task of (await api.call('GET', path)) as Polled[]) {
        hooks.onTaken?.(task);
        hooks.onReport?.(task);
        const { taskId, workflowInstanceId } = task;
        const report = { taskId, workflowInstanceId, workerId: `p${n}`, status: 'COMPLETED' };
        await api.call('POST', '/api/tasks', { ...report, outputData: { done: true } });
        hooks.onDone();
      }
    }
  };
  await Promise.all(Array.from({ length: count }, (_, n) => poller(n)));
}

/** All is queued before the clock starts. */
async function throughput(api: Api, bench: TaskBench): Promise<number> {
  const left = Array.from({ length: bench.executions }, (_, i) => i).values();
  const starter = async (): Promise<void> => {
    for (const i of left) await api.call('POST', '/api/workflow/bench_steps', { i });
  };
  await Promise.all(Array.from({ length: bench.pollers }, starter));
  const total = bench.executions * STEPS;
  let done = 0;
  const startedAt = now();
  let endedAt = startedAt;
  await poll(api, bench.pollers, () => done >= total, {
    onDone: () => {
      done += 1;
      if (done === total) endedAt = now();
    },
  });
  return total / ((endedAt - startedAt) / 1_000);
}

/** Executions are started on time, whatever the server does; the next task of one is waited for by idle pollers. */
async function latency(api: Api, bench: TaskBench, tasksPerSecond: number): Promise<Row> {
  const total = Math.floor((bench.seconds * tasksPerSecond) / STEPS);
  const reportedAt = new Map<string, number>();
  const startedAt = new Map<string, number>();
  const steps = new Map<string, number>();
  const handOuts: number[] = [];
  const whole: number[] = [];
  let ended = 0;
  const polling = poll(api, bench.pollers, () => ended >= total, {
    onTaken: ({ workflowInstanceId: id }) => {
      const at = reportedAt.get(id);
      if (at !== undefined) handOuts.push(now() - at);
    },
    onReport: ({ workflowInstanceId: id }) => {
      reportedAt.set(id, now());
      const count = (steps.get(id) ?? 0) + 1;
      steps.set(id, count);
      if (count < STEPS) return;
      whole.push(now() - (startedAt.get(id) ?? now()));
      ended += 1;
    },
    onDone: () => {},
  });
  const starting = paced(total, tasksPerSecond / STEPS, async (i) => {
    const at = now();
    const id = await api.call('POST', '/api/workflow/bench_steps', { i });
    startedAt.set(String(id), at);
  });
  await Promise.all([starting, polling]);
  return {
    measure: `hand-out of the next task at ${Math.round(tasksPerSecond)} tasks/s`,
    p50Ms: percentile(handOuts, 0.5),
    p99Ms: percentile(handOuts, 0.99),
    'five tasks p50Ms': percentile(whole, 0.5),
    'five tasks p99Ms': percentile(whole, 0.99),
  };
}

async function growth(api: Api, pid: number, pollers: number, size: number): Promise<Row> {
  const items = Array.from({ length: size }, (_, i) => ({ i }));
  const startedAt = now();
  const cpuBefore = cpuUs(pid);
  await api.call('POST', '/api/workflow/bench_fork', { items });
  let done = 0;
  await poll(api, pollers, () => done >= size, {
    onDone: () => {
      done += 1;
    },
  });
  const seconds = (now() - startedAt) / 1_000;
  const cpu = (cpuUs(pid) - cpuBefore) / size;
  return { measure: `one execution of ${size} tasks`, perSecond: size / seconds, 'server CPU us/task': cpu };
}

export async function benchTasks(bench: TaskBench, say: (line: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const database of bench.databases) {
    say(database);
    for (const row of await onDatabase(database, (url) => benchOn(url, bench, say))) rows.push({ database, ...row });
  }
  return rows;
}

/** On an empty one, with an fsync for each commit. */
async function onDatabase<T>(database: 'sqlite' | 'postgres', run: (url: string) => Promise<T>): Promise<T> {
  if (database === 'postgres') {
    const server = await startPostgres({ durable: true });
    return run(server.url).finally(() => server.stop());
  }
  const folder = mkdtempSync(join(tmpdir(), 'fermata-bench-'));
  return run(`sqlite:${join(folder, 'bench.db')}`).finally(() => rmSync(folder, { recursive: true }));
}

async function benchOn(databaseUrl: string, bench: TaskBench, say: (line: string) => void): Promise<readonly Row[]> {
  const port = await freePort();
  const server = await startServer({ databaseUrl, port });
  const api = clientOf(port);
  try {
    await define(api);
    say('warming up');
    await throughput(api, { ...bench, executions: bench.warmUp });
    say(`${bench.executions} executions of ${STEPS} tasks, ${bench.pollers} pollers`);
    const cpuBefore = cpuUs(server.pid);
    const perSecond = await throughput(api, bench);
    // Starts included: a fifth of one for each task.
    const cpu = (cpuUs(server.pid) - cpuBefore) / (bench.executions * STEPS);
    say(`half of ${Math.round(perSecond)} tasks a second`);
    const half = await latency(api, bench, perSecond / 2);
    const rows: Row[] = [{ measure: `tasks of ${bench.pollers} pollers`, perSecond, 'server CPU us/task': cpu }, half];
    for (const size of bench.sizes) {
      say(`one execution of ${size} tasks`);
      rows.push(await growth(api, server.pid, bench.pollers, size));
    }
    return rows;
  } finally {
    api.close();
    await server.kill();
  }
}
