// The kill run of outgoing webhooks at full length, on both databases: 10,000 executions while the server dies ten times.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../test/support/postgres.ts';
import { runDeliveryKill } from './deliveries-kill-run.ts';
import type { Row } from './table.ts';

const LONG = { perSecond: 250, executions: 10_000, kills: 10 };

export async function benchDeliveryKill(say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  const run = async (database: string, databaseUrl: string): Promise<void> => {
    say(`deliveries-kill, ${database}: ${LONG.executions} executions, ${LONG.perSecond} a second, ${LONG.kills} kills`);
    rows.push({ database, ...(await runDeliveryKill({ databaseUrl, ...LONG })) });
  };
  const folder = mkdtempSync(join(tmpdir(), 'fermata-kill-'));
  await run('sqlite', `sqlite:${join(folder, 'kill.db')}`).finally(() => rmSync(folder, { recursive: true }));
  const server = await startPostgres({ durable: true });
  await run('postgres', server.url).finally(() => server.stop());
  return rows;
}
