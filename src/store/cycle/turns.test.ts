// Looks at keys come to an end, however many keys change meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell, Driver } from '../drivers/driver.ts';
import { States } from './states.ts';
import { Turns } from './turns.ts';

test('whoever asks for a look is answered though other keys change for ever', async () => {
  const looked: Cell[] = [];
  const driver = {
    serial: true,
    changedByOthers: () => false,
    async query(_sql: string, [, key]: readonly Cell[]) {
      if (looked.at(-1) !== key) {
        looked.push(key as Cell);
        if (looked.length < 1_000) void turns.look([['w', `key ${looked.length}`]], looked.length);
      }
      return [];
    },
  } as unknown as Driver;
  const turns = new Turns(driver, new States(driver), async () => {});
  await turns.look([['w', 'first']], 0);
  assert.deepEqual(looked, ['first']);
  await turns.look([], 0);
  assert.deepEqual(looked.slice(0, 2), ['first', 'key 1']);
  assert.ok(looked.length < 1_000);
});
