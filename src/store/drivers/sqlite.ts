// SQLite inside this process, through node:sqlite. One connection, one writer; a commit is begin immediate, one prepared
// statement per row (1 to 3 us), commit with fsync. Nothing awaits between the first write and the commit.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SQLITE_BATCH } from '../limits.ts';
import type { LookName } from '../rows/looks.ts';
import { sqlite as sql, swapColumns } from '../rows/sql.ts';
import { type TableName, tableOf } from '../rows/tables.ts';
import type { Checkpoints } from './checkpointer.ts';
import type { Candidate, Cell, Change, Driver, Guard, QueueWish, Row, Session, Unit } from './driver.ts';

/** Keys taken at once from the database, so that a fresh key costs nothing. */
const KEY_BLOCK = 4_096;
/** Page cache in KiB: 64 MB, as in the measurements. */
const CACHE_KIB = 64 * 1024;
const BUSY_TIMEOUT_MS = 10_000;
/** Without a checkpoint thread SQLite checkpoints on the commit path when the log has this many pages. */
const CHECKPOINT_PAGES = 4_000;
const NEXT_RANK = 'select rank from queue where queue = ? and domain = ? and rank > ? order by rank limit 1';
const READY =
  'select queue, domain, rank, available_at, wf, n, leased_until from queue where queue = ? and domain = ? and rank = ? and available_at <= ? and leased_until <= ? order by available_at, wf, n limit ?';

const ADD_SHAPE =
  'insert into shape (id, name, version, place, paths, since) select coalesce(max(id), 0) + 1, ?, ?, ?, ?, ? from shape where true on conflict do nothing';

export interface SqliteSettings {
  /** File, or `:memory:`. */
  readonly path: string;
  /** Starts something else (checkpointer.ts) that runs the checkpoints, which then are not on the commit path. */
  readonly checkpoints?: (path: string) => Checkpoints;
}

export function openSqlite(settings: SqliteSettings): Driver {
  if (settings.path !== ':memory:') mkdirSync(dirname(settings.path), { recursive: true });
  const db = new DatabaseSync(settings.path, { timeout: BUSY_TIMEOUT_MS });
  db.exec('pragma journal_mode = wal');
  db.exec('pragma synchronous = full');
  db.exec(`pragma cache_size = -${CACHE_KIB}`);
  db.exec(`pragma wal_autocheckpoint = ${settings.checkpoints ? 0 : CHECKPOINT_PAGES}`);
  db.exec('pragma temp_store = memory');
  return new Sqlite(db, settings.checkpoints?.(settings.path));
}

class Sqlite implements Driver, Session {
  readonly dialect = 'sqlite';
  readonly serial = true;
  readonly inFlight = 1;
  readonly batch = SQLITE_BATCH;
  readonly #db: DatabaseSync;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #statements = new Map<string, StatementSync>();
  /** Those that run for every row, by what they do and to which table. */
  readonly #writes = { insert: {}, put: {}, ignore: {}, remove: {} } as Record<
    Change['op'],
    Partial<Record<TableName, StatementSync>>
  >;
  #version: Cell = null;
  #nextKey = 0;
  #endKey = 0;
  #tookKeys = false;

  constructor(db: DatabaseSync, checkpoints: Checkpoints | undefined) {
    this.#db = db;
    this.#checkpoints = checkpoints;
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#db.prepare(text);
      statement.setReturnArrays(true);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  #all(text: string, params: Row): Row[] {
    return this.#prepare(text).all(...(params as SQLInputValue[])) as unknown as Row[];
  }

  #run(text: string, params: Row): number {
    return Number(this.#prepare(text).run(...(params as SQLInputValue[])).changes);
  }

  async begin(): Promise<Session> {
    this.#checkpoints?.beforeCycle(this.#db);
    this.#prepare('begin immediate').run();
    return this;
  }

  async look(name: LookName, keys: readonly Row[]): Promise<Row[][]> {
    const statement = this.#prepare(lookText('look', name));
    return keys.map((key) => statement.all(...(key as SQLInputValue[])) as unknown as Row[]);
  }

  async query(text: string, params: readonly Cell[]): Promise<Row[]> {
    return this.#all(text, params);
  }

  async alive(): Promise<boolean> {
    return this.query('select 1', []).then(
      () => true,
      () => false,
    );
  }

  /** All processes on one file run on one machine. */
  async now(): Promise<undefined> {
    return undefined;
  }

