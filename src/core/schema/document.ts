// Reads a JSON Schema (drafts 2020-12 and 07) once: which parts are schemas, what its references mean, and everything in it
// that could never be checked. What is refused here is refused when a schema is saved, and not when an execution meets it.

import type { Json, JsonObject } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { compilePattern } from '../language/pattern.ts';
import { MAX_SCHEMA_BYTES, MAX_SCHEMA_DEPTH, MAX_SCHEMA_PARTS } from '../limits.ts';
import { integerFrom, type Problem, Problems, texts, under } from '../validate/problems.ts';

export type Schema = JsonObject | boolean;

export interface SchemaDocument {
  readonly root: Schema;
  /** True for drafts up to 07, in which nothing beside a $ref counts. */
  readonly isOld: boolean;
  /** True when it asks which parts of a value were looked at (unevaluatedProperties, unevaluatedItems). */
  readonly tracks: boolean;
  /** By $anchor, and by $id. */
  readonly named: ReadonlyMap<string, Schema>;
}

export type ReadSchema =
  | { readonly ok: true; readonly document: SchemaDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const IN_ONE = [
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const IN_LIST = ['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems'];
const IN_MAP = ['$defs', 'definitions', 'dependencies', 'dependentSchemas', 'patternProperties', 'properties'];

const OLD_DRAFT = /\/draft-0[3467]\//;
const TYPES: readonly string[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const isSchema = (value: unknown): value is Schema => typeof value === 'boolean' || isRecord(value);

/** The schemas that lie directly in one, with the way to each; `undefined`: something stands there that is none. */
function partsOf(schema: JsonObject): [way: string, part: Json | undefined][] {
  const parts: [string, Json | undefined][] = [];
  const add = (way: string, part: Json | undefined): void => void parts.push([way, isSchema(part) ? part : undefined]);
  for (const keyword of IN_ONE)
    if (Object.hasOwn(schema, keyword) && !(keyword === 'items' && isList(schema[keyword])))
      add(keyword, schema[keyword]);
  for (const keyword of IN_LIST) {
    const list = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (isList(list)) list.forEach((part, i) => void add(`${keyword}[${i}]`, part));
    else if (list !== undefined && keyword !== 'items') add(keyword, undefined);
  }
  for (const keyword of IN_MAP) {
    const map = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (map !== undefined && !isRecord(map)) add(keyword, undefined);
    // `dependencies` of draft 07 also holds lists of names.
    for (const [name, part] of isRecord(map) ? Object.entries(map) : [])
      if (keyword !== 'dependencies' || !isList(part)) add(`${keyword}.${name}`, part);
  }
  return parts;
}

const isCount = integerFrom(0);
const isNumber = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a number';
const isType = (value: unknown): string | undefined =>
  [value].flat().every((one) => TYPES.includes(one as string)) ? undefined : `must be one of ${TYPES.join(', ')}`;
const isPattern = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return 'must be a text';
  const compiled = compilePattern(value);
  return compiled.ok ? undefined : `cannot be used as a pattern: ${compiled.reason}`;
};

const SIMPLE: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  type: isType,
  enum: (value) => (isList(value) ? undefined : 'must be a list'),
  required: texts,
  pattern: isPattern,
  multipleOf: (value) =>
    typeof value === 'number' && value > 0 && Number.isFinite(value) ? undefined : 'must be a number above 0',
  maximum: isNumber,
  minimum: isNumber,
  exclusiveMaximum: isNumber,
  exclusiveMinimum: isNumber,
  maxLength: isCount,
  minLength: isCount,
  maxItems: isCount,
  minItems: isCount,
  maxContains: isCount,
  minContains: isCount,
  maxProperties: isCount,
  minProperties: isCount,
};

/** Everything that is wrong with a schema, or how to use it. Costs its size; keep the document. */
export function readSchema(given: unknown): ReadSchema {
  const problems = new Problems();
  const refuse = (message: string): ReadSchema => {
    problems.add('', message);
    return { ok: false, problems: problems.list };
  };
  if (!isSchema(given)) return refuse('must be a JSON Schema: an object, or true or false');
  if (JSON.stringify(given).length > MAX_SCHEMA_BYTES) return refuse(`must have at most ${MAX_SCHEMA_BYTES} bytes`);
  const named = new Map<string, Schema>();
  const found: { readonly schema: JsonObject; readonly path: string }[] = [];
  const open: { readonly schema: Schema; readonly path: string; readonly depth: number }[] = [
    { schema: given, path: '', depth: 0 },
  ];
  for (const { schema, path, depth } of open) {
    if (typeof schema === 'boolean') continue;
    if (depth > MAX_SCHEMA_DEPTH) return refuse(`is nested deeper than ${MAX_SCHEMA_DEPTH}`);
    if (found.push({ schema, path }) > MAX_SCHEMA_PARTS)
      return refuse(`has more than ${MAX_SCHEMA_PARTS} schemas in it`);
    for (const name of namesOf(schema)) {
      if (named.has(name)) problems.add(path, `has the name ${name}, which another part of this schema has as well`);
      named.set(name, schema);
    }
    for (const [way, part] of partsOf(schema))
      if (part === undefined) problems.add(under(path, way), 'must be a schema, or hold schemas');
      else open.push({ schema: part as Schema, path: under(path, way), depth: depth + 1 });
  }
  // With schemas of their own inside, what it means depends on the way that led there.
  if (open.some(({ schema, depth }) => depth > 0 && isRecord(schema) && typeof schema.$id === 'string'))
    for (const { schema, path } of found)
      if ('$dynamicRef' in schema)
        problems.add(under(path, '$dynamicRef'), 'cannot be used beside an $id inside the schema');
  const isOld = isRecord(given) && typeof given.$schema === 'string' && OLD_DRAFT.test(given.$schema);
  const tracks = found.some(({ schema }) => 'unevaluatedItems' in schema || 'unevaluatedProperties' in schema);
  const document: SchemaDocument = { root: given, isOld, tracks, named };
  for (const { schema, path } of found) checkPart(document, schema, path, problems);
  return problems.list.length === 0 ? { ok: true, document } : { ok: false, problems: problems.list };
}

function checkPart(document: SchemaDocument, schema: JsonObject, path: string, problems: Problems): void {
  for (const [keyword, check] of Object.entries(SIMPLE)) {
    const problem = Object.hasOwn(schema, keyword) ? check(schema[keyword]) : undefined;
    if (problem) problems.add(under(path, keyword), problem, schema[keyword]);
  }
  for (const text of isRecord(schema.patternProperties) ? Object.keys(schema.patternProperties) : []) {
    const problem = isPattern(text);
    if (problem) problems.add(under(path, `patternProperties.${text}`), problem, text);
  }
  for (const keyword of REFERENCES)
    if (Object.hasOwn(schema, keyword) && targetOf(document, schema[keyword]) === undefined)
      problems.add(under(path, keyword), 'points at nothing in this schema; others are not fetched', schema[keyword]);
}

const REFERENCES = ['$ref', '$dynamicRef'];

/** Names under which a part can be referred to. Draft 07 writes an anchor as an $id. */
function namesOf({ $anchor, $dynamicAnchor, $id }: JsonObject): string[] {
  const names = [$anchor, $dynamicAnchor].flatMap((name) => (typeof name === 'string' ? [`#${name}`] : []));
  return typeof $id === 'string' ? [...names, $id.replace(/#$/, '')] : names;
}

/**
 * What a reference points at: `#`, a JSON pointer (RFC 6901), an anchor, or the $id of a part, with a pointer behind it.
 * Within one document a dynamic reference means the same as a plain one.
 */
export function targetOf(document: SchemaDocument, reference: unknown): Schema | undefined {
  if (typeof reference !== 'string') return undefined;
  const known = document.named.get(reference);
  if (known !== undefined) return known;
  const [base = '', fragment = ''] = reference.split('#', 2);
  const root = base === '' ? document.root : document.named.get(base);
  if (root === undefined || fragment === '') return root;
  return fragment.startsWith('/') ? pointedAt(root, fragment) : undefined;
}

function pointedAt(root: Schema, pointer: string): Schema | undefined {
  let at: unknown = root;
  for (const step of pointer.slice(1).split('/')) {
    const name = unescaped(step);
    if (typeof at !== 'object' || at === null || name === undefined || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return isSchema(at) ? at : undefined;
}

function unescaped(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}
