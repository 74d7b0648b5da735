// Threads that run INLINE scripts and jq programs (contract 5.8), each for a limited time: a thread that does not answer in time
// is ended and replaced, since jq and some of QuickJS's built-in functions cannot be interrupted.

import { Worker } from 'node:worker_threads';
import type { Json } from '../../core/json.ts';
import type { Workflow } from '../../core/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Answer, BEGAN, type JqJob, jsonText, type MockJob, type ScriptJob, TOO_DEEP } from './channel.ts';
import { END_GRACE_MS, MAX_HEAP_MB, MAX_QUEUED_JOBS, MAX_THREAD_START_MS, MOCK_DEADLINE_MS } from './limits.ts';
import type { MockOrder } from './mock-job.ts';

/** `retryable`: the script is not to blame (too many are waiting, the pool closes), so it may be tried again. */
export interface SandboxRefusal {
  readonly ok: false;
  readonly reason: string;
  readonly retryable: boolean;
}

export interface SandboxPool {
  /** Runs a script with `bindings` as its `$`; its value is null where it is not JSON. Never rejects. */
  readonly runScript: (
    script: string,
    bindings: Json,
    deadlineMs?: number,
  ) => Promise<{ readonly ok: true; readonly value: Json } | SandboxRefusal>;
  /** Runs a jq program; `results` is everything it put out, in order, maybe nothing. Never rejects. */
  readonly runJq: (
    program: string,
    input: Json,
    deadlineMs?: number,
  ) => Promise<{ readonly ok: true; readonly results: readonly Json[] } | SandboxRefusal>;
  /** Tries out an execution; nothing outside is touched. Never rejects. */
  readonly runMock: (order: MockOrder) => Promise<{ readonly ok: true; readonly workflow: Workflow } | SandboxRefusal>;
  /** Ends all threads; what runs or waits is refused as retryable. */
  readonly close: () => Promise<void>;
}

type Job = ScriptJob | JqJob | MockJob;
type Done = { readonly ok: true; readonly json: string } | SandboxRefusal;

interface Waiting {
  readonly job: Job;
  readonly deadlineMs: number;
  readonly graceMs: number;
  readonly settle: (done: Done) => void;
}

interface Seat {
  readonly worker: Worker;
  busy?: { readonly waiting: Waiting; readonly cancelTimer: () => void };
}

export interface SandboxPoolOptions {
  /** Threads at most; they start when they are needed. */
  readonly size: number;
  readonly deadlineMs: number;
  readonly clock: Pick<Clock, 'after'>;
}

export function createSandboxPool(options: SandboxPoolOptions): SandboxPool {
  return new Pool(options);
}

class Pool implements SandboxPool {
  readonly #options: SandboxPoolOptions;
  readonly #seats = new Set<Seat>();
  readonly #queue: Waiting[] = [];
  #closed = false;

  constructor(options: SandboxPoolOptions) {
    this.#options = options;
  }

  readonly runScript = async (script: string, bindings: Json, deadlineMs: number = this.#options.deadlineMs) => {
    const input = jsonText(bindings);
    if (input === undefined) return refused(TOO_DEEP);
    const done = await this.#run({ kind: 'script', script, input, deadlineMs }, deadlineMs, END_GRACE_MS);
    return done.ok ? { ok: true as const, value: JSON.parse(done.json) as Json } : done;
  };

  readonly runJq = async (program: string, input: Json, deadlineMs: number = this.#options.deadlineMs) => {
    const text = jsonText(input);
    if (text === undefined) return refused(TOO_DEEP);
    const done = await this.#run({ kind: 'jq', program, input: text }, deadlineMs, 0);
    return done.ok ? { ok: true as const, results: JSON.parse(done.json) as readonly Json[] } : done;
  };

  readonly runMock = async (order: MockOrder) => {
    const text = jsonText(order as unknown as Json);
    if (text === undefined) return refused(TOO_DEEP);
    const done = await this.#run({ kind: 'mock', order: text }, MOCK_DEADLINE_MS, END_GRACE_MS);
    return done.ok ? { ok: true as const, workflow: JSON.parse(done.json) as Workflow } : done;
  };

