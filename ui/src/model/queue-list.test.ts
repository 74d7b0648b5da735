// Queues with and without domains, pollers and work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeserted, queueRows } from './queue-list.ts';

test('sizes and polls meet, most work first', () => {
  const rows = queueRows({ a: 2, 'eu:a': 5, 'urn:x': 1 }, [
    { queueName: 'a', workerId: 'w', lastPollTime: 7 },
    { queueName: 'idle', lastPollTime: 9 },
    { queueName: 'urn:x', lastPollTime: 3 },
  ]);
  assert.deepEqual(
    rows.map(({ key, name, domain, depth, lastPoll }) => [key, name, domain, depth, lastPoll]),
    [
      ['eu:a', 'a', 'eu', 5, 0],
      ['a', 'a', undefined, 2, 7],
      ['urn:x', 'urn:x', undefined, 1, 3],
      ['idle', 'idle', undefined, 0, 9],
    ],
  );
  assert.equal(rows.filter((row) => isDeserted(row, 60_008)).length, 3);
  assert.equal(rows.filter((row) => isDeserted(row, 60_005)).length, 2);
});
