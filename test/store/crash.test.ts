// The process dies at every step, one after the other; a new one takes over. Nothing is lost, nothing is doubled, whatever
// was under way; and the callers, who got no answer, ask again.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { assemble } from '../../src/store/assemble.ts';
import type { Driver } from '../../src/store/drivers/driver.ts';
import type { Store } from '../../src/store/store.ts';
import {
  type Database,
  define,
  eventFor,
  onEach,
  register,
  shortly,
  T0,
  task,
  testEnv,
  waitForId,
  wish,
} from './databases.ts';
import { type Death, dying } from './dying-driver.ts';
import { begin, transition } from './fake-core.ts';

const DEFINITIONS = [
  define('order', [
    waitForId('paid'),
    task('ship', 'SUB_WORKFLOW', {
      subWorkflowParam: { name: 'shipping' },
      inputParameters: { id: '${workflow.input.id}' },
    }),
    task('again', 'LOOP', { inputParameters: { matches: { '$.note': '${workflow.input.id}' }, times: 2 } }),
  ]),
  define('shipping', [waitForId('left')]),
  define('log', [task('work', 'SIMPLE')]),
];

/** What callers do. Each call is repeated with the same ids until it is answered. */
function calls(): ((store: Store) => Promise<unknown>)[] {
  const orders = [
    wish('order', { id: 1 }),
    wish('order', { id: 2 }, { idempotencyKey: 'k', idempotencyStrategy: 'RETURN_EXISTING' }),
  ];
  const logged = { starts: [{ name: 'log', version: 1 }] };
  const events = [
    eventFor(['order', 'shipping'], { id: 1 }, logged),
    eventFor(['order', 'shipping'], { id: 2 }, { dedupeKey: 'two' }),
    eventFor(['order', 'shipping'], { id: 1, left: true }, { receivedAt: T0 + 2_000 }),
    eventFor(['order', 'shipping'], { id: 2, left: true }, { receivedAt: T0 + 2_000 }),
    ...[1, 2, 1, 2].map((note, i) => eventFor(['order'], { note, i }, { receivedAt: T0 + 3_000 })),
  ];
  return [
    ...orders.map((order) => (store: Store) => store.workflows.start(order)),
    ...events.map((event) => (store: Store) => store.events.receive(event)),
  ];
}

/** Runs the calls on a process that dies; then on a new one those that were not answered. Answers whether it died. */
async function run(t: TestContext, database: Database, death: Death): Promise<boolean> {
  const seedling = await database.open();
  await register(seedling, ...DEFINITIONS);
  await seedling.close();
  const open: Driver[] = [];
  t.after(() => Promise.all(open.map((driver) => driver.close().catch(() => {}))));
  const inner = database.driver();
  open.push(inner);
  const first = dying(inner, death);
  const todo = new Set(calls());
  const ended = doAll(await assemble(first.driver, { env: testEnv(), core: { begin, transition } }), todo);
  await Promise.race([first.dead, ended]);
  // What the dead process had open goes with it: an open transaction is rolled back, as by the system.
  await inner.close().catch(() => {});
  const store = await database.open();
  for (let round = 1; round <= 60; round++) {
    await doAll(store, todo);
    if ((await store.workflows.runDue(T0 + round * 10_000, 100)) === 0) break;
    await store.idle();
  }
  await check(store, death);
  await store.close();
  return first.isDead();
}

async function doAll(store: Store, todo: Set<(store: Store) => Promise<unknown>>): Promise<void> {
  for (const call of todo) {
    await call(store);
    todo.delete(call);
  }
  await store.idle();
}

async function check(store: Store, death: Death): Promise<void> {
  const when = JSON.stringify(death);
  const { rows, total } = await store.workflows.search({
    sort: { by: 'name', descending: false },
    offset: 0,
    limit: 100,
  });
  assert.equal(total, 5, `${when}: ${rows.map(({ name }) => name)}`);
  for (const { id, name } of rows) {
    const expected = {
      order: 'COMPLETED paid:COMPLETED ship:COMPLETED again__1:COMPLETED again__2:COMPLETED',
      shipping: 'COMPLETED left:COMPLETED',
      log: 'RUNNING work:SCHEDULED',
    };
    assert.equal(await shortly(store, id), expected[name as keyof typeof expected], `${when}: ${name}`);
  }
  const events = await store.events.list({ webhookId: 'hook', limit: 100 });
  assert.equal(events.length, 8, when);
  const effects = events.flatMap((event) => event.effects.map(({ type }) => type));
  assert.deepEqual([...new Set(effects)].sort(), ['completed', 'started'], when);
  // Of each order: paid, two notes; of each shipping: left; one log.
  assert.equal(effects.length, 2 * 3 + 2 * 1 + 1, when);
  assert.deepEqual(await store.tasks.queueSizes(), [{ queue: 'work', size: 1 }], when);
}

onEach('a process that dies', (database, kind) => {
  for (const after of [false, true])
    test(`at any step, ${after ? 'after it took place' : 'before it takes place'}`, async (t) => {
      // All of the 90 (SQLite) and 160 steps were tried when this was written; for each run of the suite some must do (0.2 s each).
      const stride = kind === 'postgres' ? 23 : 5;
      for (let at = after ? 3 : 1; ; at += stride) if (!(await run(t, await database(t), { at, after }))) break;
    });
});
