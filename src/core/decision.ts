// What came of a transition: the execution as it is now, what changed, what it says to others.

import type { Outcome } from './command.ts';
import type { Json } from './json.ts';
import type { Message } from './message.ts';
import type { TaskDef, Workflow } from './model.ts';

export interface Decision {
  readonly after: Workflow;
  /** n of each task that is new or different, ascending. */
  readonly changed: readonly number[];
  /** n of each task that is gone (old iterations, a restart). */
  readonly removed: readonly number[];
  readonly messages: readonly Message[];
  /** One for each command, in order. */
  readonly outcomes: readonly Outcome[];
}

export type ScriptResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string };

/** All that the rules may know of the world. Given by the caller, so the same input always gives the same decision. */
export interface Env {
  /** Epoch ms; the same for the whole transition. */
  readonly now: number;
  readonly newId: () => string;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** The address whose call completes a task: for `${task.callbackUrl}`. */
  readonly callbackUrl?: (taskId: string) => string;
  /** Runs a short script in the sandbox; `bindings` is its `$`. */
  readonly evaluate: (script: string, bindings: Json, deadlineMs: number) => ScriptResult;
  /** Registered task definition, for places made at run time. */
  readonly taskDef: (name: string) => TaskDef | undefined;
  /**
   * Of the domains that a start names for a queue, in order of preference ('' = none), the first that a worker polls now.
   * Asked only when there is a choice; the last one counts when no worker polls any, or when this is absent (contract 5.10).
   */
  readonly pickDomain?: (queue: string, domains: readonly string[]) => string | undefined;
}
