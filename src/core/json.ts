// Plain JSON as a type, and the few questions asked of it everywhere.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** True for a JSON object: not null, not a list. */
export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for a JSON list. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);
