// Definitions by name: the latest version speaks, all versions are counted, filters look at name, words and types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionRows } from './definition-list.ts';

const task = (type: string) => ({ name: type, taskReferenceName: type, type });
const defs = [
  { name: 'b', version: 1, tasks: [task('HTTP')] },
  {
    name: 'b',
    version: 3,
    tasks: [task('WAIT'), { ...task('DO_WHILE'), loopOver: [task('HTTP'), task('HTTP')] }],
    updateTime: 7,
  },
  { name: 'a', version: 1, description: 'Pays out', tasks: [] },
];

test('one row per name, sorted, with the latest version', () => {
  const rows = definitionRows(defs);
  assert.deepEqual(
    rows.map(({ name, versions, taskCount, types, savedAt }) => [name, versions, taskCount, types, savedAt]),
    [
      ['a', [1], 0, [], 0],
      ['b', [3, 1], 4, ['WAIT', 'DO_WHILE', 'HTTP'], 7],
    ],
  );
});

test('filter', () => {
  assert.deepEqual(
    definitionRows(defs, 'pays').map(({ name }) => name),
    ['a'],
  );
  assert.deepEqual(
    definitionRows(defs, 'do_while b').map(({ name }) => name),
    ['b'],
  );
});
