// Values of clauses in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clauseText } from './clause-text.ts';

test('texts as they are, the rest as JSON, moments readable', () => {
  assert.deepEqual(['paid', undefined, ['a', 1], 7, 1_795_329_079_664].map(clauseText), [
    'paid',
    'nothing',
    '["a",1]',
    '7',
    '1795329079664 (2026-11-22T06:31:19.664Z)',
  ]);
});
