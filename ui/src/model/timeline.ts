// Bars of the timeline: one row per attempt, waiting part and running part as fractions of the shown span, and round ticks.
import type { WireTask } from '../../../src/http/contract/execution.ts';
import { durationText } from './moment.ts';

export interface TimelineRow {
  readonly task: WireTask;
  /** Fractions of the span, 0 to 1. */
  readonly scheduled: number;
  readonly started: number;
  readonly ended: number;
  /** Still going on: the bar ends at now. */
  readonly open: boolean;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly TimelineRow[];
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** Shortest span, so that a run of no duration still has a scale. */
const MIN_SPAN_MS = 10;
const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1.8e6, 3.6e6,
  7.2e6, 1.44e7, 2.16e7, 4.32e7, 8.64e7, 1.728e8, 6.048e8, 2.592e9, 7.776e9, 3.1536e10,
];

/** A round step that gives at most `most` ticks. */
export const tickStep = (span: number, most: number): number =>
  STEPS_MS.find((step) => span / step <= most) ?? Math.ceil(span / most);

export function buildTimeline(
  execution: { readonly startTime: number; readonly endTime: number; readonly tasks: readonly WireTask[] },
  now: number,
  ticks = 6,
): Timeline {
  const starts = execution.tasks.map((task) => task.scheduledTime || task.startTime).filter((at) => at > 0);
  const from = Math.min(execution.startTime || Number.POSITIVE_INFINITY, ...starts, now);
  const lasts = execution.tasks.map((task) => task.endTime || task.updateTime || 0);
  const to = Math.max(execution.endTime || now, ...lasts, from + MIN_SPAN_MS);
  const span = to - from;
  const fraction = (at: number) => Math.min(1, Math.max(0, (at - from) / span));
  const rows = [...execution.tasks]
    .sort((a, b) => a.seq - b.seq)
    .map((task): TimelineRow => {
      const scheduled = fraction(task.scheduledTime || task.startTime || from);
      const ended = fraction(task.endTime || execution.endTime || now);
      const started = task.startTime ? fraction(task.startTime) : ended;
      return {
        task,
        scheduled,
        started: Math.max(scheduled, started),
        ended: Math.max(scheduled, ended),
        open: !task.endTime,
      };
    });
  const step = tickStep(span, ticks);
  const marks = Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => ({
    at: (i * step) / span,
    text:
      i === 0
        ? '0'
        : durationText(i * step)
            .replace('.00 s', ' s')
            .replace('.0 s', ' s')
            .replace(' 00 s', '')
            .replace(' 00 min', ''),
  }));
  return { from, to, rows, ticks: marks };
}
