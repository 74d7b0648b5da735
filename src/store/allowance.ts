// Calls that all nodes of an installation may let in together.

import { toStored } from './rows/text.ts';

export interface AllowanceWish {
  readonly perSecond: number;
  /** Calls at once, when there were fewer before; at least 1. */
  readonly burst: number;
  /** Whole calls, at least 1. */
  readonly count: number;
  /** Epoch ms. */
  readonly now: number;
}

export interface Allowances {
  /**
   * Takes calls. Answers how many (down to none), and when the next one may be had (epoch ms). Undefined: nobody else
   * works on this database, so whoever asks may as well count by himself.
   */
  take(name: string, wish: AllowanceWish): Promise<Allowance | undefined>;
}

export interface Allowance {
  readonly taken: number;
  readonly nextAt: number;
}

/** What of a webhook is counted: its calls, and the held events that are let go. They are forgotten with it. */
export const allowancesOf = (webhookId: string) =>
  ({ calls: `calls ${toStored(webhookId)}`, releases: `releases ${toStored(webhookId)}` }) as const;

/** The attempts to deliver what a webhook of a flow says. */
export const attemptsOf = (flowWebhookId: string): string => `attempts ${toStored(flowWebhookId)}`;
