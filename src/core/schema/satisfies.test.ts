// Each keyword with what it takes and what it refuses, the paths of problems, and the bounds of the work.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../json.ts';
import { readSchema, type Schema } from './document.ts';
import { problemsOf } from './satisfies.ts';

const told = (schema: Schema, value: Json): string =>
  problemsOf(schema, value)
    .map(({ path, message }) => `${path} ${message}`.trim())
    .join('; ');

const OLD = 'http://json-schema.org/draft-07/schema#';

type Case = readonly [schema: Schema, good: readonly Json[], bad: readonly (readonly [Json, string])[]];

const CASES: Readonly<Record<string, Case>> = {
  'true and false': [true, [1, null], []],
  never: [{ properties: { a: false } }, [{}, { b: 1 }, 7], [[{ a: 1 }, 'a is not allowed']]],
  type: [{ type: ['integer', 'null'] }, [1, 1.0, null], [[1.5, 'must be a whole number or null']]],
  types: [
    {
      properties: {
        a: { type: 'array' },
        o: { type: 'object' },
        n: { type: 'number' },
        s: { type: 'string' },
        b: { type: 'boolean' },
      },
    },
    [{ a: [], o: {}, n: 1.5, s: '', b: false }],
    [
      [
        { a: {}, o: [], n: '1', s: 1, b: null },
        'a must be a list; o must be an object; n must be a number; s must be a text; b must be true or false',
      ],
    ],
  ],
  enum: [
    { enum: [1, { a: [1, { b: null }] }] },
    [1, { a: [1, { b: null }] }],
    [
      [{ a: [1, { c: null }] }, 'must be one of 1, {"a":[1,{"b":null}]}'],
      [{ a: [1], b: 2 }, 'must be one of 1, {"a":[1,{"b":null}]}'],
      [{ a: 1 }, 'must be one of 1, {"a":[1,{"b":null}]}'],
      [[1], 'must be one of 1, {"a":[1,{"b":null}]}'],
    ],
  ],
  'a long enum': [
    { enum: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
    [11],
    [[12, 'must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …']],
  ],
  const: [{ const: { a: [] } }, [{ a: [] }], [[{ a: [0] }, 'must be {"a":[]}']]],
  multipleOf: [{ multipleOf: 0.1 }, [0.3, 4, 'x'], [[0.35, 'must be a multiple of 0.1']]],
  bounds: [
    { minimum: 1, maximum: 5, exclusiveMaximum: 5, exclusiveMinimum: 1 },
    [2, '9'],
    [
      [1, 'must be more than 1'],
      [0, 'must be at least 1; must be more than 1'],
      [5, 'must be less than 5'],
      [6, 'must be at most 5; must be less than 5'],
    ],
  ],
  'lengths in characters': [
    { minLength: 2, maxLength: 2 },
    ['ab', '😀😀', 5],
    [
      ['😀', 'must have at least 2 characters'],
      ['abc', 'must have at most 2 characters'],
    ],
  ],
  pattern: [{ pattern: '^a+$' }, ['aaa', 3], [['ab', 'must match the pattern ^a+$']]],
  'numbers of items': [
    { minItems: 1, maxItems: 2 },
    [[1], 'x'],
    [
      [[], 'must hold at least 1 items'],
      [[1, 2, 3], 'must hold at most 2 items'],
    ],
  ],
  uniqueItems: [
    { uniqueItems: true },
    [[1, '1', true, { a: 1 }, { b: 1 }, [1], null], {}],
    [
      [[1, 2, 1], 'must not hold the same item twice'],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
        'must not hold the same item twice',
      ],
    ],
  ],
  'items that may repeat': [{ uniqueItems: false }, [[1, 1]], []],
  items: [
    { prefixItems: [{ type: 'string' }], items: { type: 'number' } },
    [['a', 1, 2], [], ['a'], 'x'],
    [[[1, 'b', 'c'], '[0] must be a text; [1] must be a number; [2] must be a number']],
  ],
  'items of draft 07': [
    { items: [{ type: 'string' }], additionalItems: { type: 'number' } },
    [['a', 1], ['a']],
    [[['a', 'b'], '[1] must be a number']],
  ],
  'additionalItems without a list counts for nothing': [{ items: {}, additionalItems: false }, [[1, 2]], []],
  contains: [
    { contains: { type: 'number' }, minContains: 2, maxContains: 3 },
    [[1, 'a', 2], 'x'],
    [
      [['a', 1], 'must hold at least 2 of the items it asks for'],
      [[1, 2, 3, 4], 'must hold at most 3 of such items'],
    ],
  ],
  'contains one': [{ contains: { const: 1 } }, [[2, 1]], [[[2], 'must hold at least 1 of the items it asks for']]],
  members: [
    { required: ['a', '__proto__'], minProperties: 2, maxProperties: 3 },
    [JSON.parse('{"a":1,"__proto__":2}') as Json, []],
    [
      [{ a: 1 }, 'must have at least 2 members; __proto__ is missing'],
      [JSON.parse('{"a":1,"__proto__":2,"c":3,"d":4}') as Json, 'must have at most 3 members'],
    ],
  ],
  properties: [
    {
      properties: { deep: { properties: { n: { type: 'number' } } } },
      patternProperties: { '^x-': { type: 'string' } },
      additionalProperties: { type: 'boolean' },
    },
    [{ deep: { n: 1 }, 'x-a': 'b', other: true }, 'x'],
    [
      [
        { deep: { n: '1' }, 'x-a': 1, other: 2 },
        'deep.n must be a number; x-a must be a text; other must be true or false',
      ],
    ],
  ],
  'no additional properties': [{ additionalProperties: false }, [{}], [[{ a: 1 }, 'a is not allowed']]],
  propertyNames: [
    { propertyNames: { maxLength: 2 } },
    [{ ab: 1 }],
    [[{ abc: 1 }, 'abc must have at most 2 characters']],
  ],
  dependent: [
    { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } }, dependencies: { e: ['f'] } },
    [{}, { a: 1, b: 2 }, { c: 1, d: 2 }, { e: 1, f: 1 }, 3],
    [[{ a: 1, c: 2, e: 3 }, 'b is missing, and a is there; d is missing; f is missing, and e is there']],
  ],
  allOf: [
    { allOf: [{ minimum: 1 }, { maximum: 2 }] },
    [1.5],
    [
      [0, 'must be at least 1'],
      [3, 'must be at most 2'],
    ],
  ],
  anyOf: [{ anyOf: [{ minimum: 5 }, { maximum: 2, minimum: 0 }] }, [1, 6], [[3, 'fits none of the alternatives']]],
  oneOf: [{ oneOf: [{ minimum: 5 }, { maximum: 7 }] }, [1, 8], [[6, 'fits 2 alternatives, and must fit one']]],
  'oneOf none': [{ oneOf: [{ minimum: 5 }, { minimum: 7 }] }, [5], [[1, 'fits none of the alternatives']]],
  not: [{ not: { type: 'string' } }, [1], [['a', 'is what it must not be']]],
  'if, then, else': [
    JSON.parse('{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"maximum":5}}') as Schema,
    [20, 3],
    [
      [15, 'must be a multiple of 10'],
      [7, 'must be at most 5'],
    ],
  ],
  'if alone': [{ if: { minimum: 10 } }, [1, 11], []],
  references: [
    {
      $defs: {
        'a/b': { type: 'number' },
        'c d': { $anchor: 'x', type: 'string' },
        e: { $id: 'urn:e', $defs: { f: { const: 1 } } },
      },
      properties: {
        a: { $ref: '#/$defs/a~1b' },
        b: { $ref: '#x' },
        c: { $ref: '#/$defs/c%20d' },
        d: { $ref: 'urn:e#/$defs/f' },
        e: { $ref: 'urn:e' },
        self: { $ref: '#' },
      },
    },
    [{ a: 1, b: '', c: '', d: 1, e: 0, self: { a: 2 } }],
    [
      [
        { a: '', b: 1, c: 1, d: 2, self: { self: { a: '' } } },
        'a must be a number; b must be a text; c must be a text; d must be 1; self.self.a must be a number',
      ],
    ],
  ],
  'a reference beside others, in draft 2020-12': [
    { $defs: { n: { type: 'number' } }, properties: { a: { $ref: '#/$defs/n', maximum: 1 } } },
    [{ a: 1 }],
    [[{ a: 2 }, 'a must be at most 1']],
  ],
  'a reference beside others, in draft 07': [
    {
      $schema: OLD,
      definitions: { n: { type: 'number' } },
      properties: { a: { $ref: '#/definitions/n', maximum: 1 } },
    },
    [{ a: 2 }],
    [],
  ],
  'a tree by dynamic reference': [
    { $dynamicAnchor: 'node', properties: { next: { $dynamicRef: '#node' }, n: { type: 'number' } } },
    [{ next: { next: { n: 1 } } }],
    [[{ next: { next: { n: '' } } }, 'next.next.n must be a number']],
  ],
  unevaluatedProperties: [
    {
      allOf: [{ properties: { a: true }, patternProperties: { '^p': true } }],
      anyOf: [
        { required: ['b'], properties: { b: true } },
        { properties: { c: true }, required: ['c'] },
      ],
      unevaluatedProperties: { type: 'number' },
    },
    [{ a: 'x', b: 'x', p1: 'x', other: 1 }],
    [[{ a: 'x', b: 'x', c: 1, d: 'x' }, 'd must be a number']],
  ],
  'unevaluatedProperties after additionalProperties': [
    { allOf: [{ additionalProperties: true }], unevaluatedProperties: false },
    [{ a: 1 }, 2],
    [],
  ],
  unevaluatedItems: [
    { prefixItems: [true], contains: { const: 5 }, unevaluatedItems: { type: 'string' } },
    [[1, 5, 'a'], {}],
    [[[1, 5, 6], '[2] must be a text']],
  ],
  'unevaluatedItems after items': [{ allOf: [{ items: true }], unevaluatedItems: false }, [[1, 2]], []],
  'unevaluatedItems inside of others': [
    { allOf: [{ unevaluatedItems: { type: 'number' } }], unevaluatedItems: false },
    [[1]],
    [[['a'], '[0] must be a number; [0] is not allowed']],
  ],
};

