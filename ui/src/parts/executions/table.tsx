// Executions as rows that hold still: while the pointer is on them or some are selected, new ones wait in a bar above.
import { Button } from '@mantine/core';
import { ArrowDown } from 'lucide-react';
import { useRef, useState } from 'react';
import type { WorkflowSummary } from '../../../../src/http/contract/execution.ts';
import { heldRows } from '../../model/held-rows.ts';
import { reasonText } from '../../model/reason-text.ts';
import { Duration, Moment } from '../clock.tsx';
import { CopyIcon } from '../copy.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { ExecutionLink } from '../links.tsx';
import { Status } from '../status.tsx';

const rowId = ({ workflowId }: WorkflowSummary) => workflowId;

const COLUMNS: readonly Column<WorkflowSummary>[] = [
  { key: 'status', title: 'Status', width: 120, cell: ({ status }) => <Status status={status} /> },
  {
    key: 'workflow',
    title: 'Workflow',
    cell: ({ workflowId, workflowType, version, reasonForIncompletion }) => (
      <div style={{ minWidth: 0 }}>
        <ExecutionLink id={workflowId}>{workflowType}</ExecutionLink> <span className="dim">v{version}</span>
        {reasonForIncompletion && <div className="row-reason hostile">{reasonText(reasonForIncompletion)}</div>}
      </div>
    ),
  },
  {
    key: 'id',
    title: 'Execution id',
    from: 'lg',
    cell: ({ workflowId }) => (
      <span className="url-cell">
        <span className="mono clip dim">{workflowId}</span>
        <CopyIcon value={workflowId} label="Copy execution id" />
      </span>
    ),
  },
  {
    key: 'correlation',
    title: 'Correlation id',
    from: 'md',
    cell: ({ correlationId }) =>
      correlationId ? <span className="mono clip hostile">{correlationId}</span> : <span className="dim">–</span>,
  },
  {
    key: 'started',
    title: 'Started',
    width: 110,
    from: 'sm',
    cell: ({ startTime }) => <Moment at={Date.parse(startTime)} />,
  },
  {
    key: 'took',
    title: 'Duration',
    width: 110,
    align: 'right',
    cell: ({ startTime, endTime }) => (
      <Duration from={Date.parse(startTime)} to={endTime ? Date.parse(endTime) : undefined} />
    ),
  },
];

interface ExecutionTableProps {
  readonly rows: readonly WorkflowSummary[];
  readonly stale: boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
}

export function ExecutionTable({ rows, stale, selected, onSelect }: ExecutionTableProps) {
  const [held, setHeld] = useState<readonly string[]>();
  const before = useRef(rows);
  const view = heldRows(rows, held, rowId, before.current);
  before.current = view.rows;
  const release = () => setHeld(undefined);
  return (
    <section
      aria-label="Executions found"
      onMouseEnter={() => setHeld(view.rows.map(rowId))}
      onMouseLeave={() => selected.size === 0 && release()}
    >
      {view.fresh > 0 && (
        <Button
          className="fresh-bar"
          variant="light"
          fullWidth
          leftSection={<ArrowDown size={13} />}
          onClick={() => setHeld(rows.map(rowId))}
        >
          {view.fresh} new
        </Button>
      )}
      <DataTable
        label="Executions"
        columns={COLUMNS}
        rows={view.rows}
        rowId={rowId}
        rowName={({ workflowType, workflowId }) => `${workflowType} ${workflowId}`}
        stale={stale}
        selection={{ ids: selected, onChange: onSelect }}
      />
    </section>
  );
}
