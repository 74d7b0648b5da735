// Tests of the pool: values, hard deadlines on a clock of our own, limits, replacement of threads, closing.

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeClock, settle } from '../../../test/support/fake-clock.ts';
import type { Json } from '../../core/json.ts';
import { END_GRACE_MS, MAX_QUEUED_JOBS, MAX_THREAD_START_MS } from './limits.ts';
import { createSandboxPool, type SandboxPoolOptions } from './pool.ts';

const DEADLINE_MS = 10_000;
const FOR_EVER = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';

function poolFor(test: TestContext, options: Partial<SandboxPoolOptions> = {}) {
  const clock = new FakeClock();
  const pool = createSandboxPool({ size: 1, deadlineMs: DEADLINE_MS, clock, ...options });
  test.after(() => pool.close());
  return { clock, pool };
}

describe('sandbox pool', () => {
  it('runs scripts and jq programs', async (test) => {
    const { pool, clock } = poolFor(test, { size: 2 });
    const [script, program, none, failing] = await Promise.all([
      pool.runScript('$.a + 1', { a: 1 }),
      pool.runJq('.a[]', { a: [1, 2] }),
      pool.runJq('empty', null),
      pool.runScript('throw new Error("no")', null),
    ]);
    assert.deepEqual(script, { ok: true, value: 2 });
    assert.deepEqual(program, { ok: true, results: [1, 2] });
    assert.deepEqual(none, { ok: true, results: [] });
    assert.deepEqual(failing, { ok: false, reason: 'Error: no', retryable: false });
    assert.deepEqual(await pool.runJq('.a.b', { a: 1 }), {
      ok: false,
      reason: 'Cannot index number with string ("b")',
      retryable: false,
    });
    assert.equal(clock.waiting, 0);
  });

  it('keeps runs apart', async (test) => {
    const { pool } = poolFor(test);
    await pool.runScript('$.a = 5; leak = 1; Object.prototype.b = 1', { a: 1 });
    assert.deepEqual(await pool.runScript('[$.a, $.b, typeof leak]', { a: 1 }), {
      ok: true,
      value: [1, null, 'undefined'],
    });
  });

  it('ends a thread that does not answer, and the next run works', async (test) => {
    const { pool, clock } = poolFor(test);
    for (const [start, graceMs] of [
      [() => pool.runScript(FOR_EVER, null), END_GRACE_MS],
      [() => pool.runJq('def f: f; f', null), 0],
      [() => pool.runJq('last(range(1e9))', null), 0],
    ] as const) {
      const running = start();
      await clock.untilSet(DEADLINE_MS + graceMs);
      await clock.advance(DEADLINE_MS + graceMs - 1);
      assert.equal(clock.waiting, 1);
      await clock.advance(1);
      assert.deepEqual(await running, {
        ok: false,
        reason: `it did not end within ${DEADLINE_MS} ms`,
        retryable: false,
      });
      assert.equal(clock.waiting, 0);
      assert.deepEqual(await pool.runScript('1 + 1', null), { ok: true, value: 2 });
      assert.deepEqual(await pool.runJq('1 + 1', null), { ok: true, results: [2] });
    }
  });

  it('counts no time of a script before its thread has started, but does not wait for ever', async (test) => {
    const { pool, clock } = poolFor(test);
    const running = pool.runScript('1 + 1', null);
    const waiting = pool.runScript(FOR_EVER, null);
    // Without giving its turn to the thread, which so cannot have begun.
    clock.jump(DEADLINE_MS + END_GRACE_MS);
    assert.deepEqual(await running, { ok: true, value: 2 });
    await clock.untilSet(DEADLINE_MS + END_GRACE_MS);
    await clock.advance(DEADLINE_MS + END_GRACE_MS);
    assert.equal((await waiting).ok, false);
    const never = poolFor(test);
    const late = never.pool.runScript('1 + 1', null);
    never.clock.jump(MAX_THREAD_START_MS);
    assert.deepEqual(await late, {
      ok: false,
      reason: `the sandbox did not begin within ${MAX_THREAD_START_MS} ms`,
      retryable: true,
    });
  });

  it('takes a deadline for one run', async (test) => {
    const { pool, clock } = poolFor(test);
    assert.deepEqual(await pool.runScript('while (true) {}', null, 5), {
      ok: false,
      reason: 'the script ran longer than 5 ms',
      retryable: false,
    });
    const running = pool.runJq('repeat(1)', null, 50);
    await clock.untilSet(50);
    await clock.advance(50);
    assert.deepEqual(await running, { ok: false, reason: 'it did not end within 50 ms', retryable: false });
  });

  it('replaces a thread whose memory was eaten', async (test) => {
    const { pool } = poolFor(test);
    const eaten = await pool.runScript('let a = []; while (true) a.push(new Array(1000).fill(1))', null, 60_000);
    assert.ok(!eaten.ok);
    assert.match(eaten.reason, /out of memory/);
    assert.deepEqual(await pool.runJq('[range(1e8)] | length', null, 60_000), {
      ok: false,
      reason: 'the jq program nests too deep or needs more than 128 MB of memory',
      retryable: false,
    });
    assert.deepEqual(await pool.runScript('1 + 1', null), { ok: true, value: 2 });
  });

  it('goes on with others while one thread is lost', async (test) => {
    const { pool, clock } = poolFor(test, { size: 2 });
    const lost = pool.runScript(FOR_EVER, null);
    await clock.untilSet(DEADLINE_MS + END_GRACE_MS);
    for (let n = 0; n < 5; n += 1) assert.deepEqual(await pool.runScript('$', n), { ok: true, value: n });
    await clock.advance(DEADLINE_MS + END_GRACE_MS);
    assert.equal((await lost).ok, false);
  });

  it('limits how many wait, and refuses them all when it closes', async (test) => {
    const { pool } = poolFor(test);
    const running = pool.runScript(FOR_EVER, null);
    const waiting = Array.from({ length: MAX_QUEUED_JOBS }, () => pool.runScript('1', null));
    const tooMany = await pool.runJq('1', null);
    assert.deepEqual(tooMany, { ok: false, reason: `${MAX_QUEUED_JOBS} scripts are waiting already`, retryable: true });
    await settle();
    await pool.close();
    for (const refused of await Promise.all([running, ...waiting])) {
      assert.deepEqual(refused, { ok: false, reason: 'the sandbox is closed', retryable: true });
    }
    assert.deepEqual(await pool.runScript('1', null), { ok: false, reason: 'the sandbox is closed', retryable: true });
  });

  it('refuses an input that nests deeper than the stack', async (test) => {
    const { pool } = poolFor(test);
    let deep: Json = null;
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    const expected = { ok: false, reason: 'its input nests too deep', retryable: false };
    assert.deepEqual(await pool.runScript('1', deep), expected);
    assert.deepEqual(await pool.runJq('1', deep), expected);
  });
});
