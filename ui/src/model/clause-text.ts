// Values of a clause that held or failed, as short text: what was expected, what came.
import { absoluteText, type ZoneChoice } from './moment.ts';

/** Moments of our own clauses; numbers of payloads are hardly ever of that size. 2001 to 2286. */
const isMoment = (value: number): boolean => Number.isInteger(value) && value >= 1e12 && value < 1e13;

export function clauseText(value: unknown, zone: ZoneChoice): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' && isMoment(value)) return absoluteText(value, zone);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
