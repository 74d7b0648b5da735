// An execution of many tasks that many workers are at: cycles of one node do not meet in its row, so what is loaded stays
// loaded, what is offered is taken, and a task costs the same whatever lies beside it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { begin, transition } from '../../src/core/transition.ts';
import type { Store } from '../../src/store/store.ts';
import { define, onEach, register, T0, task, wish } from './databases.ts';
import { withSessions } from './watched-driver.ts';

const TASKS = 150;
const WORKERS = 12;

const fork = define('large', [
  task('fork', 'FORK_JOIN_DYNAMIC', {
    inputParameters: { forkTaskName: 'work', forkTaskInputs: '${workflow.input.items}' },
  }),
  task('join', 'JOIN'),
]);
const items = (count: number): JsonObject => ({ items: Array.from({ length: count }, (_, i) => ({ i })) });

interface Counts {
  /** Executions whose tasks were read. */
  tasksRead: number;
  /** Units that were refused. */
  refused: number;
  /** Candidates that came from the queue. */
  offered: number;
}

const counted = (counts: Counts) =>
  withSessions((inner) => ({
    look(name, keys) {
      if (name === 'tasks') counts.tasksRead += keys.length;
      return inner.look(name, keys);
    },
    async claim(...args) {
      const found = await inner.claim(...args);
      counts.offered += found.flat().length;
      return found;
    },
    async commit(units) {
      const held = await inner.commit(units);
      counts.refused += held.filter((ok) => !ok).length;
      return held;
    },
  }));

/** So many turns of the loop: workers that all come in the same one are served by the same commit and never meet. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Takes `count` at a time and reports each, until all are done. `everyMs`: how far its clock goes each time. */
async function worker(
  store: Store,
  name: string,
  { count, total, everyMs = 1 }: { count: number; total: number; everyMs?: number },
  taken: Set<string>,
): Promise<void> {
  for (let i = 0; taken.size < total && i < total; i++) {
    await turns((taken.size * 7) % 5);
    const now = T0 + i * everyMs;
    const polled = await store.tasks.poll({ queue: 'work', workerId: name, count, now });
    for (const { workflow, task: given } of polled) {
      const id = `${workflow.id}.${given.n}`;
      assert.ok(!taken.has(id), 'given twice');
      taken.add(id);
      const done = { type: 'updateTask', task: { n: given.n }, status: 'COMPLETED', output: { i } } as const;
      await turns(taken.size % 7);
      const result = await store.workflows.transition(workflow.id, done, now);
      assert.equal(result.type === 'applied' && result.outcome.type, 'done');
    }
  }
}

onEach('a large execution', (database) => {
  test('many workers of one node: read once at most, each task offered once, no commit refused', async (t) => {
    const counts: Counts = { tasksRead: 0, refused: 0, offered: 0 };
    const db = await database(t);
    const store = await db.open({ core: { begin, transition }, wrap: counted(counts) });
    await register(store, fork);
    const one = wish('large', items(TASKS));
    await store.workflows.start(one);
    await store.idle();
    const taken = new Set<string>();
    const workers = Array.from({ length: WORKERS }, (_, n) =>
      worker(store, `w${n}`, { count: 1 + (n % 3), total: TASKS }, taken),
    );
    await Promise.all(workers);
    assert.equal(taken.size, TASKS);
    assert.equal((await store.workflows.get(one.id, { tasks: false }))?.status, 'COMPLETED');
    assert.deepEqual(counts, { tasksRead: counts.tasksRead && 1, refused: 0, offered: TASKS });
  });

  test('several of them in one queue: polls that want tasks of many are not starved', async (t) => {
    const db = await database(t);
    const store = await db.open({ core: { begin, transition } });
    await register(store, fork);
    const wishes = Array.from({ length: 4 }, (_, i) => wish('large', items(30), { priority: i }));
    await Promise.all(wishes.map((one) => store.workflows.start(one)));
    const taken = new Set<string>();
    await Promise.all(
      Array.from({ length: WORKERS }, (_, n) => worker(store, `w${n}`, { count: 1 + 20 * (n % 2), total: 120 }, taken)),
    );
    assert.equal(taken.size, 120);
    for (const { id } of wishes) assert.equal((await store.workflows.get(id, { tasks: false }))?.status, 'COMPLETED');
  });

  test('workers of two nodes: each task is given once, and it ends', async (t) => {
    const db = await database(t);
    const parts = { core: { begin, transition } };
    const nodes = [await db.open(parts), await db.open(parts)];
    await register(nodes[0]!, fork);
    const one = wish('large', items(60));
    await nodes[0]!.workflows.start(one);
    const taken = new Set<string>();
    // By more than a lease in the end: what a node offered and lost to the other is offered again.
    const wish60 = { count: 1, total: 60, everyMs: 1_000 };
    await Promise.all(Array.from({ length: 8 }, (_, n) => worker(nodes[n % 2]!, `w${n}`, wish60, taken)));
    assert.equal(taken.size, 60);
    assert.equal((await nodes[1]!.workflows.get(one.id, { tasks: false }))?.status, 'COMPLETED');
  });
});
