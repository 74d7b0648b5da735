// How far heaps may grow before they are collected as a whole.

import { setFlagsFromString } from 'node:v8';

/** In percent of what was alive in it. V8 takes 300 and less. */
const GROWING_PERCENT = 1_000;

/**
 * Call first of all: threads take it over, and what the compile cache keeps goes with the flags. What lives in a heap is small
 * (20 MB in the store's thread), and bytes that come and go with each event count as growth, so V8 marked each heap once in
 * a second, 20 to 30 ms long: that was the 99th percentile from request to 200 (docs/performance.md). Node's limits of
 * heaps stay as they were.
 */
export function collectLessOften(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
