// The keywords of JSON Schema, each as a rule over one value (draft 2020-12, and what draft 07 wrote otherwise).
// `format` and `content…` say something and check nothing, as the standard has it.

import type { Json, JsonObject } from '../json.ts';
import { isList, isRecord } from '../json.ts';
import { compilePattern, type Pattern } from '../language/pattern.ts';
import type { Schema } from './document.ts';
import { holds, inside, type Look, no, type Rule, resolved, sameJson, spend, tries } from './look.ts';

const WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a text',
};

function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'array':
      return isList(value);
    case 'object':
      return isRecord(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

const wrong = ({ run, path, value }: Look, message: string): false => no(run, path, message, value);

/** A rule about values of one kind; others satisfy it. */
const on =
  <T extends Json>(is: (value: Json) => value is T, rule: (look: Look, value: T) => boolean): Rule =>
  (look) =>
    !is(look.value) || rule(look, look.value);

const isNumber = (value: Json): value is number => typeof value === 'number';
const isText = (value: Json): value is string => typeof value === 'string';

const bound = <T extends Json>(
  keyword: string,
  is: (value: Json) => value is T,
  fits: (size: T, limit: number) => boolean,
  words: (limit: number) => string,
): [string, Rule] => [
  keyword,
  on(is, (look, value) => {
    const limit = look.schema[keyword] as number;
    return fits(value, limit) || wrong(look, words(limit));
  }),
];

/** Characters, not UTF-16 units (JSON Schema Validation 6.3.1). */
function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const sizeOf = (value: JsonObject): number => Object.keys(value).length;

/** Remainders of decimal fractions are never quite 0 in binary. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Number.isInteger(times) || Math.abs(times - Math.round(times)) < Number.EPSILON * Math.abs(times) * 4;
}

function matches({ run }: Pick<Look, 'run'>, pattern: string, text: string): boolean {
  // Every pattern was compiled when the schema was read.
  const { found, steps } = (compilePattern(pattern) as Pattern).search(text);
  spend(run, steps);
  return found;
}

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
const schemasOf = (look: Look, keyword: string): readonly Schema[] => look.schema[keyword] as readonly Schema[];
const mapOf = (look: Look, keyword: string): readonly [string, Json][] =>
  Object.entries((Object.hasOwn(look.schema, keyword) ? look.schema[keyword] : {}) as JsonObject);

function everyItem(look: Look, value: readonly Json[], from: number, schema: Schema): boolean {
  let ok = true;
  for (let i = from; i < value.length; i++) {
    ok = holds(look.run, schema, value[i] as Json, inside(look.path, i)) && ok;
    look.seen?.items.add(i);
    if (look.run.exhausted || (!ok && !look.run.problems)) break;
  }
  return ok;
}

function firstItems(look: Look, value: readonly Json[], schemas: readonly Schema[]): boolean {
  return schemas.slice(0, value.length).every((schema, i) => {
    look.seen?.items.add(i);
    return holds(look.run, schema, value[i] as Json, inside(look.path, i));
  });
}

const items = on(isList, (look, value) => {
  const { items: given } = look.schema;
  if (isList(given)) return firstItems(look, value, given as readonly Schema[]);
  return everyItem(look, value, listOf(look.schema.prefixItems).length, given as Schema);
});

const additionalItems = on(isList, (look, value) =>
  isList(look.schema.items)
    ? everyItem(look, value, look.schema.items.length, look.schema.additionalItems as Schema)
    : true,
);

const contains = on(isList, (look, value) => {
  const { contains: schema, minContains = 1, maxContains = Number.POSITIVE_INFINITY } = look.schema;
  let count = 0;
  for (const [i, item] of value.entries())
    if (tries(look.run, schema as Schema, item, inside(look.path, i))) {
      count++;
      if (!look.run.document.isOld) look.seen?.items.add(i);
    }
  if (count < (minContains as number)) return wrong(look, `must hold at least ${minContains} of the items it asks for`);
  return count <= (maxContains as number) || wrong(look, `must hold at most ${maxContains} of such items`);
});

const uniqueItems = on(isList, (look, value) => {
  if (look.schema.uniqueItems !== true) return true;
  const known = new Map<string, Json[]>();
  for (const item of value) {
    // Equal values have texts of equal length; only those few are compared.
    const text = JSON.stringify(item);
    const key = typeof item === 'object' && item !== null ? `${text.length}` : text;
    const same = known.get(key) ?? [];
    if (!spend(look.run, text.length + same.length * text.length)) return false;
    if (same.some((other) => sameJson(other, item))) return wrong(look, 'must not hold the same item twice');
    known.set(key, [...same, item]);
  }
  return true;
});

const properties = on(isRecord, (look, value) => {
  let ok = true;
  for (const [name, schema] of mapOf(look, 'properties')) {
    if (!Object.hasOwn(value, name)) continue;
    look.seen?.properties.add(name);
    ok = holds(look.run, schema as Schema, value[name] as Json, inside(look.path, name)) && ok;
  }
  return ok;
});

const patternProperties = on(isRecord, (look, value) => {
  let ok = true;
  for (const [pattern, schema] of mapOf(look, 'patternProperties'))
    for (const [name, part] of Object.entries(value)) {
      if (!matches(look, pattern, name)) continue;
      look.seen?.properties.add(name);
      ok = holds(look.run, schema as Schema, part, inside(look.path, name)) && ok;
    }
  return ok;
});

const additionalProperties = on(isRecord, (look, value) => {
  const patterns = mapOf(look, 'patternProperties').map(([pattern]) => pattern);
  const named = (Object.hasOwn(look.schema, 'properties') ? look.schema.properties : {}) as JsonObject;
  let ok = true;
  for (const [name, part] of Object.entries(value)) {
    if (Object.hasOwn(named, name) || patterns.some((pattern) => matches(look, pattern, name))) continue;
    look.seen?.properties.add(name);
    ok = holds(look.run, look.schema.additionalProperties as Schema, part, inside(look.path, name)) && ok;
  }
  return ok;
});

const unevaluatedProperties = on(isRecord, (look, value) => {
  let ok = true;
  for (const [name, part] of Object.entries(value)) {
    if (look.seen?.properties.has(name)) continue;
    look.seen?.properties.add(name);
    ok = holds(look.run, look.schema.unevaluatedProperties as Schema, part, inside(look.path, name)) && ok;
  }
  return ok;
});

const unevaluatedItems = on(isList, (look, value) => {
  let ok = true;
  for (const [i, item] of value.entries()) {
    if (look.seen?.items.has(i)) continue;
    look.seen?.items.add(i);
    ok = holds(look.run, look.schema.unevaluatedItems as Schema, item, inside(look.path, i)) && ok;
  }
  return ok;
});

function lacks(look: Look, value: JsonObject, names: readonly Json[], why = ''): boolean {
  const missing = (names as readonly string[]).filter((name) => !Object.hasOwn(value, name));
  for (const name of missing) no(look.run, inside(look.path, name), `is missing${why}`);
  return missing.length === 0;
}

/** What has to be there, or to hold, when a member is there. */
const dependent = (keyword: string): [string, Rule] => [
  keyword,
  on(isRecord, (look, value) => {
    let ok = true;
    for (const [name, need] of mapOf(look, keyword)) {
      if (!Object.hasOwn(value, name)) continue;
      const fits = isList(need)
        ? lacks(look, value, need, `, and ${name} is there`)
        : holds(look.run, need as Schema, value, look.path, look.seen);
      ok = fits && ok;
    }
    return ok;
  }),
];

const refers =
  (keyword: '$ref' | '$dynamicRef'): Rule =>
  ({ run, schema, value, path, seen }) =>
    holds(run, resolved(run, schema[keyword]), value, path, seen);

const allOf: Rule = (look) =>
  schemasOf(look, 'allOf').reduce<boolean>(
    (ok, schema) => holds(look.run, schema, look.value, look.path, look.seen) && ok,
    true,
  );

/** How many of some alternatives the value satisfies. */
const countOf = (look: Look, keyword: 'anyOf' | 'oneOf'): number =>
  schemasOf(look, keyword).filter((schema) => tries(look.run, schema, look.value, look.path, look.seen)).length;

const anyOf: Rule = (look) => countOf(look, 'anyOf') > 0 || wrong(look, 'fits none of the alternatives');

const oneOf: Rule = (look) => {
  const count = countOf(look, 'oneOf');
  if (count === 1) return true;
  return wrong(look, count === 0 ? 'fits none of the alternatives' : `fits ${count} alternatives, and must fit one`);
};

const not: Rule = (look) =>
  !tries(look.run, look.schema.not as Schema, look.value, look.path) || wrong(look, 'is what it must not be');

const condition: Rule = ({ run, schema, value, path, seen }) => {
  const branch = tries(run, schema.if as Schema, value, path, seen) ? schema.then : schema.else;
  return branch === undefined || holds(run, branch as Schema, value, path, seen);
};

const oneOfTypes: Rule = (look) => {
  const types = [look.schema.type].flat() as readonly string[];
  return (
    types.some((type) => isOfType(look.value, type)) ||
    wrong(look, `must be ${types.map((type) => WORDS[type]).join(' or ')}`)
  );
};

const MAX_SHOWN_VALUES = 10;

const enumerated: Rule = (look) => {
  const values = look.schema.enum as readonly Json[];
  spend(look.run, values.length);
  if (values.some((one) => sameJson(one, look.value))) return true;
  const shown = values.slice(0, MAX_SHOWN_VALUES).map((one) => JSON.stringify(one));
  return wrong(look, `must be one of ${shown.join(', ')}${values.length > MAX_SHOWN_VALUES ? ', …' : ''}`);
};

const constant: Rule = (look) =>
  sameJson(look.schema.const, look.value) || wrong(look, `must be ${JSON.stringify(look.schema.const)}`);

/** In the order in which they are asked: what looks at what others have seen comes last. */
export const KEYWORDS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['$ref', refers('$ref')],
  ['$dynamicRef', refers('$dynamicRef')],
  ['type', oneOfTypes],
  ['enum', enumerated],
  ['const', constant],
  bound('multipleOf', isNumber, isMultiple, (of) => `must be a multiple of ${of}`),
  bound(
    'maximum',
    isNumber,
    (value, limit) => value <= limit,
    (limit) => `must be at most ${limit}`,
  ),
  bound(
    'exclusiveMaximum',
    isNumber,
    (value, limit) => value < limit,
    (limit) => `must be less than ${limit}`,
  ),
  bound(
    'minimum',
    isNumber,
    (value, limit) => value >= limit,
    (limit) => `must be at least ${limit}`,
  ),
  bound(
    'exclusiveMinimum',
    isNumber,
    (value, limit) => value > limit,
    (limit) => `must be more than ${limit}`,
  ),
  bound(
    'maxLength',
    isText,
    (text, limit) => lengthOf(text) <= limit,
    (limit) => `must have at most ${limit} characters`,
  ),
  bound(
    'minLength',
    isText,
    (text, limit) => lengthOf(text) >= limit,
    (limit) => `must have at least ${limit} characters`,
  ),
  [
    'pattern',
    on(isText, (look, text) => {
      const { pattern } = look.schema;
      return matches(look, pattern as string, text) || wrong(look, `must match the pattern ${pattern}`);
    }),
  ],
  bound(
    'maxItems',
    isList,
    (list, limit) => list.length <= limit,
    (limit) => `must hold at most ${limit} items`,
  ),
  bound(
    'minItems',
    isList,
    (list, limit) => list.length >= limit,
    (limit) => `must hold at least ${limit} items`,
  ),
  ['uniqueItems', uniqueItems],
  ['prefixItems', on(isList, (look, value) => firstItems(look, value, schemasOf(look, 'prefixItems')))],
  ['items', items],
  ['additionalItems', additionalItems],
  ['contains', contains],
  bound(
    'maxProperties',
    isRecord,
    (value, limit) => sizeOf(value) <= limit,
    (limit) => `must have at most ${limit} members`,
  ),
  bound(
    'minProperties',
    isRecord,
    (value, limit) => sizeOf(value) >= limit,
    (limit) => `must have at least ${limit} members`,
  ),
  ['required', on(isRecord, (look, value) => lacks(look, value, look.schema.required as readonly Json[]))],
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', additionalProperties],
  [
    'propertyNames',
    on(isRecord, (look, value) =>
      Object.keys(value).reduce(
        (ok, name) => holds(look.run, look.schema.propertyNames as Schema, name, inside(look.path, name)) && ok,
        true,
      ),
    ),
  ],
  dependent('dependentRequired'),
  dependent('dependentSchemas'),
  dependent('dependencies'),
  ['allOf', allOf],
  ['anyOf', anyOf],
  ['oneOf', oneOf],
  ['not', not],
  ['if', condition],
  ['unevaluatedItems', unevaluatedItems],
  ['unevaluatedProperties', unevaluatedProperties],
]);
