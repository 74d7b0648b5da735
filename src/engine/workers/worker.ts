// A worker of ours: takes tasks of one queue, does several at once, and reports as any other worker would.

import type { Task } from '../../core/model.ts';
import { taskId } from '../../core/model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { createLoop, type Loop } from '../../lib/loop.ts';
import type { PolledFrom, PolledTask } from '../../store/poll.ts';
import type { Store } from '../../store/store.ts';
import type { Executions, Report } from '../executions.ts';
import { isRefusal } from '../executions.ts';

export interface Worker {
  readonly queue: string;
  /** Tasks under way at once. */
  readonly capacity: number;
  /** Must not throw for anything that input can cause. `signal`: the server stops and cannot wait any longer. */
  run(task: Task, workflow: PolledFrom, signal: AbortSignal): Promise<Report>;
}

export interface WorkerDeps {
  readonly store: Store;
  readonly executions: Executions;
  readonly clock: Clock;
  readonly log: Log;
  /** Secrets and variables, put into the input of a task. */
  readonly fillIn: (task: Task, place: PolledTask['place']) => Promise<Task>;
  /** Name of this node. */
  readonly workerId: string;
  readonly onDone: (queue: string, status: string) => void;
}

/** Delayed tasks make no notice when their time comes, so the queue is looked at this often. */
const LOOK_INTERVAL_MS = 500;

/** What is under way when the server stops gets so long; then it is called off. */
const STOP_GRACE_MS = 5_000;

export function createWorkerLoop(worker: Worker, deps: WorkerDeps): Loop {
  const { store, clock, log, workerId } = deps;
  const { queue, capacity } = worker;
  const underWay = new Set<Promise<void>>();
  const aborter = new AbortController();

  const begin = (polled: PolledTask): void => {
    const done = perform(worker, deps, polled, aborter.signal).finally(() => {
      underWay.delete(done);
      loop.kick();
    });
    underWay.add(done);
  };

  const loop = createLoop({
    clock,
    idleMs: LOOK_INTERVAL_MS,
    onError: (error) => log.error({ err: error, queue }, 'could not take tasks; trying again'),
    async work() {
      const free = capacity - underWay.size;
      if (free <= 0) return undefined;
      const tasks = await store.tasks.poll({ queue, workerId, count: free, now: clock.now() });
      for (const polled of tasks) begin(polled);
      return tasks.length > 0 ? 0 : undefined;
    },
  });
  const unsubscribe = store.subscribe((notice) => {
    if (notice.queues.includes(queue)) loop.kick();
  });
  return {
    ...loop,
    async stop() {
      unsubscribe();
      await loop.stop();
      const callOff = clock.after(STOP_GRACE_MS, () => aborter.abort());
      await Promise.all(underWay);
      callOff();
    },
  };
}

async function perform(worker: Worker, deps: WorkerDeps, polled: PolledTask, signal: AbortSignal): Promise<void> {
  const { clock, log, executions, fillIn, workerId, onDone } = deps;
  const { task, place, workflow } = polled;
  const id = taskId(workflow.id, task.n);
  const about = { traceId: workflow.traceId, workflowId: workflow.id, taskId: id, type: worker.queue };
  const startedAt = clock.elapsed();
  try {
    const report = await worker.run(await fillIn(task, place), workflow, signal);
    // A call that was called off says nothing: the task is taken up again once its lease is over.
    if (signal.aborted) return;
    const answer = await executions.report(id, { ...report, workerId });
    if (isRefusal(answer)) log.warn({ ...about, reason: answer.reason }, 'the result of a task was refused');
    else log.debug({ ...about, status: report.status, tookMs: clock.elapsed() - startedAt }, 'task done');
    onDone(worker.queue, report.status);
  } catch (error) {
    log.error({ ...about, err: error }, 'a worker of ours failed');
    const reason = `the worker failed: ${error instanceof Error ? error.message : String(error)}`;
    await executions.report(id, { status: 'FAILED', reason, workerId }).catch(() => undefined);
  }
}
