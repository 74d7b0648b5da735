// What the live stream tells, and which cached answers it makes stale.
import type { WorkflowStatus } from '../../../src/core/model.ts';

export interface LiveNotice {
  readonly workflows: readonly { readonly id: string; readonly status: WorkflowStatus }[];
  readonly webhooks: readonly string[];
  /** More changed than is listed. */
  readonly missed?: boolean;
}

/** First words of query keys: all of one kind, or one thing of it. */
export type StaleKey = readonly [string] | readonly [string, string];

/** Keys to refresh after notices, each once; undefined when more changed than was told: then everything. */
export function staleKeys(notices: readonly LiveNotice[]): StaleKey[] | undefined {
  const keys = new Map<string, StaleKey>();
  const add = (...key: StaleKey) => keys.set(key.join('\n'), key);
  for (const { workflows = [], webhooks = [], missed } of notices) {
    if (missed) return undefined;
    for (const { id } of workflows) add('execution', id);
    for (const id of webhooks) {
      add('webhook', id);
      add('events', id);
      add('events', 'inbox');
    }
    if (workflows.length > 0) {
      add('executions');
      add('queues');
      add('deliveries');
      add('trace');
      for (const kind of ['schedules', 'schedule', 'handler']) add(kind);
    }
    if (webhooks.length > 0) {
      add('webhooks');
      add('trace');
    }
  }
  return [...keys.values()];
}
