// Counting and acting on the count must be one thing. One writer does it within its commit; on a shared database whoever counts
// first takes a gate, which the database gives to one at a time, and gives it back when its commit is done.

import type { Driver } from '../drivers/driver.ts';

/** A node that dies keeps a gate for so long. */
const GATE_MS = 5_000;

const TAKE = `insert into fact (name, value) values (?, ?) on conflict (name) do update set value = excluded.value
  where fact.value <= ? returning value`;
const GIVE_BACK = 'update fact set value = 0 where name = ? and value = ?';

/** The way to give it back; undefined: somebody else has it. */
export async function takeGate(driver: Driver, name: string, now: number): Promise<(() => Promise<void>) | undefined> {
  if (driver.serial) return async () => {};
  const key = `gate ${name}`;
  const until = now + GATE_MS;
  const taken = await driver.query(TAKE, [key, until, now]);
  if (!taken.length) return undefined;
  return async () => {
    await driver.query(GIVE_BACK, [key, until]);
  };
}
