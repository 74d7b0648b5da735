// The databases that the conformance suite runs on: each test gets one of its own, and opens as many stores (nodes) on it as it likes.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext } from 'node:test';
import type { WorkflowDef, WorkflowTask } from '../../src/core/model.ts';
import { assemble, type Parts } from '../../src/store/assemble.ts';
import type { Driver } from '../../src/store/drivers/driver.ts';
import { openPostgres } from '../../src/store/drivers/postgres.ts';
import { openSqlite } from '../../src/store/drivers/sqlite.ts';
import type { NewEvent, Route, StartWish, Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/postgres.ts';
import { begin, transition } from './fake-core.ts';

/** A moment to count from; tests move it by hand. */
export const T0 = 1_800_000_000_000;

export interface Database {
  /** A driver on it, as a new process would open it. */
  readonly driver: () => Driver;
  /** A store on it, with the small rules of these tests. */
  readonly open: (parts?: Partial<Parts> & { wrap?: (driver: Driver) => Driver }) => Promise<Store>;
}

type Kind = 'sqlite' | 'postgres';

/** Runs a suite on both databases. */
export function onEach(
  name: string,
  suite: (database: (t: TestContext) => Promise<Database>, kind: Kind) => void,
): void {
  describe(`${name} on SQLite`, () => suite(sqliteDatabase, 'sqlite'));
  describe(`${name} on PostgreSQL`, () => suite(postgresDatabase, 'postgres'));
}

async function sqliteDatabase(t: TestContext): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-store-'));
  const path = join(folder, 'data', 'test.db');
  return database(
    t,
    () => openSqlite({ path }),
    async () => rmSync(folder, { recursive: true, force: true }),
  );
}

async function postgresDatabase(t: TestContext): Promise<Database> {
  const { url, drop } = await freshDatabase();
  return database(t, () => openPostgres(url), drop);
}

function database(t: TestContext, driver: () => Driver, drop: () => Promise<void>): Database {
  const opened: Store[] = [];
  t.after(async () => {
    for (const store of opened) await store.close().catch(() => {});
    await drop();
  });
  return {
    driver,
    async open({ wrap, ...parts } = {}) {
      const store = await assemble(wrap ? wrap(driver()) : driver(), {
        env: testEnv(),
        core: { begin, transition },
        ...parts,
      });
      opened.push(store);
      return store;
    },
  };
}

export const testEnv = (): Parts['env'] => ({
  newId: randomUUID,
  random: Math.random,
  evaluate: () => ({ ok: false, reason: 'no scripts here' }),
});

export const task = (ref: string, type: string, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: ref,
  taskReferenceName: ref,
  type,
  ...more,
});

/** Waits for an event whose `id` is the input's `id`. */
export const waitForId = (ref = 'wait'): WorkflowTask =>
  task(ref, 'WAIT_FOR_WEBHOOK', { inputParameters: { matches: { '$.id': '${workflow.input.id}' } } });

export const define = (name: string, tasks: WorkflowTask[], version = 1): WorkflowDef => ({ name, version, tasks });

export async function register(store: Store, ...defs: WorkflowDef[]): Promise<void> {
  for (const def of defs) await store.definitions.putWorkflow(def, { overwrite: true, now: T0 });
}

export const wish = (name: string, input: StartWish['input'] = {}, more: Partial<StartWish> = {}): StartWish => ({
  id: randomUUID(),
  name,
  input,
  now: T0,
  ...more,
});

/** An event for waits (and starts) of the named workflows, version 1. */
export function eventFor(
  names: readonly string[],
  payload: unknown,
  more: Partial<NewEvent> & { starts?: Route['starts'] } = {},
): NewEvent {
  const { starts = [], ...rest } = more;
  const eventId = rest.eventId ?? randomUUID();
  return {
    eventId,
    webhookId: 'hook',
    receivedAt: T0 + 1_000,
    method: 'POST',
    url: '/webhook/hook',
    headers: '{"content-type":["application/json"]}',
    body: Buffer.from(JSON.stringify(payload)),
    verdict: 'verified',
    route: {
      receivers: names.map((name) => ({ name, version: 1 })),
      starts,
      event: `hook:${eventId}`,
      createdBy: 'tester',
    },
    ...rest,
  };
}

/** Status of an execution and of its tasks, in short: `RUNNING wait:COMPLETED work:SCHEDULED`. */
export async function shortly(store: Store, id: string): Promise<string> {
  const workflow = await store.workflows.get(id, { tasks: true });
  if (!workflow) return 'nothing';
  return [workflow.status, ...workflow.tasks.map(({ place, scope, status }) => `${place}${scope}:${status}`)].join(' ');
}
