// Schemas: one row for each name with the newest version, and text that is read or refused with its place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchema, schemaGroups } from './schema-list.ts';

test('versions under one name, the newest first', () => {
  const groups = schemaGroups([
    { name: 'b', version: 1 },
    { name: 'a' },
    { name: 'b', version: 10 },
    { name: 'b', version: 2 },
  ]);
  assert.deepEqual(
    groups.map(({ name, versions, latest }) => [name, versions, latest.version]),
    [
      ['a', [1], undefined],
      ['b', [10, 2, 1], 10],
    ],
  );
  assert.deepEqual(
    schemaGroups([{ name: 'Order' }], 'ORD').map(({ name }) => name),
    ['Order'],
  );
  assert.deepEqual(schemaGroups([{ name: 'Order' }], 'x'), []);
});

test('text of a schema', () => {
  assert.deepEqual(readSchema('{"type":"object"}'), { ok: true, data: { type: 'object' } });
  assert.deepEqual(readSchema('true'), { ok: true, data: true });
  assert.deepEqual(readSchema('{\n x'), { ok: false, reason: 'This is not JSON: see line 2, column 2.', at: 3 });
  assert.equal(readSchema('[1]').ok, false);
});
