import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FailureClass } from './result.ts';
import { type FailedAttempt, nextAttempt } from './retry-schedule.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** As published in docs/guides/verify.md. */
const retryDelaysMs = [
  5_000,
  30_000,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  ...[1, 2, 4, 6, 10].map((h) => h * hourMs),
];
const maxAttempts = 11;
const jitterRatio = 0.2;
const overloadFloorMs = minuteMs;
const maxRetryAfterMs = 24 * hourMs;
const classes: FailureClass[] = ['dns', 'tls', 'refused', 'timeout', '3xx', '4xx', '5xx', 'guard', 'ours'];

function failed(changes: Partial<FailedAttempt>): FailedAttempt {
  return { attempt: 1, result: { class: '5xx', status: 500 }, retryOnFailure: true, random: 0.5, nowMs: 0, ...changes };
}

function waitMs(changes: Partial<FailedAttempt>): number {
  const next = nextAttempt(failed({ ...changes, nowMs: 0 }));
  if (next.type !== 'retry') return assert.fail(`expected a retry, got ${next.type}`);
  return next.atMs;
}

test('the schedule in the middle of its jitter is the published one, over about a day', () => {
  for (const [i, delayMs] of retryDelaysMs.entries()) assert.equal(waitMs({ attempt: i + 1 }), delayMs);
  const totalMs = retryDelaysMs.reduce((sum, delayMs) => sum + delayMs, 0);
  assert.ok(totalMs > 23 * hourMs && totalMs < 24 * hourMs);
});

test('a webhook whose attempts all fail gives up after the last', () => {
  const next = nextAttempt(failed({ attempt: maxAttempts }));
  assert.deepEqual(next, { type: 'giveUp', reason: 'all 11 attempts failed' });
});

test('whatever fails, a retry lies in the future, within jitter and the limit of Retry-After', () => {
  const input = fc.record({
    attempt: fc.integer({ min: 1, max: 20 }),
    result: fc.record({
      class: fc.constantFrom(...classes),
      status: fc.option(fc.integer({ min: 300, max: 599 }), { nil: undefined }),
    }),
    retryOnFailure: fc.boolean(),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    nowMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    retryAfter: fc.option(
      fc.oneof(
        fc.string(),
        fc.nat().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(input, (attempt) => {
      const next = nextAttempt(attempt);
      if (next.type !== 'retry') return assert.notEqual(next.reason, '');
      const delayMs = retryDelaysMs[attempt.attempt - 1] ?? assert.fail('no more attempts');
      const wait = next.atMs - attempt.nowMs;
      assert.ok(Number.isSafeInteger(next.atMs));
      assert.ok(wait >= Math.floor(delayMs * (1 - jitterRatio)));
      assert.ok(wait <= Math.max(delayMs * (1 + jitterRatio), overloadFloorMs * 1.2, maxRetryAfterMs + 60_000) + 1);
    }),
    { numRuns: 1000 },
  );
});

test('jitter spreads a wait by a fifth to both sides', () => {
  assert.equal(waitMs({ attempt: 4, random: 0 }), 480_000);
  assert.equal(waitMs({ attempt: 4, random: 0.999_999_999 }), 720_000);
});

test('429 and timeouts wait at least a minute', () => {
  for (const result of [{ class: '4xx', status: 429 }, { class: 'timeout' }] as const) {
    assert.ok(waitMs({ result, random: 0 }) >= overloadFloorMs);
    assert.ok(waitMs({ result, random: 0.9 }) > waitMs({ result, random: 0 }), 'spread as well');
    assert.equal(waitMs({ result, attempt: 6 }), hourMs, 'no effect on long waits');
  }
});

test('Retry-After lengthens a wait, up to a day, and never shortens it', () => {
  assert.equal(waitMs({ retryAfter: '120', random: 0 }), 120_000);
  assert.equal(waitMs({ retryAfter: '1', attempt: 6 }), hourMs);
  assert.equal(waitMs({ retryAfter: '9999999999', random: 0 }), maxRetryAfterMs);
  assert.equal(waitMs({ retryAfter: 'Thu, 01 Jan 1970 01:00:00 GMT', random: 0 }), hourMs);
  assert.equal(waitMs({ retryAfter: 'soon' }), retryDelaysMs[0]);
});

test('410 switches off, whether retrying is on or not', () => {
  for (const retryOnFailure of [true, false]) {
    assert.equal(nextAttempt(failed({ result: { class: '4xx', status: 410 }, retryOnFailure })).type, 'disable');
  }
});

test('no retry where it is off or cannot help', () => {
  assert.equal(nextAttempt(failed({ retryOnFailure: false })).type, 'giveUp');
  assert.equal(nextAttempt(failed({ result: { class: 'guard', retryable: false } })).type, 'giveUp');
  assert.equal(nextAttempt(failed({ result: { class: 'ours', retryable: false } })).type, 'giveUp');
  assert.equal(nextAttempt(failed({ result: { class: 'ours', retryable: true } })).type, 'retry');
});

test('every status outside 2xx but 410 is retried, as the switch promises', () => {
  for (let status = 300; status < 600; status++) {
    const result = { class: status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx', status } as const;
    assert.equal(nextAttempt(failed({ result })).type, status === 410 ? 'disable' : 'retry', `${status}`);
  }
});

test('Retry-After is read as seconds or as an HTTP date', () => {
  const nowMs = Date.UTC(2026, 0, 31, 23, 0, 0);
  for (const [retryAfter, expectedMs] of [
    ['0', 0],
    [' 3600 ', hourMs],
    ['Sun, 01 Feb 2026 00:00:00 GMT', hourMs],
    ['Sun, 01 Feb 2015 00:00:00 GMT', 0],
    ['-1', 0],
    ['3600.5', 0],
    ['99999999999', 0],
    ['2026-02-01T00:00:00Z', 0],
    ['Sun, 01 Foo 2026 00:00:00 GMT', 0],
    ['Sun, 01 Feb 2026 00:00:00 PST', 0],
    ['', 0],
  ] as const) {
    const next = nextAttempt(failed({ retryAfter, nowMs, random: 0 }));
    assert.deepEqual(next, { type: 'retry', atMs: nowMs + Math.max(4_000, expectedMs) }, retryAfter);
  }
});