  readonly close = async (): Promise<void> => {
    this.#closed = true;
    const running = [...this.#seats].flatMap(({ busy }) => (busy ? [busy.waiting] : []));
    const ends = [...this.#seats].map((seat) => this.#dismiss(seat));
    for (const { settle } of [...running, ...this.#queue.splice(0)]) settle(CLOSED);
    await Promise.all(ends);
  };

  #run(job: Job, deadlineMs: number, graceMs: number): Promise<Done> {
    if (this.#closed) return Promise.resolve(CLOSED);
    if (this.#queue.length >= MAX_QUEUED_JOBS) return Promise.resolve(FULL);
    return new Promise((settle) => {
      this.#queue.push({ job, deadlineMs, graceMs, settle });
      this.#assign();
    });
  }

  /** Gives waiting jobs to idle threads, and starts threads while there may be more. */
  #assign(): void {
    while (this.#queue.length > 0) {
      const seat = [...this.#seats].find(({ busy }) => !busy) ?? this.#start();
      const waiting = seat && this.#queue.shift();
      if (!seat || !waiting) return;
      const late = refused(`the sandbox did not begin within ${MAX_THREAD_START_MS} ms`, true);
      seat.busy = { waiting, cancelTimer: this.#killAfter(MAX_THREAD_START_MS, seat, late) };
      seat.worker.ref();
      seat.worker.postMessage(waiting.job);
    }
  }

  #start(): Seat | undefined {
    if (this.#seats.size >= this.#options.size) return undefined;
    const worker = new Worker(new URL('./pool-worker.ts', import.meta.url), {
      env: {},
      // The machines write a line when they break; the reason travels in the answer.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const seat: Seat = { worker };
    worker.on('message', (answer: Answer | typeof BEGAN) =>
      answer === BEGAN ? this.#began(seat) : this.#answered(seat, answer),
    );
    worker.on('error', (error) => this.#died(seat, error));
    this.#seats.add(seat);
    return seat;
  }

  /** A thread that had to start, or an engine that had to be loaded, takes nothing from the time of a script. */
  #began(seat: Seat): void {
    if (!seat.busy) return;
    const { waiting, cancelTimer } = seat.busy;
    cancelTimer();
    const { deadlineMs, graceMs } = waiting;
    const late = refused(`it did not end within ${deadlineMs} ms`);
    seat.busy = { waiting, cancelTimer: this.#killAfter(deadlineMs + graceMs, seat, late) };
  }

  #answered(seat: Seat, { reply, spent }: Answer): void {
    const waiting = this.#release(seat);
    if (spent) void this.#dismiss(seat);
    waiting?.settle(reply.ok ? reply : refused(reply.reason));
    this.#assign();
  }

  #killAfter(ms: number, seat: Seat, why: SandboxRefusal): () => void {
    return this.#options.clock.after(ms, () => {
      const waiting = seat.busy?.waiting;
      void this.#dismiss(seat);
      waiting?.settle(why);
      this.#assign();
    });
  }

  /** The thread ended by itself: its heap was full, or it could not start. */
  #died(seat: Seat, error: unknown): void {
    const waiting = this.#release(seat);
    this.#seats.delete(seat);
    const why = error instanceof Error ? error.message : 'unknown error';
    waiting?.settle(refused(`the sandbox ended: ${why}`));
    this.#assign();
  }

  #release(seat: Seat): Waiting | undefined {
    const { busy } = seat;
    busy?.cancelTimer();
    seat.busy = undefined;
    seat.worker.unref();
    return busy?.waiting;
  }

  async #dismiss(seat: Seat): Promise<void> {
    this.#release(seat);
    this.#seats.delete(seat);
    await seat.worker.terminate();
  }
}

const refused = (reason: string, retryable = false): SandboxRefusal => ({ ok: false, reason, retryable });
const CLOSED: SandboxRefusal = { ok: false, reason: 'the sandbox is closed', retryable: true };
const FULL: SandboxRefusal = { ok: false, reason: `${MAX_QUEUED_JOBS} scripts are waiting already`, retryable: true };
