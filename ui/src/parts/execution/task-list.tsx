// Every task of an execution in the order in which it was scheduled.
import { useMemo } from 'react';
import type { WireTask } from '../../../../src/http/contract/execution.ts';
import { taskLabel } from '../../model/task-catalog.ts';
import { Duration, Moment } from '../clock.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { Link } from '../links.tsx';
import { Status } from '../status.tsx';

const COLUMNS = (id: string): readonly Column<WireTask>[] => [
  { key: 'seq', title: '#', width: 44, from: 'sm', cell: ({ seq }) => <span className="num dim">{seq}</span> },
  {
    key: 'task',
    title: 'Task',
    cell: (task) => (
      <Link
        to="/executions/$id"
        params={{ id }}
        search={{ tab: 'tasks', task: task.taskId }}
        replace
        fw={600}
        className="hostile"
      >
        {task.referenceTaskName}
        {task.retryCount > 0 && <span className="dim"> #{task.retryCount + 1}</span>}
      </Link>
    ),
  },
  { key: 'type', title: 'Type', from: 'md', cell: (task) => taskLabel(task.workflowTask?.type ?? task.taskType) },
  { key: 'status', title: 'Status', width: 150, cell: ({ status }) => <Status status={status} /> },
  {
    key: 'scheduled',
    title: 'Scheduled',
    width: 120,
    from: 'sm',
    cell: ({ scheduledTime }) => <Moment at={scheduledTime} short />,
  },
  {
    key: 'took',
    title: 'Ran',
    width: 110,
    align: 'right',
    cell: ({ startTime, endTime }) => <Duration from={startTime} to={endTime || undefined} />,
  },
];

export function TaskList({
  id,
  tasks,
  selected,
}: {
  id: string;
  tasks: readonly WireTask[];
  selected: string | undefined;
}) {
  const rows = useMemo(() => [...tasks].sort((a, b) => a.seq - b.seq), [tasks]);
  const columns = useMemo(() => COLUMNS(id), [id]);
  return (
    <DataTable
      label="Tasks"
      columns={columns}
      rows={rows}
      rowId={({ taskId }) => taskId}
      marked={({ taskId }) => taskId === selected}
    />
  );
}
