// The kill run at full length, on both databases: 500 events a second for 20 s while the server dies five times.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../test/support/postgres.ts';
import { runKill } from './kill-run.ts';
import type { Row } from './table.ts';

const LONG = { perSecond: 500, seconds: 20, kills: 5 };

export async function benchKill(say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const run = async (database: string, databaseUrl: string): Promise<void> => {
    say(`kill, ${database}: ${LONG.perSecond} events a second for ${LONG.seconds} s, ${LONG.kills} kills`);
    rows.push({ database, ...(await runKill({ databaseUrl, ...LONG })) });
  };
  const folder = mkdtempSync(join(tmpdir(), 'fermata-kill-'));
  await run('sqlite', `sqlite:${join(folder, 'kill.db')}`).finally(() => rmSync(folder, { recursive: true }));
  const server = await startPostgres({ durable: true });
  await run('postgres', server.url).finally(() => server.stop());
  return rows;
}
