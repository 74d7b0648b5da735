// What the world outside knows: what it asked for, what it was promised, and what it has seen. The checks hold the database against it.

import type { LATER_WEBHOOKS } from './definitions.ts';
import type { Kind } from './faults.ts';

export type Strategy = 'RETURN_EXISTING' | 'FAIL' | 'FAIL_ON_RUNNING';

export type Webhook = 'orders' | 'starts' | 'keyed' | 'brief' | 'sessions' | 'lines' | 'repeats' | LaterWebhook;
export type LaterWebhook = keyof typeof LATER_WEBHOOKS;

export interface Order {
  readonly id: string;
  readonly kind: Kind;
  readonly strategy: Strategy;
  /** Somebody may terminate it. */
  readonly doomed: boolean;
  /** Executions that a start was answered with. */
  readonly started: Set<string>;
  /** Executions that it is to have, where that is not one. */
  parts: number;
  /** Somebody waits for a worker to be done with a task of it. */
  cue?: () => void;
}

export interface SentEvent {
  readonly delivery: string;
  readonly webhook: Webhook;
  readonly order: string;
  readonly kind: string;
  readonly nonce: string;
  /** From the sending to the answer 200, each time, by the clock that all go by. */
  readonly acknowledged: { readonly sentAt: number; readonly answeredAt: number }[];
}

/** What a receiver of outgoing webhooks was told, and has answered with 200. */
export interface Receipt {
  readonly delivery: string;
  readonly workflowId: string;
  readonly status: string;
}

export class Ledger {
  readonly orders = new Map<string, Order>();
  readonly events = new Map<string, SentEvent>();
  /** Attempts that workers were handed: task id and number of the poll. */
  readonly handed = new Map<string, string>();
  /** Domain -> when a worker last asked a node for work of it, or was still waiting for the answer. */
  readonly polled = new Map<string, number>();
  /** Polls of a domain that are under way. */
  readonly polling = new Map<string, number>();
  /** In the order of arrival. */
  readonly receipts: Receipt[] = [];
  /** What was seen through the API and must not be seen otherwise. */
  readonly problems: string[] = [];
  readonly completed = new Map<string, string>();
  /** Actors that have something left to do. */
  busy = 0;
  /** Quotes that workers have made. */
  made = 0;

  eventsOf(order: string, webhook: Webhook): SentEvent[] {
    return [...this.events.values()].filter((event) => event.order === order && event.webhook === webhook);
  }

  noncesOf(order: string, kind: string): Set<string> {
    const own = [...this.events.values()].filter((event) => event.order === order && event.kind === kind);
    return new Set(own.map(({ nonce }) => nonce));
  }
}
