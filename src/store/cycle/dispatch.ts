// A row that one of many may move on, and the errands that go out with it: a schedule that is due, a message to be handled.

import type { Cycle } from './cycle.ts';
import { errandRows, targetOf } from './errands.ts';
import type { ItemOf } from './item.ts';

export async function gatherDispatches(cycle: Cycle, items: readonly ItemOf<'dispatch'>[]): Promise<void> {
  if (!items.length) return;
  let key = await cycle.session.newKeys(items.length);
  for (const item of items) {
    const { guard, changes, errands, now } = item;
    let held = false;
    // Whoever comes second is told so, and does not try again.
    cycle.partial.set(item, () => true);
    cycle.finishes.set(item, () => item.resolve(held));
    cycle.plan({ key, ...(guard && { guard }), changes: [...changes, ...errandRows(errands, key, now)] }, [item], {
      passed: () => {
        held = true;
        for (const errand of errands) cycle.left.told.set(targetOf(errand), now);
      },
    });
    key += 1;
  }
}