  changedByOthers(): boolean {
    const version = (this.#prepare('pragma data_version').get() as unknown as Cell[])[0] ?? null;
    const changed = this.#version !== null && version !== this.#version;
    this.#version = version;
    return changed;
  }

  async newKeys(count: number): Promise<number> {
    if (this.#nextKey + count > this.#endKey) {
      const block = Math.max(KEY_BLOCK, count);
      const text =
        "insert into fact (name, value) values ('keys', ?1 + 1) on conflict (name) do update set value = value + ?1 returning value";
      const end = Number((this.#prepare(text).get(block) as unknown as Cell[])[0]);
      this.#nextKey = end - block;
      this.#endKey = end;
      this.#tookKeys = true;
    }
    this.#nextKey += count;
    return this.#nextKey - count;
  }

  async claim(wishes: readonly QueueWish[], now: number): Promise<Candidate[][]> {
    return wishes.map(({ queue, domain, count }) => {
      const found: Candidate[] = [];
      let rank: Cell = Number.MIN_SAFE_INTEGER;
      while (found.length < count) {
        // Ranks are few; seeking each keeps tasks that are not yet due from being read one by one.
        const next = this.#prepare(NEXT_RANK).get(queue, domain, rank) as unknown as Cell[] | undefined;
        rank = next?.[0] ?? null;
        if (rank === null) break;
        for (const row of this.#all(READY, [queue, domain, rank, now, now, count - found.length]))
          found.push({ wf: Number(row[4]), n: Number(row[5]), row });
      }
      return found;
    });
  }

  /** Nothing was leased. */
  async release(): Promise<void> {}

  async addShapes(rows: readonly Row[]): Promise<void> {
    for (const row of rows) this.#run(ADD_SHAPE, row);
  }

  async commit(units: readonly Unit[]): Promise<boolean[]> {
    try {
      const passed = units.map((unit) => {
        if (unit.guard && !this.#guard(unit.guard)) return false;
        for (const change of unit.changes) this.#change(change);
        return true;
      });
      this.#prepare('commit').run();
      this.#tookKeys = false;
      return passed;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #guard({ op, table, row, expected = null }: Guard): boolean {
    const text = guardText(op, table);
    if (op === 'insert') return this.#run(text, row) === 1;
    const cells = op === 'remove' ? row : swapCells(op, table).map((i) => row[i] as Cell);
    return this.#run(text, [...cells, expected]) === 1;
  }

  #change({ op, table, row }: Change): void {
    const known = this.#writes[op];
    known[table] ??= this.#prepare(sql[op](table));
    known[table].run(...(row as SQLInputValue[]));
  }

  async end(): Promise<void> {
    if (this.#tookKeys) this.#prepare('commit').run();
    else this.#rollback();
    this.#tookKeys = false;
  }

  #rollback(): void {
    // Keys taken in this transaction are taken again: nobody has seen them.
    if (this.#tookKeys) this.#nextKey = this.#endKey = 0;
    this.#tookKeys = false;
    if (this.#db.isTransaction) this.#prepare('rollback').run();
  }

  async migrate(version: number, text: string): Promise<boolean> {
    this.#db.exec('create table if not exists migration (version integer primary key) without rowid');
    // A look first: the lock of a writer is only needed when there is something to do.
    if (this.#all('select 1 from migration where version = ?', [version]).length > 0) return false;
    this.#db.exec('begin immediate');
    try {
      const isNew = this.#run('insert into migration (version) values (?) on conflict do nothing', [version]) === 1;
      if (isNew) this.#db.exec(text);
      this.#db.exec('commit');
      return isNew;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#statements.clear();
    this.#db.close();
    await this.#checkpoints?.stop();
  }
}

/** Built once: this runs for every row of every commit. */
function remembered<A extends string, B extends string, T>(build: (a: A, b: B) => T): (a: A, b: B) => T {
  const built = new Map<string, T>();
  return (a, b) => {
    const key = `${a} ${b}`;
    const known = built.get(key) ?? build(a, b);
    built.set(key, known);
    return known;
  };
}

const lookText = remembered((_: 'look', name: LookName) => sql.look(name));
const guardText = remembered((op: Guard['op'], table: TableName) => {
  if (op === 'insert') return sql.ignore(table);
  return op === 'remove' ? sql.removeExpected(table) : sql.swap(table, op);
});
/** Places in the whole row of the columns that a swap takes. */
const swapCells = remembered((op: 'swap' | 'swapAll', table: TableName) => {
  const all = Object.keys(tableOf(table).columns);
  return swapColumns(table, op).map((column) => all.indexOf(column));
});
