// The scanner agrees with JSON.parse on what is JSON, points at mistakes, and covers the text; long integers survive.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leavesOf, parseExact, pathText, placeOf, prettyJson, prettyStart, scanJson } from './json-text.ts';

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('the scanner accepts exactly what JSON.parse accepts', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '0',
    '1.5e3',
    'true',
    'nul',
    ' ',
    '\n',
    '\\',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.array(piece, { maxLength: 12 }).map((p) => p.join('')),
      ),
      (text) => {
        assert.equal(scanJson(text).errorAt === undefined, parses(text), text);
      },
    ),
    { numRuns: 3000 },
  );
});

test('tokens cover everything but space, in order', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 2);
      let rest = '';
      let at = 0;
      for (const { from, to } of scanJson(text).tokens) {
        rest += text.slice(at, from);
        at = to;
      }
      assert.equal((rest + text.slice(at)).trim(), '');
    }),
  );
});

test('mistakes are pointed at', () => {
  assert.equal(scanJson('{"a": [}').errorAt, 7);
  assert.equal(scanJson('{"a": 1,}').errorAt, 8);
  assert.equal(scanJson('').errorAt, 0);
  assert.deepEqual(placeOf('{\n  "a" 1\n}', scanJson('{\n  "a" 1\n}').errorAt ?? -1), { line: 2, column: 7 });
});

test('deep nesting does not break the stack', () => {
  assert.equal(scanJson('['.repeat(200_000)).errorAt, 200_000);
});

test('64-bit integers are shown as they came', () => {
  const text = '{"id":9223372036854775807,"small":12,"float":1.5,"text":"9223372036854775807"}';
  assert.equal(JSON.stringify(parseExact(text)), text);
  assert.equal(prettyJson(undefined), '');
});

test('paths are written as in the documentation', () => {
  assert.equal(pathText(['event', 'type']), "$['event']['type']");
  assert.equal(pathText(['request', 0, "it's"]), "$['request'][0]['it\\'s']");
});

test('leaves come outer first and are limited', () => {
  const value = { deep: { er: 1 }, top: 'x', list: [true, null] };
  assert.deepEqual(
    leavesOf(value, 10).map(({ path }) => pathText(path)),
    ["$['top']", "$['deep']['er']", "$['list'][0]", "$['list'][1]"],
  );
  assert.equal(
    leavesOf(
      Array.from({ length: 1000 }, (_, i) => i),
      50,
    ).length,
    50,
  );
});

test('the beginning of a value is the beginning of its text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 200 }), (value, limit) => {
      const { text, whole } = prettyStart(value, limit);
      const all = prettyJson(value);
      assert.equal(text, all.slice(0, limit));
      assert.equal(whole, all.length <= limit);
    }),
  );
});

test('what is beyond the limit is not visited', () => {
  const visited: string[] = [];
  const item = (name: string) => ({
    get text() {
      visited.push(name);
      return 'x'.repeat(50);
    },
  });
  const value = { a: item('a'), b: item('b'), c: item('c') };
  assert.ok(prettyStart(value, 60).text.length > 0);
  assert.ok(!visited.includes('c'));
});

test('digits in quotes do not make a text slow, numbers of that length are exact', () => {
  assert.deepEqual(parseExact('{"id":"12345678901234567890"}'), { id: '12345678901234567890' });
  for (const text of ['12345678901234567890', '[1,\n -12345678901234567890]', '{"n":  12345678901234567890}'])
    assert.equal(JSON.stringify(parseExact(text)), text.replace(/\s/g, ''));
});
