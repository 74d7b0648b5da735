// A store on SQLite beside another process that has the same file open.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from '../migrations/index.ts';
import { openSqlite } from './sqlite.ts';

test('opening a database that is up to date does not wait for whoever writes to it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-sqlite-'));
  const path = join(folder, 'test.db');
  t.after(() => rmSync(folder, { recursive: true }));
  const first = openSqlite({ path });
  await migrate(first);
  await first.close();
  const writer = new DatabaseSync(path);
  writer.exec('begin immediate');
  const second = openSqlite({ path });
  await migrate(second);
  assert.deepEqual(await second.query('select count(*) from workflow', []), [[0]]);
  await second.close();
  writer.close();
});
