// Building blocks of the contract: fields that arrive as text in a query, objects taken as they are, limits of the wire.

import { z } from 'zod';
import type { JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import { MAX_NAME_LENGTH } from '../../core/limits.ts';

/** Longest id of ours or given by a client; UUIDs have 36. */
const MAX_ID_LENGTH = 255;
/** Priorities of Conductor: 0 to 99, higher first (contract 5.10). */
const MAX_PRIORITY = 99;

/** Any JSON object, handed on untouched: keys such as `__proto__` stay keys. */
export const anyObject = z
  .custom<JsonObject>(isRecord, 'must be an object')
  .meta({ type: 'object', additionalProperties: true });

/** Any JSON value. */
export const anyJson = z.unknown();

/** Text without control characters, as names of definitions, tasks and people are. */
export const name = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_NAME_LENGTH)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters');

export const id = z
  .string()
  .min(1)
  .max(MAX_ID_LENGTH)
  .regex(/^[\w.:~@-]+$/, 'may hold letters, digits and - _ . : ~ @ only');

export const priority = z.number().int().min(0).max(MAX_PRIORITY);
export const version = z.number().int().min(1);
export const seconds = z.number().min(0);
export const count = z.number().int().min(0);
/** As far as a date goes. */
export const MAX_EPOCH_MS = 8_640_000_000_000_000;
export const epochMs = z.number();
export const domains = z.record(z.string(), z.string());

/** A whole number in a query. */
export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(/^-?\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .meta({ type: 'integer', minimum: min, ...(max < Number.MAX_SAFE_INTEGER && { maximum: max }) });

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

/** A boolean in a query, in every spelling that Conductor's server takes (Python clients write `True`). */
export const flag = z
  .string()
  .refine((text) => TRUE.has(text.toLowerCase()) || FALSE.has(text.toLowerCase()), 'must be true or false')
  .transform((text) => TRUE.has(text.toLowerCase()))
  .meta({ type: 'boolean' });

/** A field that may come several times in a query, or once as a list with commas (Conductor's server takes both). */
export const repeated = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .transform((list) => list.map((item) => item.trim()).filter((item) => item !== ''))
  .meta({ type: 'array', items: { type: 'string' } });

/** A list, or its only element: what is wrong is told of the element itself, where a union would say "invalid". */
export const oneOrMore = <T extends z.ZodType>(list: z.ZodArray<T>) =>
  z.preprocess((given) => (isRecord(given) ? [given] : given), list);
