// A driver whose process dies at the k-th step: before it, or right after it took place (the answer is lost).
// Nothing that is asked of it afterwards is ever answered, as with a process that is gone.

import type { Driver, Session } from '../../src/store/drivers/driver.ts';

export interface Death {
  /** Number of the step that it dies at, from 1. */
  readonly at: number;
  /** True: the step takes place first. */
  readonly after: boolean;
}

export interface Dying {
  readonly driver: Driver;
  readonly isDead: () => boolean;
  /** Resolves when it has died. */
  readonly dead: Promise<void>;
}

const forEver = new Promise<never>(() => {});

export function dying(inner: Driver, death: Death): Dying {
  let steps = 0;
  let isDead = false;
  let died = (): void => {};
  const dead = new Promise<void>((resolve) => {
    died = resolve;
  });
  const step = async <T>(run: () => Promise<T>): Promise<T> => {
    if (isDead) return forEver;
    steps += 1;
    if (steps !== death.at) return run();
    if (death.after) await run();
    isDead = true;
    died();
    return forEver;
  };
  const wrap = (session: Session): Session => ({
    look: (name, keys) => step(() => session.look(name, keys)),
    newKeys: (count) => step(() => session.newKeys(count)),
    claim: (wishes, now, leaseMs) => step(() => session.claim(wishes, now, leaseMs)),
    release: (candidates, leasedUntil) => step(() => session.release(candidates, leasedUntil)),
    addShapes: (rows) => step(() => session.addShapes(rows)),
    commit: (units) => step(() => session.commit(units)),
    end: () => step(() => session.end()),
  });
  const driver: Driver = {
    dialect: inner.dialect,
    serial: inner.serial,
    inFlight: inner.inFlight,
    batch: inner.batch,
    begin: () => step(async () => wrap(await inner.begin())),
    look: (name, keys) => step(() => inner.look(name, keys)),
    query: (sql, params) => step(() => inner.query(sql, params)),
    alive: () => inner.alive(),
    now: () => inner.now(),
    changedByOthers: () => inner.changedByOthers(),
    migrate: (version, sql) => inner.migrate(version, sql),
    close: () => inner.close(),
  };
  return { driver, isDead: () => isDead, dead };
}
