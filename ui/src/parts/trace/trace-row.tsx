// One row of a trace: its name is the way to the thing, its bars are when it happened.
import { ActionIcon } from '@mantine/core';
import { Activity, ChevronDown, ChevronRight, Send, Webhook } from 'lucide-react';
import type { TraceRow } from '../../model/trace-view.ts';
import { Link } from '../links.tsx';
import { TaskIcon } from '../task-icon.tsx';

const percent = (fraction: number): string => `${(fraction * 100).toFixed(3)}%`;
/** Right of this, words stand left of what they tell about. */
const WORDS_TURN_AT = 0.72;

interface TraceRowProps {
  readonly row: TraceRow;
  readonly top: number;
  readonly height: number;
  readonly onToggle: (workflowId: string) => void;
}

export function TraceRowView({ row, top, height, onToggle }: TraceRowProps) {
  const { kind, depth, tone, about, bars, text, end } = row;
  const first = Math.min(end, ...bars.map(({ from }) => from));
  const turned = end > WORDS_TURN_AT;
  // Words stand after the last bar; where there is no room, before the first; where there is none at all, inside.
  const words = !turned
    ? { left: percent(end), marginLeft: kind === 'event' ? 16 : 8 }
    : first > 0.3
      ? { right: percent(1 - first), marginRight: 8 }
      : { right: percent(1 - end), marginRight: 6 };
  return (
    <li className="trace-row" data-kind={kind} data-tone={tone} style={{ transform: `translateY(${top}px)`, height }}>
      <span className="trace-name" style={{ paddingLeft: 10 + depth * 16 }}>
        <RowIcon row={row} onToggle={onToggle} />
        <RowLink row={row} />
        <span className="dim clip hostile trace-about">{about}</span>
      </span>
      <span className="trace-plot">
        {bars.map(({ kind: bar, from, to, tone: of, open }, i) => (
          <i
            key={`${bar} ${String(i)}`}
            className="trace-bar"
            data-bar={bar}
            data-tone={of}
            data-open={open || undefined}
            style={{ left: percent(from), width: percent(to - from) }}
          />
        ))}
        <span className="trace-text hostile" data-inside={turned && first <= 0.3 ? true : undefined} style={words}>
          {text}
        </span>
      </span>
    </li>
  );
}

function RowIcon({ row, onToggle }: Pick<TraceRowProps, 'row' | 'onToggle'>) {
  switch (row.kind) {
    case 'event':
      return <Webhook size={15} aria-hidden="true" />;
    case 'delivery':
      return <Send size={14} aria-hidden="true" />;
    case 'task':
      return <TaskIcon type={row.task.type} size={14} />;
    case 'execution':
      return row.tasks === 0 ? (
        <Activity size={15} aria-hidden="true" />
      ) : (
        <ActionIcon
          size={20}
          aria-label={`${row.open ? 'Hide' : 'Show'} the tasks of ${row.name}`}
          aria-expanded={row.open}
          onClick={() => onToggle(row.execution.workflowId)}
        >
          {row.open ? <ChevronDown size={15} /> : <ChevronRight size={15} />}
        </ActionIcon>
      );
  }
}

function RowLink({ row }: { row: TraceRow }) {
  const look = { className: 'clip hostile trace-link-name', c: 'var(--text)' } as const;
  switch (row.kind) {
    case 'event':
      return (
        <Link to="/events/$eventId" params={{ eventId: row.event.eventId }} fw={600} {...look}>
          {row.name}
        </Link>
      );
    case 'execution':
      return (
        <Link to="/executions/$id" params={{ id: row.execution.workflowId }} fw={600} {...look}>
          {row.name}
        </Link>
      );
    case 'task':
      return (
        <Link
          to="/executions/$id"
          params={{ id: row.execution.workflowId }}
          search={{ task: row.task.taskId }}
          {...look}
        >
          {row.name}
        </Link>
      );
    case 'delivery':
      return (
        <Link to="/deliveries/$id" params={{ id: row.delivery.id }} {...look}>
          {row.name}
        </Link>
      );
  }
}
