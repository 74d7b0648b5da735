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

test('on a shared database only the rev of what is loaded is read', async () => {
  const states = new States({ serial: false, changedByOthers: () => true });
  states.keep(heavy(1, 10));
  const asked: string[] = [];
  const reader: Pick<Session, 'look'> = {
    look: async (name, keys) => {
      asked.push(name);
      return keys.map(() => (name === 'rev' ? [[1]] : []));
    },
  };
  const [known, unknown] = await states.currentById(reader, ['id 1', 'id 2']);
  assert.deepEqual([known?.wf, unknown, asked], [1, undefined, ['rev', 'workflowById']]);
});

test('what was read before a commit neither replaces nor removes what the commit left', () => {
  const states = new States({ serial: false, changedByOthers: () => true });
  const old = heavy(1, 10);
  const newer = { ...old, rev: 5 };
  states.keep(newer);
  states.keep(old);
  states.drop(1, old.rev);
  assert.deepEqual([states.isOutdated(old), states.isOutdated(newer), states.idOf(1)], [true, false, 'id 1']);
  states.drop(1, newer.rev);
  assert.equal(states.idOf(1), undefined);
});

test('what the database has lost, or has older than it was, is forgotten', async () => {
  const states = new States({ serial: false, changedByOthers: () => true });
  states.keep({ ...heavy(1, 10), rev: 7 });
  await states.currentByKey(emptyReader().reader, [1]);
  assert.equal(states.idOf(1), undefined);
});

test('what was read before an execution ended does not bring it back, what restarted it does', () => {
  const states = new States({ serial: true, changedByOthers: () => false });
  const running = heavy(1, 10);
  const ended = { ...running, rev: 5 };
  states.keep(running);
  states.end(ended);
  assert.equal(states.idOf(1), undefined, 'nothing of it is kept');
  states.keep(running);
  assert.deepEqual([states.idOf(1), states.isOutdated(running)], [undefined, true]);
  states.keep({ ...running, rev: 6 });
  assert.deepEqual([states.idOf(1), states.isOutdated(ended)], ['id 1', true]);
});
