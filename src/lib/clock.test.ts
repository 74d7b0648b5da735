import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { pause, systemClock } from './clock.ts';

test('a pause ends when its time is over', async () => {
  const clock = new FakeClock();
  let ended: string | undefined;
  const paused = pause(clock, 100).then((how) => {
    ended = how;
  });
  await clock.advance(99);
  assert.equal(ended, undefined);
  await clock.advance(1);
  await paused;
  assert.equal(ended, 'over');
});

test('a pause ends at once when its signal aborts, and leaves no timer behind', async () => {
  const clock = new FakeClock();
  const aborter = new AbortController();
  const paused = pause(clock, 100, aborter.signal);
  aborter.abort();
  assert.equal(await paused, 'aborted');
  assert.equal(clock.waiting, 0);
  assert.equal(await pause(clock, 100, aborter.signal), 'aborted');
});

test('a timer of the system can be called off, and a delay beyond 31 bits does not fire at once', async () => {
  const fired: string[] = [];
  systemClock.after(0, () => fired.push('called off'))();
  const callOff = systemClock.after(2 ** 40, () => fired.push('far'));
  await new Promise<void>((resolve) => systemClock.after(2, resolve));
  callOff();
  assert.deepEqual(fired, []);
});
