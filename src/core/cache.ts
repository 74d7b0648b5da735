// `cacheConfig` of a place: a task whose key was completed before, within the time to live, is given that output again
// instead of being handed to a worker (contract 5.2).

import { resolve } from './language/expression.ts';
import { MAX_CACHE_KEY_LENGTH } from './limits.ts';
import type { Task, Workflow } from './model.ts';
import { placeOf } from './plan.ts';

/** Who reports an output that was kept. */
export const CACHE = 'cache';

export interface CacheEntry {
  /** Of the task definition. */
  readonly name: string;
  readonly key: string;
  readonly ttlMs: number;
}

/** Where the output of a task is kept; undefined: nowhere. The key is a template over the input of the task. */
export function cacheEntryOf(workflow: Pick<Workflow, 'def'>, task: Task): CacheEntry | undefined {
  const { key: template, ttlInSecond = 0 } = placeOf(workflow, task)?.cacheConfig ?? {};
  if (template === undefined || !(ttlInSecond > 0)) return undefined;
  const key = resolve(template, { lookup: (root) => task.input[root] });
  const text = typeof key === 'string' ? key : JSON.stringify(key);
  return text.length > MAX_CACHE_KEY_LENGTH ? undefined : { name: task.name, key: text, ttlMs: ttlInSecond * 1000 };
}
