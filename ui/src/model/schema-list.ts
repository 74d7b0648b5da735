// Registered schemas: grouped by name with their versions, and the text of one read back with its mistakes.
import { isRecord } from '../../../src/core/json.ts';
import type { SchemaDef } from '../../../src/http/contract/schema.ts';
import { parseExact, placeOf, scanJson } from './json-text.ts';

export interface SchemaGroup {
  readonly name: string;
  readonly latest: SchemaDef;
  /** The newest first. */
  readonly versions: readonly number[];
}

export const versionOf = ({ version = 1 }: SchemaDef): number => version;

/** One entry for each name that holds the text, by name. */
export function schemaGroups(schemas: readonly SchemaDef[], find = ''): SchemaGroup[] {
  const byName = Map.groupBy(schemas, ({ name }) => name);
  return [...byName]
    .filter(([name]) => name.toLowerCase().includes(find.trim().toLowerCase()))
    .map(([name, all]) => {
      const sorted = [...all].sort((a, b) => versionOf(b) - versionOf(a));
      return { name, latest: sorted[0] ?? { name }, versions: sorted.map(versionOf) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const FIRST_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { orderId: { type: 'string' } },
  required: ['orderId'],
};

export type ReadSchema =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly reason: string; readonly at: number };

/** A schema is an object, or true or false; the server checks the rest. */
export function readSchema(text: string): ReadSchema {
  const { errorAt } = scanJson(text);
  if (errorAt !== undefined) {
    const { line, column } = placeOf(text, errorAt);
    return { ok: false, reason: `This is not JSON: see line ${line}, column ${column}.`, at: errorAt };
  }
  const data = parseExact(text);
  if (isRecord(data) || typeof data === 'boolean') return { ok: true, data };
  return { ok: false, reason: 'A schema is a JSON object, { … }.', at: 0 };
}
