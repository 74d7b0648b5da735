// What stays loaded: as many tasks as the limit says, the ones used last, and always the execution that is at work.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task, Workflow } from '../../src/core/model.ts';
import { type State, States } from '../../src/store/cycle/states.ts';
import type { Session } from '../../src/store/drivers/driver.ts';
import { CACHED_TASKS } from '../../src/store/limits.ts';

/** An execution as the cache sees it: a key, an id and a number of tasks. */
const heavy = (wf: number, tasks: number): State => ({
  ...{ wf, def: new Uint8Array(), rev: 1, wakeAt: undefined, packed: false },
  workflow: { id: `id ${wf}`, tasks: Array.from<Task>({ length: tasks }) } as unknown as Workflow,
});

/** A database that counts what is read, and has nothing. */
function emptyReader(): { reader: Pick<Session, 'look'>; reads: () => number } {
  let count = 0;
  const look: Session['look'] = async (_, keys) => {
    count += keys.length;
    return keys.map(() => []);
  };
  return { reader: { look }, reads: () => count };
}

test('those used last stay loaded, up to the limit of tasks', async () => {
  const states = new States({ serial: true, changedByOthers: () => false });
  const { reader, reads } = emptyReader();
  const third = Math.floor(CACHED_TASKS / 3);
  for (const wf of [1, 2, 3]) states.keep(heavy(wf, third - 10));
  await states.byKey(reader, [1]);
  states.keep(heavy(4, third - 10));
  const found = await states.byKey(reader, [1, 3, 4]);
  assert.deepEqual([found.map((state) => state?.wf), reads()], [[1, 3, 4], 0]);
  assert.deepEqual([await states.byKey(reader, [2]), reads()], [[undefined], 1]);
});

test('an execution beyond the limit stays loaded while nothing else comes', async () => {
  const states = new States({ serial: true, changedByOthers: () => false });
  const { reader, reads } = emptyReader();
  states.keep(heavy(1, 10));
  states.keep(heavy(2, CACHED_TASKS + 1));
  assert.equal((await states.byId(reader, ['id 2']))[0]?.wf, 2);
  assert.equal(reads(), 0);
  states.keep(heavy(3, 10));
  await states.byKey(reader, [3]);
  assert.equal(reads(), 0);
  await states.byKey(reader, [2]);
  assert.equal(reads(), 1, 'when another one comes it makes room');
});
