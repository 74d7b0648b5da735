// What the tables of the benchmarks say of several runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from '../bench/table.ts';

test('the median of an odd number is the one in the middle, of an even number half way between two', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([22, 17]), 19.5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([5]), 5);
  assert.equal(median([]), Number.NaN);
});
