// Tests of durations and moments: Conductor's spellings, zones, clock changes, nonsense.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDuration, parseMoment } from './duration.ts';
import { MAX_DURATION_MS, MAX_DURATION_TEXT_LENGTH } from './text-limits.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('duration', () => {
  const durations: readonly (readonly [string, number])[] = [
    ['2 days 3h 5m 10s', 2 * DAY + 3 * HOUR + 5 * MINUTE + 10 * SECOND],
    ['30 seconds', 30 * SECOND],
    ['1 hour', HOUR],
    ['10m20s', 10 * MINUTE + 20 * SECOND],
    [' 1 w, 1 day ', 8 * DAY],
    ['2 Weeks', 14 * DAY],
    ['3hrs 2mins 1sec', 3 * HOUR + 2 * MINUTE + SECOND],
    ['1hr 1min 2secs', HOUR + MINUTE + 2 * SECOND],
    ['250ms', 250],
    ['1 second 1 millisecond', 1_001],
    ['5s 1h', HOUR + 5 * SECOND],
    ['0s', 0],
    ['36525 days', MAX_DURATION_MS],
  ];
  for (const [text, ms] of durations) {
    it(`reads ${text}`, () => assert.deepEqual(parseDuration(text), { ok: true, ms }));
  }

  const nonsense: readonly (readonly [string, RegExp])[] = [
    ['', /not a duration/],
    ['soon', /not a duration/],
    ['-5s', /not a duration/],
    ['1.5h', /1 has no unit/],
    ['30', /30 has no unit/],
    ['1h 30', /30 has no unit/],
    ['5 parsecs', /parsecs is not a unit/],
    ['5 __proto__', /5 has no unit/],
    ['1h 2 hours', /hours stands there twice/],
    ['1h!', /not a duration/],
    ['36526 days', /at most 100 years/],
    [`${'9'.repeat(100)}s`, /at most 100 years/],
    ['1h '.repeat(100), /too long/],
  ];
  for (const [text, reason] of nonsense) {
    it(`refuses ${text.slice(0, 20) || 'the empty text'}`, () => {
      const read = parseDuration(text);
      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
  }

  it('adds up its parts', () => {
    const part = fc.nat(999);
    fc.assert(
      fc.property(part, part, part, part, (d, h, m, s) => {
        const ms = d * DAY + h * HOUR + m * MINUTE + s * SECOND;
        assert.deepEqual(parseDuration(`${d}d ${h} hours${m}m ${s} secs`), { ok: true, ms });
      }),
    );
  });
});

