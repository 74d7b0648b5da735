// Deliveries of outgoing webhooks as the store keeps them: what is to be sent, how often it was tried, what came of it.

import type { JsonObject } from '../core/json.ts';
import type { Message } from '../core/message.ts';
import type { Workflow } from '../core/model.ts';
import type { FlowWebhookRow } from './flow.ts';

/** PENDING waits, or is under way. FAILED is dead until somebody resends it; so is CANCELLED, which nobody tried to the end. */
export type DeliveryStatus = 'PENDING' | 'DELIVERED' | 'FAILED' | 'CANCELLED';

/** What a change of an execution gives a webhook to say. */
export interface NewDelivery {
  readonly webhookId: string;
  /** Such as `success`, or `failure of charge`: for people. */
  readonly cause: string;
  /** What is needed to send it, fixed at the moment of the change. */
  readonly data: JsonObject;
  /** Deliveries of one webhook with one key go one after the other; absent: no order. */
  readonly orderKey?: string;
  /** It can never be sent, for this reason: stored as FAILED. */
  readonly unsendable?: string;
}

/**
 * What webhooks have to say about a change. Runs inside the commit of the change: pure and synchronous, and it must not throw.
 * Given are the webhooks of the execution's flow that are switched on.
 */
export type FanOut = (
  workflow: Workflow,
  messages: readonly Message[],
  webhooks: readonly FlowWebhookRow[],
) => readonly NewDelivery[];

export interface Delivery {
  /** Stable over all attempts and resends. */
  readonly id: string;
  readonly flow: string;
  readonly webhookId: string;
  readonly workflowId: string;
  readonly cause: string;
  readonly status: DeliveryStatus;
  /** Grows with every change of its row. */
  readonly rev: number;
  /** Attempts in all. */
  readonly attempts: number;
  /** Attempts since it was made or resent: the place in the retry schedule. */
  readonly tries: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Absent: it is not waiting. */
  readonly nextAt?: number;
  readonly orderKey?: string;
  /** Of the last attempt, or why it ended: `200`, `timeout`, `the webhook was removed`. */
  readonly outcome?: string;
  readonly data: JsonObject;
}

export interface Attempt {
  readonly n: number;
  /** When it began, epoch ms. */
  readonly at: number;
  /** Request, response, timing and fault, as the sender saw them; no secrets. */
  readonly data: JsonObject;
}

/** A place in the queue. Pass it back as it is. */
export interface Waiting {
  readonly id: string;
  readonly webhookId: string;
  /** '' without an order. */
  readonly lane: string;
  readonly at: number;
  readonly due: number;
  readonly leasedUntil: number;
}

export interface Work {
  /** The oldest of each webhook first. Of each order key the oldest unfinished one, if nobody has a lease on it. */
  readonly waiting: readonly Waiting[];
  /** Their webhooks, without those that the asker knows as they are. */
  readonly webhooks: readonly FlowWebhookRow[];
  /** Ids of their webhooks that do not exist any more. */
  readonly gone: readonly string[];
}

/** `expected` is the delivery as it was claimed. */
export interface Settlement {
  readonly expected: Delivery;
  readonly status: DeliveryStatus;
  readonly outcome: string;
  readonly now: number;
  /** Absent: nothing was tried. */
  readonly attempt?: Omit<Attempt, 'n'>;
  /** With status PENDING: when it is tried again. */
  readonly nextAt?: number;
}

export interface DeliveryQuery {
  readonly ids?: readonly string[];
  readonly flows?: readonly string[];
  readonly webhookIds?: readonly string[];
  readonly workflowIds?: readonly string[];
  readonly statuses?: readonly DeliveryStatus[];
  /** Inclusive both. */
  readonly createdFrom?: number;
  readonly createdTo?: number;
  /** Found in the ids, the cause, the outcome or the message. */
  readonly text?: string;
  readonly offset: number;
  readonly limit: number;
}

export interface Deliveries {
  get(id: string): Promise<Delivery | undefined>;
  /** Newest first. */
  search(query: DeliveryQuery): Promise<{ readonly total: number; readonly rows: readonly Delivery[] }>;
  /** In order. */
  attempts(id: string): Promise<readonly Attempt[]>;
  /** What waits, a fair share of every webhook: at most `perWebhook` of each. `known`: webhook id -> its `rev` as it is known. */
  waiting(now: number, perWebhook: number, known?: Readonly<Record<string, number>>): Promise<Work>;
  /** Takes them for this node until `until`; answers those that nobody else has. With one writer nothing is written. */
  claim(places: readonly Waiting[], until: number): Promise<readonly Delivery[]>;
  /** Gives a place back untouched. */
  release(delivery: Delivery): Promise<void>;
  /** False: another node has settled it meanwhile, and nothing was written. */
  settle(settlement: Settlement): Promise<boolean>;
  /** Puts one that has ended back in the queue, at the beginning of its schedule. False: it waits already, or is unknown. */
  resend(id: string, now: number): Promise<boolean>;
}
