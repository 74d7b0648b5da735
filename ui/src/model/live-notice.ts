// What the live stream tells, and which cached answers it makes stale.
import type { WorkflowStatus } from '../../../src/core/model.ts';

export interface LiveNotice {
  readonly workflows: readonly { readonly id: string; readonly status: WorkflowStatus }[];
  readonly webhookIds: readonly string[];
  readonly queues: readonly string[];
}

/** First words of query keys: all of one kind, or one thing of it. */
export type StaleKey = readonly [string] | readonly [string, string];

/** Keys to refresh after notices, each once. */
export function staleKeys(notices: readonly LiveNotice[]): StaleKey[] {
  const keys = new Map<string, StaleKey>();
  const add = (...key: StaleKey) => keys.set(key.join('\n'), key);
  for (const { workflows = [], webhookIds = [], queues = [] } of notices) {
    for (const { id } of workflows) add('execution', id);
    for (const id of webhookIds) {
      add('webhook', id);
      add('events', id);
    }
    if (workflows.length > 0) add('executions');
    if (webhookIds.length > 0) add('webhooks');
    if (queues.length > 0 || workflows.length > 0) add('queues');
  }
  return [...keys.values()];
}
