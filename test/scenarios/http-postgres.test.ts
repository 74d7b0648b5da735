// Every scenario through HTTP on PostgreSQL: one database, emptied before each, and the same connections, which have
// planned their statements already.

import { after } from 'node:test';
import pg from 'pg';
import { openPostgres } from '../../src/store/drivers/postgres.ts';
import { open } from '../http/test-server.ts';
import { freshDatabase } from '../support/postgres.ts';
import { playAll } from './http-run.ts';

const { url, drop } = await freshDatabase();
const client = new pg.Client({ connectionString: url });
await client.connect();
const driver = openPostgres(url);

async function empty(): Promise<void> {
  const { rows } = await client.query(
    "select tablename from pg_tables where schemaname = 'public' and tablename <> 'migration'",
  );
  // Not truncated: new files for 40 tables take 0.2 s, and every plan has to be made anew.
  if (rows.length > 0) await client.query(rows.map(({ tablename }) => `delete from "${tablename}";`).join(' '));
}

await playAll(async (t, options) => {
  await empty();
  return open(t, { ...options, driver }, url, async () => {});
});

after(async () => {
  await client.end();
  await driver.close();
  await drop();
});
