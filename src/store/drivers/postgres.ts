// PostgreSQL for any number of nodes. Look-ups are one statement for all keys of a cycle; a whole commit is one statement
// that checks the rev of every execution it touches. Two to three round trips per cycle, no explicit transaction, no locks held.

import { type Clock, pause, systemClock } from '../../lib/clock.ts';
import { POSTGRES_BATCH, POSTGRES_IN_FLIGHT } from '../limits.ts';
import { type LookName, lookOf } from '../rows/looks.ts';
import { type Part, postgres as sql } from '../rows/sql.ts';
import type { Candidate, Cell, Driver, QueueWish, Row, Session, Unit } from './driver.ts';
import { RetryableError } from './driver.ts';
import { marksOf } from './marks.ts';
import { arrayOf } from './postgres-arrays.ts';
import { type Address, addressOf, BrokenError, Connection } from './postgres-connection.ts';
import { type Group, groupsOf, parametersOf } from './postgres-groups.ts';
import { CLAIM, claimed, RELEASE, released } from './postgres-queue.ts';

/** Keys taken from the sequence at once. */
const KEY_BLOCK = 1_024;
/** Connections for lists and single look-ups, beside those of the cycles. */
const READERS = 2;
/** Whoever asks for health waits no longer (Kubernetes: 1 s unless told otherwise, load balancers about 5 s). */
const ALIVE_LIMIT_MS = 3_000;
/** Division by zero: the way a statement says that not all guards held. */
const GUARD_FAILED = '22012';
const UNDEFINED_TABLE = '42P01';
/** Any number that no other application uses for its advisory locks: 'fermata' in ASCII, shortened. */
const MIGRATION_LOCK = 0x6665726d;

/**
 * Plans of the cycles' statements must not depend on statistics: keys come as lists, so every access is by index.
 * Generic plans saved 6 to 28 % (planning a statement of 40 parameters costs more than running it); JIT never pays here.
 */
const CYCLE_SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
};

export function openPostgres(url: string, clock: Clock = systemClock): Driver {
  const { schema, ...address } = addressOf(url, {});
  return new Postgres({ ...address, options: address.options }, schema, clock);
}

class Postgres implements Driver {
  readonly dialect = 'postgres';
  readonly serial = false;
  readonly inFlight = POSTGRES_IN_FLIGHT;
  readonly batch = POSTGRES_BATCH;
  readonly #address: Address;
  readonly #schema: string | undefined;
  readonly #clock: Clock;
  readonly #idle: Connection[] = [];
  readonly #readers: (Promise<Connection> | undefined)[] = [];
  readonly #names = new Map<string, string>();
  readonly #writes = new Map<string, string>();
  #nextReader = 0;
  #nextKey = 0;
  #endKey = 0;

  constructor(address: Address, schema: string | undefined, clock: Clock) {
    this.#address = address;
    this.#schema = schema;
    this.#clock = clock;
  }

  /** Statements are named after their text, so that each connection prepares each once. */
  nameOf(text: string): string {
    let name = this.#names.get(text);
    if (!name) {
      name = `fermata_${this.#names.size + 1}`;
      this.#names.set(text, name);
    }
    return name;
  }

