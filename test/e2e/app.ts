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
  /** Stops the server; what it stored stays. */
  stop(): Promise<void>;
  /** Starts it anew, on the same port and the same database. */
  start(): Promise<void>;
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

/** `settings`: of the server, beside those that all tests have. */
export async function startApp(more: Readonly<Record<string, string>> = {}): Promise<App> {
  buildWebApp();
  const folder = mkdtempSync(join(tmpdir(), 'fermata-e2e-'));
  const database = `sqlite:${join(folder, 'test.db')}`;
  // Receivers of the tests are on this machine.
  const settings = { DATABASE_URL: database, LOG_LEVEL: 'fatal', ALLOWED_NETWORKS: '127.0.0.0/8', ...more };
  const begin = (port: string) => {
    const result = readConfig({ ...settings, PORT: port }, folder);
    if (!result.ok) throw new Error(result.problems.join('\n'));
    return startServer(result.config);
  };
  const first = await begin('0');
  const { url } = first;
  let server: typeof first | undefined = first;
  const stop = async (): Promise<void> => {
    const running = server;
    server = undefined;
    await running?.close();
  };
  return {
    url,
    stop,
    async start() {
      server = await begin(new URL(url).port);
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
