// The timeline: one row per attempt, waiting part pale, running part full; only rows in view are in the page.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { WireTask, WireWorkflow } from '../../../../src/http/contract/execution.ts';
import { runTime } from '../../model/execution-view.ts';
import { durationText } from '../../model/moment.ts';
import { statusText, toneOf } from '../../model/status-look.ts';
import { buildTimeline } from '../../model/timeline.ts';
import { useNow } from '../clock.tsx';
import { TaskIcon } from '../task-icon.tsx';
import './timeline.css';

const ROW_HEIGHT = 32;

interface TimelineProps {
  readonly execution: WireWorkflow;
  readonly selected: string | undefined;
  readonly onSelect: (task: WireTask) => void;
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(3)}%`;

export function Timeline({ execution, selected, onSelect }: TimelineProps) {
  const now = useNow();
  const { rows, ticks } = buildTimeline(execution, now);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  return (
    <div className="timeline">
      <div className="timeline-scale" aria-hidden="true">
        <div className="timeline-names" />
        <div className="timeline-bars">
          {ticks.map(({ at, text }) => (
            <span key={text} style={{ left: percent(at) }}>
              {text}
            </span>
          ))}
        </div>
      </div>
      <section className="timeline-rows" ref={scroller} tabIndex={0} aria-label="Timeline of the tasks">
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const { task } = row;
            const ran = runTime(task, now);
            return (
              <button
                type="button"
                key={task.taskId}
                className="timeline-row"
                data-tone={toneOf(task.status)}
                data-selected={task.taskId === selected || undefined}
                style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}
                onClick={() => onSelect(task)}
              >
                <span className="timeline-names">
                  <TaskIcon type={task.workflowTask?.type ?? task.taskType} size={14} />
                  <span className="clip hostile">{task.referenceTaskName}</span>
                  <span className="visually-hidden">, {statusText(task.status)}, </span>
                  {task.retryCount > 0 && <span className="dim">#{task.retryCount + 1}</span>}
                </span>
                <span className="timeline-bars">
                  {ticks.map(({ at }) => (
                    <i key={at} className="timeline-grid" style={{ left: percent(at) }} />
                  ))}
                  <i
                    className="timeline-wait"
                    style={{ left: percent(row.scheduled), width: percent(row.started - row.scheduled) }}
                  />
                  <i
                    className="timeline-run"
                    data-open={row.open || undefined}
                    style={{ left: percent(row.started), width: percent(row.ended - row.started) }}
                  />
                  {ran !== undefined && (
                    <span
                      className="timeline-took"
                      style={
                        row.ended > 0.85
                          ? { right: percent(1 - row.started), marginRight: 6 }
                          : { left: percent(row.ended), marginLeft: 6 }
                      }
                    >
                      {durationText(ran)}
                    </span>
                  )}
                </span>
              </button>
            );
          })}
        </div>
      </section>
    </div>
  );
}
