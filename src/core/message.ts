// What one execution says to the rest of the house when it changes: other executions, the registry of starts, senders.
// Messages are written in the same commit as the change that causes them.

import type { Command } from './command.ts';
import type { JsonObject } from './json.ts';
import type { IdempotencyStrategy, TaskAddress, TaskStatus, Workflow, WorkflowDef, WorkflowStatus } from './model.ts';

export type Message =
  /** A command for another execution: an inbox row. */
  | { readonly type: 'tell'; readonly workflowId: string; readonly command: Command }
  /** Start another execution under an id chosen here. `by` is told if it cannot be. */
  | {
      readonly type: 'start';
      readonly id: string;
      readonly name: string;
      readonly version?: number;
      readonly def?: WorkflowDef;
      readonly input: JsonObject;
      readonly correlationId?: string;
      readonly priority?: number;
      readonly taskToDomain?: Workflow['taskToDomain'];
      readonly idempotencyKey?: string;
      readonly idempotencyStrategy?: IdempotencyStrategy;
      readonly createdBy?: string;
      readonly traceId?: string;
      /** Names that the new execution masks as well; set for every start. */
      readonly masked?: readonly string[];
      /**
       * The task that asked. `waits`: it is a SUB_WORKFLOW, so the new execution is its child. Either is told
       * `startFailed` when it cannot be; a START_WORKFLOW (`waits` false) is told `startedAs` when it was.
       */
      readonly by?: TaskAddress & { readonly waits: boolean };
      readonly depth: number;
    }
  /** The execution changed its status; outgoing webhooks and the live stream follow from it. */
  | { readonly type: 'workflowChanged'; readonly from: WorkflowStatus | undefined; readonly to: WorkflowStatus }
  /** A task reached an end; outgoing webhooks limited to chosen tasks follow from it. `retried`: another attempt follows. */
  | {
      readonly type: 'taskEnded';
      readonly n: number;
      readonly ref: string;
      readonly to: TaskStatus;
      readonly retried?: boolean;
    }
  /** An event for event handlers (onStateChange, EVENT with a conductor sink). */
  | {
      readonly type: 'event';
      readonly name: string;
      readonly payload: JsonObject;
      readonly masked?: readonly string[];
    }
  /** A place under a rateLimitConfig is free: the next held execution with this definition and key may be admitted. */
  | { readonly type: 'placeFreed'; readonly name: string; readonly rateLimitKey: string };
