// Executions over time: a bar for each stretch, coloured by state; a click narrows the filter to it.
import { memo, type ReactNode, useState } from 'react';
import { askedBounds, type ExecutionSearch } from '../../model/execution-search.ts';
import { barSearch, type HistogramBar, histogramBars } from '../../model/histogram.ts';
import { shortText } from '../../model/moment.ts';
import { statusText, toneOf } from '../../model/status-look.ts';
import { useExecutionHistogram } from '../../queries.ts';
import { useZone } from '../clock.tsx';

const HEIGHT = 56;
/** Units of the drawing of one bar; it is stretched to the width that it gets. */
const WIDTH = 10;
/** A few bars stay bars; below them there is still room for two moments. */
const MOST_BAR_WIDTH = 48;
const LEAST_WIDTH = 160;
/** A bar of a few among thousands is still seen. */
const LEAST_HEIGHT = 2;

interface HistogramProps {
  readonly search: ExecutionSearch;
  /** Shown in place of bars when there is nothing to draw. */
  readonly empty?: ReactNode;
  readonly onPick: (change: Partial<ExecutionSearch>) => void;
}

/** Drawn anew for what it counts, not for the rows below it. */
export const Histogram = memo(PlainHistogram);

function PlainHistogram({ search, empty = null, onPick }: HistogramProps) {
  const [zone] = useZone();
  const [told, setTold] = useState<number>();
  const now = Date.now();
  const { data } = useExecutionHistogram(search);
  // Nothing is said to have run before the answer is here, and nothing jumps when it comes.
  if (!data) return <div className="histogram" data-waiting />;
  const bars = histogramBars(data, askedBounds(search, now));
  const most = Math.max(...bars.map(({ total }) => total), 1);
  const first = bars[0];
  const last = bars.at(-1);
  if (!first || !last) return empty;
  const labelOf = (bar: HistogramBar) =>
    `${shortText(bar.from, now, zone)} to ${shortText(bar.to + 1, now, zone)}: ${partsText(bar)}`;
  const toldBar = bars.find(({ from }) => from === told);
  return (
    <figure
      className="histogram"
      aria-label="Executions over time"
      style={{ maxWidth: `max(${LEAST_WIDTH}px, ${bars.length * MOST_BAR_WIDTH}px)` }}
    >
      <div className="histogram-bars">
        {bars.map((bar) => (
          <Bar
            key={bar.from}
            bar={bar}
            most={most}
            label={bar.total > 0 ? labelOf(bar) : ''}
            onPick={() => onPick(barSearch(bar))}
            onTell={setTold}
          />
        ))}
      </div>
      <figcaption>
        <span>{shortText(first.from, now, zone)}</span>
        {toldBar && <b aria-hidden="true">{labelOf(toldBar)}</b>}
        {/* The last bar may end later than now: nothing has happened there yet. */}
        <span>{last.to >= now ? 'now' : shortText(last.to + 1, now, zone)}</span>
      </figcaption>
    </figure>
  );
}

const partsText = ({ parts }: HistogramBar): string =>
  parts.map(({ status, count }) => `${count.toLocaleString('en-US')} ${statusText(status).toLowerCase()}`).join(', ') ||
  'none';

interface BarProps {
  readonly bar: HistogramBar;
  readonly most: number;
  readonly label: string;
  readonly onPick: () => void;
  readonly onTell: (from: number | undefined) => void;
}

/** A plain button, and one line below that tells of the bar under the pointer: sixty tooltips cost more than the table. */
function Bar({ bar, most, label, onPick, onTell }: BarProps) {
  if (bar.total === 0) return <span className="histogram-gap" />;
  let top = HEIGHT;
  const parts = bar.parts.map(({ status, count }) => {
    const height = Math.max(LEAST_HEIGHT, (count / most) * HEIGHT);
    top -= height;
    return <rect key={status} data-tone={toneOf(status)} x={WIDTH / 10} y={top} width={WIDTH * 0.8} height={height} />;
  });
  return (
    <button
      type="button"
      className="histogram-bar"
      aria-label={label}
      onClick={onPick}
      onPointerEnter={() => onTell(bar.from)}
      onPointerLeave={() => onTell(undefined)}
      onFocus={() => onTell(bar.from)}
      onBlur={() => onTell(undefined)}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {parts}
      </svg>
    </button>
  );
}
