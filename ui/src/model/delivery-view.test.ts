// Deliveries in words, ladders of attempts, shares of time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryLook, faultText, headerRows, ladder, timingParts } from './delivery-view.ts';

test('states in words', () => {
  const words = ['DELIVERED', 'FAILED', 'CANCELLED', 'PENDING'].map(
    (status) => deliveryLook({ status, attempts: 0 }).text,
  );
  assert.deepEqual(words, ['Delivered', 'Failed', 'Called off', 'Waiting']);
  assert.deepEqual(deliveryLook({ status: 'PENDING', attempts: 2 }), { text: 'Retrying', tone: 'warn' });
  assert.equal(faultText('dns'), 'the name of the host has no address');
  assert.equal(faultText('new-kind'), 'new-kind');
});

test('a ladder tells how long after the last one each attempt was', () => {
  const rungs = ladder([
    { n: 1, at: 1_000, result: 'timeout', reason: 'no complete answer within 30000 ms' },
    { n: 2, at: 6_500, result: 'ok', response: { status: 204, headers: {}, body: '' } },
  ]);
  assert.deepEqual(
    rungs.map(({ after, tone, outcome, text }) => [after, tone, outcome, text]),
    [
      ['first', 'bad', 'timeout', 'no complete answer within 30000 ms'],
      ['after 5.50 s', 'good', '204', 'accepted'],
    ],
  );
});

test('parts of a request add up, and parts that took no time are left out', () => {
  const parts = timingParts({ dnsMs: 0, connectMs: 10, tlsMs: 20, firstByteMs: 60, totalMs: 100 });
  assert.deepEqual(
    parts.map(({ name, share }) => `${name} ${share}`),
    ['Connect 0.1', 'TLS 0.2', 'First byte 0.6', 'Rest 0.1'],
  );
  assert.deepEqual(timingParts({ dnsMs: 0, connectMs: 0, tlsMs: 0, firstByteMs: 0, totalMs: 0 }), []);
});

test('header lines', () => {
  assert.deepEqual(
    headerRows({ a: 'x', b: ['1', '2'] }).map(({ name, value }) => name + value),
    ['ax', 'b1', 'b2'],
  );
  assert.deepEqual(headerRows(undefined), []);
});
