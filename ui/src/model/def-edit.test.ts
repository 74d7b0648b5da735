// Edits of a definition: what is put in can be taken out, moves keep every task, joins follow their forks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowDef, WorkflowTask } from '../../../src/core/model.ts';
import {
  findReference,
  freshReference,
  insertTasks,
  moveTask,
  referenceNames,
  removeTask,
  renameKey,
  replaceTask,
  taskAt,
  writeAt,
} from './def-edit.ts';

const task = (reference: string, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
  name: reference,
  taskReferenceName: reference,
  type: 'SIMPLE',
  ...more,
});

const def: WorkflowDef = {
  name: 'd',
  version: 1,
  tasks: [
    task('a'),
    task('s', { type: 'SWITCH', decisionCases: { yes: [task('y')], no: [] }, defaultCase: [task('d')] }),
    task('f', { type: 'FORK_JOIN', forkTasks: [[task('l1'), task('l2')], [task('r')]] }),
    task('j', { type: 'JOIN', joinOn: ['l2', 'r'] }),
    task('w', { type: 'DO_WHILE', loopOver: [task('in')] }),
  ],
};

const joinOn = (d: WorkflowDef) => taskAt(d, findReference(d, 'j') ?? [])?.joinOn;

test('insert and remove are inverse, at any depth', () => {
  for (const [list, index] of [
    [['tasks'], 0],
    [['tasks', 1, 'decisionCases', 'no'], 0],
    [['tasks', 1, 'defaultCase'], 1],
    [['tasks', 4, 'loopOver'], 1],
  ] as const) {
    const more = insertTasks(def, list, index, [task('new')]);
    assert.deepEqual(findReference(more, 'new'), [...list, index]);
    assert.deepEqual(removeTask(more, [...list, index]), def);
  }
  assert.deepEqual(referenceNames(def), ['a', 's', 'y', 'd', 'f', 'l1', 'l2', 'r', 'j', 'w', 'in']);
});

test('a join waits for the last task of each branch, as long as nobody wrote it by hand', () => {
  const longer = insertTasks(def, ['tasks', 2, 'forkTasks', 1], 1, [task('r2')]);
  assert.deepEqual(joinOn(longer), ['l2', 'r2']);
  assert.deepEqual(joinOn(removeTask(def, ['tasks', 2, 'forkTasks', 0, 1])), ['l1', 'r']);
  const byHand = writeAt(def, ['tasks', 3, 'joinOn'], ['l1', 'r']);
  assert.deepEqual(joinOn(insertTasks(byHand, ['tasks', 2, 'forkTasks', 1], 0, [task('r0')])), ['l1', 'r']);
});

test('renaming a task renames it in joins', () => {
  const renamed = replaceTask(def, ['tasks', 2, 'forkTasks', 1, 0], task('right'));
  assert.deepEqual(joinOn(renamed), ['l2', 'right']);
});

test('removing or moving a fork takes its join along', () => {
  assert.deepEqual(referenceNames(removeTask(def, ['tasks', 2])), ['a', 's', 'y', 'd', 'w', 'in']);
  const moved = moveTask(def, ['tasks', 2], ['tasks'], 0);
  assert.deepEqual(
    moved.tasks.map((t) => t.taskReferenceName),
    ['f', 'j', 'a', 's', 'w'],
  );
});

test('moves keep every task, forward, backward, into and out of branches; a move into itself does nothing', () => {
  const names = [...referenceNames(def)].sort();
  const moves: [readonly (string | number)[], readonly (string | number)[], number, string][] = [
    [['tasks', 0], ['tasks', 4, 'loopOver'], 0, 'a'],
    [['tasks', 4, 'loopOver', 0], ['tasks'], 0, 'in'],
    [['tasks', 4], ['tasks', 1, 'decisionCases', 'yes'], 1, 'w'],
    [['tasks', 1, 'defaultCase', 0], ['tasks'], 2, 'd'],
    [['tasks', 0], ['tasks'], 5, 'a'],
  ];
  for (const [from, list, index, name] of moves) {
    const moved = moveTask(def, from, list, index);
    assert.deepEqual([...referenceNames(moved)].sort(), names, `${name} to ${list.join('/')}`);
    assert.notDeepEqual(findReference(moved, name), from);
  }
  assert.equal(moveTask(def, ['tasks', 4], ['tasks', 4, 'loopOver'], 0), def);
  assert.equal(moveTask(def, ['tasks', 0], ['tasks'], 1), def);
});

test('fresh names, written keys, renamed keys', () => {
  assert.equal(freshReference(def, 'b'), 'b');
  assert.equal(freshReference(def, 'a'), 'a_2');
  assert.deepEqual(writeAt({ x: { y: 1 }, z: 2 }, ['x', 'y'], undefined), { x: {}, z: 2 });
  assert.deepEqual(writeAt({}, ['a', 'b'], 1), { a: { b: 1 } });
  assert.deepEqual(Object.keys(renameKey({ a: 1, b: 2, c: 3 }, 'b', 'x')), ['a', 'x', 'c']);
  assert.deepEqual(renameKey({ a: 1, b: 2 }, 'a', 'b'), { a: 1, b: 2 });
});

test('hostile keys reach nothing inherited', () => {
  const hostile = JSON.parse(
    '{"name":"d","version":1,"tasks":[{"name":"s","taskReferenceName":"s","type":"SWITCH","decisionCases":{"__proto__":[]}}]}',
  ) as WorkflowDef;
  const more = insertTasks(hostile, ['tasks', 0, 'decisionCases', '__proto__'], 0, [task('n')]);
  assert.deepEqual(referenceNames(more), ['s', 'n']);
  assert.equal(Object.hasOwn({}, 'taskReferenceName'), false);
  assert.equal(taskAt(def, ['constructor']), undefined);
});
