import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBus } from './bus.ts';

test('all hear it until they stop listening; one that throws harms nobody', () => {
  const errors: unknown[] = [];
  const bus = createBus<number>((error) => errors.push(error));
  const heard: string[] = [];
  bus.subscribe(() => {
    throw new Error('deaf');
  });
  const leave = bus.subscribe((n) => heard.push(`a${n}`));
  bus.subscribe((n) => heard.push(`b${n}`));
  bus.publish(1);
  leave();
  bus.publish(2);
  assert.deepEqual(heard, ['a1', 'b1', 'b2']);
  assert.equal(errors.length, 2);
});
