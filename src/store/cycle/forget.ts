// Events that go because their time is over. Whether something needs one is asked in the commit that removes it.

import type { Change, Row } from '../drivers/driver.ts';
import type { Cycle } from './cycle.ts';
import { type ItemOf, removal } from './item.ts';

export async function gatherForgets(cycle: Cycle, items: readonly ItemOf<'forget'>[]): Promise<void> {
  for (const item of items) {
    const { session } = cycle;
    const keys = item.events.map((id): Row => [id]);
    const [events, used, todo, held, effects] = await Promise.all([
      session.look('eventThere', keys),
      session.look('eventUse', keys),
      session.look('eventTodo', keys),
      session.look('eventHeld', keys),
      session.look('effects', keys),
    ]);
    const isNeeded = (i: number): boolean => [used, todo, held].some((rows) => (rows[i]?.length ?? 0) > 0);
    let count = 0;
    const changes = item.events.flatMap((id, i): Change[] => {
      const [row] = events[i] ?? [];
      if (!row || isNeeded(i)) return [];
      count++;
      const did = effects[i] ?? [];
      return [
        removal('event', [id]),
        removal('event_repeat', [id]),
        removal('event_replay', [id]),
        ...did.map((effect) => removal('effect', effect.slice(0, 3))),
        ...(did.length > 0 && !cycle.context.driver.serial ? [removal('event_claim', [id])] : []),
      ];
    });
    cycle.note(changes, [item]);
    cycle.finishes.set(item, () => item.resolve(count));
  }
}
