// Opening a store on PostgreSQL beside other nodes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { openPostgres } from '../../src/store/drivers/postgres.ts';
import { migrate } from '../../src/store/migrations/index.ts';
import { freshDatabase } from '../support/postgres.ts';

test('many nodes open an empty database at once, and each finds it whole', async (t) => {
  const { url, drop } = await freshDatabase();
  t.after(drop);
  const nodes = Array.from({ length: 5 }, () => openPostgres(url));
  await Promise.all(nodes.map(migrate));
  for (const node of nodes) {
    assert.deepEqual(await node.query('select count(*) from workflow', []), [[0]]);
    await node.close();
  }
});

test('opening a database that is up to date does not wait for whoever changes its schema', async (t) => {
  const { url, drop } = await freshDatabase();
  t.after(drop);
  const first = openPostgres(url);
  await migrate(first);
  await first.close();
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query('begin; lock table migration in share row exclusive mode');
  const second = openPostgres(url);
  await migrate(second);
  assert.deepEqual(await second.query('select count(*) from workflow', []), [[0]]);
  await second.close();
  await other.end();
});
