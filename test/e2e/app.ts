// The whole product for one test: a real server on a fresh SQLite file, with the built web app, on a free port.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';

export interface App {
  readonly url: string;
  close(): Promise<void>;
}

export async function startApp(): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-e2e-'));
  const result = readConfig(
    { PORT: '0', DATABASE_URL: `sqlite:${join(folder, 'test.db')}`, LOG_LEVEL: 'error' },
    folder,
  );
  if (!result.ok) throw new Error(result.problems.join('\n'));
  const server = await startServer(result.config);
  return {
    url: server.url,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
