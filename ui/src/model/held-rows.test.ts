// Held rows keep their order, take new contents, and count what is new.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldRows } from './held-rows.ts';

const id = ({ id: key }: { id: string; v: number }) => key;
const row = (key: string, v: number) => ({ id: key, v });

test('held rows', () => {
  const before = [row('a', 1), row('b', 1)];
  const now = [row('c', 1), row('b', 2), row('d', 1)];
  assert.deepEqual(heldRows(now, undefined, id, before), { rows: now, fresh: 0 });
  assert.deepEqual(heldRows(now, ['a', 'b'], id, before), { rows: [row('a', 1), row('b', 2)], fresh: 2 });
});
