// Opens a store on a database URL: the driver that the URL names, with the real rules unless others are given.

import { begin, transition } from '../core/transition.ts';
import { assemble, type Parts } from './assemble.ts';
import type { Driver } from './drivers/driver.ts';
import { openPostgres } from './drivers/postgres.ts';
import { openSqlite } from './drivers/sqlite.ts';
import type { Store } from './store.ts';

export interface StoreSettings extends Omit<Parts, 'core'> {
  /** `sqlite:./path/to/file.db`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
  readonly core?: Parts['core'];
}

export async function openStore({ url, core = { transition, begin }, ...parts }: StoreSettings): Promise<Store> {
  return assemble(await openDriver(url), { ...parts, core });
}

async function openDriver(url: string): Promise<Driver> {
  if (url.startsWith('sqlite:')) return openSqlite({ path: url.slice('sqlite:'.length) });
  if (/^postgres(ql)?:/.test(url)) return openPostgres(url);
  throw new Error(`DATABASE_URL must begin with sqlite: or postgres:, not '${url.split(':', 1)[0]}'`);
}
