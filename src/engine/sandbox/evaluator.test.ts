// Tests of the evaluator: a caller that waits gets a value or a reason, whatever the script does.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../core/json.ts';
import { createEvaluator } from './evaluator.ts';

const evaluator = await createEvaluator();
after(() => evaluator.close());

/** Of computing time: plenty for a condition, so that no busy machine fails these tests. */
const DEADLINE_MS = 500;
const run = (script: string, bindings: Json = { a: 2 }, deadlineMs = DEADLINE_MS) =>
  evaluator.evaluate(script, bindings, deadlineMs);

describe('evaluator', () => {
  it('answers at once', () => {
    assert.deepEqual(run('$.a > 1'), { ok: true, value: true });
    assert.deepEqual(run('if ($.ref.iteration < 3) { true; } else { false; }', { ref: { iteration: 3 } }), {
      ok: true,
      value: false,
    });
    assert.deepEqual(run('undefined'), { ok: true, value: null });
    assert.deepEqual(run('$', { a: ['\u00e9', null] }), { ok: true, value: { a: ['\u00e9', null] } });
  });

  it('answers in order, more often than it has runtimes ahead', () => {
    for (let n = 0; n < 100; n += 1) assert.deepEqual(run('$.n', { n }), { ok: true, value: n });
  });

  it('refuses with the reason', () => {
    assert.deepEqual(run('$.b.c'), { ok: false, reason: "TypeError: cannot read property 'c' of undefined" });
    assert.deepEqual(run('while (true) {}', null, 20), { ok: false, reason: 'the script ran longer than 20 ms' });
  });

  const hostile: readonly (readonly [string, RegExp])[] = [
    ['Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', /did not end within 10 ms/],
    ['var a = []; a.length = 4294967295; a.forEach((x) => x)', /did not end within 10 ms/],
    ['let a = []; while (true) a.push(new Array(1000).fill(1))', /longer than 10 ms|within 10 ms|out of memory/],
    ['while (true) /(a+)+$/.test("a".repeat(40) + "b")', /longer than 10 ms/],
    ['JSON.parse("[".repeat(1e6))', /./],
    ['"x".repeat(2e7)', /more than 10000000|longer than 10 ms|did not end/],
  ];
  for (const [script, expected] of hostile) {
    it(`outlives ${script}`, () => {
      const result = run(script, null, 10);
      assert.ok(!result.ok);
      assert.match(result.reason, expected);
      assert.deepEqual(run('$.a + 1'), { ok: true, value: 3 });
    });
  }

  it('refuses bindings that nest deeper than the stack', () => {
    let deep: Json = null;
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    assert.deepEqual(run('1', deep), { ok: false, reason: 'its input nests too deep' });
  });

  it('lets nothing through from one run to the next', () => {
    run('$.a = 5; Object.prototype.b = 1; c = 2');
    assert.deepEqual(run('[$.a, $.b, typeof c]'), { ok: true, value: [2, null, 'undefined'] });
  });

  it('says so when it is closed', async () => {
    const closed = await createEvaluator();
    await closed.close();
    assert.deepEqual(closed.evaluate('1', null, 1), { ok: false, reason: 'the sandbox is closed' });
  });
});
