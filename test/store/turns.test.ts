// Executions under a rateLimitConfig take turns within their key, however many other keys have executions that are held.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { begin, transition } from '../../src/core/transition.ts';
import { TURNS_PER_LOOK } from '../../src/store/limits.ts';
import type { Store } from '../../src/store/store.ts';
import { define, onEach, register, shortly, T0, waitForId, wish } from './databases.ts';

const RUNS = 'RUNNING wait:IN_PROGRESS';
const HELD = 'RUNNING';

async function startTwo(store: Store, key: string): Promise<[string, string]> {
  const [first, second] = [wish('w', { key }), wish('w', { key }, { now: T0 + 1 })];
  await store.workflows.start(first);
  await store.workflows.start(second);
  return [first.id, second.id];
}

/** More keys than one look brings, one of two executions held under each; answers those of the last key once the first of them runs. */
async function startUnderManyKeys(store: Store): Promise<[string, string]> {
  const rateLimitConfig = { rateLimitKey: `\${workflow.input.key}`, concurrentExecLimit: 1 };
  await register(store, { ...define('w', [waitForId()]), rateLimitConfig });
  for (let i = 0; i <= TURNS_PER_LOOK; i++) await startTwo(store, `full ${i}`);
  const [first, second] = await startTwo(store, 'last');
  await comesTo(store, first, RUNS);
  assert.equal(await shortly(store, second), HELD);
  return [first, second];
}

/** A look at a key follows the commit that changed it, on its own. */
async function comesTo(store: Store, id: string, state: string): Promise<void> {
  for (let tries = 0; tries < 500 && (await shortly(store, id)) !== state; tries++) await store.idle();
  assert.equal(await shortly(store, id), state);
}

onEach('turns', (database) => {
  const open = async (t: TestContext) => (await database(t)).open({ core: { begin, transition } });

  test('a key is not held up by the keys before it', async (t) => {
    const store = await open(t);
    const [first, second] = await startUnderManyKeys(store);
    await store.workflows.transition(first, { type: 'terminate', reason: 'done' }, T0 + 2);
    await comesTo(store, second, RUNS);
  });

  test('one whose turn came unseen is found in time', async (t) => {
    const store = await open(t);
    const [first, second] = await startUnderManyKeys(store);
    await store.workflows.remove(first);
    for (let look = 0; look < 2; look++) await store.workflows.runDue(T0 + 10 + look, 100);
    await comesTo(store, second, RUNS);
  });
});
