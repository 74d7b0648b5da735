// What every actor of the world outside works with, and the two ways to ask a server for something.

import type { Answer, Call, Cluster } from './cluster.ts';
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface World {
  readonly time: VirtualTime;
  readonly cluster: Cluster;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly note: (line: string) => void;
}

/** Until an answer says that it was understood: anything below 500. */
export async function insist({ cluster, time, random }: World, call: Call): Promise<Answer> {
  for (;;) {
    const answer = await cluster.call(call);
    if (answer && answer.status < 500) return answer;
    await time.sleep(random.int(50, 1_000));
  }
}

/** Asks once; whether it was heard does not matter. */
export const mention = (world: World, call: Call): Promise<Answer | undefined> => world.cluster.call(call);

/** An actor that ends. */
export function task(world: World, run: (own: World) => Promise<void>): void {
  world.ledger.busy++;
  void run({ ...world, random: world.random.fork() }).then(() => {
    world.ledger.busy--;
  });
}

export function forEver(world: World, round: (own: World) => Promise<void>): void {
  const own = { ...world, random: world.random.fork() };
  const next = async (): Promise<void> => {
    for (;;) await round(own);
  };
  void next();
}
