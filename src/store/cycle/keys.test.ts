// Match keys: what may tell them apart, and that those of one event lie together.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchText, type WaitShape } from '../../core/match.ts';
import { matchKey } from './keys.ts';

const shape = (path: string): WaitShape => ({
  workflowName: 'w',
  version: 1,
  place: 'wait',
  paths: [path, '$.order.id'],
});
const keyOf = (path: string, values: readonly string[]): Buffer =>
  Buffer.from(matchKey(matchText(shape(path), values), values));
const placeOf = (key: Buffer): string => key.toString('hex', 0, 4);

test('keys of shapes that look at the same long value lie together, whatever else they look at', () => {
  const keys = ['$.a', '$.b', '$.c'].map((path) => keyOf(path, ['open', 'order-100004']));
  assert.equal(new Set(keys.map(placeOf)).size, 1);
  assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, 3);
});

test('a wait and an event come to the same key, and other values to another, though they lie together', () => {
  const key = keyOf('$.a', ['open', 'order-100004']);
  assert.deepEqual(keyOf('$.a', ['open', 'order-100004']), key);
  const closed = keyOf('$.a', ['shut', 'order-100004']);
  assert.notDeepEqual(closed, key);
  assert.equal(placeOf(closed), placeOf(key));
  assert.notEqual(placeOf(keyOf('$.a', ['open', 'order-100005'])), placeOf(key));
});

test('of values of one length the greater counts, and none at all is a place as well', () => {
  assert.equal(placeOf(keyOf('$.a', ['aaaa', 'bbbb'])), placeOf(keyOf('$.a', ['bbbb', 'aaaa'])));
  assert.equal(matchKey(matchText({ ...shape('$.a'), paths: [] }, []), []).length, 20);
  assert.equal(keyOf('$.a', ['x'.repeat(1_000_000)]).length, 20);
});
