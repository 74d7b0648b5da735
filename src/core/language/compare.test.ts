// Tests of comparing values out of payloads.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Json } from '../json.ts';
import type { Comparator } from './compare.ts';
import { compares, sameScalar } from './compare.ts';

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
  const ordered: readonly (readonly [Json, Json])[] = [
    [2, 10],
    ['10', '2'],
    ['2', 10],
    [2, '1e1'],
    ['a', 'b'],
  ];
  for (const [low, high] of ordered) {
    assert.deepEqual([compares('<', low, high), compares('>', low, high)], [true, false], `${low} ${high}`);
    assert.deepEqual([compares('<', high, low), compares('>', high, low)], [false, true], `${high} ${low}`);
  }
  assert.equal(compares('<=', 10, '1e1') && compares('>=', 10, '1e1'), true);
  for (const odd of ['x', '', null, true, {}, [], undefined]) {
    assert.equal(
      compares('<=', odd, 1) || compares('>=', odd, 1) || compares('<=', 1, odd) || compares('>=', 1, odd),
      false,
    );
  }
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
