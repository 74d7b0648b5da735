// Limits that are not within what is allowed are said as such.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { issueWords } from './issue-words.ts';

const said = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value, { error: issueWords }).error?.issues[0]?.message;

test('a limit that may be reached, and one that may not', () => {
  assert.equal(said(z.number().positive(), 0), 'must be more than 0');
  assert.equal(said(z.number().lt(5), 5), 'must be less than 5');
  assert.equal(said(z.number().min(1), 0), 'must be at least 1');
  assert.equal(said(z.number().max(5), 6), 'must be at most 5');
  assert.equal(said(z.string().min(1), ''), 'must not be empty');
  assert.equal(said(z.string().max(3), 'four'), 'must be at most 3 characters long');
});
