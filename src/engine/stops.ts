// Waiting for the next stop of an execution: its end, a task that holds it (also inside of its sub-workflows), or one of
// the tasks that the caller named (contract 5.12). Notices of the store are hints; losing one costs one look interval.

import { blockingTaskOf } from '../core/blocking.ts';
import type { Task, Workflow } from '../core/model.ts';
import { hasEnded, isTerminal, referenceName } from '../core/model.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';

/** A task that holds an execution, and the execution it stands in: the one asked for, or one below it. */
export interface Blocking {
  readonly workflow: Workflow;
  readonly task: Task;
}

export interface Stop {
  readonly workflow: Workflow;
  readonly blocking?: Blocking;
  /** It goes on: the time ran out first. */
  readonly timedOut: boolean;
}

export interface StopWish {
  /** Reference names of tasks whose end is a stop. */
  readonly refs?: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Stops {
  /** The task that holds the execution, found through its open sub-workflows. Undefined: none, or no such execution. */
  blocking(id: string): Promise<Blocking | undefined>;
  /** Undefined: there is no such execution. */
  next(id: string, wish: StopWish): Promise<Stop | undefined>;
}

const LOOK_INTERVAL_MS = 500;

export function createStops(store: Store, clock: Clock): Stops {
  const load = (id: string) => store.workflows.get(id, { tasks: true });

  /** `seen` collects every execution that was looked at. */
  const blockingIn = async (workflow: Workflow, seen: Set<string>): Promise<Blocking | undefined> => {
    if (isTerminal(workflow.status)) return undefined;
    for (const task of workflow.tasks) {
      if (blockingTaskOf([task])) return { workflow, task };
      if (task.type !== 'SUB_WORKFLOW' || hasEnded(task) || task.subWorkflowId === undefined) continue;
      seen.add(task.subWorkflowId);
      const child = await load(task.subWorkflowId);
      const found = child && (await blockingIn(child, seen));
      if (found) return found;
    }
    return undefined;
  };

  /** The stop that the execution stands at; without one, those whose changes may bring it there. */
  const look = async (id: string, refs: readonly string[]) => {
    const workflow = await load(id);
    if (!workflow) return undefined;
    const seen = new Set([id]);
    const blocking = await blockingIn(workflow, seen);
    const isThere = isTerminal(workflow.status) || blocking !== undefined || hasReached(workflow, refs);
    return { isThere, seen, stop: { workflow, ...(blocking && { blocking }) } };
  };

  return {
    async blocking(id) {
      const workflow = await load(id);
      return workflow && blockingIn(workflow, new Set());
    },
    async next(id, { refs = [], timeoutMs, signal }) {
      const endsAt = clock.elapsed() + timeoutMs;
      for (;;) {
        const ear = listen(store, clock);
        try {
          const found = await look(id, refs);
          if (!found) return undefined;
          if (found.isThere) return { ...found.stop, timedOut: false };
          const leftMs = endsAt - clock.elapsed();
          if (leftMs <= 0 || signal?.aborted) return { ...found.stop, timedOut: true };
          await ear.changed(found.seen, Math.min(leftMs, LOOK_INTERVAL_MS), signal);
        } finally {
          ear.stop();
        }
      }
    },
  };
}

/** With or without loop suffix, as `${ref.output}` finds it. */
function hasReached({ tasks }: Workflow, refs: readonly string[]): boolean {
  return tasks.some(
    (task) => hasEnded(task) && !task.retried && (refs.includes(referenceName(task)) || refs.includes(task.place)),
  );
}

/** Hears of changes from now on, so that none is missed between a look and the wait after it. */
function listen(store: Store, clock: Clock) {
  const heard = new Set<string>();
  let wake = (): void => {};
  let wanted: ReadonlySet<string> = new Set();
  const unsubscribe = store.subscribe(({ workflows }) => {
    for (const { id } of workflows) heard.add(id);
    if (workflows.some(({ id }) => wanted.has(id))) wake();
  });
  return {
    stop: unsubscribe,
    async changed(ids: ReadonlySet<string>, withinMs: number, signal: AbortSignal | undefined): Promise<void> {
      wanted = ids;
      if ([...ids].some((id) => heard.has(id))) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const callOff = clock.after(withinMs, resolve);
      signal?.addEventListener('abort', wake, { once: true });
      await promise;
      callOff();
      signal?.removeEventListener('abort', wake);
    },
  };
}
