import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from './metrics.ts';

test('two registries in one process do not mix, and gauges are read when scraped', async () => {
  const [one, two] = [createMetrics({ process: false }), createMetrics({ process: false })];
  one.counter('things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 3);
  two.counter('things_total', 'Things.', ['kind']);
  let depth = 1;
  one.gauge('depth', 'Depth.', ['queue'], (gauge) => gauge.set({ queue: 'q' }, depth));
  depth = 7;
  const text = await one.text();
  assert.match(text, /things_total\{kind="a"\} 3/);
  assert.match(text, /depth\{queue="q"\} 7/);
  assert.doesNotMatch(await two.text(), /kind="a"/);
});
