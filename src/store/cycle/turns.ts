// Executions under a rateLimitConfig: of those with the same definition and key so many run at once as it says, the others are
// held, and begin in the order of their starts (contract 5.2). Looked at after each end and start, and with whatever is due.

import type { Driver } from '../drivers/driver.ts';
import { TURNS_PER_LOOK } from '../limits.ts';
import { takeGate } from './gate.ts';
import type { States } from './states.ts';

/** Says to an execution that its turn has come. */
type Admit = (workflowId: string, now: number) => Promise<unknown>;

const HELD = 'select distinct name, key from turn where held = 1 order by name, key limit ?';
const NEXT = 'select wf from turn where name = ? and key = ? and held = 1 order by at, wf limit ?';
const COUNT = 'select count(*) from turn where name = ? and key = ? and held = 0';

export class Turns {
  readonly #driver: Driver;
  readonly #states: States;
  readonly #admit: Admit;
  /** The look that is under way. */
  #looking: Promise<number> | undefined;
  #again = false;

  constructor(driver: Driver, states: States, admit: Admit) {
    this.#driver = driver;
    this.#states = states;
    this.#admit = admit;
  }

  /** Lets executions begin whose turn has come; answers how many. One look at a time. */
  look(now: number): Promise<number> {
    this.#again = true;
    this.#looking ??= this.#lookAll(now).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookAll(now: number): Promise<number> {
    let count = 0;
    while (this.#again) {
      this.#again = false;
      count += await this.#lookOnce(now);
    }
    return count;
  }

  async #lookOnce(now: number): Promise<number> {
    const groups = await this.#driver.query(HELD, [TURNS_PER_LOOK]);
    let count = 0;
    for (const [name, key] of groups) count += await this.#fill(name as string, key as string, now);
    return count;
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
