// Events come out the same however the text is cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventStreamReader } from './event-stream.ts';

const TEXT = ': hello\n\nevent: change\ndata: {"a":1}\n\ndata: two\ndata: lines\r\n\r\nid: 7\n\nevent: last\ndata\n\n';
const EVENTS = [
  ['change', '{"a":1}'],
  ['message', 'two\nlines'],
  ['last', ''],
];

test('any cut gives the same events', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length })), (cuts) => {
      const seen: string[][] = [];
      const read = eventStreamReader((event, data) => seen.push([event, data]));
      const at = [0, ...cuts.sort((a, b) => a - b), TEXT.length];
      for (const [i, from] of at.slice(0, -1).entries()) read(TEXT.slice(from, at[i + 1]));
      assert.deepEqual(seen, EVENTS);
    }),
  );
});
