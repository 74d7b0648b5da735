// Pages written per event: pages, not statements, are what an event costs on SQLite. Waits end in shuffled order, as in life.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assemble } from '../../src/store/assemble.ts';
import { openSqlite } from '../../src/store/drivers/sqlite.ts';
import { define, eventFor, register, task, testEnv, waitForId, wish } from './databases.ts';
import { begin, transition } from './fake-core.ts';

const WAITING = 8_000;
const EVENTS = 1_600;
const AT_ONCE = 32;
const PAGE_BYTES = 4_096 + 24;
/**
 * Measured: 3.9 at 20,000 waiting, 3.7 here (6.1 before tasks lay in the row of their execution). One for the body of 2 KB, one for wait and entry, one for the execution
 * with its tasks, 0.4 for the unique name. An index that is touched by each event adds 0.4 to 1.
 */
const MAX_PAGES_PER_EVENT = 4.2;

/** Runs `work` on each, a fixed number at a time. */
async function each<T>(list: readonly T[], width: number, work: (one: T) => Promise<unknown>): Promise<void> {
  const left = list.values();
  const worker = async (): Promise<void> => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

test('an event that ends a waiting execution writes few pages', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-pages-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'x.db');
  // No checkpoints while counting: each frame of the log is a page that was written.
  let checkpoint = false;
  const driver = openSqlite({
    path,
    checkpoints: () => ({
      beforeCycle(db) {
        if (checkpoint) db.exec('pragma wal_checkpoint(truncate)');
        checkpoint = false;
      },
      stop: async () => {},
    }),
  });
  const store = await assemble(driver, { env: testEnv(), core: { begin, transition } });
  t.after(() => store.close());
  await register(store, define('w', [waitForId(), task('a', 'NOOP'), task('b', 'NOOP')]));
  const ids = Array.from({ length: WAITING }, (_, i) => `order-${i}`);
  await each(ids, 256, (id) => store.workflows.start(wish('w', { id })));
  await store.idle();
  checkpoint = true;
  await store.tasks.poll({ queue: 'none', workerId: 'nobody', count: 1, now: 0 });
  // 7,919 is a prime: each step lands somewhere else, and no order is met twice.
  const shuffled = Array.from({ length: EVENTS }, (_, i) => ids[(i * 7_919) % WAITING] as string);
  const before = statSync(`${path}-wal`).size;
  await each(shuffled, AT_ONCE, (id) =>
    store.events.receive(eventFor(['w'], { id, padding: 'x'.repeat(2_000) }, { dedupeKey: `delivery of ${id}` })),
  );
  await store.idle();
  const pages = (statSync(`${path}-wal`).size - before) / PAGE_BYTES / EVENTS;
  assert.ok(pages < MAX_PAGES_PER_EVENT, `${pages.toFixed(2)} pages per event`);
  t.diagnostic(`${pages.toFixed(2)} pages per event`);
  const done = await store.workflows.search({
    statuses: ['COMPLETED'],
    sort: { by: 'name', descending: false },
    offset: 0,
    limit: 1,
  });
  assert.equal(done.total, EVENTS);
});
