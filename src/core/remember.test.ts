// Tests of the bounded memory.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MAX_REMEMBERED_TEXT_LENGTH } from './language/text-limits.ts';
import { remember } from './remember.ts';

it('makes the answer for a text once and forgets the oldest text when it is full', () => {
  const made: string[] = [];
  const measure = remember(2, (text) => {
    made.push(text);
    return { length: text.length };
  });
  assert.equal(measure('a'), measure('a'));
  measure('b');
  measure('c');
  assert.deepEqual(made, ['a', 'b', 'c']);
  measure('b');
  measure('a');
  assert.deepEqual(made, ['a', 'b', 'c', 'a']);
});

it('does not keep long texts', () => {
  let made = 0;
  const count = remember(2, () => {
    made += 1;
    return made;
  });
  const long = 'x'.repeat(MAX_REMEMBERED_TEXT_LENGTH + 1);
  assert.equal(count(long), 1);
  assert.equal(count(long), 2);
});
