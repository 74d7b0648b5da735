// Tests of QuickJS on one thread: what a script may be and do, and how it ends when it does too much.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../core/json.ts';
import { MAX_RESULT_LENGTH, MAX_SANDBOX_REASON_LENGTH, MAX_SCRIPT_LENGTH } from './limits.ts';
import { createScriptEngine, type ScriptEngine } from './script-engine.ts';

const frozen = (): number => 0;
/** A clock on which each look takes a millisecond. */
function ticking(): () => number {
  let now = 0;
  return () => {
    now += 1;
    return now;
  };
}

const engine = await createScriptEngine(frozen);
const input = { a: 2, name: 'Ada', list: [{ n: 1 }, { n: 2 }], loop: { iteration: 3 } };

function value(script: string, bindings: Json = input, on: ScriptEngine = engine): Json {
  const reply = on.run(script, JSON.stringify(bindings), 1_000);
  assert.ok(reply.ok, `${script}: ${reply.ok ? '' : reply.reason}`);
  return JSON.parse(reply.json);
}

function reason(script: string, on: ScriptEngine = engine): string {
  const reply = on.run(script, JSON.stringify(input), 1_000);
  assert.ok(!reply.ok, `${script} yields ${reply.ok ? reply.json : ''}`);
  return reply.reason;
}

