// The promise with a real server, a real disk and SIGKILL: every event that got a 200 has completed its workflow exactly once,
// and started exactly one. The long run is `npm run bench -- kill`.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runKill } from '../../bench/kill-run.ts';
import { freshDatabase } from '../support/postgres.ts';

const SHORT = { perSecond: 150, seconds: 6, kills: 3 };

async function holds(databaseUrl: string): Promise<void> {
  const report = await runKill({ databaseUrl, ...SHORT });
  const { events } = report;
  assert.deepEqual(report, { ...report, completed: events, started: events, startedEvents: events });
}

test('killed three times under load, nothing is lost and nothing doubled: SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-kill-'));
  try {
    await holds(`sqlite:${join(folder, 'kill.db')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('killed three times under load, nothing is lost and nothing doubled: PostgreSQL', async () => {
  const database = await freshDatabase({ durable: true });
  try {
    await holds(database.url);
  } finally {
    await database.drop();
  }
});
