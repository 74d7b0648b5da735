// Edge paths begin and end where they should, and a corner is never larger than its sides.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowPath, roundedPath } from './edge-path.ts';

test('straight, bent and empty', () => {
  assert.equal(roundedPath([]), '');
  assert.equal(
    roundedPath([
      { x: 0, y: 0 },
      { x: 0, y: 40 },
    ]),
    'M 0 0 L 0 40',
  );
  assert.equal(
    roundedPath([
      { x: 0, y: 0 },
      { x: 0, y: 10 },
      { x: 40, y: 10 },
    ]),
    'M 0 0 L 0 5 Q 0 10 5 10 L 40 10',
  );
});

test('the arrow points down at the end of a falling edge', () => {
  assert.equal(
    arrowPath([
      { x: 10, y: 0 },
      { x: 10, y: 50 },
    ]),
    'M 10 50 L 6.4 44 L 13.6 44 Z',
  );
  assert.equal(arrowPath([{ x: 0, y: 0 }]), '');
});
