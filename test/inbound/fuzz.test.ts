// A short run of the fuzzing of the inbound path; test/inbound/fuzz.ts does a long one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

test('whatever arrives is answered, and never with 500', async () => {
  const { wrong, statuses } = await fuzz(1_500, 42);
  assert.deepEqual(wrong, []);
  for (const status of ['200', '400', '401']) assert.ok((statuses[status] ?? 0) > 10, `${status}: ${statuses[status]}`);
});