describe('script engine', () => {
  const scripts: readonly (readonly [string, Json])[] = [
    ['$.a > 1', true],
    ['$.a > 1;', true],
    ['$.list.map(function (x) { return x.n * 2 })', [2, 4]],
    ["if ($.loop['iteration'] < 5) { true; } else { false; }", true],
    ['var x = $.a; x = x + 1; x', 3],
    ['(function () { return $.a + 1 })()', 3],
    ['function e() { return { answer: $.a }; } e();', { answer: 2 }],
    ['() => $.a', null],
    ['(() => { return $.name.toUpperCase() })()', 'ADA'],
    ['return $.a + 1;', 3],
    ['if ($.a > 1) { return "big"; }\nreturn "small"; // done', 'big'],
    ['const { a, name } = $; `${name}${a}`', 'Ada2'],
    ['let y = 1;', null],
    ['undefined', null],
    ['', null],
    ['// nothing', null],
    ['null', null],
    ['NaN', null],
    ['[1/0, NaN, undefined]', [null, null, null]],
    ['({ a: undefined, b: () => 1, c: Symbol("s") })', {}],
    ['new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['new Map([[1, 2]]).get(1)', 2],
    ['/^A(.)/.exec($.name)[1]', 'd'],
    ['"\\u00e9\\ud83d\\ude00"', '\u00e9\ud83d\ude00'],
    ['result = $.a * 2', 4],
    ['[3, 1, 2].toSorted().at(-1)', 3],
    ['eval("1 + 1")', 2],
    ['new Function("return 7")()', 7],
    ['$', input],
  ];
  for (const [script, expected] of scripts) {
    it(`runs ${script || 'the empty script'}`, () => assert.deepEqual(value(script), expected));
  }

  it('hands over any value as it is', () => {
    const odd: Json = JSON.parse('{"__proto__":{"a":1},"constructor":2,"\\u2028":"\\u0000","list":[null,1e300]}');
    assert.equal(JSON.stringify(value('$', odd)), JSON.stringify(odd));
    assert.equal(value('$', null), null);
    assert.deepEqual(value('$[1]', [1, 'x']), 'x');
    assert.equal(value('Object.getPrototypeOf($) === Object.prototype', odd), true);
  });

  const failures: readonly (readonly [string, RegExp])[] = [
    ['$.b.c', /^TypeError: cannot read property/],
    ['nothing', /^ReferenceError: nothing is not defined/],
    ['1 +', /^SyntaxError: /],
    ['return 1 +', /^SyntaxError: /],
    ['return return', /^SyntaxError: /],
    ['throw new Error("no")', /^Error: no$/],
    ['throw "text"', /^text$/],
    ['throw { code: 5 }', /^the script threw \{"code":5\}$/],
    ['throw { message: "only" }', /^only$/],
    ['throw ""', /^$/],
    ['throw null', /^the script threw null$/],
    ['throw undefined', /^the script threw undefined$/],
    ['throw 7', /^the script threw 7$/],
    ['function f() { return JSON.parse("{") } f()', /^SyntaxError: /],
    ['var a = {}; a.a = a; a', /circular/],
    ['1n', /BigInt/],
    ['({ toJSON() { throw new Error("json") } })', /^Error: json$/],
    ['throw new Error("x".repeat(10000))', new RegExp(`^.{${MAX_SANDBOX_REASON_LENGTH}}$`)],
    ['import("fs")', /returned a promise/],
    ['import fs from "fs"; 1', /SyntaxError/],
    ['export default 1', /SyntaxError/],
    ['(async () => 1)()', /returned a promise/],
    ['(async () => { throw 1 })()', /returned a promise/],
    ['(async () => { await null; return 1 })()', /returned a promise/],
    ['new Promise(() => {})', /returned a promise/],
    ['Promise.resolve().then(() => { while (true) {} })', /returned a promise/],
    [`"${'x'.repeat(MAX_SCRIPT_LENGTH)}"`, /at most 100000 characters/],
    [`"x".repeat(${MAX_RESULT_LENGTH})`, /result has more than 10000000/],
    ['const f = () => f(); f()', /call stack/],
  ];
  for (const [script, expected] of failures) {
    it(`refuses ${script.slice(0, 50)}`, () => {
      assert.match(reason(script), expected);
      assert.equal(engine.spent(), false);
      assert.equal(value('1 + 1'), 2);
    });
  }

  it('offers nothing of the world outside', () => {
    for (const name of [
      'process',
      'require',
      'module',
      'fetch',
      'console',
      'setTimeout',
      'performance',
      'std',
      'os',
      'print',
      'gc',
      'Worker',
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'Proxy',
    ]) {
      assert.equal(value(`typeof ${name}`), 'undefined', name);
      assert.equal(value(`typeof globalThis.${name}`), 'undefined', name);
    }
    for (const way of [
      "this.constructor.constructor('return process')()",
      "(() => {}).constructor('return process')()",
      "$.constructor.constructor('return process')()",
      "[].filter.constructor('return require')()('fs')",
      "Object.getPrototypeOf(function* () {}).constructor('return process')().next()",
      'globalThis.eval("process")',
    ]) {
      assert.match(reason(way), /ReferenceError: (process|require) is not defined/, way);
    }
  });

  it('forgets everything between runs', () => {
    value(
      '$.a = 99; $.list.push(1); leak = 1; var v = 2; globalThis.w = 3; Object.prototype.polluted = 1; Array.prototype.map = 5;',
    );
    value('JSON.stringify = () => "forged"; JSON.parse = () => 5; Object.prototype.toJSON = () => "forged"; 1');
    assert.deepEqual(value('[typeof leak, typeof v, typeof w, ({}).polluted, typeof [].map, JSON.stringify(1)]'), [
      'undefined',
      'undefined',
      'undefined',
      null,
      'function',
      '1',
    ]);
    assert.deepEqual(value('$'), input);
    assert.deepEqual(input, { a: 2, name: 'Ada', list: [{ n: 1 }, { n: 2 }], loop: { iteration: 3 } });
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('gives its true result when a script replaces JSON', () => {
    assert.deepEqual(value('JSON.stringify = () => "forged"; globalThis.JSON = null; ({ a: 1 })'), { a: 1 });
  });

  for (const script of [
    'while (true) {}',
    'for (;;) { try { while (true) {} } catch (e) {} finally { continue; } }',
    'while (true) /(a+)+$/.test("a".repeat(30) + "b")',
    '/(a+)+$/.test("a".repeat(40) + "b")',
    '({ get a() { while (true) {} } })',
    '({ toJSON() { while (true) {} } })',
    'throw { get message() { while (true) {} } }',
    'function* g() { while (true) yield 1 } for (const x of g()) {}',
    'return (function f(n) { while (true) n++ })(0)',
  ]) {
    it(`ends ${script} at its deadline`, async () => {
      const slow = await createScriptEngine(ticking());
      assert.equal(reason(script, slow), 'the script ran longer than 1000 ms');
      assert.equal(slow.spent(), false);
      assert.equal(value('1 + 1', null, slow), 2);
    });
  }

  for (const script of [
    'let a = []; while (true) a.push(new Array(1000).fill(1))',
    'let s = "x"; while (true) s += s + Math.random()',
    'let m = new Map(); for (let i = 0; ; i++) m.set(i, [i])',
  ]) {
    it(`refuses memory to ${script}, and asks to be replaced`, async () => {
      const eaten = await createScriptEngine(frozen);
      assert.match(reason(script, eaten), /out of memory|too long/);
      const next = eaten.spent() ? await createScriptEngine(frozen) : eaten;
      assert.equal(value('1 + 1', null, next), 2);
    });
  }

  it('survives scripts that break the machine by asking to be replaced', async () => {
    for (const script of [
      'JSON.parse("[".repeat(1e6))',
      'eval("(".repeat(1e6))',
      'new RegExp("(?:".repeat(1e5) + ")".repeat(1e5))',
    ]) {
      const hurt = await createScriptEngine(frozen);
      const reply = hurt.run(script, 'null', 1_000);
      assert.equal(reply.ok, false, script);
      assert.equal(hurt.spent() || value('1 + 1', null, hurt) === 2, true, script);
    }
  });

  it('says so when its input cannot be read', () => {
    const reply = engine.run('1', '{', 1_000);
    assert.ok(!reply.ok);
    assert.match(reply.reason, /SyntaxError/);
  });

  it('makes some runtimes ahead, and uses them', async () => {
    const ahead = await createScriptEngine(frozen);
    let made = 0;
    while (ahead.prepare()) made += 1;
    assert.ok(made > 0 && made < 100);
    for (let n = 0; n <= made; n += 1) assert.equal(value(`typeof x; var x = ${n}; x`, null, ahead), n);
    assert.equal(ahead.prepare(), true);
  });
});
