// The promise of outgoing webhooks with a real server, a real disk and SIGKILL: every execution that ended is told of at least
// once, under one id, and no other one. The long run is `npm run bench -- deliveries-kill`.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runDeliveryKill } from '../../bench/deliveries-kill-run.ts';
import { freshDatabase } from '../support/postgres.ts';

const SHORT = { perSecond: 100, executions: 300, kills: 3 };

async function holds(databaseUrl: string): Promise<void> {
  const report = await runDeliveryKill({ databaseUrl, ...SHORT });
  const wanted = { ended: 270, waiting: 30, told: 270, severalIds: 0, toldOfOthers: 0 };
  assert.deepEqual(report, { ...report, ...wanted });
}

test('killed three times while executions end, each is told of under one id: SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-kill-'));
  try {
    await holds(`sqlite:${join(folder, 'kill.db')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('killed three times while executions end, each is told of under one id: PostgreSQL', async () => {
  const database = await freshDatabase({ durable: true });
  try {
    await holds(database.url);
  } finally {
    await database.drop();
  }
});
