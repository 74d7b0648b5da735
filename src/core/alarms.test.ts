// Tests of the alarms: against a plain list, on random changes.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Alarms } from './alarms.ts';

it('keeps no more entries than a few times those that count', () => {
  const alarms = new Alarms();
  for (let at = 1_000; at > 0; at--) {
    alarms.set(1, at);
    alarms.set(2, 2_000);
    assert.equal(alarms.first(), at);
  }
  alarms.set(1, undefined);
  assert.equal(alarms.first(), 2_000);
});

it('knows the first of the moments that count, whatever was set before', () => {
  const changes = fc.array(fc.tuple(fc.nat(20), fc.option(fc.nat(50), { nil: undefined })), { maxLength: 400 });
  fc.assert(
    fc.property(changes, fc.nat(60), (list, now) => {
      const alarms = new Alarms();
      const plain = new Map<number, number>();
      for (const [n, at] of list) {
        alarms.set(n, at);
        if (at === undefined) plain.delete(n);
        else plain.set(n, at);
        assert.equal(alarms.first(), plain.size === 0 ? undefined : Math.min(...plain.values()));
      }
      const due = [...plain].filter(([, at]) => at <= now).map(([n]) => n);
      assert.deepEqual(
        alarms.takeDue(now).sort((a, b) => a - b),
        due.sort((a, b) => a - b),
      );
      assert.deepEqual(alarms.takeDue(now), []);
    }),
  );
});
