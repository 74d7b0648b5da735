// Messages for event handlers, and what handlers did with them, as the store keeps them.

import type { Json, JsonObject } from '../core/json.ts';
import type { Errand, ErrandOutcome } from './errand.ts';

/** RECEIVED: nobody has looked at it yet. REJECTED: no active handler listens to it. */
export type MessageStatus = 'RECEIVED' | 'HANDLED' | 'REJECTED';

export interface NewMessage {
  /** For a received webhook the public id of the event, which holds the payload. */
  readonly id: string;
  /** Name that handlers listen to. */
  readonly event: string;
  readonly kind: 'MESSAGE' | 'WEBHOOK';
  readonly createdAt: number;
  readonly payload?: JsonObject;
  readonly traceId?: string;
  /** Names in the payload that the execution it came from masks. */
  readonly masked?: readonly string[];
}

export interface MessageRow extends NewMessage {
  readonly status: MessageStatus;
  readonly note?: string;
}

/** One action of one handler for one message. */
export interface EventExecution {
  /** Also the id of its errand. */
  readonly id: string;
  readonly handler: string;
  readonly event: string;
  readonly messageId: string;
  readonly action: string;
  readonly createdAt: number;
  /** Set when it is over without an errand. */
  readonly state?: 'SKIPPED' | 'FAILED';
  readonly reason?: string;
  /** What the action asked for, its expressions resolved. */
  readonly details?: Json;
}

/** Without `state` and `outcome` it is under way. */
export interface EventExecutionRecord extends EventExecution {
  /** Names in the details that are masked, as in its message. */
  readonly masked?: readonly string[];
  readonly outcome?: ErrandOutcome;
}

export interface MessageCount {
  readonly event: string;
  readonly messages: number;
}

export interface ExecutionCount {
  readonly handler: string;
  readonly event: string;
  readonly executions: number;
}

export interface Messages {
  add(message: NewMessage): Promise<void>;
  get(id: string): Promise<MessageRow | undefined>;
  /** Those that nobody has looked at, the oldest first. */
  waiting(limit: number): Promise<readonly MessageRow[]>;
  /** Ends the wait of a message with all that follows from it, as one commit; false when another node did so first. */
  settle(
    id: string,
    end: {
      readonly status: Exclude<MessageStatus, 'RECEIVED'>;
      readonly note?: string;
      readonly executions: readonly EventExecution[];
      readonly errands: readonly Errand[];
      readonly now: number;
    },
  ): Promise<boolean>;
  /** Newest first. */
  list(query: {
    readonly event?: string;
    readonly offset: number;
    readonly limit: number;
  }): Promise<readonly MessageRow[]>;
  /** Newest first. */
  executions(query: {
    readonly handler?: string;
    readonly messageIds?: readonly string[];
    readonly offset: number;
    readonly limit: number;
  }): Promise<readonly EventExecutionRecord[]>;
  countByEvent(): Promise<readonly MessageCount[]>;
  countByHandler(): Promise<readonly ExecutionCount[]>;
}
