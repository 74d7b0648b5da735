// One axis for things that take milliseconds and waits that take days: long stretches in which nothing happens are folded.
import { durationText } from './moment.ts';
import { tickStep } from './timeline.ts';

export interface Fold {
  readonly from: number;
  readonly to: number;
  /** Where the fold begins and ends on the axis, 0 to 1. */
  readonly left: number;
  readonly right: number;
  readonly text: string;
}

export interface Tick {
  readonly at: number;
  /** Time since the beginning of its stretch; undefined at the beginning itself, which says what time it is. */
  readonly text?: string;
  /** Epoch ms. */
  readonly moment: number;
}

export interface TimeAxis {
  readonly from: number;
  readonly to: number;
  readonly folds: readonly Fold[];
  readonly ticks: readonly Tick[];
  /** Where a moment is on the axis, 0 to 1. */
  readonly place: (moment: number) => number;
}

/** Part of the axis that one fold takes: wide enough for its words. */
const FOLD_SHARE = 0.09;
const MAX_FOLDS = 4;
/** Gaps are folded when even the shortest of them is so much longer than all that stays. */
const FOLD_RATIO = 3;
/** Without so many gaps that stay, there would be no scale left to read. */
const MIN_KEPT_GAPS = 2;
/** Shortest span, so that what took no time still has a scale. */
const MIN_SPAN_MS = 10;
const MOST_TICKS = 8;
/** Ticks nearer than this would print over each other. */
const MIN_TICK_GAP = 0.07;

/** Gaps between neighbouring moments that are worth folding. */
function gapsToFold(moments: readonly number[]): [number, number][] {
  const gaps = moments.slice(1).map((to, i): [number, number] => [moments[i] ?? to, to]);
  const longest = [...gaps].sort(([a, b], [c, d]) => d - c - (b - a));
  const most = Math.min(MAX_FOLDS, longest.length - MIN_KEPT_GAPS);
  let rest = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  let folded = 0;
  for (const [i, [from, to]] of longest.slice(0, Math.max(0, most)).entries()) {
    rest -= to - from;
    if (to - from >= Math.max(MIN_SPAN_MS, rest) * FOLD_RATIO) folded = i + 1;
  }
  return longest.slice(0, folded).sort(([a], [b]) => a - b);
}

/** `moments`: everything that must be told apart. `fold` false: one even scale. */
export function timeAxis(moments: readonly number[], fold: boolean): TimeAxis {
  const sorted = [...new Set(moments)].sort((a, b) => a - b);
  const from = sorted[0] ?? 0;
  const to = Math.max(sorted.at(-1) ?? 0, from + MIN_SPAN_MS);
  const gaps =
    fold && sorted.length > 2 ? gapsToFold([...sorted.slice(0, -1), Math.max(sorted.at(-1) ?? 0, from)]) : [];
  const idle = gaps.reduce((sum, [a, b]) => sum + b - a, 0);
  const busy = Math.max(to - from - idle, MIN_SPAN_MS);
  const scale = (1 - gaps.length * FOLD_SHARE) / busy;
  let done = 0;
  const folds = gaps.map(([a, b], i): Fold => {
    const left = (a - from - done) * scale + i * FOLD_SHARE;
    done += b - a;
    return { from: a, to: b, left, right: left + FOLD_SHARE, text: durationText(b - a) };
  });
  const place = (moment: number): number => {
    let passed = 0;
    for (const [i, one] of folds.entries()) {
      if (moment < one.from) return clamp((moment - from - passed) * scale + i * FOLD_SHARE);
      if (moment <= one.to) return one.left + (FOLD_SHARE * (moment - one.from)) / (one.to - one.from);
      passed += one.to - one.from;
    }
    return clamp((moment - from - passed) * scale + folds.length * FOLD_SHARE);
  };
  return { from, to, folds, place, ticks: ticksOf({ from, to, busy }, folds, place) };
}

const clamp = (fraction: number): number => Math.min(1, Math.max(0, fraction));

/** Each stretch begins with the time of day and counts from there. */
function ticksOf(
  { from, to, busy }: { from: number; to: number; busy: number },
  folds: readonly Fold[],
  place: (moment: number) => number,
): Tick[] {
  const step = tickStep(busy, MOST_TICKS);
  const begins = [from, ...folds.map((fold) => fold.to)];
  const ticks: Tick[] = [];
  for (const [i, begin] of begins.entries()) {
    const end = folds[i]?.from ?? to;
    const last = ticks.at(-1);
    // A stretch too short for its words between two folds keeps quiet.
    const room = i === folds.length ? 1 - place(begin) >= MIN_TICK_GAP : place(end) - place(begin) >= MIN_TICK_GAP;
    if (last === undefined || (room && place(begin) - last.at >= MIN_TICK_GAP))
      ticks.push({ at: place(begin), moment: begin });
    for (let moment = begin + step; moment <= end; moment += step) {
      const at = place(moment);
      if (at - (ticks.at(-1)?.at ?? -1) >= MIN_TICK_GAP && at < 0.96)
        ticks.push({
          at,
          moment,
          text: `+${durationText(moment - begin)
            .replace('.00 s', ' s')
            .replace('.0 s', ' s')}`,
        });
    }
  }
  return ticks;
}
