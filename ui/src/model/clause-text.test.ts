// Values of clauses in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clauseText } from './clause-text.ts';

test('texts as they are, the rest as JSON, moments readable', () => {
  assert.deepEqual(
    ['paid', undefined, ['a', 1], 7, 1_795_329_079_664].map((value) => clauseText(value, 'utc')),
    ['paid', 'nothing', '["a",1]', '7', '2026-11-22 06:31:19.664 UTC'],
  );
});
