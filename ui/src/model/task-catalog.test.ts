// The catalogue: every type can be added, found, and drawn as a form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFINABLE_TYPES } from '../../../src/core/validate/known-types.ts';
import { freshReference, insertTasks, ROOT_LIST, referenceNames } from './def-edit.ts';
import { COMMON_FIELDS, fieldsOf, makeTasks, searchCatalog, TASK_CATALOG, taskKind } from './task-catalog.ts';
import { TASK_GROUPS } from './task-kind.ts';

test('adding every type twice gives unique reference names and leaves the catalogue as it was', () => {
  const before = JSON.stringify(TASK_CATALOG);
  let def = insertTasks({ name: 'all', version: 1, tasks: [] }, ROOT_LIST, 0, []);
  for (const kind of [...TASK_CATALOG, ...TASK_CATALOG])
    def = insertTasks(
      def,
      ROOT_LIST,
      def.tasks.length,
      makeTasks(kind, (base) => freshReference(def, base)),
    );
  const names = referenceNames(def);
  assert.equal(new Set(names).size, names.length);
  assert.equal(JSON.stringify(TASK_CATALOG), before);
});

test('types are unique and grouped; labels of one form are unique', () => {
  assert.equal(new Set(TASK_CATALOG.map(({ type }) => type)).size, TASK_CATALOG.length);
  for (const kind of TASK_CATALOG) {
    assert.ok(TASK_GROUPS.includes(kind.group));
    const labels = [...kind.fields, ...COMMON_FIELDS].map(({ label }) => label);
    assert.equal(new Set(labels).size, labels.length, kind.type);
  }
});

test('search finds by label, by type, by words in any order', () => {
  assert.equal(searchCatalog('wait for webhook')[0]?.type, 'WAIT_FOR_WEBHOOK');
  assert.equal(searchCatalog('webhook wait')[0]?.type, 'WAIT_FOR_WEBHOOK');
  assert.equal(searchCatalog('sub_workflow')[0]?.type, 'SUB_WORKFLOW');
  assert.equal(searchCatalog('').length, TASK_CATALOG.length);
  assert.deepEqual(searchCatalog('no such thing'), []);
});

test('an unknown type still has a form', () => {
  assert.equal(taskKind('LLM_TEXT_COMPLETE'), undefined);
  assert.deepEqual(
    fieldsOf('LLM_TEXT_COMPLETE').map(({ kind }) => kind),
    ['json'],
  );
});

test('the catalogue offers exactly what a definition may hold, but for what Conductor has given up', () => {
  const offered = new Set(TASK_CATALOG.map(({ type }) => type));
  assert.deepEqual(
    [...DEFINABLE_TYPES].filter((type) => !offered.has(type)),
    ['LAMBDA', 'DECISION'],
  );
  for (const type of offered) assert.ok(DEFINABLE_TYPES.has(type), type);
});
