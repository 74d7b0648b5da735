import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createLoop } from './loop.ts';

function counting(wishes: (number | undefined | Error)[] = []) {
  const clock = new FakeClock();
  const rounds: number[] = [];
  const errors: unknown[] = [];
  const start = clock.now();
  const loop = createLoop({
    clock,
    idleMs: 1_000,
    onError: (error) => errors.push(error),
    work: async () => {
      rounds.push(clock.now() - start);
      const wish = wishes.shift();
      if (wish instanceof Error) throw wish;
      return wish;
    },
  });
  return { clock, rounds, errors, loop };
}

test('rounds come when the last one wished for the next, at the latest after the idle time', async () => {
  const { clock, rounds, loop } = counting([0, 300, undefined, 5_000]);
  loop.start();
  await clock.advance(3_000);
  assert.deepEqual(rounds, [0, 0, 300, 1_300, 2_300]);
  await loop.stop();
});

test('a kick brings the next round at once, many kicks bring one', async () => {
  const { clock, rounds, loop } = counting();
  loop.start();
  await clock.advance(100);
  loop.kick();
  loop.kick();
  await clock.advance(100);
  assert.deepEqual(rounds, [0, 100]);
  await loop.stop();
});

test('a kick during a round is not lost', async () => {
  const clock = new FakeClock();
  let rounds = 0;
  const loop = createLoop({
    clock,
    idleMs: 1_000,
    onError: assert.ifError,
    work: async () => {
      rounds += 1;
      if (rounds === 1) loop.kick();
      return undefined;
    },
  });
  loop.start();
  await clock.advance(0);
  assert.equal(rounds, 2);
  await loop.stop();
});

test('failed rounds are reported and come again more and more slowly, kicks or not', async () => {
  const { clock, rounds, errors, loop } = counting([new Error('1'), new Error('2'), undefined]);
  loop.start();
  await clock.advance(50);
  loop.kick();
  await clock.advance(250);
  assert.deepEqual(rounds, [0, 100, 300]);
  assert.equal(errors.length, 2);
  await loop.stop();
});

test('stopping waits for the round under way and ends all', async () => {
  const clock = new FakeClock();
  let finish = (): void => {};
  let stopped = false;
  const loop = createLoop({
    clock,
    idleMs: 10,
    onError: assert.ifError,
    work: () =>
      new Promise((resolve) => {
        finish = () => resolve(0);
      }),
  });
  loop.start();
  await clock.advance(0);
  const stopping = loop.stop().then(() => {
    stopped = true;
  });
  await clock.advance(100);
  assert.equal(stopped, false);
  finish();
  await stopping;
  assert.equal(clock.waiting, 0);
});

test('two callers of runOnce share one round', async () => {
  const { rounds, loop } = counting([1]);
  await Promise.all([loop.runOnce(), loop.runOnce()]);
  assert.equal(rounds.length, 1);
});
