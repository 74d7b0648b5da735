// Waiting for work by a clock that the test moves.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createIds } from '../lib/ids.ts';
import { openStore } from '../store/open.ts';
import type { PolledTask } from '../store/poll.ts';
import { createQueueWatch } from './queue-watch.ts';

const WISH = { queue: 'work', workerId: 'me', count: 1 };

async function bench(t: TestContext) {
  const clock = new FakeClock();
  const ids = createIds(clock.now);
  const store = await openStore({
    url: 'sqlite::memory:',
    env: { newId: ids.next, random: ids.random, evaluate: () => ({ ok: false, reason: 'no scripts here' }) },
  });
  t.after(() => store.close());
  const watch = createQueueWatch(store, clock, ids.next);
  const work = { name: 'work', taskReferenceName: 'work', type: 'SIMPLE' };
  await store.definitions.putWorkflow({ name: 'w', version: 1, tasks: [work] }, { overwrite: true, now: clock.now() });
  const start = () => store.workflows.start({ id: ids.next(), name: 'w', input: {}, now: clock.now() });
  /** What a poll is answered, once it is. */
  const poll = (timeoutMs: number, onGone?: Parameters<typeof watch.poll>[2]) => {
    const seen: { count?: number } = {};
    void watch.poll(WISH, timeoutMs, onGone).then((tasks) => {
      seen.count = tasks.length;
    });
    return seen;
  };
  return { clock, watch, start, poll, store };
}

test('a poll is answered when there is a task, or when its time is over, and leaves no timer behind', async (t) => {
  const { clock, watch, start, poll } = await bench(t);
  assert.deepEqual(await watch.poll(WISH, 0), []);
  const [patient, hasty] = [poll(10_000), poll(100)];
  await clock.advance(99);
  assert.deepEqual([patient, hasty], [{}, {}]);
  await clock.advance(1);
  assert.deepEqual([patient, hasty], [{}, { count: 0 }]);
  await start();
  await clock.advance(0);
  assert.deepEqual(patient, { count: 1 });
  await clock.advance(500);
  assert.equal(clock.waiting, 0);
});

test('a task whose delay is over is found within the look interval', async (t) => {
  const { clock, watch, start, poll, store } = await bench(t);
  await start();
  const [polled] = await watch.poll(WISH, 0);
  const { workflow, task } = polled as PolledTask;
  const later = { status: 'IN_PROGRESS', callbackAfterSeconds: 1 } as const;
  await store.workflows.transition(workflow.id, { type: 'updateTask', task: { n: task.n }, ...later }, clock.now());
  const seen = poll(10_000);
  await clock.advance(999);
  assert.deepEqual(seen, {});
  await clock.advance(500);
  assert.deepEqual(seen, { count: 1 });
});

test('nothing is given to a caller who has gone', async (t) => {
  const { clock, start, poll, store } = await bench(t);
  let goes = (): void => {};
  const seen = poll(10_000, (callback) => {
    goes = callback;
    return () => {};
  });
  await clock.advance(0);
  goes();
  await clock.advance(0);
  assert.deepEqual(seen, { count: 0 });
  await start();
  assert.deepEqual(await store.tasks.queueSizes(), [{ queue: 'work', size: 1 }]);
});

test('whoever waits when it closes is answered, and later ones do not wait', async (t) => {
  const { clock, watch, poll } = await bench(t);
  const seen = poll(10_000);
  await clock.advance(0);
  watch.close();
  const late = poll(10_000);
  await clock.advance(0);
  assert.deepEqual([seen, late, clock.waiting], [{ count: 0 }, { count: 0 }, 0]);
});
