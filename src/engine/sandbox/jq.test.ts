// Tests of jq: results as jq 1.8 gives them, errors as values, programs that want more than they get.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../core/json.ts';
import { createJqEngine, type JqEngine } from './jq.ts';
import { MAX_PROGRAM_LENGTH, MAX_RESULT_LENGTH, MAX_SANDBOX_REASON_LENGTH } from './limits.ts';

const engine = await createJqEngine();

function results(program: string, input: Json = null, on: JqEngine = engine): Json {
  const reply = on.run(program, JSON.stringify(input));
  assert.ok(reply.ok, `${program}: ${reply.ok ? '' : reply.reason}`);
  return JSON.parse(reply.json);
}

function reason(program: string, input: Json = null, on: JqEngine = engine): string {
  const reply = on.run(program, JSON.stringify(input));
  assert.ok(!reply.ok, `${program} yields ${reply.ok ? reply.json : ''}`);
  return reply.reason;
}

describe('jq', () => {
  const programs: readonly (readonly [string, Json, Json])[] = [
    ['.', { a: 1 }, [{ a: 1 }]],
    ['.a', { a: 1 }, [1]],
    ['.b', { a: 1 }, [null]],
    ['.[]', [1, 'x\ny', null], [1, 'x\ny', null]],
    ['empty', 1, []],
    ['1, 2, 3', null, [1, 2, 3]],
    ['map(select(.n > 1) | .n)', [{ n: 1 }, { n: 2 }], [[2]]],
    ['{total: (map(.amount) | add), n: length}', [{ amount: 1 }, { amount: 2 }], [{ total: 3, n: 2 }]],
    [
      '.items | group_by(.k) | map({(.[0].k): length}) | add',
      { items: [{ k: 'a' }, { k: 'b' }, { k: 'a' }] },
      [{ a: 2, b: 1 }],
    ],
    ['-1', null, [-1]],
    ['. # comment', 5, [5]],
    ['"\\(.a) \\u00e9"', { a: 1 }, ['1 \u00e9']],
    ['def f(x): x * 2; f(.)', 4, [8]],
    ['nan', null, [null]],
    ['halt', 1, []],
    ['debug', 1, [1]],
    ['.["__proto__"]', JSON.parse('{"__proto__":{"a":1}}'), [{ a: 1 }]],
    ['.', '\u0000\ud83d\ude00', ['\u0000\ud83d\ude00']],
    ['input_filename | type', null, ['string']],
    ['[splits(", *")]', 'a, b,c', [['a', 'b', 'c']]],
  ];
  for (const [program, input, expected] of programs) {
    it(`runs ${program}`, () => assert.deepEqual(results(program, input), expected));
  }

  const failures: readonly (readonly [string, Json, RegExp])[] = [
    ['.a.b', { a: 1 }, /^Cannot index number with string \("b"\)$/],
    ['error("no")', null, /^no$/],
    ['1, error({a: 1})', null, /^\{"a":1\}$/],
    ['.a |', null, /^syntax error/],
    ['nope', null, /^nope\/0 is not defined/],
    ['--version', null, /^version\/0 is not defined/],
    ['-n', null, /^n\/0 is not defined/],
    ['halt_error', 'bye', /^bye$/],
    ['null | halt_error(7)', 'x', /./],
    ['input', null, /break|No more inputs/],
    ['import "a" as a; 1', null, /module not found/],
    ['include "/etc/passwd"; 1', null, /module not found/],
    ['error("x" * 10000)', null, new RegExp(`^x{${MAX_SANDBOX_REASON_LENGTH}}$`)],
    ['"" | halt_error', null, /^the jq program failed$/],
    [`"${'x'.repeat(MAX_PROGRAM_LENGTH)}"`, null, /at most 100000 characters/],
    [`"x" * ${MAX_RESULT_LENGTH}`, null, /results have more than 10000000/],
  ];
  for (const [program, input, expected] of failures) {
    it(`refuses ${program.slice(0, 40)}`, () => {
      assert.match(reason(program, input), expected);
      assert.equal(engine.spent(), false);
      assert.deepEqual(results('. + 1', 1), [2]);
    });
  }

  it('refuses an input that is not JSON', () => {
    const reply = engine.run('.', '[[[');
    assert.ok(!reply.ok);
    assert.match(reply.reason, /Unfinished JSON/);
  });

  it('shows a made-up environment and no files', () => {
    const [env] = results('[env, $ENV]') as readonly [readonly Record<string, string>[]];
    for (const shown of env) {
      for (const [name, value] of Object.entries(shown))
        assert.notEqual(value, name === 'LANG' ? undefined : process.env[name], name);
      assert.equal(shown.USER, 'web_user');
    }
  });

  it('keeps nothing from one run to the next', () => {
    results('def secret: 5; secret', 1);
    assert.match(reason('secret'), /not defined/);
    assert.deepEqual(results('[.., input_line_number]', 3), [[3, 0]]);
  });

  for (const program of [
    'def f: 1 + f; f',
    '[range(1e9)]',
    '"x" * 1e9 | length',
    'reduce range(1e9) as $i ([]; . + [$i, "x"])',
  ]) {
    it(`refuses memory to ${program}, and asks to be replaced`, async () => {
      const eaten = await createJqEngine();
      assert.match(reason(program, null, eaten), /more than 128 MB/);
      assert.equal(eaten.spent(), true);
      assert.deepEqual(results('1', null, await createJqEngine()), [1]);
    });
  }

  it('goes on for thousands of runs', () => {
    for (let n = 0; n < 1_000; n += 1) assert.deepEqual(results('.n + 1', { n }), [n + 1]);
  });
});