describe('a value and a schema', () => {
  for (const [name, [schema, good, bad]] of Object.entries(CASES))
    it(name, () => {
      assert.equal(readSchema(schema).ok, true);
      for (const value of good) assert.equal(told(schema, value), '', JSON.stringify(value));
      for (const [value, problems] of bad) assert.equal(told(schema, value), problems, JSON.stringify(value));
    });

  it('alternatives stop at the first thing that is wrong, and say only that none fits', () => {
    const schema = { anyOf: [{ items: { type: 'string' }, minItems: 3 }] };
    assert.equal(told(schema, [1, 2]), 'fits none of the alternatives');
  });

  it('values that are not known yet satisfy everything', () => {
    const passes = (value: Json): boolean => value === '?';
    assert.deepEqual(problemsOf({ properties: { a: { type: 'number' } } }, { a: '?' }, passes), []);
  });

  it('a schema that cannot be read satisfies nothing', () => {
    assert.equal(told({ type: 'colour' }, 1), 'cannot be checked: its schema is not valid');
  });
});

describe('the work is bounded', () => {
  const TOO_MUCH = 'cannot be checked: its schema asks for too much work';

  it('references that circle', () => {
    assert.equal(told({ $ref: '#' }, 1), TOO_MUCH);
    assert.equal(told({ not: { $ref: '#' } }, 1), TOO_MUCH);
  });

  it('alternatives that multiply', () => {
    const $defs: Record<string, Json> = { s0: { type: 'string' } };
    for (let i = 1; i < 40; i++)
      $defs[`s${i}`] = { anyOf: [{ $ref: `#/$defs/s${i - 1}` }, { $ref: `#/$defs/s${i - 1}` }] };
    assert.equal(told({ $defs, $ref: '#/$defs/s39' }, 1), TOO_MUCH);
  });

  it('patterns that try everything', () => {
    const schema = { items: { pattern: '(a|aa)*(a|aa)*(a|aa)*b' } };
    assert.equal(told(schema, Array(300).fill('a'.repeat(2_000))), TOO_MUCH);
  });

  it('long lists of distinct items of one length', () => {
    const items = Array.from({ length: 5_000 }, (_, i) => ({ n: 10_000 + i }));
    assert.equal(told({ uniqueItems: true }, items), TOO_MUCH);
  });
});
