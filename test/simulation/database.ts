// One database for all nodes: a SQLite file without fsync. A node sees it either as SQLite (one writer, whose session
// keeps all others out) or as PostgreSQL (look-ups of many nodes interleave, only commits are one after the other).

import { DatabaseSync } from 'node:sqlite';
import {
  type Candidate,
  type Cell,
  type Driver,
  type QueueWish,
  RetryableError,
  type Row,
  type Session,
  TakenError,
  type Unit,
} from '../../src/store/drivers/driver.ts';
import { marksOf } from '../../src/store/drivers/marks.ts';
import { openSqlite } from '../../src/store/drivers/sqlite.ts';
import type { LookName } from '../../src/store/rows/looks.ts';
import type { Faults, Life } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Keys that a node takes at once; small, so that nodes take turns. */
const KEY_BLOCK = 8;
const RELEASE = `update queue set leased_until = 0
  where queue = ? and domain = ? and rank = ? and available_at = ? and wf = ? and n = ? and leased_until = ?`;

export class Database {
  readonly path: string;
  /** Reads what is committed, for the checks. */
  readonly reader: DatabaseSync;
  commits = 0;
  nextKey = 1;
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #note: (line: string) => void;
  #tail: Promise<void> = Promise.resolve();

  constructor(path: string, time: VirtualTime, faults: Faults, note: (line: string) => void) {
    this.path = path;
    this.#time = time;
    this.#faults = faults;
    this.#note = note;
    openSqlite({ path }).close();
    this.reader = new DatabaseSync(path);
  }

  open(life: Life): Driver {
    const inner = openSqlite({ path: this.path });
    void inner.query('pragma synchronous = off', []);
    life.atEnd(() => void inner.close());
    const node = { database: this, inner, life, time: this.#time, faults: this.#faults };
    return this.#faults.plan.mode === 'shared' ? new SharedDriver(node) : serialDriver(node);
  }

  /** Keeps all others out until what it answers is called. */
  async lock(life: Life): Promise<() => void> {
    const before = this.#tail;
    let release = (): void => {};
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    life.atEnd(release);
    if (life.dead) release();
    return release;
  }

  committed(life: Life, units: readonly Unit[], held: readonly boolean[]): void {
    this.commits++;
    const shown = units.map(({ guard, changes }, i) => {
      const rows = changes.map(({ op, table }) => `${op} ${table}`).join(' ');
      return `${guard ? `[${guard.op} ${guard.table} ${guard.row[0]}${held[i] ? '' : ' REFUSED'}] ` : ''}${rows}`;
    });
    this.#note(`${life.name} commits ${shown.join(' | ')}`);
  }

  close(): void {
    this.reader.close();
  }
}

interface Node {
  readonly database: Database;
  readonly inner: Driver;
  readonly life: Life;
  readonly time: VirtualTime;
  readonly faults: Faults;
}

/** A connection that waits for another one's transaction would stop the whole process, so this waits here. */
async function migrate({ database, inner, life }: Node, version: number, sql: string): Promise<boolean> {
  const release = await database.lock(life);
  try {
    return await inner.migrate(version, sql);
  } finally {
    release();
  }
}

/** As SQLite: from begin to commit nobody else gets in. */
function serialDriver(node: Node): Driver {
  const { database, inner, life, time, faults } = node;
  const begin = async (): Promise<Session> => {
    const release = await database.lock(life);
    const session = await life.step(() => inner.begin());
    let open = true;
    const end = async (): Promise<void> => {
      if (!open) return;
      open = false;
      await session.end();
      release();
    };
    return {
      look: (name, keys) => life.step(() => session.look(name, keys)),
      newKeys: (count) => life.step(() => session.newKeys(count)),
      claim: (wishes, now, leaseMs) => life.step(() => session.claim(wishes, now, leaseMs)),
      release: (candidates, leasedUntil) => life.step(() => session.release(candidates, leasedUntil)),
      addShapes: (rows) => life.step(() => session.addShapes(rows)),
      commit: (units) =>
        life.step(async () => {
          await time.sleep(faults.tripMs());
          if (life.dead) return [];
          if (faults.happens(faults.plan.commitFails)) {
            await end();
            throw faults.databaseError();
          }
          const held = await session.commit(units);
          open = false;
          database.committed(life, units, held);
          release();
          return held;
        }),
      end: () => life.step(end),
    };
  };
  return {
    dialect: inner.dialect,
    serial: true,
    inFlight: 1,
    batch: inner.batch,
    begin,
    look: (name, keys) => life.step(() => inner.look(name, keys)),
    query: (sql, params) => life.step(() => inner.query(sql, params)),
    alive: () => inner.alive(),
    now: () => inner.now(),
    changedByOthers: () => inner.changedByOthers(),
    migrate: (version, sql) => life.step(() => migrate(node, version, sql)),
    close: () => inner.close(),
  };
}

async function addShapes(session: Session, rows: readonly Row[]): Promise<void> {
  await session.addShapes(rows);
  await session.commit([]);
}

/** What the driver of PostgreSQL says when another node has had an event for one wait alone. */
function taken(error: Error): never {
  throw error.message.includes('event_claim.event') ? new TakenError(error.message) : error;
}

/** As PostgreSQL: every look-up sees what is committed at its moment; a commit is one statement with guards. */
class SharedDriver implements Driver {
  readonly dialect = 'sqlite';
  readonly serial = false;
  readonly inFlight = 2;
  readonly batch = 16;
  readonly #node: Node;
  #nextKey = 0;
  #endKey = 0;

