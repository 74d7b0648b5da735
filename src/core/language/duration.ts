// Durations and moments as WAIT tasks spell them (contract 5.7). No clock: a text becomes a number, the same one always.

import { remember } from '../remember.ts';
import { MAX_DURATION_MS, MAX_DURATION_TEXT_LENGTH } from './text-limits.ts';

const MAX_REMEMBERED_ZONES = 100;

export interface Unreadable {
  readonly ok: false;
  readonly reason: string;
}

const UNITS: readonly (readonly [number, string])[] = [
  [7 * 86_400_000, 'w week weeks'],
  [86_400_000, 'd day days'],
  [3_600_000, 'h hr hrs hour hours'],
  [60_000, 'm min mins minute minutes'],
  [1_000, 's sec secs second seconds'],
  [1, 'ms msec msecs milli millis millisecond milliseconds'],
];
const UNIT_MS: ReadonlyMap<string, number> = new Map(
  UNITS.flatMap(([ms, names]) => names.split(' ').map((name): [string, number] => [name, ms])),
);

const unreadable = (reason: string): Unreadable => ({ ok: false, reason });
const shown = (text: string): string => JSON.stringify(text.slice(0, MAX_DURATION_TEXT_LENGTH));

/** Reads "2 days 3h 5m 10s", "30 seconds", "1w", "250ms": whole numbers with units, each unit once, in any order. */
export function parseDuration(text: string): { readonly ok: true; readonly ms: number } | Unreadable {
  if (text.length > MAX_DURATION_TEXT_LENGTH) return unreadable('the text is too long to be a duration');
  const piece = /\s*(\d+)\s*([a-z]*)[\s,]*/iy;
  const used = new Set<number>();
  let ms = 0;
  do {
    const found = piece.exec(text);
    const [, count = '', unit = ''] = found ?? [];
    if (!found) return unreadable(`${shown(text)} is not a duration; write it as 2 days 3h 5m 10s`);
    if (unit === '') return unreadable(`${count} has no unit; use w, d, h, m, s or ms`);
    const unitMs = UNIT_MS.get(unit.toLowerCase());
    if (unitMs === undefined) return unreadable(`${unit} is not a unit; use w, d, h, m, s or ms`);
    if (used.has(unitMs)) return unreadable(`the unit ${unit} stands there twice`);
    used.add(unitMs);
    ms += Number(count) * unitMs;
  } while (piece.lastIndex < text.length);
  return ms > MAX_DURATION_MS ? unreadable('a duration is at most 100 years') : { ok: true, ms };
}

const MOMENT = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(.*)$/;

/**
 * Reads "yyyy-MM-dd", "yyyy-MM-dd HH:mm[:ss][ zone]" and ISO 8601 into epoch ms. Zones: UTC, Z, GMT+2, +02:00, IANA names and
 * their abbreviations, summer-time names; none means UTC. A time that summer time skips moves on by the skipped hour, one
 * that comes twice is the first (as java.time does).
 */
export function parseMoment(text: string): { readonly ok: true; readonly at: number } | Unreadable {
  const wrong = unreadable(
    `${shown(text)} is not a moment; write it as 2030-12-31 15:20 GMT+2 or 2030-12-31T15:20:00Z`,
  );
  if (text.length > MAX_DURATION_TEXT_LENGTH) return wrong;
  const found = MOMENT.exec(text.trim());
  if (!found) return wrong;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part = '0') => Number(part));
  const [fraction = '', zoneName = ''] = found.slice(7);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
    return unreadable(`${shown(text)} is not a day of the calendar from 1970 on`);
  }
  if (hour > 23 || minute > 59 || second > 59) return unreadable(`${shown(text)} is not a time of day`);
  const zone = zoneOf(zoneName);
  if (!zone)
    return unreadable(`${shown(zoneName)} is not a time zone; use UTC, GMT+2, +02:00 or a name like Europe/Berlin`);
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  return { ok: true, at: zone(Date.UTC(year, month - 1, day, hour, minute, second, ms)) };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** From the wall clock of a zone, written as if it were UTC, to epoch ms. */
type Zone = (wallMs: number) => number;

/** Names that the time zone database lacks or gives to another country (BST is Dhaka there). Hours ahead of UTC. */
const OFFSET_NAMES: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['Z', 0],
  ['UT', 0],
  ['UTC', 0],
  ['GMT', 0],
  ['EDT', -4],
  ['CDT', -5],
  ['MDT', -6],
  ['PDT', -7],
  ['BST', 1],
  ['WEST', 1],
  ['CEST', 2],
  ['EEST', 3],
  ['MSK', 3],
  ['AEST', 10],
  ['AEDT', 11],
]);

function zoneOf(name: string): Zone | undefined {
  const hours = OFFSET_NAMES.get(name.toUpperCase());
  if (hours !== undefined) return (wallMs) => wallMs - hours * 3_600_000;
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i.exec(name);
  if (!offset) return namedZone(name).zone;
  const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
  if (minutes > MAX_OFFSET_MINUTES) return undefined;
  return (wallMs) => wallMs - (offset[1] === '-' ? -minutes : minutes) * 60_000;
}

/** UTC+14:00 (Kiritimati) is the largest offset in use. */
const MAX_OFFSET_MINUTES = 14 * 60;

const namedZone: (name: string) => { readonly zone: Zone | undefined } = remember(MAX_REMEMBERED_ZONES, (name) => {
  const format = formatOf(name);
  if (!format) return { zone: undefined };
  const zone: Zone = (wallMs) => {
    // No zone changes its clock twice within two days, so these are the offsets before and after a change.
    const before = wallMs - offsetAt(format, wallMs - 86_400_000);
    const after = wallMs - offsetAt(format, wallMs + 86_400_000);
    const valid = [before, after].filter((at) => at + offsetAt(format, at) === wallMs);
    return valid.length === 0 ? before : Math.min(...valid);
  };
  return { zone };
});

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}

/** How far the wall clock of a zone is ahead of UTC at a moment, in ms. */
function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const parts = format.formatToParts(at).map(({ type, value }): [string, number] => [type, Number(value)]);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = Object.fromEntries(parts);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}
