// Moments in UTC, New York and Kathmandu, durations at their borders, date fields there and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  absoluteText,
  dateField,
  durationText,
  momentInZone,
  readDateField,
  relativeText,
  shortText,
  tickingText,
} from './moment.ts';

const AT = Date.UTC(2026, 10, 22, 14, 3, 5, 7);

test('absolute times carry their zone', () => {
  assert.equal(absoluteText(AT, 'utc'), '2026-11-22 14:03:05.007 UTC');
  assert.equal(absoluteText(AT, 'local', 'America/New_York'), '2026-11-22 09:03:05.007 -05:00');
  assert.equal(absoluteText(AT, 'local', 'Asia/Kathmandu'), '2026-11-22 19:48:05.007 +05:45');
  assert.equal(absoluteText(Date.UTC(2026, 0, 1), 'utc'), '2026-01-01 00:00:00.000 UTC');
});

test('durations', () => {
  for (const [ms, text] of [
    [-5, '0 ms'],
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.00 s'],
    [1_249, '1.24 s'],
    [59_999, '59.9 s'],
    [60_000, '1 min 00 s'],
    [3_599_999, '59 min 59 s'],
    [7_440_000, '2 h 04 min'],
    [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
  ] as const)
    assert.equal(durationText(ms), text);
  assert.equal(tickingText(12_900), '12 s');
});

test('relative times, past and to come', () => {
  assert.equal(relativeText(AT, AT + 1_000), 'just now');
  assert.equal(relativeText(AT, AT + 59_000), '59 s ago');
  assert.equal(relativeText(AT, AT + 3_600_000), '1 h ago');
  assert.equal(relativeText(AT, AT - 90_000), 'in 1 min');
  assert.equal(relativeText(AT, AT + 400 * 86_400_000), '1 y ago');
});

test('short times leave out what is the same as now', () => {
  assert.equal(shortText(AT, AT + 60_000, 'utc'), '14:03:05');
  assert.equal(shortText(AT, AT + 86_400_000, 'utc'), '11-22 14:03');
  assert.equal(shortText(AT, AT + 86_400_000 * 90, 'utc'), '2026-11-22');
});

test('date fields are read in the chosen zone', () => {
  assert.equal(readDateField('2026-11-22T14:03', 'utc'), Date.UTC(2026, 10, 22, 14, 3));
  assert.equal(dateField(AT, 'utc'), '2026-11-22T14:03');
  assert.equal(readDateField(dateField(AT, 'local'), 'local'), Math.floor(AT / 60_000) * 60_000);
  assert.equal(readDateField('yesterday', 'utc'), undefined);
});

test('a moment in any zone, with its day', () => {
  const at = Date.UTC(2026, 10, 22, 20, 0);
  assert.equal(momentInZone(at, 'Asia/Kathmandu'), 'Mon 2026-11-23 01:45:00 +05:45');
  assert.equal(momentInZone(at, 'UTC'), 'Sun 2026-11-22 20:00:00 +00:00');
});
