// Databases of the event benchmark: filled once with executions that wait, and copied for each run.

import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openStore } from '../src/store/open.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { apiOf, setUp, WAIT_WORKFLOW } from './api.ts';
import { orderOf } from './floor.ts';
import { freePort, startServer } from './server-process.ts';

/** A database that can be filled once and copied for each run. */
export interface Bed {
  /** Makes the definitions, then so many executions that wait; `between` is called when there are none yet. */
  fill(waiting: number, between: (url: string) => Promise<void>): Promise<string>;
  /** URL of a fresh copy of what was filled. */
  copy(): Promise<string>;
  /** URL of an empty one, for the floor, which fills itself. */
  empty(): Promise<string>;
  /** Bytes on disk. */
  sizeOf(url: string): Promise<number>;
  /** Clears away what a run has left behind, as PostgreSQL does by itself every minute: here between the runs of both programs. */
  tidy(url: string): Promise<void>;
  /** Nobody needs it any more. */
  drop(url: string): Promise<void>;
  close(): Promise<void>;
}

/** Fills through the store itself: definitions, webhook and executions exactly as the API makes them. */
async function fillThroughServer(url: string, waiting: number): Promise<void> {
  const port = await freePort();
  const server = await startServer({ databaseUrl: url, port });
  await setUp(apiOf(server.url), { starts: false });
  await server.stop();
  const random = (): number => 0.5;
  const store = await openStore({
    url,
    env: { newId: newUuid, random, evaluate: () => ({ ok: false, reason: 'not here' }) },
  });
  const left = Array.from({ length: waiting }, (_, i) => i).values();
  const worker = async (): Promise<void> => {
    for (const i of left)
      await store.workflows.start({
        id: newUuid(),
        name: WAIT_WORKFLOW,
        version: 1,
        input: { order: orderOf(i) },
        now: Date.now(),
      });
  };
  await Promise.all(Array.from({ length: 256 }, worker));
  // Else the server that is measured gathers them.
  while ((await store.workflows.gatherTexts()) > 0);
  await store.close();
}

/** Time-ordered, as the server makes them. */
function newUuid(): string {
  const hex = Date.now().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

export function sqliteBed(): Bed {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-bench-'));
  let copies = 0;
  const filled = join(folder, 'filled.db');
  const fresh = (): string => join(folder, `run-${++copies}.db`);
  return {
    async fill(waiting, between) {
      for (const end of ['', '-wal', '-shm']) rmSync(filled + end, { force: true });
      const url = `sqlite:${filled}`;
      await fillThroughServer(url, 0);
      await between(url);
      await fillThroughServer(url, waiting);
      return url;
    },
    async copy() {
      const path = fresh();
      // With the key that the secret of its webhook is sealed with.
      for (const end of ['', '.key']) copyFileSync(filled + end, path + end);
      return `sqlite:${path}`;
    },
    empty: async () => `sqlite:${fresh()}`,
    sizeOf: async (url) => statSync(url.slice('sqlite:'.length), { throwIfNoEntry: false })?.size ?? 0,
    // Done all the time, by the commits of the floor and the checkpoints of Fermata.
    tidy: async () => {},
    async drop(url) {
      for (const end of ['', '-wal', '-shm', '.key']) rmSync(url.slice('sqlite:'.length) + end, { force: true });
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
}

/**
 * Of the 24 GiB of memory a share that one gives to a database, so that not the size of what a warm-up has left is measured.
 * Autovacuum would come in the middle of a longer run, and never in that of a program that is done within its minute: see `tidy`.
 */
const SETTINGS = ['shared_buffers=1GB', 'autovacuum=off'];

export async function postgresBed(): Promise<Bed> {
  const server = await startPostgres({ durable: true, settings: SETTINGS });
  let databases = 0;
  let filled = '';
  const run = async (sql: string, url = server.url): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const create = async (template?: string): Promise<string> => {
    const name = `bench_${++databases}`;
    await run(`create database ${name} ${template ? `template ${template}` : ''}`);
    return name;
  };
  const urlOf = (name: string): string => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const nameOf = (url: string): string => new URL(url).pathname.slice(1);
  return {
    async fill(waiting, between) {
      filled = await create();
      await fillThroughServer(urlOf(filled), 0);
      await between(urlOf(filled));
      await fillThroughServer(urlOf(filled), waiting);
      return urlOf(filled);
    },
    copy: async () => urlOf(await create(filled)),
    empty: async () => urlOf(await create()),
    sizeOf: async (url) => Number((await run(`select pg_database_size('${nameOf(url)}') as size`)).rows[0].size),
    tidy: async (url) => void (await run('vacuum (analyze)', url)),
    drop: async (url) => void (await run(`drop database ${nameOf(url)} with (force)`)),
    close: () => server.stop(),
  };
}
