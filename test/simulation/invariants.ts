// Looks at the committed rows after every step that wrote something: the rules, what may not change any more, and timers.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Faults } from './faults.ts';
import { Kept } from './kept.ts';
import type { Ledger } from './ledger.ts';
import { Promises } from './promises.ts';
import { ALWAYS, AT_REST, FILL_TASKS, MAKE_TASKS, OPEN } from './rules.ts';
import { Timers } from './timers.ts';

type Rules = readonly (readonly [name: string, statement: StatementSync])[];

export class Invariants {
  readonly #reader: DatabaseSync;
  readonly #ledger: Ledger;
  readonly #always: Rules;
  readonly #atRest: Rules;
  readonly #timers: Timers;
  readonly #kept: Kept;
  readonly #promises: Promises;
  readonly #tasks: StatementSync;
  readonly #executions: StatementSync;
  /** Ended tasks and completed executions as they were seen first. */
  readonly #ended = new Map<string, string>();

  constructor(given: { reader: DatabaseSync; ledger: Ledger; faults: Faults; now: () => number }) {
    const { reader, ledger, faults, now } = given;
    this.#reader = reader;
    this.#ledger = ledger;
    reader.exec(MAKE_TASKS);
    const prepare = (rules: Readonly<Record<string, string>>): Rules =>
      Object.entries(rules).map(([name, sql]) => [name, reader.prepare(sql)]);
    this.#always = prepare(ALWAYS);
    this.#atRest = prepare(AT_REST);
    this.#timers = new Timers(reader, now, faults.clockErrorMs);
    this.#kept = new Kept({ reader, ledger, now, errorMs: faults.clockErrorMs });
    this.#promises = new Promises(reader, ledger, faults);
    this.#tasks = reader.prepare(
      `select wf || '.' || n as key, status || ' ' || coalesce(output_event, '') as state from task
        where type in ('SIMPLE', 'HTTP', 'WAIT', 'WAIT_FOR_WEBHOOK') and status not in ${OPEN}`,
    );
    this.#executions = reader.prepare(
      "select id as key, status || ' ' || ended_at || ' ' || coalesce(output, '') as state from workflow where status = 'COMPLETED'",
    );
  }

  /** After every step that wrote something. */
  broken(): string[] {
    this.#reader.exec(FILL_TASKS);
    return [
      ...find(this.#always),
      ...this.#changed(),
      ...this.#timers.broken(),
      ...this.#kept.broken(),
      ...this.#ledger.problems,
    ];
  }

  /** What has ended does not end again, or otherwise. */
  #changed(): string[] {
    const problems: string[] = [];
    for (const statement of [this.#tasks, this.#executions])
      for (const { key, state } of statement.iterate() as Iterable<{ key: string; state: string }>) {
        const before = this.#ended.get(key);
        if (before === undefined) this.#ended.set(key, state);
        else if (before !== state) problems.push(`${key} had ended as '${before}' and is now '${state}'`);
      }
    return problems;
  }

  unrest(): string[] {
    return find(this.#atRest);
  }

  /** When all is quiet. */
  unkept(): string[] {
    return this.#promises.unkept();
  }
}

const MOST_SHOWN = 5;

function find(rules: Rules): string[] {
  return rules.flatMap(([name, statement]) => {
    const rows = statement.all();
    const shown = rows.slice(0, MOST_SHOWN).map((row) => Object.values(row).join(' '));
    return rows.length > 0 ? [`${name}: ${shown.join('; ')}${rows.length > MOST_SHOWN ? ' …' : ''}`] : [];
  });
}
