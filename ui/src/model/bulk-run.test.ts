// Bulk: portions, stopping in between, refusals with their reasons, and ids from all pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectIds, runBulk } from './bulk-run.ts';

const ids = Array.from({ length: 120 }, (_, i) => `w${i}`);
const answer = (all: readonly string[]) => ({
  bulkSuccessfulResults: all.filter((id) => id !== 'w7'),
  bulkErrorResults: all.includes('w7') ? { w7: 'it is not paused' } : ({} as Record<string, string>),
  message: '',
});

test('progress after each portion; refusals are listed', async () => {
  const progress: number[] = [];
  const outcome = await runBulk({
    ids,
    act: async (portion) => answer(portion),
    onProgress: (tried) => progress.push(tried),
    stopped: () => false,
    errorText: String,
  });
  assert.deepEqual(progress, [50, 100, 120]);
  assert.deepEqual(outcome, { done: 119, refused: [['w7', 'it is not paused']], left: 0 });
});

test('stopping leaves the rest alone; a failed call counts for its portion only', async () => {
  let calls = 0;
  const outcome = await runBulk({
    ids,
    act: async (portion) => {
      calls += 1;
      if (calls === 1) throw new Error('no answer');
      return answer(portion);
    },
    onProgress: () => undefined,
    stopped: () => calls === 2,
    errorText: (error) => (error as Error).message,
  });
  assert.deepEqual([outcome.done, outcome.refused.length, outcome.left], [50, 50, 20]);
  assert.deepEqual(outcome.refused[0], ['w0', 'no answer']);
});

test('ids of all pages, each once, up to a limit', async () => {
  const page = async (start: number, size: number) => ({
    totalHits: ids.length,
    results: ids.slice(start, start + size).map((workflowId) => ({ workflowId })),
  });
  assert.deepEqual(await collectIds(page, 1_000, 50), ids);
  assert.deepEqual(await collectIds(page, 70, 50), ids.slice(0, 70));
  assert.deepEqual(await collectIds(async () => ({ totalHits: 9, results: [] }), 1_000, 50), []);
});
