// Timers ring neither early nor never: what the stored moments mean by the clock that all nodes go by.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The longest WAIT of all definitions. */
const LONGEST_WAIT_MS = 3_000;

export class Timers {
  readonly #timers: StatementSync;
  readonly #now: () => number;
  readonly #errorMs: number;
  /** Moment for which a timer is set. */
  readonly #set = new Map<string, number>();

  /** `errorMs`: by how much clocks of nodes may differ. */
  constructor(reader: DatabaseSync, now: () => number, errorMs: number) {
    this.#timers = reader.prepare(
      "select wf || '.' || n as key, status, data ->> 'wakeAt' as at from task where type = 'WAIT'",
    );
    this.#now = now;
    this.#errorMs = errorMs;
  }

  broken(): string[] {
    const problems: string[] = [];
    const now = this.#now();
    for (const row of this.#timers.iterate()) {
      const { key, status, at } = row as { key: string; status: string; at: number | null };
      const before = this.#set.get(key);
      if (status === 'COMPLETED' && before !== undefined) {
        this.#set.delete(key);
        if (now < before - this.#errorMs) problems.push(`timer ${key} rings ${before - now} ms early`);
      } else if (status === 'IN_PROGRESS' && at !== null && before === undefined) {
        this.#set.set(key, at);
        if (at > now + LONGEST_WAIT_MS + this.#errorMs) problems.push(`timer ${key} is set to ${at - now} ms from now`);
      }
    }
    return problems;
  }
}
