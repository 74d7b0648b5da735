// V8 knows the flag that heaps are set up with: one that it does not know is only complained about.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const HEAP = new URL('../src/heap.ts', import.meta.url).href;

/** Full collections while old objects come and go, 1 MB each, 200 in all. */
function collections(setUp: string): { readonly said: string; readonly count: number } {
  const script = `${setUp}
    const kept = [];
    for (let i = 0; i < 200; i++) { kept[i % 8] = Array.from({ length: 131072 }, (_, j) => ({ j })); }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--trace-gc', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return { said: stderr, count: stdout.split('Mark-Compact').length - 1 };
}

test('heaps grow further before they are collected as a whole', () => {
  const usual = collections('');
  const less = collections(`import { collectLessOften } from '${HEAP}'; collectLessOften();`);
  assert.equal(less.said, '');
  assert.ok(less.count < usual.count, `${less.count} full collections instead of ${usual.count}`);
});
