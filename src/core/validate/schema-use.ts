// The schemas that a definition names or holds (contract 5.2): what could never be checked is told when it is saved.

import { isRecord } from '../json.ts';
import { readSchema } from '../schema/document.ts';
import { type Check, checkFields, flag, integerFrom, own, type Problems, text, under } from './problems.ts';

const SCHEMA_TYPES = ['JSON'];

const FIELDS: Readonly<Record<string, Check>> = {
  name: text,
  version: integerFrom(0),
  type: (value) =>
    SCHEMA_TYPES.includes(value as string)
      ? undefined
      : 'must be JSON; AVRO and PROTOBUF schemas cannot be checked here',
};

/** Looks at `inputSchema`, `outputSchema` and `enforceSchema` of a definition of a workflow or a task. */
export function checkSchemaUses(def: Readonly<Record<string, unknown>>, path: string, problems: Problems): void {
  checkFields(def, path, { enforceSchema: flag }, problems);
  for (const field of ['inputSchema', 'outputSchema']) {
    const given = own(def, field);
    if (given !== undefined) checkUse(given, under(path, field), problems);
  }
}

function checkUse(given: unknown, path: string, problems: Problems): void {
  if (!isRecord(given)) {
    problems.add(path, 'must be an object: { name, version } of a registered schema, or { data }', given);
    return;
  }
  checkFields(given, path, FIELDS, problems);
  const data = own(given, 'data');
  if (data === undefined) {
    if (own(given, 'name') === undefined) problems.add(path, 'needs the name of a registered schema, or data', given);
    return;
  }
  const read = readSchema(data);
  for (const one of read.ok ? [] : read.problems)
    problems.add(under(path, one.path === '' ? 'data' : `data.${one.path}`), one.message, one.invalidValue);
}
