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
  const session = (inner: Session): Session =>
    new Proxy(inner, {
      get(target, name) {
        if (name === 'commit')
          return async (...args: Parameters<Session['commit']>) => {
            counts.commits++;
            const { before } = counts;
            counts.before = undefined;
            await before?.();
            if (counts.failing-- > 0) {
              await target.end();
              throw new Error('the disk is full');
            }
            return target.commit(...args);
          };
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return (driver) =>
    new Proxy(driver, {
      get(target, name) {
        if (name === 'begin') return async () => session(await target.begin());
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
}