  constructor(node: Node) {
    this.#node = node;
  }

  async begin(): Promise<Session> {
    await this.#trip(async () => undefined);
    // One connection: what is sent on it is done in the order of sending.
    let tail: Promise<unknown> = Promise.resolve();
    const inOrder = <T>(run: () => Promise<T>): Promise<T> => {
      const done = tail.then(run, run);
      tail = done.catch(() => undefined);
      return done;
    };
    return {
      look: (name, keys) => inOrder(() => this.look(name, keys)),
      newKeys: (count) => inOrder(() => this.#newKeys(count)),
      claim: (wishes, now, leaseMs) => inOrder(() => this.#trip(() => this.#claim(wishes, now, leaseMs))),
      release: (candidates, leasedUntil) => inOrder(() => this.#trip(() => this.#release(candidates, leasedUntil))),
      addShapes: (rows) => inOrder(() => this.#trip(() => this.#write((session) => addShapes(session, rows)))),
      commit: (units) => inOrder(() => this.#commit(units)),
      end: async () => {},
    };
  }

  /** There and back, each taking its time; it may fail on the way there. */
  async #trip<T>(run: () => Promise<T>): Promise<T> {
    const { life, time, faults } = this.#node;
    return life.step(async () => {
      await time.sleep(faults.tripMs());
      if (life.dead) return undefined as T;
      if (faults.happens(faults.plan.readFails)) throw faults.databaseError();
      const result = await run();
      time.touch();
      await time.sleep(faults.tripMs());
      return result;
    });
  }

  async #write<T>(run: (session: Session) => Promise<T>): Promise<T> {
    const { database, inner, life } = this.#node;
    const release = await database.lock(life);
    try {
      return await run(await inner.begin());
    } finally {
      release();
    }
  }

  look(name: LookName, keys: readonly Row[]): Promise<Row[][]> {
    return this.#trip(() => this.#node.inner.look(name, keys));
  }

  query(sql: string, params: readonly Cell[]): Promise<Row[]> {
    return this.#trip(() => this.#node.inner.query(sql, params));
  }

  async #newKeys(count: number): Promise<number> {
    const { database } = this.#node;
    if (this.#nextKey + count > this.#endKey) {
      const block = Math.max(count, KEY_BLOCK);
      await this.#trip(async () => {
        this.#nextKey = database.nextKey;
        database.nextKey += block;
        this.#endKey = database.nextKey;
      });
      if (this.#nextKey + count > this.#endKey) return this.#newKeys(count);
    }
    this.#nextKey += count;
    return this.#nextKey - count;
  }

  #claim(wishes: readonly QueueWish[], now: number, leaseMs: number): Promise<Candidate[][]> {
    return this.#write(async (session) => {
      const found = await session.claim(wishes, now, leaseMs);
      const changes = found.flat().map(({ row }) => {
        return { op: 'put', table: 'queue', row: [...row.slice(0, -1), now + leaseMs] } as const;
      });
      await session.commit([{ key: 0, changes }]);
      return found;
    });
  }

  async #release(candidates: readonly Candidate[], leasedUntil: number): Promise<void> {
    await this.#write(async (session) => {
      const at = ({ row }: Candidate): Row => [...row.slice(0, -1), leasedUntil];
      for (const one of candidates) await this.#node.inner.query(RELEASE, at(one));
      await session.commit([]);
    });
  }

  #commit(units: readonly Unit[]): Promise<boolean[]> {
    const { database, life, time, faults } = this.#node;
    return life.step(async () => {
      await time.sleep(faults.tripMs());
      if (life.dead) return [];
      if (faults.happens(faults.plan.commitFails)) throw faults.databaseError();
      const held = await this.#write((session) => session.commit(units)).catch(taken);
      database.committed(life, units, held);
      time.touch();
      await time.sleep(faults.tripMs());
      return faults.happens(faults.plan.answerLost) ? this.#tookPlace(units) : held;
    });
  }

  /** As the driver of PostgreSQL when the answer to a commit was lost: it asks for marks that only this commit can have left. */
  async #tookPlace(units: readonly Unit[]): Promise<boolean[]> {
    const { time, faults } = this.#node;
    await time.sleep(faults.random.int(0, 50));
    const held = await marksOf(this.#node.inner, units);
    if (!held) throw new RetryableError('simulated: the answer was lost');
    return held;
  }

  async alive(): Promise<boolean> {
    return true;
  }

  now(): Promise<number> {
    return this.#trip(async () => this.#node.time.now());
  }

  changedByOthers(): boolean {
    return true;
  }

  migrate(version: number, sql: string): Promise<boolean> {
    return this.#node.life.step(() => migrate(this.#node, version, sql));
  }

  async close(): Promise<void> {
    await this.#node.inner.close();
  }
}
