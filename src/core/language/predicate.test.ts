// Tests of conditions: text and data say the same, what holds, what is explained, what is refused.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../json.ts';
import { compilePredicate, type Predicate } from './predicate.ts';
import {
  MAX_CLAUSES,
  MAX_CONDITION_DEPTH,
  MAX_LIST_VALUES,
  MAX_PATTERN_STEPS,
  MAX_PREDICATE_LENGTH,
} from './text-limits.ts';

const payload: Json = {
  event: { type: 'order.paid', live: true },
  amount: 12,
  price: '9.50',
  status: 'b',
  note: null,
  tags: ['red', 'blue', 7],
  lines: [
    { sku: 'a', n: 1 },
    { sku: 'b', n: 20 },
  ],
  empty: [],
  'odd name': "it's \\ here",
  not: { a: 1 },
  exists: 2,
  in: [3],
};

function compile(source: Json): Predicate {
  const compiled = compilePredicate(source);
  assert.ok(compiled.ok, `${JSON.stringify(source)} is refused: ${compiled.ok ? '' : compiled.reason}`);
  return compiled;
}

describe('predicate', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["event.type == 'order.paid'", true],
    ['event.type == "order.paid"', true],
    ["  $['event']['type']=='order.paid'  ", true],
    ["event.type != 'order.paid'", false],
    ["event.type != 'other'", true],
    ['event.live == true', true],
    ["event.live == 'true'", true],
    ['event.live == false', false],
    ['note == null', true],
    ['note != null', false],
    ['amount == null', false],
    ['amount == 12', true],
    ["amount == '12'", true],
    ['amount >= 12 and amount <= 12', true],
    ['amount > 12 or amount < 12', false],
    ['amount < 1e3', true],
    ['price > 9', true],
    ['price < -9.5', false],
    ['price == 9.5', true],
    ["event.type > 'a'", true],
    ['event > 1', false],
    ['event == 1', false],
    ["status in ['a', 'b']", true],
    ["status in['a','b']", true],
    ["status IN ['c', null, 1]", false],
    ["status not in ['c']", true],
    ["status Not In ['b']", false],
    ['amount between 10 and 12', true],
    ['amount between 13 and 20', false],
    ['amount between 1 and 11', false],
    ["status between 'a' and 'c'", true],
    ["event.type startsWith 'order.'", true],
    ["event.type startsWith 'paid'", false],
    ["event.type endsWith '.paid'", true],
    ["event.type endsWith 'order'", false],
    ["amount startsWith '1'", true],
    ["event startsWith ''", false],
    ["note endsWith ''", false],
    ["event.type contains 'er.p'", true],
    ["event.type contains 'x'", false],
    ['amount contains 2', true],
    ['event.type contains null', false],
    ["tags contains 'blue'", true],
    ["tags contains '7'", true],
    ["tags contains 'lue'", false],
    ["event contains 'type'", false],
    ["event.type matches '^order\\\\.(paid|sent)$'", true],
    ["event.type matches 'paid'", true],
    ["event.type matches '^paid'", false],
    ["amount matches '^\\\\d+$'", true],
    ["event matches '.*'", false],
    ['exists note', true],
    ['exists amount', true],
    ['exists gone', false],
    ['exists event.gone.deeper', false],
    ['exists lines[*].sku', true],
    ['exists empty[*]', false],
    ['exists empty', true],
    ['not exists gone', true],
    ['NOT (exists gone OR exists note)', false],
    ['!exists gone && (exists note || exists gone)', true],
    ['not not exists note', true],
    ['gone == 1', false],
    ['gone != 1', false],
    ['gone in [1]', false],
    ['gone not in [1]', false],
    ['gone < 1', false],
    ["gone matches ''", false],
    ["lines[*].sku == 'b'", true],
    ["lines[*].sku == 'c'", false],
    ["lines[*].sku != 'b'", true],
    ['lines[*].n between 15 and 25', true],
    ["lines[?(@.n > 10)].sku contains 'b'", true],
    ['lines.length() == 2', true],
    ['lines[?(@.n > 10)].length() == 1', true],
    ["tags[0,1] in ['blue']", true],
    ["$['odd name'] == 'it\\'s \\\\ here'", true],
    ['not.a == 1', true],
    ['$.exists == 2', true],
    ['exists exists', true],
    ['in[0] == 3', true],
    ['$.in[0] in [3]', true],
    ["amount == 1 or amount == 12 and status == 'x'", false],
    ["amount == 12 or amount == 1 and status == 'x'", true],
    ["not amount == 1 and status == 'b'", true],
    ["event.type == 'order.paid' and amount >= 10 and (status in ['a','b'] or not exists note)", true],
  ];
  for (const [text, expected] of cases) {
    it(`${text} is ${expected}`, () => {
      const predicate = compile(text);
      assert.equal(predicate.evaluate(payload), expected);
      const again = compile(predicate.text);
      assert.deepEqual(again.condition, predicate.condition);
      assert.equal(again.text, predicate.text);
      assert.deepEqual(compile(predicate.condition as unknown as Json).condition, predicate.condition);
    });
  }

  it('has a data form', () => {
    const text = "event.type == 'x' and amount >= 10 and (status in ['a','b'] or not exists note)";
    assert.deepEqual(compile(text).condition, {
      all: [
        { path: 'event.type', op: '==', value: 'x' },
        { path: 'amount', op: '>=', value: 10 },
        { any: [{ path: 'status', op: 'in', value: ['a', 'b'] }, { not: { path: 'note', op: 'exists' } }] },
      ],
    });
    assert.equal(
      compile(text).text,
      "event.type == 'x' and amount >= 10 and (status in ['a', 'b'] or not exists note)",
    );
    assert.equal(compile({ all: [{ path: 'a', op: 'between', value: [1, 2] }] }).text, 'a between 1 and 2');
    assert.equal(
      compile({
        any: [
          { path: 'not', op: 'exists' },
          { path: ' Exists ', op: '==', value: null },
        ],
      }).text,
      'exists $.not or $.Exists == null',
    );
    assert.equal(
      compile({
        not: {
          any: [
            { path: 'a', op: 'exists' },
            { path: 'b', op: 'exists' },
          ],
        },
      }).text,
      'not (exists a or exists b)',
    );
  });

  it('explains each comparison with what it expected and received', () => {
    const text = "event.type == 'x' and amount >= 10 and not (status in ['a'] or exists gone) and not exists note";
    assert.deepEqual(compile(text).explain(payload), [
      { clause: "event.type == 'x'", expected: 'x', received: 'order.paid', held: false },
      { clause: 'amount >= 10', expected: 10, received: 12, held: true },
      { clause: "not status in ['a']", expected: ['a'], received: 'b', held: true },
      { clause: 'not exists gone', expected: null, received: undefined, held: true },
      { clause: 'not exists note', expected: null, received: null, held: false },
    ]);
  });

  const refusedTexts: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /expected a name/],
    ['amount', 6, /expected one of ==/],
    ['amount = 1', 7, /write == for equal/],
    ['amount like 1', 7, /expected one of/],
    ['amount == x', 10, /expected a value/],
    ['amount == 1 amount == 2', 12, /expected and, or, or the end/],
    ['amount == 1 and', 15, /expected a name/],
    ['(amount == 1', 12, /expected \)/],
    ['amount == 1)', 11, /expected and, or, or the end/],
    ['amount not between 1 and 2', 7, /only in can follow not/],
    ['amount between 1 or 2', 17, /expected and: between/],
    ['amount in 1', 10, /expected \[/],
    ['amount in [1', 12, /expected \]/],
    ['amount in []', 11, /expected a value/],
    ['amount matches 5', 15, /pattern in quotes/],
    ["amount matches '(?=x)'", 15, /look-around/],
    ["amount == 'x", 10, /quote is not closed/],
    ['amount < null', 0, /condition.value must be a number or a text/],
    ["amount between 1 and 'x'", 0, /two numbers or two texts/],
    ['amount startsWith 1', 0, /must be a text/],
    ['exists', 6, /expected a name/],
    [`${'('.repeat(MAX_CONDITION_DEPTH + 1)}a`, MAX_CONDITION_DEPTH + 1, /nest at most/],
    [`${'!'.repeat(MAX_CONDITION_DEPTH + 1)}a`, MAX_CONDITION_DEPTH + 1, /nest at most/],
    ['a'.repeat(MAX_PREDICATE_LENGTH + 1), MAX_PREDICATE_LENGTH, /at most 4096/],
    [
      Array(MAX_CLAUSES + 1)
        .fill('exists a')
        .join(' or '),
      0,
      /at most 64/,
    ],
    [
      Array(4)
        .fill(
          `(${Array(MAX_CLAUSES / 2)
            .fill('exists a')
            .join(' or ')})`,
        )
        .join(' and '),
      0,
      /at most 64 comparisons/,
    ],
  ];
  for (const [text, position, reason] of refusedTexts) {
    it(`refuses the text ${text.slice(0, 40)}`, () => {
      const compiled = compilePredicate(text);
      assert.ok(!compiled.ok);
      assert.match(compiled.reason, reason);
      assert.equal(compiled.at, position);
    });
  }

  let deep: Json = { path: 'a', op: 'exists' };
  for (let n = 0; n <= MAX_CONDITION_DEPTH; n += 1) deep = { not: deep };
  const refusedData: readonly (readonly [Json, RegExp])[] = [
    [null, /condition must be an object/],
    [7, /condition must be an object/],
    [[], /condition must be an object/],
    [{}, /condition.op must be one of/],
    [{ all: [] }, /condition.all must be a list/],
    [{ any: 'x' }, /condition.any must be a list/],
    [{ all: [{ not: 1 }] }, /condition.all\[0\].not must be an object/],
    [{ all: Array(MAX_CLAUSES + 1).fill(1) }, /at most 64 members/],
    [{ not: { path: 'a', op: 'exists' }, all: [] }, /more members than not/],
    [{ path: 'a', op: '==', value: 1, extra: 1 }, /unknown member extra/],
    [JSON.parse('{"path":"a","op":"==","value":1,"__proto__":{}}'), /unknown member __proto__/],
    [{ path: 'a', op: '~', value: 1 }, /condition.op must be one of/],
    [{ path: 'a', op: 'toString', value: 1 }, /condition.op must be one of/],
    [{ path: 5, op: '==', value: 1 }, /condition.path must be a text/],
    [{ path: 'a b', op: '==', value: 1 }, /condition.path is not a path: unexpected b/],
    [{ path: 'a', op: 'exists', value: 1 }, /not taken by exists/],
    [{ path: 'a', op: '==' }, /must be a text, a number/],
    [{ path: 'a', op: '!=', value: {} }, /must be a text, a number/],
    [{ path: 'a', op: 'contains', value: [] }, /must be a text, a number/],
    [{ path: 'a', op: '<', value: true }, /must be a number or a text/],
    [{ path: 'a', op: 'in', value: 'x' }, /list of 1 to 256/],
    [{ path: 'a', op: 'in', value: [] }, /list of 1 to 256/],
    [{ path: 'a', op: 'not in', value: [[]] }, /list of 1 to 256/],
    [{ path: 'a', op: 'in', value: Array(MAX_LIST_VALUES + 1).fill(1) }, /list of 1 to 256/],
    [{ path: 'a', op: 'between', value: 1 }, /two numbers/],
    [{ path: 'a', op: 'between', value: [1] }, /two numbers/],
    [{ path: 'a', op: 'between', value: [null, null] }, /two numbers/],
    [{ path: 'a', op: 'startsWith', value: null }, /must be a text/],
    [{ path: 'a', op: 'endsWith', value: 1 }, /must be a text/],
    [{ path: 'a', op: 'matches', value: 1 }, /must be a text/],
    [{ path: 'a', op: 'matches', value: '(' }, /expected \)/],
    [{ path: 'a', op: '==', value: 'x'.repeat(MAX_PREDICATE_LENGTH) }, /at most 4096 characters/],
    [deep, /nests more than 16 deep/],
  ];
  for (const [source, reason] of refusedData) {
    it(`refuses the data ${JSON.stringify(source).slice(0, 60)}`, () => {
      const compiled = compilePredicate(source);
      assert.ok(!compiled.ok);
      assert.match(compiled.reason, reason);
    });
  }

  it('stops patterns that a payload offers too many long texts', () => {
    const long = `${'a'.repeat(50_000)}!`;
    const many: Json = { texts: [...Array(100).fill(long), 'needle'] };
    const alone = compilePredicate("texts[-1] matches '(a+)+$|needle'");
    assert.ok(alone.ok && alone.evaluate(many));
    assert.equal(compile("texts[*] matches '(a+)+$|needle'").evaluate(many), false);
    assert.ok(MAX_PATTERN_STEPS < 100 * 50_000);
  });

  describe('predicate, drawn at random', () => {
    const path = fc.constantFrom('a', '$.b', "['c d']", 'list[*]', 'not', 'exists', 'a.b[0]', 'list.length()');
    const scalar = fc.oneof(
      fc.constantFrom('x', "it's", '\\', '1', '', 'a b'),
      fc.integer({ min: -2, max: 2 }),
      fc.boolean(),
      fc.constant(null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const ordered = fc.oneof(fc.constantFrom('x', '1', ''), fc.integer());
    const clause = fc.oneof(
      fc.record({ path, op: fc.constantFrom('==', '!=', 'contains'), value: scalar }),
      fc.record({ path, op: fc.constantFrom('<', '<=', '>', '>='), value: ordered }),
      fc.record({ path, op: fc.constantFrom('in', 'not in'), value: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ path, op: fc.constant('between'), value: fc.tuple(fc.integer(), fc.integer()) }),
      fc.record({
        path,
        op: fc.constantFrom('startsWith', 'endsWith', 'matches'),
        value: fc.constantFrom('x', '1', "'", ''),
      }),
      fc.record({ path, op: fc.constant('exists') }),
    );
    const { condition } = fc.letrec<{ condition: Json }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 3 },
        clause as fc.Arbitrary<Json>,
        fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie('condition') }),
      ),
    }));
    const value = fc.oneof(
      fc.constantFrom<Json>('x', "it's", 1, '1', true, null),
      fc.array(fc.constantFrom<Json>('x', 1), { maxLength: 3 }),
    );
    const event = fc.dictionary(fc.constantFrom('a', 'b', 'c d', 'list', 'not', 'exists'), value);
    it('knows one zero', () => {
      const data = compilePredicate({ path: 'a', op: 'in', value: [-0, 1] });
      assert.deepEqual(data.ok && data.condition, { path: 'a', op: 'in', value: [0, 1] });
    });

    it('says the same as text and as data', () => {
      fc.assert(
        fc.property(condition, event, (drawn, body) => {
          const data = compilePredicate(drawn);
          if (!data.ok) {
            assert.match(data.reason, /at most/);
            return;
          }
          const text = compile(data.text);
          assert.deepEqual(text.condition, data.condition);
          assert.equal(text.evaluate(body), data.evaluate(body));
        }),
        { numRuns: 1_000 },
      );
    });

    it('explains what it evaluates, and turns round what stands behind not', () => {
      fc.assert(
        fc.property(fc.array(clause, { minLength: 1, maxLength: 3 }), event, (clauses, body) => {
          const all = compile({ all: clauses } as Json);
          const none = compile({ not: { any: clauses } } as Json);
          assert.equal(
            all.explain(body).every(({ held }) => held),
            all.evaluate(body),
          );
          assert.equal(
            none.explain(body).every(({ held }) => held),
            none.evaluate(body),
          );
          assert.deepEqual(
            none.explain(body).map(({ clause: text }) => text),
            all.explain(body).map(({ clause: text }) => `not ${text}`),
          );
        }),
        { numRuns: 500 },
      );
    });
  });

  it('answers or refuses any text, and never throws', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '==',
      'and',
      'or',
      'not',
      '(',
      ')',
      "'x'",
      '1',
      'in',
      '[',
      ']',
      ',',
      'exists',
      'between',
      'matches',
      '.',
      '$',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const compiled = compilePredicate(pieces.join(''));
        if (compiled.ok) compiled.explain(payload);
        else assert.ok(compiled.reason.length > 0 && compiled.at >= 0 && compiled.at <= pieces.join('').length);
      }),
      { numRuns: 3_000 },
    );
  });
});
