// Tests of patterns: same answers as ECMAScript, work that grows with text × pattern, clear refusals.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compilePattern } from './pattern.ts';
import { MAX_PATTERN_DEPTH, MAX_PATTERN_LENGTH, MAX_PATTERN_STEPS, MAX_REPEAT } from './text-limits.ts';

function search(pattern: string, text: string): { readonly found: boolean; readonly steps: number } {
  const compiled = compilePattern(pattern);
  assert.ok(compiled.ok, `${pattern} is refused: ${compiled.ok ? '' : compiled.reason}`);
  return compiled.search(text);
}

describe('pattern', () => {
  const cases: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
    ['', ['', 'a'], []],
    ['abc', ['abc', 'xabcx'], ['ab', 'ABC', '']],
    ['^ab.*$', ['ab', 'abxyz'], ['xab', 'ab\nx']],
    ['a.c', ['abc', 'a\u00e9c'], ['ac', 'a\nc', 'a\u2028c']],
    ['a|bc|', ['', 'x'], []],
    ['^(a|bc)$', ['a', 'bc'], ['b', 'abc']],
    ['^(?:ab)+$', ['ab', 'abab'], ['', 'aba']],
    ['^a*$', ['', 'aaa'], ['ab']],
    ['^a?b$', ['b', 'ab'], ['aab']],
    ['^a{2}$', ['aa'], ['a', 'aaa']],
    ['^a{2,}$', ['aa', 'aaaa'], ['a']],
    ['^a{1,3}$', ['a', 'aaa'], ['', 'aaaa']],
    ['^a{0,2}b$', ['b', 'ab', 'aab'], ['aaab']],
    ['^(a{0,2}){2}$', ['', 'aaaa'], ['aaaaa']],
    ['^a{0}$', [''], ['a']],
    ['^a*?b+?c??$', ['b', 'aabbc'], ['ac']],
    ['^[a-cx]$', ['a', 'b', 'c', 'x'], ['d', '-']],
    ['^[^a-c]$', ['d', '\n'], ['b', '']],
    ['^[-a]$', ['-', 'a'], ['b']],
    ['^[a-]$', ['-', 'a'], ['b']],
    ['^[[.*{(|]$', ['[', '.', '*', '{', '(', '|'], ['a']],
    ['^[\\]\\\\^]$', [']', '\\', '^'], ['a']],
    ['^[\\d_]+$', ['1_2'], ['a']],
    ['^[^\\s\\d]$', ['a'], ['1', ' ']],
    ['^\\d\\D\\w\\W\\s\\S$', ['1a_- x'], ['1a_-xx']],
    ['^\\t\\n\\r\\f\\v$', ['\t\n\r\f\v'], ['tnrfv']],
    ['^\\x41\\u00e9$', ['A\u00e9'], ['A']],
    ['\\.\\*\\/\\$', ['.*/$'], ['x']],
    ['}]', ['}]'], [']}']],
    ['^order\\.(paid|sent)$', ['order.paid'], ['order.paid.x', 'order-paid']],
    ['(^|,)x($|,)', ['x', 'a,x', 'x,b', 'a,x,b'], ['ax', 'xb']],
    ['(a*)*b', ['b', 'aab'], ['aaa']],
    ['(a|b)*?c', ['abac'], ['aba']],
    ['(){3}(|a)*$', ['', 'b'], []],
    ['$^', [''], ['a']],
    ['a$b', [], ['ab']],
    ['a^b', [], ['ab']],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`searches ${pattern || 'the empty pattern'} as ECMAScript does`, () => {
      for (const text of yes) assert.equal(search(pattern, text).found, true, text);
      for (const text of no) assert.equal(search(pattern, text).found, false, text);
      for (const text of [...yes, ...no])
        assert.equal(new RegExp(pattern).test(text), search(pattern, text).found, text);
    });
  }

  const refused: readonly (readonly [string, RegExp])[] = [
    ['*a', /\* repeats nothing/],
    ['a**', /\* repeats nothing/],
    ['a{2}{3}', /write \\\{/],
    ['{', /write \\\{/],
    ['a{x}', /write \\\{/],
    ['^*', /cannot be repeated/],
    ['$+', /cannot be repeated/],
    ['a{3,2}', /m <= n/],
    [`a{${MAX_REPEAT + 1}}`, /m <= n/],
    [`a{1,${MAX_REPEAT + 1}}`, /m <= n/],
    [`a{${MAX_REPEAT + 1},}`, /m <= n/],
    ['(a', /expected \)/],
    ['a)', /closes nothing/],
    ['(?=a)', /look-around/],
    ['(?<n>a)', /look-around/],
    ['(?i)a', /look-around/],
    ['\\1', /\\1 is not supported/],
    ['\\bx', /\\b is not supported/],
    ['\\pL', /\\p is not supported/],
    ['\\u12', /\\u is not supported/],
    ['a\\', /cannot end with/],
    ['[a', /\[ is not closed/],
    ['[a\\', /cannot end with/],
    ['[]', /cannot be empty/],
    ['[^]', /cannot be empty/],
    ['[b-a]', /lower to a higher/],
    ['[\\d-z]', /lower to a higher/],
    ['[a-\\d]', /lower to a higher/],
    [`${'('.repeat(MAX_PATTERN_DEPTH + 1)}a${')'.repeat(MAX_PATTERN_DEPTH + 1)}`, /nest at most/],
    ['a'.repeat(MAX_PATTERN_LENGTH + 1), /at most 512 characters/],
    ['((a{100}){100}){100}', /too large/],
    ['((){1000}){1000}', /too large/],
    ['(a{0,1000}){0,2}', /too large/],
  ];
  for (const [pattern, reason] of refused) {
    it(`refuses ${pattern.slice(0, 30)}`, () => {
      const compiled = compilePattern(pattern);
      assert.ok(!compiled.ok);
      assert.match(compiled.reason, reason);
      assert.ok(compiled.at >= 0 && compiled.at <= pattern.length);
    });
  }

  it('visits a number of states that is linear in the text, where back-tracking is exponential', () => {
    const evil = ['(a+)+$', '(a*)*$', '(a|a)*$', '(a|aa)+$', '(.*)(.*)(.*)(.*)x$', '([a-z]+)*\\d', '(a?){30}a{30}$'];
    for (const pattern of evil) {
      const [small, large] = [100, 1_000].map((length) => search(pattern, `${'a'.repeat(length)}!`).steps);
      assert.ok(small !== undefined && large !== undefined && large < 11 * small, `${pattern}: ${small}, ${large}`);
    }
    assert.equal(search('(a+)+$', `${'a'.repeat(10_000)}!`).found, false);
  });

  it('ends a search that costs too much and finds nothing', () => {
    const pattern = `${'[acegikmoqsuwy]{99}'.repeat(10)}x`;
    const { found, steps } = search(pattern, 'a'.repeat(20_000));
    assert.equal(found, false);
    assert.ok(steps > MAX_PATTERN_STEPS && steps < 1.1 * MAX_PATTERN_STEPS);
  });

  it('agrees with ECMAScript on random patterns and texts', () => {
    const letter = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\S', '^', '$', '');
    const quantifier = fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}', '*?', '+?', '{0,1}?');
    const { pattern } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
      pattern: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        letter,
        tie('atom'),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `${a}|${b}`),
      ),
      atom: fc.tuple(tie('pattern'), quantifier).map(([inner, times]) => `(${inner})${times}`),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 3, maxLength: 6 }), (drawn, texts) => {
        const compiled = compilePattern(drawn);
        if (!compiled.ok) {
          assert.match(compiled.reason, /nest at most|too large|at most 512/);
          return;
        }
        for (const one of texts)
          assert.equal(compiled.search(one).found, new RegExp(drawn).test(one), `${drawn} on ${JSON.stringify(one)}`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('answers or refuses any text, and accepts only what ECMAScript accepts too', () => {
    const piece = fc.constantFrom(
      'a',
      '(',
      ')',
      '[',
      ']',
      '-',
      '^',
      '$',
      '\\',
      '{1,2}',
      '{',
      '}',
      '*',
      '?',
      '|',
      '?:',
      'd',
      '.',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.string({ unit: fc.constantFrom('a', '-', '1', '('), maxLength: 6 }),
        (pieces, text) => {
          const pattern = pieces.join('');
          const compiled = compilePattern(pattern);
          if (compiled.ok) assert.equal(compiled.search(text).found, new RegExp(pattern).test(text), pattern);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
