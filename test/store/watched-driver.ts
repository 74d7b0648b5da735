// A driver whose commits a test counts, makes fail, or lets something happen before: the way to race two nodes.

import type { Driver, Session } from '../../src/store/drivers/driver.ts';

export interface Watch {
  commits: number;
  /** So many of the next ones fail. */
  failing: number;
  /** What happens right before the next one: all of it has been read and decided by then. */
  before?: (() => Promise<unknown>) | undefined;
}

export function watched(counts: Watch): (driver: Driver) => Driver {
  return withSessions((inner) => ({
    async commit(units) {
      counts.commits++;
      const { before } = counts;
      counts.before = undefined;
      await before?.();
      if (counts.failing-- > 0) {
        await inner.end();
        throw new Error('the disk is full');
      }
      return inner.commit(units);
    },
  }));
}

/** The same driver, some of whose verbs in a session are others. */
export const withSessions =
  (instead: (inner: Session) => Partial<Session>) =>
  (driver: Driver): Driver =>
    overridden(driver, {
      async begin() {
        const inner = await driver.begin();
        return overridden(inner, instead(inner));
      },
    });

/** What has private fields works only on itself: its own verbs are called there. */
const overridden = <T extends object>(inner: T, instead: Partial<T>): T =>
  new Proxy(inner, {
    get(target, name) {
      const value: unknown = Reflect.get(name in instead ? instead : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
