// The bars above the executions: counts by status, with the empty bars between them, and what a click on one selects.
import type { WorkflowStatus } from '../../../src/core/model.ts';
import type { WorkflowHistogram } from '../../../src/http/contract/execution.ts';
import { type Bounds, type ExecutionSearch, WORKFLOW_STATUSES } from './execution-search.ts';

export interface HistogramBar {
  /** Epoch ms, inclusive both. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
  /** From the bottom up. */
  readonly parts: readonly { readonly status: WorkflowStatus; readonly count: number }[];
}

/** A bar is drawn for each width of time; far more than asked for would not be seen. */
const MOST_BARS = 400;

/** Bars over the stretch that was asked for; without a bound, from the first execution or to the last. */
export function histogramBars({ widthMs, counts }: WorkflowHistogram, asked: Bounds = {}): HistogramBar[] {
  const begin = counts[0]?.at;
  const end = counts.at(-1)?.at;
  if (begin === undefined || end === undefined || widthMs <= 0) return [];
  const barOf = (at: number) => Math.floor(at / widthMs) * widthMs;
  const first = Math.min(begin, barOf(asked.from ?? begin));
  const last = Math.max(end, barOf(asked.to ?? end));
  const byBar = new Map<number, Map<WorkflowStatus, number>>();
  for (const { at, status, count } of counts) {
    const bar = byBar.get(at) ?? new Map<WorkflowStatus, number>();
    byBar.set(at, bar.set(status, (bar.get(status) ?? 0) + count));
  }
  const number = Math.min(MOST_BARS, Math.round((last - first) / widthMs) + 1);
  return Array.from({ length: number }, (_, i) => {
    const from = first + i * widthMs;
    const bar = byBar.get(from);
    const parts = WORKFLOW_STATUSES.flatMap((status) => {
      const count = bar?.get(status) ?? 0;
      return count > 0 ? [{ status, count }] : [];
    });
    return { from, to: from + widthMs - 1, total: parts.reduce((sum, part) => sum + part.count, 0), parts };
  });
}

/** The filter that shows only what is in the bar; the bounds of the query leave their moment out. */
export const barSearch = ({ from, to }: HistogramBar): Partial<ExecutionSearch> => ({
  range: 'custom',
  from: from - 1,
  to: to + 1,
});
