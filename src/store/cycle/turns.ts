// Executions under a rateLimitConfig: of those with the same definition and key so many run at once as it says, the others are
// held, and begin in the order of their starts (contract 5.2). A key is looked at after each start and end under it, and all keys
// page by page with whatever is due: a node may have died between an end and its look.

import type { Driver } from '../drivers/driver.ts';
import { TURNS_PER_LOOK } from '../limits.ts';
import { takeGate } from './gate.ts';
import type { States } from './states.ts';
import type { TurnKey } from './turn.ts';

/** Says to an execution that its turn has come. */
type Admit = (workflowId: string, now: number) => Promise<unknown>;

const HELD = 'select distinct name, key from turn where held = 1 and (name, key) > (?, ?) order by name, key limit ?';
const NEXT = 'select wf from turn where name = ? and key = ? and held = 1 order by at, wf limit ?';
const COUNT = 'select count(*) from turn where name = ? and key = ? and held = 0';

/** Before all keys: no definition is without a name. */
const FIRST: TurnKey = ['', ''];

export class Turns {
  readonly #driver: Driver;
  readonly #states: States;
  readonly #admit: Admit;
  /** Keys that are still to be looked at. */
  readonly #wanted = new Map<string, TurnKey>();
  /** The latest moment that a look was asked for. */
  #now = 0;
  /** Ends with the pass that was begun last: one at a time. */
  #ended: Promise<void> = Promise.resolve();
  /** The pass that has not begun yet. */
  #next: Promise<number> | undefined;
  /** Where the last page ended. */
  #pageEnd: TurnKey = FIRST;

  constructor(driver: Driver, states: States, admit: Admit) {
    this.#driver = driver;
    this.#states = states;
    this.#admit = admit;
  }

  /** Lets executions under these keys begin whose turn has come; answers how many began in the next pass. */
  look(keys: readonly TurnKey[], now: number): Promise<number> {
    for (const key of keys) this.#wanted.set(JSON.stringify(key), key);
    this.#now = Math.max(this.#now, now);
    this.#next ??= this.#afterwards();
    return this.#next;
  }

  #afterwards(): Promise<number> {
    const pass = this.#ended.then(() => {
      this.#next = undefined;
      return this.#pass();
    });
    this.#ended = pass.then(
      () => {},
      () => {},
    );
    return pass;
  }

  /** The same for a page of the keys under which executions are held; the next page follows the next time. */
  async lookOnward(now: number): Promise<number> {
    const from = this.#pageEnd;
    const behind = await this.#held(from);
    const isLast = behind.length < TURNS_PER_LOOK;
    this.#pageEnd = isLast ? FIRST : (behind.at(-1) ?? FIRST);
    // Where all keys fit in a page, each of them is looked at each time.
    const more = isLast && from !== FIRST ? (await this.#held(FIRST)).slice(0, TURNS_PER_LOOK - behind.length) : [];
    return this.look([...behind, ...more], now);
  }

  async #held(after: TurnKey): Promise<readonly TurnKey[]> {
    const rows = await this.#driver.query(HELD, [...after, TURNS_PER_LOOK]);
    return rows.map(([name, key]): TurnKey => [name as string, key as string]);
  }

  /** Some of what is wanted: keys may change faster than they are looked at, and whoever asks is to be answered. */
  async #pass(): Promise<number> {
    const some = [...this.#wanted].slice(0, TURNS_PER_LOOK);
    for (const [text] of some) this.#wanted.delete(text);
    try {
      let count = 0;
      for (const [, [name, key]] of some) count += await this.#fill(name, key, this.#now);
      return count;
    } finally {
      // What a failure leaves out is found by a look onward.
      if (this.#wanted.size) void this.look([], this.#now).catch(() => undefined);
    }
  }

  async #fill(name: string, key: string, now: number): Promise<number> {
    const giveBack = await takeGate(this.#driver, `turn ${JSON.stringify([name, key])}`, now);
    if (!giveBack) return 0;
    try {
      const rows = await this.#driver.query(NEXT, [name, key, TURNS_PER_LOOK]);
      const wfs = rows.map(([wf]) => wf as number);
      const states = (await this.#states.byKey(this.#driver, wfs)).filter((state) => state !== undefined);
      const limit = states[0]?.workflow.def.rateLimitConfig?.concurrentExecLimit ?? 0;
      const [counted] = await this.#driver.query(COUNT, [name, key]);
      const next = states.slice(0, Math.max(0, limit - (counted?.[0] as number)));
      await Promise.all(next.map(({ workflow }) => this.#admit(workflow.id, now)));
      return next.length;
    } finally {
      await giveBack();
    }
  }
}
