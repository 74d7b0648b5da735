// Strict times and the edges of their tolerance.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimestampRule } from './config.ts';
import { checkAge, formatTimestamp, parseTimestamp } from './timestamp.ts';

const seconds: TimestampRule = { from: 'header', name: 'x', format: 'seconds' };
const iso: TimestampRule = { ...seconds, format: 'iso' };

test('only whole forms are times', () => {
  assert.equal(parseTimestamp('1700000000', seconds), 1_700_000_000_000);
  assert.equal(parseTimestamp('1700000000', { ...seconds, format: 'milliseconds' }), 1_700_000_000);
  assert.equal(parseTimestamp('2026-11-22T10:00:00Z', iso), Date.UTC(2026, 10, 22, 10));
  assert.equal(parseTimestamp('2026-11-22T11:00:00.123456789+01:00', iso), Date.UTC(2026, 10, 22, 10, 0, 0, 123));
  for (const text of [
    '',
    ' 1700000000',
    '1700000000abc',
    '+1',
    '-1',
    '1e9',
    '1.5',
    '0x10',
    '１７',
    '01700000000',
    '00',
    '1700000000000',
  ]) {
    assert.equal(parseTimestamp(text, seconds), undefined, text);
  }
  for (const text of [
    '1234',
    '2026-11-22',
    '2026-11-22T10:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T10:00:00',
    '2026-11-22T10:00:00Z{',
  ]) {
    assert.equal(parseTimestamp(text, iso), undefined, text);
  }
});

test('a fixed number of digits is kept', () => {
  assert.equal(parseTimestamp('170000000', { ...seconds, digits: 10 }), undefined);
  assert.equal(parseTimestamp('17000000001', { ...seconds, digits: 10 }), undefined);
  assert.equal(parseTimestamp('1700000000', { ...seconds, digits: 10 }), 1_700_000_000_000);
});

test('what is written is read back', () => {
  const nowMs = 1_700_000_000_000;
  for (const format of ['seconds', 'milliseconds', 'iso'] as const) {
    const rule = { ...seconds, format };
    assert.equal(parseTimestamp(formatTimestamp(nowMs, rule), rule), nowMs);
  }
});

test('exactly the tolerance is still near enough, in both directions', () => {
  const timeMs = 1_700_000_000_000;
  assert.equal(checkAge(timeMs, 300, timeMs + 300_999, 'x'), undefined);
  assert.equal(checkAge(timeMs, 300, timeMs + 301_000, 'x')?.code, 'stale_timestamp');
  assert.equal(checkAge(timeMs, 300, timeMs - 300_000, 'x'), undefined);
  assert.equal(checkAge(timeMs, 300, timeMs - 301_000, 'x')?.code, 'stale_timestamp');
  assert.equal(checkAge(timeMs, undefined, 0, 'x'), undefined);
  assert.match(checkAge(timeMs, 300, timeMs + 400_000, 'x')?.reason ?? '', /400 s old/);
});
