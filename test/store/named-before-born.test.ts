// An execution that another one starts has its id before it is there: whoever asks for it in between gets it all the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, transition } from '../../src/core/transition.ts';
import { define, onEach, register, task, wish } from './databases.ts';
import { type Watch, watched } from './watched-driver.ts';

const child = define('child', [task('hold', 'WAIT')]);
const parent = define('parent', [task('sub', 'SUB_WORKFLOW', { subWorkflowParam: { name: 'child', version: 1 } })]);

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

onEach('an execution that is named', (database) => {
  test('is waited for by whoever asks for it', async (t) => {
    const counts: Watch = { commits: 0, failing: 0 };
    const store = await (await database(t)).open({ core: { begin, transition }, wrap: watched(counts) });
    await register(store, child, parent);
    const one = wish('parent');
    await store.workflows.start(one);
    // The commit in which the child begins is held up.
    const { promise, resolve } = Promise.withResolvers<void>();
    counts.before = () => promise;
    const started = await store.workflows.get(one.id, { tasks: true });
    const childId = started?.tasks[0]?.subWorkflowId ?? assert.fail('the child has no name yet');
    const asked = store.workflows.get(childId, { tasks: true });
    await Promise.race([asked, turns(2_000)]);
    resolve();
    assert.equal((await asked)?.name, 'child');
    assert.equal(await store.workflows.get('nobody', { tasks: true }), undefined);
  });
});
