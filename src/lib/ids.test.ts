import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIds } from './ids.ts';

const V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('a version 7 id begins with its time', () => {
  const ids = createIds(() => 0x0123456789ab);
  const id = ids.next();
  assert.match(id, V7);
  assert.equal(id.replaceAll('-', '').slice(0, 12), '0123456789ab');
});

test('ids grow strictly, even when more are made in one millisecond than its counter holds, or the clock goes back', () => {
  let now = 1_700_000_000_000;
  const ids = createIds(() => now);
  let last = '';
  for (let i = 0; i < 20_000; i += 1) {
    if (i === 10_000) now -= 5_000;
    const id = ids.next();
    assert.ok(id > last, `${id} after ${last}`);
    last = id;
  }
});

test('the same random bytes give the same ids', () => {
  const seeded = () => {
    let state = 7;
    return createIds(
      () => 5,
      (bytes) => {
        for (let i = 0; i < bytes.length; i += 1) {
          state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
          bytes[i] = state >> 8;
        }
      },
    );
  };
  const draw = (ids = seeded()) => [ids.next(), ids.secret(), ids.random()];
  assert.deepEqual(draw(), draw());
});

test('secret ids are version 4 and all different; random numbers stay in [0, 1)', () => {
  const ids = createIds(() => 0);
  const secrets = new Set(Array.from({ length: 1_000 }, () => ids.secret()));
  assert.equal(secrets.size, 1_000);
  for (const secret of secrets) assert.match(secret, V4);
  const numbers = Array.from({ length: 1_000 }, () => ids.random());
  assert.ok(numbers.every((n) => n >= 0 && n < 1));
  assert.ok(Math.max(...numbers) > 0.9 && Math.min(...numbers) < 0.1);
});
