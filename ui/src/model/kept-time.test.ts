// Kept times: days, one day, for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptTimes } from './kept-time.ts';

test('how long things are kept, in words', () => {
  const texts = keptTimes({ executions: 'forever', events: 30, logs: 1, deliveries: 1_000, history: 0.5 });
  assert.deepEqual(
    texts.map(({ label, text }) => `${label}: ${text}`),
    [
      'Executions: for ever',
      'Received events: 30 days',
      'Deliveries: 1,000 days',
      'Task logs: 1 day',
      'Runs of schedules and event handlers: 0.5 days',
    ],
  );
});
