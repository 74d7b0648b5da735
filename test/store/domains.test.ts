// A start that names several domains gets the first that a worker polls, on whichever node, else the last (contract 5.10).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, transition } from '../../src/core/transition.ts';
import type { Store } from '../../src/store/store.ts';
import { define, onEach, register, T0, task, wish } from './databases.ts';

const core = { begin, transition };

const poll = (store: Store, domain: string | undefined, now: number) =>
  store.tasks.poll({ queue: 'work', workerId: 'me', count: 1, now, ...(domain !== undefined && { domain }) });

/** Starts an execution with these domains; answers that of its task `n`. */
async function domainOf(store: Store, domains: string, now: number, then?: number): Promise<string | undefined> {
  const one = wish('w', {}, { taskToDomain: { '*': domains }, now });
  await store.workflows.start(one);
  const n = then === undefined ? 1 : 2;
  if (then !== undefined)
    await store.workflows.transition(one.id, { type: 'updateTask', task: { n: 1 }, status: 'COMPLETED' }, then);
  return (await store.workflows.get(one.id, { tasks: true }))?.tasks.find((one) => one.n === n)?.domain;
}

onEach('domains', (database) => {
  test('the first that is polled, for ten seconds after the last poll; else the last that is named', async (t) => {
    const store = await (await database(t)).open({ core });
    await register(store, define('w', [task('first', 'SIMPLE', { name: 'work' }), task('work', 'SIMPLE')]));
    assert.equal(await domainOf(store, 'blue,red', T0), 'red');
    assert.equal(await domainOf(store, 'blue, NO_DOMAIN', T0), undefined);
    await poll(store, 'blue', T0);
    assert.equal(await domainOf(store, 'green, blue,red', T0 + 9_999), 'blue');
    assert.equal(await domainOf(store, 'blue,red', T0 + 10_000), 'red');
    assert.equal(await domainOf(store, 'blue,red', T0 + 5_000, T0 + 20_000), 'red', 'each task by itself');
    assert.equal(await domainOf(store, 'green', T0), 'green', 'no choice');
  });

  test('polls of another node count as soon as they are written', async (t) => {
    const db = await database(t);
    const [store, other] = [await db.open({ core }), await db.open({ core })];
    await register(store, define('w', [task('first', 'SIMPLE', { name: 'work' }), task('work', 'SIMPLE')]));
    assert.equal(await domainOf(store, 'blue,red', T0), 'red');
    await other.lastPolls.put([{ queue: 'work', domain: 'blue', workerId: 'me', at: T0 + 2_000 }]);
    assert.equal(await domainOf(store, 'blue,red', T0 + 3_000), 'blue');
    assert.equal(await domainOf(store, 'blue,red', T0 + 3_000, T0 + 4_000), 'blue');
    assert.equal(await domainOf(store, 'blue,red', T0 + 30_000), 'red');
  });
});
