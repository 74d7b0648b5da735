// The two programs of the event benchmark, Fermata and the floor, each in a process of its own, and one run of one of them.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiOf, count, SECRET, until, WAIT_WORKFLOW } from './api.ts';
import type { LoadPlan, LoadResult } from './load.ts';
import { freePort, startServer } from './server-process.ts';

/** One run of one program. */
export interface Run {
  readonly load: LoadResult;
  /** Executions that ended, a second, from the first send to the last end. */
  readonly finishedPerSecond: number;
  readonly rssMiB: number;
  /** Processor time of the server (all threads), for each event: steadier than wall time on a busy machine. */
  readonly cpuUsPerEvent: number;
}

/** A program that listens. */
interface Program {
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  /** Executions that have ended since its start, as it counts them: to ask a database takes it 50 ms of a run of a second. */
  readonly completed: () => Promise<number>;
}

/** Starts a program, hands it over, and kills it. */
export type Launch = <T>(use: (program: Program) => Promise<T>) => Promise<T>;

const BODY_BYTES = 2_048;
const FINISH_DEADLINE_MS = 60_000;
/** A program rests when it has used less than this share of a processor for so long. */
const RESTING = { share: 0.05, forMs: 3_000 };
const REST_DEADLINE_MS = 180_000;

export const fermata =
  (url: string): Launch =>
  async (use) => {
    const server = await startServer({ databaseUrl: url, port: await freePort() });
    try {
      const api = apiOf(server.url);
      const [webhook] = (await api.call('GET', '/api/metadata/webhook')) as { id: string }[];
      const before = await count(api, WAIT_WORKFLOW, 'COMPLETED');
      const completed = async (): Promise<number> => endedIn(String(await api.call('GET', '/metrics')));
      const used = await use({ pid: server.pid, port: server.port, path: `/webhook/${webhook?.id}`, completed });
      // What is counted must be in the database.
      const [said, stored] = [await completed(), (await count(api, WAIT_WORKFLOW, 'COMPLETED')) - before];
      if (said !== stored) throw new Error(`${said} executions were said to have ended, ${stored} have`);
      return used;
    } finally {
      await server.kill();
    }
  };

const endedIn = (metrics: string): number =>
  Number(/^fermata_executions_ended_total\{status="COMPLETED"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);

export const floor =
  (url: string, waiting: number): Launch =>
  async (use) => {
    const port = await freePort();
    const program = [join(import.meta.dirname, 'floor.ts'), url, String(port), String(waiting)];
    const child = spawn(process.execPath, program, { stdio: 'inherit' });
    try {
      const completed = async (): Promise<number> =>
        ((await (await fetch(`http://127.0.0.1:${port}/`)).json()) as { completed: number }).completed;
      const answers = (): Promise<boolean> =>
        completed().then(
          () => true,
          () => false,
        );
      if (!(await until(answers, FINISH_DEADLINE_MS))) throw new Error('the floor did not start');
      return await use({ pid: child.pid as number, port, path: '/', completed });
    } finally {
      child.kill('SIGKILL');
    }
  };

/** One run for each shape, `tidy` after each. */
export const runsOf = (launch: Launch, shapes: readonly LoadShape[], tidy: () => Promise<void>): Promise<Run[]> =>
  launch(async (program) => {
    const runs: Run[] = [];
    for (const shape of shapes) {
      runs.push(await measure(shape, program));
      await rest(program.pid);
      await tidy();
    }
    return runs;
  });

/** Memory of a program that has started and has nothing to do, in bytes. */
export const idleBytes = (launch: Launch): Promise<number> =>
  launch(async ({ pid }) => {
    await rest(pid);
    return rssMiB(pid) * 2 ** 20;
  });

/** The generator in a process of its own. */
async function load(plan: LoadPlan): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(plan));
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return JSON.parse(output) as LoadResult;
}

const rssMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Processor time that a process has used, in microseconds; the kernel counts in hundredths of a second. */
export function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export type LoadShape = Pick<LoadPlan, 'keys' | 'connections' | 'ratePerSecond'>;

async function measure(shape: LoadShape, target: Program): Promise<Run> {
  const { completed } = target;
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

/** After a start and after each run: what a run at full speed has put off (words for free text) is not paid for by the next one. */
async function rest(pid: number): Promise<void> {
  const isResting = async (): Promise<boolean> => {
    const before = cpuUs(pid);
    await new Promise((resolve) => setTimeout(resolve, RESTING.forMs));
    return cpuUs(pid) - before < RESTING.share * RESTING.forMs * 1_000;
  };
  if (!(await until(isResting, REST_DEADLINE_MS))) throw new Error('the program does not come to rest');
}
