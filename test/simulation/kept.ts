// What holds for a time only: an output that is kept, and the domain that somebody polled when a task chose it.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { QUOTE_TTL_SECONDS } from './definitions.ts';
import type { Ledger } from './ledger.ts';
import { CHOSEN_DOMAINS, KEPT_USES } from './rules.ts';

/** So long after its last poll a domain counts as polled (`docs/conductor-compatibility.md`). */
const LIVE_MS = 10_000;

export class Kept {
  readonly #uses: StatementSync;
  readonly #chosen: StatementSync;
  readonly #ledger: Ledger;
  readonly #now: () => number;
  readonly #errorMs: number;
  readonly #seen = new Set<string>();

  /** `errorMs`: by how much clocks of nodes may differ. */
  constructor(given: { reader: DatabaseSync; ledger: Ledger; now: () => number; errorMs: number }) {
    this.#uses = given.reader.prepare(KEPT_USES);
    this.#chosen = given.reader.prepare(CHOSEN_DOMAINS);
    this.#ledger = given.ledger;
    this.#now = given.now;
    this.#errorMs = given.errorMs;
  }

  broken(): string[] {
    const problems: string[] = [];
    for (const row of this.#uses.iterate()) {
      const { key, usedAt, madeAt } = row as { key: string; usedAt: number; madeAt: number };
      const ageMs = usedAt - madeAt;
      if (ageMs > QUOTE_TTL_SECONDS * 1_000 + this.#errorMs)
        problems.push(`${key} was given an output ${ageMs} ms old`);
    }
    for (const row of this.#chosen.iterate()) {
      const { key, domain, at } = row as { key: string; domain: string; at: number };
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const polledAt = this.#polledAt(domain);
      if (polledAt < at - LIVE_MS - this.#errorMs)
        problems.push(`${key} of ${at} is in domain ${domain}, polled last at ${polledAt}`);
    }
    return problems;
  }

  #polledAt(domain: string): number {
    const { polling, polled } = this.#ledger;
    return polling.get(domain) ? this.#now() : (polled.get(domain) ?? 0);
  }
}
