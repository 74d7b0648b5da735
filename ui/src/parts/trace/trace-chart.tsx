// The trace as rows on one axis: what came in, what it moved, what was sent on, with lines from cause to effect.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { shortText } from '../../model/moment.ts';
import type { TimeAxis } from '../../model/time-axis.ts';
import type { TraceLink, TraceView } from '../../model/trace-view.ts';
import { useZone } from '../clock.tsx';
import { TraceRowView } from './trace-row.tsx';
import './trace.css';

const ROW_HEIGHT = 34;
const percent = (fraction: number): string => `${(fraction * 100).toFixed(3)}%`;

interface TraceChartProps {
  readonly view: TraceView;
  readonly now: number;
  readonly onToggle: (workflowId: string) => void;
}

export function TraceChart({ view, now, onToggle }: TraceChartProps) {
  const { axis, rows, links } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
  });
  return (
    <div className="trace">
      <Scale axis={axis} now={now} />
      <section className="trace-rows" ref={scroller} tabIndex={0} aria-label="Events, tasks and deliveries over time">
        <div className="trace-canvas" style={{ height: virtual.getTotalSize() }}>
          <div className="trace-plot" aria-hidden="true">
            {axis.ticks.map(({ at }) => (
              <i key={at} className="trace-grid" style={{ left: percent(at) }} />
            ))}
            {axis.folds.map(({ left, right, from }) => (
              <i key={from} className="trace-fold" style={{ left: percent(left), width: percent(right - left) }} />
            ))}
            {links.map((link) => (
              <Line key={link.key} link={link} />
            ))}
          </div>
          <ol className="trace-list">
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = rows[index];
              return (
                row && <TraceRowView key={row.key} row={row} top={start} height={ROW_HEIGHT} onToggle={onToggle} />
              );
            })}
          </ol>
        </div>
      </section>
    </div>
  );
}

function Scale({ axis, now }: { axis: TimeAxis; now: number }) {
  const [zone] = useZone();
  return (
    <div className="trace-scale" aria-hidden="true">
      <div className="trace-plot">
        {axis.ticks.map(({ at, moment, text }) => (
          <span key={at} data-begin={text === undefined || undefined} style={{ left: percent(at) }}>
            {text ?? shortText(moment, now, zone)}
          </span>
        ))}
        {axis.folds.map(({ left, right, from, text }) => (
          <span key={from} className="trace-fold-text" style={{ left: percent((left + right) / 2) }}>
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}

/** From the middle of the causing row to the middle of the other. */
function Line({ link: { at, from, to, tone } }: { link: TraceLink }) {
  return (
    <i
      className="trace-link"
      data-tone={tone}
      style={{ left: percent(at), top: (from + 0.5) * ROW_HEIGHT, height: (to - from) * ROW_HEIGHT }}
    />
  );
}
