// Tests of comparing values out of payloads.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Comparator } from './compare.ts';
import { compares, orderOf, sameScalar } from './compare.ts';
import type { Json } from './json.ts';

const same: readonly (readonly [Json | undefined, Json | undefined, boolean])[] = [
  ['a', 'a', true],
  ['a', 'A', false],
  ['', 0, false],
  [1, 1, true],
  [1, '1', true],
  ['1.0', 1, true],
  ['01', 1, false],
  [' 1', 1, false],
  [true, true, true],
  [true, 'true', true],
  ['false', false, true],
  [true, 1, false],
  [null, null, true],
  [null, 'null', false],
  [0, null, false],
  [undefined, undefined, false],
  [null, undefined, false],
  [{}, {}, false],
  [[1], 1, false],
  [null, {}, false],
];
for (const [a, b, expected] of same) {
  it(`${JSON.stringify(a)} and ${JSON.stringify(b)} are ${expected ? '' : 'not '}the same`, () => {
    assert.equal(sameScalar(a, b), expected);
    assert.equal(sameScalar(b, a), expected);
    assert.equal(compares('==', a, b), expected);
    assert.equal(compares('!=', a, b), !expected);
  });
}

it('orders numbers by size, texts by unit, and nothing else', () => {
  assert.equal(orderOf(2, 10), -1);
  assert.equal(orderOf('2', '10'), 1);
  assert.equal(orderOf('2', 10), -1);
  assert.equal(orderOf(10, '1e1'), 0);
  assert.equal(orderOf('b', 'a'), 1);
  assert.equal(orderOf('x', 10), undefined);
  assert.equal(orderOf(1, 'x'), undefined);
  for (const odd of [null, true, {}, [], undefined]) assert.equal(orderOf(odd, 1), undefined);
});

it('answers each comparator for less, equal, greater and unordered', () => {
  const expected: Record<Comparator, readonly boolean[]> = {
    '==': [false, true, false, false],
    '!=': [true, false, true, true],
    '<': [true, false, false, false],
    '<=': [true, true, false, false],
    '>': [false, false, true, false],
    '>=': [false, true, true, false],
  };
  for (const [comparator, answers] of Object.entries(expected)) {
    const got = [1, 2, 3, null].map((value) => compares(comparator as Comparator, value, 2));
    assert.deepEqual(got, answers, comparator);
  }
});
