import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayWithFlow } from './flow-access.ts';
import type { Need } from './need.ts';

const person = (name: string, ...may: Need[]) => ({ name, may: new Set(may) });

test('a right holds on every flow', () => {
  const reader = person('ann', 'read');
  assert.deepEqual(
    [mayWithFlow(reader, 'see', 'bob'), mayWithFlow(reader, 'run', 'ann'), mayWithFlow(reader, 'change', 'ann')],
    [true, false, false],
  );
  assert.equal(mayWithFlow(person('ann', 'read', 'edit'), 'change', 'bob'), true);
});

test('a flow is given away by its owner or by who may do all', () => {
  const editor = person('ann', 'read', 'edit');
  assert.equal(mayWithFlow(editor, 'giveAway', 'ann'), true);
  assert.equal(mayWithFlow(editor, 'giveAway', 'bob'), false);
  assert.equal(mayWithFlow(editor, 'giveAway', undefined), false);
  assert.equal(mayWithFlow(person('ann', 'read'), 'giveAway', 'ann'), false);
  assert.equal(mayWithFlow(person('root', 'admin'), 'giveAway', 'bob'), true);
});
