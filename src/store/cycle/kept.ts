// Outputs kept by `cacheConfig`: a task that is scheduled under a key that was completed before is completed with the same
// output, though nobody polls. Said through the inbox of its own execution, so that a crash in between only delays it.

import { CACHE, type CacheEntry, cacheEntryOf } from '../../core/cache.ts';
import type { UpdateTask } from '../../core/command.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Row } from '../drivers/driver.ts';
import { toStored } from '../rows/text.ts';
import type { Cycle } from './cycle.ts';
import type { State } from './states.ts';
import { findTask } from './turn.ts';

/** The outputs that are kept under these keys now; undefined for those that are not. */
export async function keptOutputs(
  { session }: Cycle,
  entries: readonly CacheEntry[],
  now: number,
): Promise<(JsonObject | undefined)[]> {
  if (!entries.length) return [];
  const found = await session.look(
    'taskCache',
    entries.map(({ name, key }): Row => [toStored(name), toStored(key)]),
  );
  return entries.map((_, i) => {
    const [expiresAt, output] = found[i]?.[0] ?? [];
    return typeof expiresAt === 'number' && expiresAt > now ? JSON.parse(output as string) : undefined;
  });
}

/** Under which key the output of a task that nobody has taken yet may be kept. */
export function waitingEntryOf({ workflow }: State, n: number): CacheEntry | undefined {
  const task = findTask(workflow.tasks, n);
  return task?.status === 'SCHEDULED' ? cacheEntryOf(workflow, task) : undefined;
}

export const completion = (n: number, output: JsonObject): UpdateTask => ({
  type: 'updateTask',
  task: { n },
  status: 'COMPLETED',
  output,
  workerId: CACHE,
});
