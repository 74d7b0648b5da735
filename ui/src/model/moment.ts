// Moments and durations as text: relative, absolute with the zone always printed, and the short forms of dense tables.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `utc`, or the zone of the machine. */
export type ZoneChoice = 'local' | 'utc';

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** `850 ms`, `1.24 s`, `12.3 s`, `3 min 05 s`, `2 h 04 min`, `3 d 4 h`. Below zero counts as zero. */
export function durationText(ms: number): string {
  const t = Math.max(0, Math.round(ms));
  if (t < SECOND) return `${t} ms`;
  if (t < 10 * SECOND) return `${(Math.floor(t / 10) / 100).toFixed(2)} s`;
  if (t < MINUTE) return `${(Math.floor(t / 100) / 10).toFixed(1)} s`;
  if (t < HOUR) return `${Math.floor(t / MINUTE)} min ${pad(Math.floor((t % MINUTE) / SECOND))} s`;
  if (t < DAY) return `${Math.floor(t / HOUR)} h ${pad(Math.floor((t % HOUR) / MINUTE))} min`;
  return `${Math.floor(t / DAY)} d ${Math.floor((t % DAY) / HOUR)} h`;
}

/** Like `durationText` but in whole seconds, for what ticks once a second. */
export const tickingText = (ms: number): string =>
  ms < MINUTE ? `${Math.max(0, Math.floor(ms / SECOND))} s` : durationText(ms);

/** `just now`, `5 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, and `in …` for what is to come. */
export function relativeText(at: number, now: number): string {
  const gap = Math.abs(now - at);
  const future = at > now;
  if (gap < 2 * SECOND) return 'just now';
  const [n, unit] =
    gap < MINUTE
      ? [gap / SECOND, 's']
      : gap < HOUR
        ? [gap / MINUTE, 'min']
        : gap < DAY
          ? [gap / HOUR, 'h']
          : gap < 365 * DAY
            ? [gap / DAY, 'd']
            : [gap / (365 * DAY), 'y'];
  const text = `${Math.floor(n)} ${unit}`;
  return future ? `in ${text}` : `${text} ago`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(at: number, zone: string | undefined): Record<string, string> {
  const key = zone ?? '';
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...(zone === undefined ? {} : { timeZone: zone }),
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formats.set(key, format);
  }
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
}

let latest = { at: Number.NaN, zone: undefined as string | undefined, parts: {} as Record<string, string> };

/** The same now is asked for by every row of a table. */
function partsOfNow(now: number, zone: string | undefined): Record<string, string> {
  if (latest.at !== now || latest.zone !== zone) latest = { at: now, zone, parts: partsOf(now, zone) };
  return latest.parts;
}

/** IANA name to hand to Intl; undefined is the zone of the machine. */
const zoneName = (zone: ZoneChoice): string | undefined => (zone === 'utc' ? 'UTC' : undefined);

/** `+05:45`; engines write zero as `GMT` or `GMT+00:00`. */
const offsetText = (longOffset: string): string => longOffset.replace('GMT', '') || '+00:00';

/** `2026-11-22 14:03:05.123 +05:45`: sortable, to the millisecond, with its zone. `machineZone` is for tests. */
export function absoluteText(at: number, zone: ZoneChoice, machineZone?: string): string {
  const p = partsOf(at, zoneName(zone) ?? machineZone);
  const ms = pad(((at % SECOND) + SECOND) % SECOND, 3);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}.${ms} ${zone === 'utc' ? 'UTC' : offsetText(p.timeZoneName ?? '')}`;
}

/** `Mon 2026-11-23 09:00:00 +01:00`: a moment as a clock in that zone shows it. */
export function momentInZone(at: number, zone: string): string {
  const p = partsOf(at, zone);
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short' }).format(at);
  return `${day} ${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second} ${offsetText(p.timeZoneName ?? '')}`;
}

/** For dense tables: `14:03:05` on the same day, else `11-22 14:03`, else `2025-11-22`. */
export function shortText(at: number, now: number, zone: ZoneChoice, machineZone?: string): string {
  const name = zoneName(zone) ?? machineZone;
  const [p, today] = [partsOf(at, name), partsOfNow(now, name)];
  if (p.year !== today.year) return `${p.year}-${p.month}-${p.day}`;
  if (p.month === today.month && p.day === today.day) return `${p.hour}:${p.minute}:${p.second}`;
  return `${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

/** What a date field of the browser holds (`2026-11-22T14:03`), read in the chosen zone. Undefined: no such moment. */
export function readDateField(text: string, zone: ZoneChoice): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text)) return undefined;
  const at = Date.parse(zone === 'utc' ? `${text}Z` : text);
  return Number.isNaN(at) ? undefined : at;
}

/** The inverse of `readDateField`, to the minute. */
export function dateField(at: number, zone: ZoneChoice): string {
  const p = partsOf(at, zoneName(zone));
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}
