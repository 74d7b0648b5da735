// Definitions in memory: what is found is kept, names that nobody has defined are not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Driver, Session } from '../drivers/driver.ts';
import { Definitions } from './definitions.ts';

test('a name that is not defined is asked for each time, so that strangers cannot fill the memory', async () => {
  const known = { name: 'known', version: 1, tasks: [] };
  const asked: unknown[] = [];
  const reader: Pick<Session, 'look'> = {
    async look(_name, keys) {
      asked.push(keys[0]?.[0]);
      return [keys[0]?.[0] === 'known' ? [[JSON.stringify(known)]] : []];
    },
  };
  const definitions = new Definitions({} as Driver);
  for (let i = 0; i < 2; i++) {
    assert.equal(await definitions.find(reader, 'unknown', undefined), undefined);
    assert.deepEqual((await definitions.find(reader, 'known', undefined))?.def, known);
  }
  assert.deepEqual(asked, ['unknown', 'known', 'unknown']);
});
