// Conditions of a list query, gathered one by one, and the page they yield.

import type { Cell, Driver, Row } from '../drivers/driver.ts';
import { MAX_PAGE } from '../limits.ts';
import { octalText, toStored } from './text.ts';

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

const patternOf = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;

export class Where {
  readonly #dialect: Driver['dialect'];
  readonly #parts: string[] = [];
  readonly #params: Cell[] = [];

  constructor(dialect: Driver['dialect']) {
    this.#dialect = dialect;
  }

  /** Absent: any value. Empty: none. */
  oneOf(column: string, values: readonly (string | number)[] | undefined): void {
    if (!values) return;
    this.#parts.push(values.length ? `${column} in (${values.map(() => '?').join(', ')})` : '1 = 0');
    this.#params.push(...values.map((value) => (typeof value === 'string' ? toStored(value) : value)));
  }

  /** Inclusive both. */
  between(column: string, from: number | undefined, to: number | undefined): void {
    if (from !== undefined) this.#and(`${column} >= ?`, from);
    if (to !== undefined) this.#and(`${column} <= ?`, to);
  }

  /** One of some fixed conditions; none of them: nothing is found. */
  either(conditions: readonly string[]): void {
    this.#parts.push(conditions.length ? `(${conditions.join(' or ')})` : '1 = 0');
  }

  /** The text stands in one of the columns, in capitals or not. Absent or empty: any. `bytes`: a column of bytes that may be text. */
  holds(text: string | undefined, columns: readonly string[], bytes?: string): void {
    if (!text) return;
    const isPostgres = this.#dialect === 'postgres';
    const like = isPostgres ? 'ilike' : 'like';
    const parts = columns.map((column) => `${column} ${like} ? escape '\\'`);
    const params = columns.map(() => patternOf(toStored(text)));
    if (bytes !== undefined) {
      // PostgreSQL spells bytes beyond ASCII as octal numbers instead of refusing those that are no text.
      parts.push(`${isPostgres ? `encode(${bytes}, 'escape')` : `cast(${bytes} as text)`} ${like} ? escape '\\'`);
      params.push(patternOf(isPostgres ? octalText(text) : text));
      if (!isPostgres) {
        // A text of SQLite ends at the first NUL; behind it the bytes themselves are compared.
        parts.push(`instr(${bytes}, cast(? as blob)) > 0`);
        params.push(text);
      }
    }
    this.#and(`(${parts.join(' or ')})`, ...params);
  }

  #and(condition: string, ...params: Cell[]): void {
    this.#parts.push(condition);
    this.#params.push(...params);
  }

  /** Rows of one page, and how many there are in all. */
  async page(
    driver: Driver,
    columns: string,
    from: string,
    order: string,
    page: Page,
  ): Promise<{ total: number; rows: Row[] }> {
    const [counted, rows] = await Promise.all([
      driver.query(`select count(*) from ${from}${this.#text()}`, this.#params),
      this.rows(driver, columns, from, order, page),
    ]);
    return { total: counted[0]?.[0] as number, rows };
  }

  /** Rows of one page. */
  rows(driver: Driver, columns: string, from: string, order: string, { offset, limit }: Page): Promise<Row[]> {
    return driver.query(`select ${columns} from ${from}${this.#text()} order by ${order} limit ? offset ?`, [
      ...this.#params,
      Math.min(Math.max(0, limit), MAX_PAGE),
      Math.max(0, offset),
    ]);
  }

  #text(): string {
    return this.#parts.length ? ` where ${this.#parts.join(' and ')}` : '';
  }
}