describe('moment', () => {
  const moments: readonly (readonly [string, string])[] = [
    ['2030-12-31', '2030-12-31T00:00:00Z'],
    ['2030-12-31 15:20', '2030-12-31T15:20:00Z'],
    ['2030-12-31 9:05:07', '2030-12-31T09:05:07Z'],
    ['2030-1-2 03:04', '2030-01-02T03:04:00Z'],
    ['  2030-12-31   15:20   UTC  ', '2030-12-31T15:20:00Z'],
    ['2030-12-31 15:20 utc', '2030-12-31T15:20:00Z'],
    ['2024-04-30 15:20 GMT+04:00', '2024-04-30T11:20:00Z'],
    ['2030-12-31 15:20 GMT+2', '2030-12-31T13:20:00Z'],
    ['2030-12-31 15:20 UTC-10', '2031-01-01T01:20:00Z'],
    ['2030-12-31 15:20 +0530', '2030-12-31T09:50:00Z'],
    ['2030-12-31 15:20 -03:00', '2030-12-31T18:20:00Z'],
    ['2030-12-31 GMT+14', '2030-12-30T10:00:00Z'],
    ['2030-12-31T15:20:30Z', '2030-12-31T15:20:30Z'],
    ['2030-12-31T15:20Z', '2030-12-31T15:20:00Z'],
    ['2030-12-31T15:20:30.5+02:00', '2030-12-31T13:20:30.500Z'],
    ['2030-12-31T15:20:30,123456789Z', '2030-12-31T15:20:30.123Z'],
    ['2030-07-01 12:00 Europe/Berlin', '2030-07-01T10:00:00Z'],
    ['2030-01-01 12:00 Europe/Berlin', '2030-01-01T11:00:00Z'],
    ['2030-07-01 12:00 America/New_York', '2030-07-01T16:00:00Z'],
    ['2030-07-01 12:00 Asia/Kathmandu', '2030-07-01T06:15:00Z'],
    ['2030-07-01 12:00 PST', '2030-07-01T19:00:00Z'],
    ['2030-07-01 12:00 PDT', '2030-07-01T19:00:00Z'],
    ['2030-07-01 12:00 CEST', '2030-07-01T10:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2000-02-29', '2000-02-29T00:00:00Z'],
    ['2030-04-30', '2030-04-30T00:00:00Z'],
    // Berlin skips 02:00-03:00 on 31 March 2030 and has it twice on 27 October 2030.
    ['2030-03-31 01:59 Europe/Berlin', '2030-03-31T00:59:00Z'],
    ['2030-03-31 02:30 Europe/Berlin', '2030-03-31T01:30:00Z'],
    ['2030-03-31 03:00 Europe/Berlin', '2030-03-31T01:00:00Z'],
    ['2030-10-27 01:59 Europe/Berlin', '2030-10-26T23:59:00Z'],
    ['2030-10-27 02:30 Europe/Berlin', '2030-10-27T00:30:00Z'],
    ['2030-10-27 03:00 Europe/Berlin', '2030-10-27T02:00:00Z'],
    // Samoa had no 30 December 2011.
    ['2011-12-30 10:00 Pacific/Apia', '2011-12-30T20:00:00Z'],
  ];
  for (const [text, iso] of moments) {
    it(`reads ${text}`, () => assert.deepEqual(parseMoment(text), { ok: true, at: Date.parse(iso) }));
  }

  const nonsense: readonly (readonly [string, RegExp])[] = [
    ['', /not a moment/],
    ['tomorrow', /not a moment/],
    ['31.12.2030', /not a moment/],
    ['2030-12-31T', /not a time zone/],
    ['2030-12-31 25', /not a time zone/],
    ['2030-13-01', /not a day/],
    ['2030-00-01', /not a day/],
    ['2030-01-00', /not a day/],
    ['2030-02-29', /not a day/],
    ['2100-02-29', /not a day/],
    ['2030-04-31', /not a day/],
    ['2030-01-32', /not a day/],
    ['1969-12-31', /not a day/],
    ['2030-01-01 24:00', /not a time of day/],
    ['2030-01-01 10:60', /not a time of day/],
    ['2030-01-01 10:00:60', /not a time of day/],
    ['2030-01-01 10:00 Mars/Olympus', /"Mars\/Olympus" is not a time zone/],
    ['2030-01-01 10:00 GMT+15', /not a time zone/],
    ['2030-01-01 10:00 +02:75', /not a time zone/],
    [`2030-01-01 10:00 ${'x'.repeat(MAX_DURATION_TEXT_LENGTH)}`, /not a moment/],
  ];
  for (const [text, reason] of nonsense) {
    it(`refuses ${text.slice(0, 40) || 'the empty text'}`, () => {
      const read = parseMoment(text);
      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
  }

  it('reads back every moment that it is given in ISO 8601', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          assert.deepEqual(parseMoment(date.toISOString()), { ok: true, at: date.getTime() });
        },
      ),
    );
  });

  it('names a moment whose clock in the zone shows the given time, unless the clock skips it', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Tokyo',
      'America/Sao_Paulo',
    );
    fc.assert(
      fc.property(
        zone,
        fc.integer({ min: 1970, max: 2037 }),
        fc.integer({ min: 0, max: 525_599 }),
        (timeZone, year, minute) => {
          const wall = new Date(Date.UTC(year, 0, 1, 0, minute)).toISOString().slice(0, 16).replace('T', ' ');
          const read = parseMoment(`${wall} ${timeZone}`);
          assert.ok(read.ok);
          const clock = new Date(read.at).toLocaleString('sv-SE', { timeZone }).slice(0, 16);
          const earlier = new Date(read.at - HOUR).toLocaleString('sv-SE', { timeZone }).slice(0, 16);
          assert.ok(clock === wall || (earlier < wall && clock > wall), `${wall} ${timeZone}: ${clock}`);
        },
      ),
    );
  });
});
