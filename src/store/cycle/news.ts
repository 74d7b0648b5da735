// What a commit made true and what it leaves to do, beside its answers.

import type { WorkflowStatus } from '../../core/model.ts';
import type { Change } from '../drivers/driver.ts';
import type { Item } from './item.ts';
import type { OpenedWait, TurnKey } from './turn.ts';

/** For those who listen. */
export interface News {
  /** Queue -> how many tasks came to it, or how much room. */
  readonly queues: Map<string, number>;
  readonly workflows: Map<string, WorkflowStatus>;
  readonly webhookIds: Set<string>;
  readonly faults: { workflowId: string; reason: string }[];
  deliveries: boolean;
  messages: boolean;
  /** Latest moment of a change. */
  at: number;
  /** Under which keys of a rateLimitConfig an execution began, ended or waits. */
  readonly turns: TurnKey[];
}

/** What a commit leaves to do, in the next cycle. */
export interface Left {
  readonly items: Item[];
  /** Rows to write with the next commit, whenever that is. */
  readonly changes: Change[];
  readonly opened: OpenedWait[];
  readonly told: Map<string, number>;
  readonly unfinished: Map<number, number>;
}

export const nothingNew = (): News => ({
  queues: new Map(),
  workflows: new Map(),
  webhookIds: new Set(),
  faults: [],
  deliveries: false,
  messages: false,
  turns: [],
  at: 0,
});

export const nothingLeft = (): Left => ({ items: [], changes: [], opened: [], told: new Map(), unfinished: new Map() });
