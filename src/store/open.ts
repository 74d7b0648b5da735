// Opens a store on a database URL: the driver that the URL names, with the real rules unless others are given.

import { begin, transition, whyNotBegun } from '../core/transition.ts';
import { assemble, type Parts } from './assemble.ts';
import { startCheckpoints } from './drivers/checkpointer.ts';
import type { Driver } from './drivers/driver.ts';
import { openPostgres } from './drivers/postgres.ts';
import { openSqlite } from './drivers/sqlite.ts';
import type { Store } from './store.ts';

export interface StoreSettings extends Omit<Parts, 'core'> {
  /** `sqlite:./path/to/file.db`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
  readonly core?: Parts['core'];
  /** SQLite: checkpoints in a thread of their own. For a store that has its thread for itself. */
  readonly checkpointThread?: boolean;
}

export async function openStore({ url, checkpointThread, ...parts }: StoreSettings): Promise<Store> {
  return storeOn(openDriver(url, checkpointThread ?? false), parts);
}

/** On a driver that is there already. */
export function storeOn(driver: Driver, { core, ...parts }: Omit<StoreSettings, 'url'>): Promise<Store> {
  return assemble(driver, { ...parts, core: core ?? { transition, begin, whyNotBegun } });
}

function openDriver(url: string, checkpointThread: boolean): Driver {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    return openSqlite({
      path,
      ...(checkpointThread && path !== ':memory:' && { checkpoints: startCheckpoints }),
    });
  }
  if (/^postgres(ql)?:/.test(url)) return openPostgres(url);
  throw new Error(`DATABASE_URL must begin with sqlite: or postgres:, not '${url.split(':', 1)[0]}'`);
}
