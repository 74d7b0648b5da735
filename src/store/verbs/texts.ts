// Keeps the words of executions behind their commits: what has changed is noted in memory, gathered in small batches, and
// found again after a crash by comparing revs. The commits themselves pay for the note alone, and for the words of some of those that end.

import { isTerminal } from '../../core/model.ts';
import { wantedWords, wordsOf } from '../../core/words.ts';
import type { State, States } from '../cycle/states.ts';
import type { Cell, Change, Driver, Row } from '../drivers/driver.ts';
import { LATE_TEXTS_MS, NOTED_TEXTS, STILL_MS, STILL_MS_PER_TASK, TEXTS_PER_ROUND } from '../limits.ts';
import { toStored } from '../rows/text.ts';

/** Executions whose revs one step compares. */
const COMPARED = 500;

/** With neither a state nor a change: to be read again. */
interface Noted {
  /** Of one that goes on, which is in memory anyway. */
  readonly state?: State;
  /** Of one that has ended, which nothing else keeps in memory: all that it is made of would outlive its youth. */
  readonly change?: Change;
  /** When it changed; 0: long ago. */
  readonly at: number;
}

export class Texts {
  readonly #driver: Driver;
  readonly #states: States;
  /** Changed since their words were gathered, the oldest change first. */
  readonly #noted = new Map<number, Noted>();
  /** Executions up to this key have been compared since the start; undefined: all. */
  #compared: number | undefined = 0;

  constructor(driver: Driver, states: States) {
    this.#driver = driver;
    this.#states = states;
  }

  get pending(): number {
    return this.#noted.size;
  }

  note(state: State): void {
    this.#noted.delete(state.wf);
    const { status, updatedAt: at } = state.workflow;
    if (this.#noted.size >= NOTED_TEXTS) this.#noted.set(state.wf, { at });
    else this.#noted.set(state.wf, isTerminal(status) ? { at, change: rowOf(state) } : { at, state });
  }

  /** True when some have waited for so long that others must make room for them. */
  areLate(now = 0): boolean {
    for (const { at } of this.#noted.values()) return now - at >= LATE_TEXTS_MS;
    return false;
  }

  /** How many to gather at once. When they are late it grows with their number, so that their list does not grow for ever. */
  round(areLate: boolean): number {
    if (!this.#driver.serial) return TEXTS_PER_ROUND.most;
    const { least, most, per } = TEXTS_PER_ROUND;
    return areLate ? Math.min(most, least + Math.floor(this.pending / per)) : least;
  }

  forget(wf: number): void {
    this.#noted.delete(wf);
  }

  /**
   * Gathers the words of some executions; answers how many it looked at. With `now`: of those that have ended or stood
   * still for a while, so that a large one that changes all the time is not gone through each time.
   */
  async gather(
    limit: number,
    write: (changes: readonly Change[]) => Promise<void>,
    now = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    const taken: [number, Noted][] = [];
    for (const [wf, noted] of this.#noted) {
      if (taken.length >= limit) break;
      if (isRipe(noted.state, now)) taken.push([wf, noted]);
    }
    if (!taken.length) return this.#compare(Number.isFinite(now) ? now : 0);
    for (const [wf] of taken) this.#noted.delete(wf);
    try {
      const missing = taken.filter(([, { state, change }]) => !state && !change).map(([wf]) => wf);
      const read = missing.length ? await this.#states.byKey(this.#driver, missing) : [];
      for (const state of read) if (state && isTerminal(state.workflow.status)) this.#states.drop(state.wf);
      const states = [...taken.map(([, { state }]) => state), ...read].filter((state) => state !== undefined);
      const changes = [...taken.flatMap(([, { change }]) => change ?? []), ...states.map(rowOf)];
      if (changes.length) await write(changes);
      return taken.length;
    } catch (error) {
      for (const [wf] of taken) if (!this.#noted.has(wf)) this.#noted.set(wf, { at: 0 });
      throw error;
    }
  }

  /** Looks for executions whose words are not those of their rev; they are late when others would be, so that a start is not busy with them. */
  async #compare(now: number): Promise<number> {
    if (this.#compared === undefined) return 0;
    const rows = await this.#driver.query(
      `select w.wf, w.rev, x.rev from (select wf, rev from workflow where wf > ? order by wf limit ${COMPARED}) w
        left join execution_text x on x.wf = w.wf order by w.wf`,
      [this.#compared],
    );
    for (const [wf, rev, gathered] of rows)
      if (rev !== gathered && !this.#noted.has(wf as number)) this.#noted.set(wf as number, { at: now });
    this.#compared = rows.length < COMPARED ? undefined : (rows.at(-1)?.[0] as number);
    return rows.length;
  }
}

function isRipe(state: State | undefined, now: number): boolean {
  if (!state || isTerminal(state.workflow.status)) return true;
  const { updatedAt, tasks } = state.workflow;
  return now - updatedAt >= STILL_MS + tasks.length * STILL_MS_PER_TASK;
}

const rowOf = (state: State): Change => ({
  op: 'put',
  table: 'execution_text',
  row: [state.wf, state.rev, toStored(wordsOf(state.workflow))] satisfies Row,
});

/** Condition on `w.wf`: all words of a text are found in the execution. */
export function textCondition(dialect: Driver['dialect'], text: string, params: Cell[]): string {
  const place = dialect === 'postgres' ? 'strpos' : 'instr';
  const words = wantedWords(text);
  params.push(...words.map(toStored));
  const all = words.map(() => `${place}(x.body, ?) > 0`).join(' and ');
  // The sign keeps SQLite from going through all that was found where the first hundred in the order of an index do.
  return `+w.wf in (select x.wf from execution_text x where ${all || 'true'})`;
}