  async begin(): Promise<Session> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (!idle.broken) return new Cycle(this, idle);
    const { url, options } = this.#address;
    const address = { url, options: { ...options, ...CYCLE_SETTINGS } };
    return new Cycle(this, await Connection.open(address, { clock: this.#clock }));
  }

  release(connection: Connection): void {
    if (!connection.broken) this.#idle.push(connection);
  }

  async #reader(): Promise<Connection> {
    const i = this.#nextReader++ % READERS;
    const current = this.#readers[i];
    const open = await current?.catch(() => undefined);
    if (open && !open.broken) return open;
    // Only the first of several callers replaces it: a connection that nobody knows of would keep the process alive.
    if (this.#readers[i] === current) this.#readers[i] = Connection.open(this.#address, { clock: this.#clock });
    return this.#readers[i] as Promise<Connection>;
  }

  async look(name: LookName, keys: readonly Row[]): Promise<Row[][]> {
    return keys.length ? lookOn(this, await this.#reader(), name, keys) : [];
  }

  async query(text: string, params: readonly Cell[]): Promise<Row[]> {
    let i = 0;
    const numbered = text.replaceAll('?', () => `$${++i}`);
    return (await this.#reader()).run(numbered, params);
  }

  async alive(): Promise<boolean> {
    const asked = this.query('select 1', []).then(
      () => true,
      () => false,
    );
    const over = new AbortController();
    const late = pause(this.#clock, ALIVE_LIMIT_MS, over.signal).then(() => false);
    const answer = await Promise.race([asked, late]);
    over.abort();
    return answer;
  }

  async now(): Promise<number> {
    const rows = await this.query('select floor(extract(epoch from clock_timestamp()) * 1000)::int8', []);
    return (rows[0] as Row)[0] as number;
  }

  changedByOthers(): boolean {
    return true;
  }

  async newKeys(connection: Connection, count: number): Promise<number> {
    if (this.#nextKey + count <= this.#endKey) {
      this.#nextKey += count;
      return this.#nextKey - count;
    }
    const blocks = Math.ceil(count / KEY_BLOCK);
    const text = 'select nextval($1) from generate_series(1, $2)';
    const rows = await connection.run(text, ['key_block', blocks], this.nameOf(text));
    // Blocks that others took in between leave gaps: only the last one is kept for later when several were needed.
    if (blocks > 1 && rows.some((row, i) => i > 0 && (row[0] as number) !== ((rows[i - 1] as Row)[0] as number) + 1))
      return this.newKeys(connection, count);
    const first = ((rows[0] as Row)[0] as number) * KEY_BLOCK;
    this.#nextKey = first + count;
    this.#endKey = first + blocks * KEY_BLOCK;
    return first;
  }

  /** The statement that writes these parts; built once for each combination. */
  writeFor(parts: readonly Part[], mode: 'all' | 'each'): string {
    const signature = `${mode} ${parts.map(({ name }) => name).join()}`;
    const text = this.#writes.get(signature) ?? sql.write(parts, mode);
    this.#writes.set(signature, text);
    return text;
  }

  async migrate(version: number, text: string): Promise<boolean> {
    // A look first: a connection of its own and the lock are only needed when there is something to do.
    if (await this.#hasMigration(version)) return false;
    // As long as it takes: another node may be at it, and large tables are rewritten.
    const patience = { clock: this.#clock, silenceLimitMs: Number.POSITIVE_INFINITY };
    const connection = await Connection.open(this.#address, patience);
    try {
      if (this.#schema) await connection.run(`create schema if not exists "${this.#schema.replaceAll('"', '""')}"`);
      await connection.run('begin');
      await connection.run('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      await connection.run('create table if not exists migration (version int8 primary key)');
      const added = await connection.run(
        'insert into migration (version) values ($1) on conflict do nothing returning version',
        [version],
      );
      if (added.length) await connection.script(text);
      await connection.run('commit');
      return added.length > 0;
    } finally {
      await connection.close();
    }
  }

  async #hasMigration(version: number): Promise<boolean> {
    try {
      return (await this.query('select 1 from migration where version = ?', [version])).length > 0;
    } catch (error) {
      if ((error as { code?: string }).code === UNDEFINED_TABLE) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    const readers = await Promise.all(this.#readers.map((reader) => reader?.catch(() => undefined)));
    await Promise.all([...this.#idle.splice(0), ...readers].map((connection) => connection?.close()));
  }
}

async function lookOn(
  driver: Postgres,
  connection: Connection,
  name: LookName,
  keys: readonly Row[],
): Promise<Row[][]> {
  const text = lookText(name);
  const values = lookOf(name).by.map(({ kind }, i) =>
    arrayOf(
      kind,
      keys.map((key) => key[i] as Cell),
    ),
  );
  const lists: Row[][] = keys.map(() => []);
  for (const [u, ...row] of await connection.run(text, values, driver.nameOf(text)))
    lists[(u as number) - 1]?.push(row);
  return lists;
}

const lookTexts = new Map<LookName, string>();
function lookText(name: LookName): string {
  const text = lookTexts.get(name) ?? sql.look(name);
  lookTexts.set(name, text);
  return text;
}

class Cycle implements Session {
  readonly #driver: Postgres;
  readonly #connection: Connection;
  #ended = false;

  constructor(driver: Postgres, connection: Connection) {
    this.#driver = driver;
    this.#connection = connection;
  }

  async look(name: LookName, keys: readonly Row[]): Promise<Row[][]> {
    return keys.length ? lookOn(this.#driver, this.#connection, name, keys) : [];
  }

  newKeys(count: number): Promise<number> {
    return this.#driver.newKeys(this.#connection, count);
  }

  async claim(wishes: readonly QueueWish[], now: number, leaseMs: number): Promise<Candidate[][]> {
    const found: Candidate[][] = wishes.map(() => []);
    for (const [u, ...rest] of await this.#connection.run(
      CLAIM,
      claimed(wishes, now, leaseMs),
      this.#driver.nameOf(CLAIM),
    )) {
      const row = rest.slice(0, 7);
      found[(u as number) - 1]?.push({ wf: row[4] as number, n: row[5] as number, row });
    }
    return found;
  }

  async release(candidates: readonly Candidate[], leasedUntil: number): Promise<void> {
    if (!candidates.length) return;
    await this.#connection.run(RELEASE, released(candidates, leasedUntil), this.#driver.nameOf(RELEASE));
  }

  async addShapes(rows: readonly Row[]): Promise<void> {
    // Their ids must grow in the order of commits, so that "newer than the newest I know" misses none.
    await this.#connection.run('begin');
    try {
      await this.#connection.run('lock table shape in share row exclusive mode');
      for (const row of rows)
        await this.#connection.run(
          `insert into shape (id, name, version, place, paths, since)
            select coalesce(max(id), 0) + 1, $1::text, $2::int8, $3::text, $4::text, $5::int8 from shape on conflict do nothing`,
          row,
        );
      await this.#connection.run('commit');
    } catch (error) {
      if (!this.#connection.broken) await this.#connection.run('rollback');
      throw error;
    }
  }

  async commit(units: readonly Unit[]): Promise<boolean[]> {
    const groups = groupsOf(units);
    try {
      return await this.#write(units, groups);
    } catch (error) {
      if (error instanceof BrokenError) return await this.#tookPlace(units, error);
      throw error;
    } finally {
      await this.end();
    }
  }

  /** Guards nearly always hold: then no row needs to be compared with them, which is two thirds of the work. */
  async #write(units: readonly Unit[], groups: readonly Group[]): Promise<boolean[]> {
    const parts = groups.map(({ part }) => part);
    const guarded = units.filter(({ guard }) => guard).length;
    const all = this.#driver.writeFor(parts, 'all');
    try {
      const values = groups.flatMap((group) => parametersOf(group, 'all'));
      await this.#connection.run(all, [...values, guarded], this.#driver.nameOf(all));
      return units.map(() => true);
    } catch (error) {
      if ((error as { code?: string }).code !== GUARD_FAILED) throw error;
    }
    const each = this.#driver.writeFor(parts, 'each');
    const values = groups.flatMap((group) => parametersOf(group, 'each'));
    const held = new Set((await this.#connection.run(each, values, this.#driver.nameOf(each))).map(([u]) => u));
    return units.map(({ key, guard }) => !guard || held.has(key));
  }

  /** The answer to a commit was lost: asks whether it took place. */
  async #tookPlace(units: readonly Unit[], error: Error): Promise<boolean[]> {
    const session = await this.#driver.begin();
    try {
      const held = await marksOf(session, units);
      if (!held) throw new RetryableError(error.message);
      return held;
    } finally {
      await session.end();
    }
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#driver.release(this.#connection);
  }
}
