import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { createResolver } from './resolve.ts';

function counting(answer: (name: string, call: number) => Promise<readonly string[]>) {
  const asked: string[] = [];
  const clock = new FakeClock();
  const resolve = createResolver(clock, (name) => {
    asked.push(name);
    return answer(name, asked.length);
  });
  return { asked, clock, resolve };
}

test('many callers at once cost one question for each name', async () => {
  const { asked, resolve } = counting((name) => Promise.resolve([name === 'a' ? '1.1.1.1' : '8.8.8.8']));
  const answers = await Promise.all([resolve('a'), resolve('b'), resolve('a')]);
  assert.deepEqual(answers, [['1.1.1.1'], ['8.8.8.8'], ['1.1.1.1']]);
  assert.deepEqual(asked, ['a', 'b']);
});

test('an answer is forgotten after a few seconds', async () => {
  const { asked, clock, resolve } = counting((_name, call) => Promise.resolve([`10.0.0.${call}`]));
  assert.deepEqual(await resolve('a'), ['10.0.0.1']);
  await clock.advance(4_999);
  assert.deepEqual(await resolve('a'), ['10.0.0.1']);
  await clock.advance(1);
  assert.deepEqual(await resolve('a'), ['10.0.0.2']);
  assert.equal(asked.length, 2);
});

test('a failure is not kept', async () => {
  const { resolve } = counting((_name, call) =>
    call === 1 ? Promise.reject(new Error('no')) : Promise.resolve(['1.1.1.1']),
  );
  await assert.rejects(resolve('a'), /no/);
  assert.deepEqual(await resolve('a'), ['1.1.1.1']);
});

test('the number of remembered names has a limit; the oldest goes first', async () => {
  const { asked, resolve } = counting(() => Promise.resolve(['1.1.1.1']));
  for (let i = 0; i <= 1_000; i++) await resolve(`n${i}`);
  await resolve('n1000');
  assert.equal(asked.length, 1_001);
  await resolve('n0');
  assert.equal(asked.length, 1_002);
});

test('the system knows localhost', async () => {
  const addresses = await createResolver(new FakeClock())('localhost');
  assert.ok(addresses.includes('127.0.0.1') || addresses.includes('::1'));
});
