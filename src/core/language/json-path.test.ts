// Tests of JSONPath: Jayway's spellings, what is refused and where, hostile names and sizes.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../json.ts';
import { compilePath, readPath } from './json-path.ts';
import { MAX_FILTER_DEPTH, MAX_PATH_LENGTH, MAX_PATH_STEPS, MAX_VISITED_VALUES } from './text-limits.ts';

const order: Json = {
  id: 7,
  customer: { name: 'Ada', 'first name': 'A', 'x.y': 1, "it's": 2, '@type': 'Person' },
  lines: [
    { sku: 'a', amount: 5, tags: ['red', 'blue'] },
    { sku: 'b', amount: 12, tags: [] },
    { sku: 'c', amount: null },
  ],
  note: null,
  limit: 10,
};

function at(text: string, value: Json = order): Json | undefined {
  const path = compilePath(text);
  assert.ok(path.ok, `${text} is refused: ${path.ok ? '' : path.reason}`);
  return path.get(value);
}

describe('json-path', () => {
  const definite: readonly (readonly [string, Json | undefined])[] = [
    ['$', order],
    ['$.id', 7],
    ['id', 7],
    [' $.id ', 7],
    ['.id', 7],
    ["$['customer']['name']", 'Ada'],
    ['$["customer"]["name"]', 'Ada'],
    ["$.customer['first name']", 'A'],
    ["$.['customer'].name", 'Ada'],
    ["['customer'].name", 'Ada'],
    ["[ 'customer' ]['x.y']", 1],
    ["$.customer['it\\'s']", 2],
    ['$.customer["it\'s"]', 2],
    ["$.customer['\\u0040type']", 'Person'],
    ['$.customer.@type', 'Person'],
    ['lines[0].sku', 'a'],
    ['lines[-1].sku', 'c'],
    ['$.lines[ 1 ].amount', 12],
    ['$.lines[2].amount', null],
    ['$.note', null],
    ['$.note.deeper', undefined],
    ['$.lines[9].sku', undefined],
    ['$.lines[-9]', undefined],
    ['$.lines.sku', undefined],
    ['$.customer[0]', undefined],
    ['$.nothing', undefined],
    ['$.lines.length()', 3],
    ['$.lines.size()', 3],
    ['lines[0].tags.length()', 2],
    ['$.customer.name.length()', 3],
    ['$.customer.length()', 5],
    ['$.id.length()', undefined],
    ['length()', 5],
    ["$.customer['name','first name','gone']", { name: 'Ada', 'first name': 'A' }],
    ["$.lines['a','b']", undefined],
  ];
  for (const [text, expected] of definite) {
    it(`finds one value: ${text}`, () => {
      const path = compilePath(text);
      assert.equal(path.ok && path.definite, true);
      assert.deepEqual(at(text), expected);
    });
  }

  const indefinite: readonly (readonly [string, Json])[] = [
    ['$.lines[*].sku', ['a', 'b', 'c']],
    ['lines.*.sku', ['a', 'b', 'c']],
    ['$.customer.*', ['Ada', 'A', 1, 2, 'Person']],
    ['*[0].sku', ['a']],
    ['$.id.*', []],
    ['$..sku', ['a', 'b', 'c']],
    ["$..['sku']", ['a', 'b', 'c']],
    ['$..[1].sku', ['b']],
    ['..amount', [5, 12, null]],
    [
      '$.lines..*',
      [
        { sku: 'a', amount: 5, tags: ['red', 'blue'] },
        { sku: 'b', amount: 12, tags: [] },
        { sku: 'c', amount: null },
        'a',
        5,
        ['red', 'blue'],
        'red',
        'blue',
        'b',
        12,
        [],
        'c',
        null,
      ],
    ],
    ['$.lines[0:2].sku', ['a', 'b']],
    ['$.lines[:1].sku', ['a']],
    ['$.lines[1:].sku', ['b', 'c']],
    ['$.lines[-2:].sku', ['b', 'c']],
    ['$.lines[0 : -1].sku', ['a', 'b']],
    ['$.id[0:1]', []],
    ['$.lines[0,2].sku', ['a', 'c']],
    ['$.lines[ 0 , 9 ].sku', ['a']],
    ['$.id[0,1]', []],
    ["$['customer','gone'].name", ['Ada']],
    [
      "$.lines[*]['sku','amount']",
      [
        { sku: 'a', amount: 5 },
        { sku: 'b', amount: 12 },
        { sku: 'c', amount: null },
      ],
    ],
    ["$.lines[?(@.sku == 'b')].amount", [12]],
    ["$.lines[?@.sku=='b'].amount", [12]],
    ['$.lines[?(@.amount > 4)].sku', ['a', 'b']],
    ['$.lines[?(@.amount >= 12)].sku', ['b']],
    ['$.lines[?(@.amount < 12)].sku', ['a']],
    ['$.lines[?(@.amount <= 5)].sku', ['a']],
    ['$.lines[?(@.amount != 5)].sku', ['b', 'c']],
    ['$.lines[?(@.amount == null)].sku', ['c']],
    ['$.lines[?(@.tags)].sku', ['a', 'b']],
    ['$.lines[?(!@.tags)].sku', ['c']],
    ['$.lines[?(@.tags[*])].sku', ['a']],
    ['$.lines[?(@.tags.length() == 2)].sku', ['a']],
    ["$.lines[?(@.tags[?(@ == 'red')])].sku", ['a']],
    ['$.lines[?(@.amount > $.limit)].sku', ['b']],
    ["$.lines[?(@.sku == 'a' || @.sku == 'c')].sku", ['a', 'c']],
    ["$.lines[?(@.sku == 'a' && @.amount == 5 && @.tags)].sku", ['a']],
    ["$.lines[?(!(@.sku == 'a' || @.sku == 'b') && true == true)].sku", ['c']],
    ["$.customer[?(@.name == 'Ada')].name", ['Ada']],
    ['$.lines[?(@.amount == -5.0e0)].sku', []],
    ['$.lines[?(@..tags)].sku', ['a', 'b']],
    ['$.lines[?(false == false)].sku', ['a', 'b', 'c']],
  ];
  for (const [text, expected] of indefinite) {
    it(`finds a list: ${text}`, () => {
      const path = compilePath(text);
      assert.equal(path.ok && path.definite, false);
      assert.deepEqual(at(text), expected);
    });
  }

  it('counts what an indefinite path finds', () => {
    assert.equal(at('$.lines[*].length()'), 3);
    assert.deepEqual(at('$.lines[?(@.tags[*].size() == 2)].sku'), ['a']);
  });

  const refused: readonly (readonly [string, number, RegExp])[] = [
    ['', 0, /expected a name/],
    ['$id', 1, /expected \. or \[/],
    ['$.', 2, /expected a name/],
    ['$.a..', 5, /expected a name/],
    ['$.a b', 4, /unexpected b/],
    ['$.a=b', 3, /unexpected =/],
    ['$.a]', 3, /unexpected \]/],
    ["$['a'", 5, /expected \]/],
    ["$['a", 2, /quote is not closed/],
    ["$['a',b]", 6, /expected a name in quotes/],
    ["$['\\u12']", 4, /four hexadecimal/],
    ["$['\\q']", 4, /\\q is not an escape/],
    ['$[a]', 2, /expected a number/],
    ['$[1.5]', 2, /whole number/],
    ['$[1:2:3]', 5, /expected \]/],
    ['$[0,]', 4, /expected a number/],
    ['$.a.sum()', 4, /sum\(\) is not supported/],
    ['$.a.length(1)', 10, /expected \(\)/],
    ['$.a.length().b', 14, /can only end a path/],
    ["$.a[?('x')]", 6, /needs a path/],
    ['$.a[?(@.b == )]', 13, /expected a value/],
    ['$.a[?(@.b =~ 1)]', 10, /expected \)/],
    ['$.a[?(@.b == @.*)]', 6, /only a path to one value/],
    ['$.a[?(@.b == maybe)]', 13, /expected a value/],
    ['$.a[?(@.b', 9, /expected \)/],
    [`$${'.a'.repeat(MAX_PATH_STEPS + 1)}`, 131, /at most 64 steps/],
    [`$.${'a'.repeat(MAX_PATH_LENGTH)}`, MAX_PATH_LENGTH, /at most 1024 characters/],
    [`$[?${'('.repeat(MAX_FILTER_DEPTH + 1)}@.a`, 11, /nest at most/],
    [`$[?${'!'.repeat(MAX_FILTER_DEPTH + 1)}@.a]`, 12, /nest at most/],
    [`$${'[?@.a'.repeat(MAX_FILTER_DEPTH + 1)}`, 43, /nest at most/],
  ];
  for (const [text, position, reason] of refused) {
    it(`refuses ${text.slice(0, 40)}`, () => {
      const path = compilePath(text);
      assert.ok(!path.ok);
      assert.match(path.reason, reason);
      assert.equal(path.at, position);
      assert.equal(readPath(text, order), undefined);
    });
  }

  it('sees own members only', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.equal(readPath(`$.${name}`, {}), undefined);
      assert.equal(readPath(`$..${name}.constructor`, [{}])?.toString(), '');
    }
    const hostile: Json = JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":2}}');
    assert.equal(readPath('$.__proto__.a', hostile), 1);
    assert.equal(readPath('constructor.prototype', hostile), 2);
    const picked = readPath("$['__proto__','x']", hostile);
    assert.equal(JSON.stringify(picked), '{"__proto__":{"a":1}}');
    assert.equal(Object.getPrototypeOf(picked), Object.prototype);
    assert.equal(readPath('length', []), undefined);
    assert.equal(readPath('length', 'abc'), undefined);
  });

  it('gives up after a fixed number of values instead of multiplying work', () => {
    const wide: Json = Array.from({ length: 400 }, (_, n) => ({ n }));
    assert.equal((readPath('$..n', wide) as readonly Json[]).length, 400);
    assert.equal(readPath('$[?($[?($[?(@.n == 999)])])]', wide), undefined);
    assert.equal(readPath('$.*', Array(MAX_VISITED_VALUES).fill(1)), undefined);
    assert.equal(readPath('$..a', Array(MAX_VISITED_VALUES + 1).fill(1)), undefined);
    assert.equal(readPath('$[?(@.*)]', Array(MAX_VISITED_VALUES / 2).fill([1])), undefined);
  });

  it('walks down values nested deeper than the stack', () => {
    let deep: Json = { end: true };
    for (let n = 0; n < 50_000; n += 1) deep = [deep];
    assert.deepEqual(readPath('$..end', deep), [true]);
  });

  it('finds every value by the path that leads to it', () => {
    const quoted = (name: string) =>
      `['${name.replace(/[\\'\b\f\n\r\t]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}']`;
    const paths = (value: Json, text: string): (readonly [string, Json])[] => [
      [text, value],
      ...(Array.isArray(value)
        ? value.flatMap((item, n) => paths(item, `${text}[${n}]`))
        : typeof value === 'object' && value !== null
          ? Object.entries(value).flatMap(([name, item]) => paths(item, text + quoted(name)))
          : []),
    ];
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (drawn) => {
        const value: Json = JSON.parse(JSON.stringify(drawn));
        const all = paths(value, '$').filter(([text]) => text.length <= MAX_PATH_LENGTH);
        for (const [text, expected] of all) assert.deepEqual(at(text, value), expected);
        assert.equal((at('$..*', value) as readonly Json[]).length, paths(value, '$').length - 1);
      }),
    );
  });

  it('answers or refuses any text, and never throws', () => {
    const piece = fc.constantFrom(
      '$',
      '.',
      '..',
      '[',
      ']',
      '(',
      ')',
      '?',
      '@',
      '*',
      '==',
      '<',
      '&&',
      '||',
      '!',
      "'a'",
      'a',
      '0',
      '-1',
      ':',
      ',',
      ' ',
      'length()',
      '\\u0041',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.jsonValue({ maxDepth: 3 }), (pieces, value) => {
        const path = compilePath(pieces.join(''));
        if (path.ok) path.get(value as Json);
        else assert.ok(path.at >= 0 && path.at <= pieces.join('').length);
      }),
      { numRuns: 2_000 },
    );
  });
});
