// Schemas that could never be checked are refused when they are read, with the place of what is wrong.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_SCHEMA_BYTES, MAX_SCHEMA_DEPTH, MAX_SCHEMA_PARTS } from '../limits.ts';
import { readSchema } from './document.ts';

function told(schema: unknown): string {
  const read = readSchema(schema);
  return read.ok ? 'fine' : read.problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
}

describe('what is refused in a schema', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [1, /^must be a JSON Schema/],
    [{ type: 'colour' }, /^type must be one of array, boolean/],
    [{ type: ['string', 1] }, /^type must be one of/],
    [{ properties: { a: 1 } }, /^properties\.a must be a schema/],
    [{ properties: [] }, /^properties must be a schema, or hold schemas/],
    [{ allOf: {} }, /^allOf must be a schema, or hold schemas/],
    [{ anyOf: [1] }, /^anyOf\[0\] must be a schema/],
    [{ items: 1 }, /^items must be a schema/],
    [{ items: [1] }, /^items\[0\] must be a schema/],
    [{ not: 1 }, /^not must be a schema/],
    [{ $defs: { a: { minLength: -1 } } }, /^\$defs\.a\.minLength must be a whole number from 0 on/],
    [{ multipleOf: 0 }, /^multipleOf must be a number above 0/],
    [{ maximum: '1' }, /^maximum must be a number/],
    [{ required: 'a' }, /^required must be a list of texts/],
    [{ enum: 1 }, /^enum must be a list/],
    [{ pattern: 1 }, /^pattern must be a text/],
    [{ pattern: '(?=a)' }, /^pattern cannot be used as a pattern: /],
    [{ patternProperties: { '(': true } }, /^patternProperties\.\( cannot be used as a pattern/],
    [{ $ref: 'https://example.com/other' }, /^\$ref points at nothing in this schema/],
    [{ $ref: '#/$defs/none' }, /^\$ref points at nothing/],
    [{ $ref: '#none' }, /^\$ref points at nothing/],
    [{ $ref: '#/%' }, /^\$ref points at nothing/],
    [{ $ref: '#/enum', enum: [1] }, /^\$ref points at nothing/],
    [{ $ref: '#/enum/0/x', enum: [null] }, /^\$ref points at nothing/],
    [{ $ref: 1 }, /^\$ref points at nothing/],
    [{ $anchor: 'a', $defs: { b: { $anchor: 'a' } } }, /^\$defs\.b has the name #a, which another part/],
    [
      { $dynamicAnchor: 'a', $dynamicRef: '#a', $defs: { b: { $id: 'urn:b' } } },
      /^\$dynamicRef cannot be used beside an \$id/,
    ],
    [{ description: 'x'.repeat(MAX_SCHEMA_BYTES) }, /^must have at most 262144 bytes/],
    [{ allOf: Array(MAX_SCHEMA_PARTS).fill({}) }, /^has more than 5000 schemas in it/],
    [nested(MAX_SCHEMA_DEPTH + 1), /^is nested deeper than 64/],
  ];
  for (const [schema, reason] of cases) it(String(reason), () => assert.match(told(schema), reason));

  it('all problems are told, each with its place', () => {
    assert.equal(told({ maximum: 'a', minimum: 'b' }), 'maximum must be a number; minimum must be a number');
  });
});

describe('what is taken', () => {
  for (const schema of [
    true,
    {},
    { $schema: 'http://json-schema.org/draft-07/schema#', $id: 'http://a/b#', dependencies: { a: ['b'], c: true } },
    { unknownKeyword: 1, format: 'email', title: 'x' },
    nested(MAX_SCHEMA_DEPTH),
  ])
    it(JSON.stringify(schema).slice(0, 60), () => assert.equal(told(schema), 'fine'));
});

function nested(depth: number): object {
  let schema: object = {};
  for (let i = 0; i < depth; i++) schema = { not: schema };
  return schema;
}
