// Pages written per event: pages, not statements, are what an event costs on SQLite. Waits end in shuffled order, as in life.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assemble } from '../../src/store/assemble.ts';
import { openSqlite } from '../../src/store/drivers/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
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
const SHAPES = 50;
const FILLING = 800;
const MEASURED = 40;
/** Each event is committed alone. Measured: 11; 65 with the entries in the order of their hashes. */
const MAX_PAGES_OF_SHAPES = 14;

/** Runs `work` on each, a fixed number at a time. */
async function each<T>(list: readonly T[], width: number, work: (one: T) => Promise<unknown>): Promise<void> {
  const left = list.values();
  const worker = async (): Promise<void> => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

interface Counted {
  readonly store: Store;
  /** Pages that `work` writes. */
  pagesOf(work: () => Promise<unknown>): Promise<number>;
}

/** A database whose log is emptied only before counting: each frame of the log is a page that was written. */
async function counted(t: TestContext): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-pages-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'x.db');
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
  const pagesOf: Counted['pagesOf'] = async (work) => {
    checkpoint = true;
    await store.tasks.poll({ queue: 'none', workerId: 'nobody', count: 1, now: 0 });
    const before = statSync(`${path}-wal`).size;
    await work();
    await store.idle();
    return (statSync(`${path}-wal`).size - before) / PAGE_BYTES;
  };
  return { store, pagesOf };
}

test('an event that ends a waiting execution writes few pages', async (t) => {
  const { store, pagesOf } = await counted(t);
  await register(store, define('w', [waitForId(), task('a', 'NOOP'), task('b', 'NOOP')]));
  const ids = Array.from({ length: WAITING }, (_, i) => `order-${i}`);
  await each(ids, 256, (id) => store.workflows.start(wish('w', { id })));
  await store.idle();
  // 7,919 is a prime: each step lands somewhere else, and no order is met twice.
  const shuffled = Array.from({ length: EVENTS }, (_, i) => ids[(i * 7_919) % WAITING] as string);
  const total = await pagesOf(() =>
    each(shuffled, AT_ONCE, (id) =>
      store.events.receive(eventFor(['w'], { id, padding: 'x'.repeat(2_000) }, { dedupeKey: `delivery of ${id}` })),
    ),
  );
  const pages = total / EVENTS;
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

test('what an event leaves for many shapes that look at the same value lies on a few pages', async (t) => {
  const { store, pagesOf } = await counted(t);
  const names = Array.from({ length: SHAPES }, (_, s) => `w${s}`);
  for (const [s, name] of names.entries()) {
    const matches = { '$.order': '${workflow.input.order}', [`$.kind${s}`]: 'x' };
    await register(store, define(name, [task('wait', 'WAIT_FOR_WEBHOOK', { inputParameters: { matches } })]));
    await store.workflows.start(wish(name, { order: 'none' }));
  }
  const kinds = Object.fromEntries(names.map((_, s) => [`kind${s}`, 'x']));
  const send = (i: number) => store.events.receive(eventFor(names, { order: `order-${i}`, ...kinds }));
  // Enough entries that each lies on a page of its own, were they in the order of their hashes.
  await each([...Array(FILLING).keys()], AT_ONCE, send);
  const pages = (await pagesOf(() => each([...Array(MEASURED).keys()], 1, (i) => send(FILLING + i)))) / MEASURED;
  t.diagnostic(`${pages.toFixed(2)} pages per event of ${SHAPES} shapes`);
  assert.ok(pages < MAX_PAGES_OF_SHAPES, `${pages.toFixed(2)} pages per event of ${SHAPES} shapes`);
});
