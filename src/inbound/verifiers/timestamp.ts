// Times that senders sign: strict forms only, since parseInt('1700000000abc') is how other receivers were fooled.
// Both directions are judged: a time from the future is as suspicious as an old one.

import type { TimestampRule } from './config.ts';
import type { Refused } from './verifier.ts';
import { refuse } from './verifier.ts';

/** Enough for seconds until the year 5138, so that milliseconds are none, and for milliseconds until the year 33658. */
const MAX_DIGITS = { seconds: 11, milliseconds: 15 } as const;

/** Epoch milliseconds, or undefined when the text is not exactly of the rule's form. */
export function parseTimestamp(text: string, rule: TimestampRule): number | undefined {
  if (rule.format === 'iso') return parseIso(text);
  if (!/^(?:0|[1-9][0-9]*)$/.test(text) || text.length > MAX_DIGITS[rule.format]) return undefined;
  if (rule.digits !== undefined && text.length !== rule.digits) return undefined;
  return rule.format === 'seconds' ? Number(text) * 1000 : Number(text);
}

/** ISO 8601 with seconds and a zone, the profile of RFC 3339; what is no calendar date is no time. */
export function parseIso(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The text a sender would write for this moment. */
export function formatTimestamp(nowMs: number, rule: TimestampRule): string {
  if (rule.format === 'iso') return new Date(nowMs).toISOString();
  return String(rule.format === 'seconds' ? Math.floor(nowMs / 1000) : nowMs);
}

export function malformedTimestamp(where: string, rule: TimestampRule): Refused {
  const digits = rule.digits === undefined ? 'digits only' : `exactly ${rule.digits} digits`;
  const form = {
    seconds: `whole seconds since 1970, ${digits}`,
    milliseconds: `whole milliseconds since 1970, ${digits}`,
    iso: 'an ISO 8601 time with seconds and zone',
  }[rule.format];
  return refuse(401, 'malformed_timestamp', `The time in ${where} is not ${form}.`);
}

/**
 * Refuses a time that is too far from now; undefined when it is near enough or the rule sets no tolerance.
 * Seconds are compared with the current second, so a request exactly `toleranceSeconds` old is still accepted.
 */
export function checkAge(
  timeMs: number,
  toleranceSeconds: number | undefined,
  nowMs: number,
  where: string,
): Refused | undefined {
  if (toleranceSeconds === undefined) return undefined;
  const wholeSeconds = timeMs % 1000 === 0;
  const reference = wholeSeconds ? Math.floor(nowMs / 1000) * 1000 : nowMs;
  const ageMs = reference - timeMs;
  if (Math.abs(ageMs) <= toleranceSeconds * 1000) return undefined;
  const off = Math.ceil(Math.abs(ageMs) / 1000);
  const direction = ageMs > 0 ? 'old' : 'in the future';
  return refuse(
    401,
    'stale_timestamp',
    `The time in ${where} is ${off} s ${direction}; ${toleranceSeconds} s are allowed. Either the request is a replay or a clock is wrong.`,
  );
}
