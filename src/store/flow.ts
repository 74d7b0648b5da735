// Flows (a workflow definition with all its versions) and their outgoing webhooks as the store keeps them.

import type { JsonObject } from '../core/json.ts';

/** What belongs to the name of a workflow definition beyond its versions. It comes into being with its first change. */
export interface FlowRow {
  readonly name: string;
  /** Who may decide about it: one, always. */
  readonly owner: string;
  /** Grows with every change of the flow or of one of its webhooks. */
  readonly rev: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface FlowWebhookRow {
  readonly id: string;
  readonly flow: string;
  readonly enabled: boolean;
  /** Grows with every change. */
  readonly rev: number;
  /** What a client may set, as given (secrets included; the store never logs it). */
  readonly config: JsonObject;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Flows {
  get(name: string): Promise<FlowRow | undefined>;
  /** By name. */
  list(): Promise<readonly FlowRow[]>;
  /** In the order in which they were made. */
  webhooks(flow: string): Promise<readonly FlowWebhookRow[]>;
  webhook(id: string): Promise<FlowWebhookRow | undefined>;
  /**
   * Writes a flow and some of its webhooks, all or nothing: false when the flow was changed since `expectedRev` (0: it has no
   * row yet). What executions do in cycles that begin after the answer sees the webhooks as they are now, on every node.
   */
  change(
    flow: FlowRow,
    expectedRev: number,
    webhooks: { readonly put?: readonly FlowWebhookRow[]; readonly remove?: readonly string[] },
  ): Promise<boolean>;
}
