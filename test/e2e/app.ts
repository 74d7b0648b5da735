// The whole product for one test: a real server on a fresh SQLite file, with the built web app, on a free port.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface App {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the web app unless its sources are those of the last build. */
export function buildWebApp(): void {
  const built = spawnSync(process.execPath, [join(ROOT, 'scripts', 'setup.js'), '--ui'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the web app cannot be built:\n${built.stdout}${built.stderr}`);
}

export async function startApp(): Promise<App> {
  buildWebApp();
  const folder = mkdtempSync(join(tmpdir(), 'fermata-e2e-'));
  const database = `sqlite:${join(folder, 'test.db')}`;
  // Receivers of the tests are on this machine.
  const settings = { PORT: '0', DATABASE_URL: database, LOG_LEVEL: 'fatal', ALLOWED_NETWORKS: '127.0.0.0/8' };
  const result = readConfig(settings, folder);
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
