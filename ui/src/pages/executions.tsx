// Executions: search what ran and what runs. The filter is the address; rows hold still under the pointer.
import { Button, Group, Pagination, Select, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Activity, ArrowDown } from 'lucide-react';
import { useRef, useState } from 'react';
import type { WorkflowSummary } from '../../../src/http/contract/execution.ts';
import {
  type ExecutionSearch,
  isFiltered,
  PAGE_SIZES,
  pageText,
  searchRequest,
  withoutEmpty,
} from '../model/execution-search.ts';
import { heldRows } from '../model/held-rows.ts';
import { Duration, Moment } from '../parts/clock.tsx';
import { CopyIcon } from '../parts/copy.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { BulkBar } from '../parts/executions/bulk-bar.tsx';
import { Filters } from '../parts/executions/filters.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { Status } from '../parts/status.tsx';
import { useExecutions } from '../queries.ts';

const route = getRouteApi('/executions');
const rowId = ({ workflowId }: WorkflowSummary) => workflowId;

const COLUMNS: readonly Column<WorkflowSummary>[] = [
  { key: 'status', title: 'Status', width: 120, cell: ({ status }) => <Status status={status} /> },
  {
    key: 'workflow',
    title: 'Workflow',
    cell: ({ workflowId, workflowType, version, reasonForIncompletion }) => (
      <div style={{ minWidth: 0 }}>
        <Link to="/executions/$id" params={{ id: workflowId }} fw={600} className="hostile">
          {workflowType}
        </Link>{' '}
        <span className="dim">v{version}</span>
        {reasonForIncompletion && (
          <Text size="xs" lineClamp={1} c="var(--tone-bad)" className="hostile">
            {reasonForIncompletion}
          </Text>
        )}
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

export function ExecutionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useExecutions(search);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const change = (next: Partial<ExecutionSearch>) => {
    setSelected(new Set());
    void navigate({ search: (old) => withoutEmpty({ ...old, page: undefined, ...next }), replace: true });
  };
  return (
    <Page title="Executions">
      <Filters search={search} onChange={change} onClear={() => void navigate({ search: {} })} />
      <BulkBar ids={selected} onDone={() => setSelected(new Set())} />
      <Loaded query={query} what="executions">
        {({ results, totalHits }) =>
          results.length === 0 ? (
            <NoExecutions search={search} onClear={() => void navigate({ search: {} })} />
          ) : (
            <>
              <Rows
                key={JSON.stringify(search)}
                rows={results}
                stale={query.isPlaceholderData}
                selected={selected}
                onSelect={setSelected}
              />
              <Group justify="space-between" gap="sm">
                <Text size="xs" c="dimmed" className="num">
                  {pageText(search, results.length, totalHits)}
                </Text>
                <Group gap="sm">
                  <Select
                    aria-label="Rows per page"
                    size="xs"
                    w={110}
                    data={PAGE_SIZES.map((size) => ({ value: String(size), label: `${size} rows` }))}
                    value={String(searchRequest(search, 0).size)}
                    onChange={(size) => change({ size: Number(size) })}
                  />
                  <Pagination
                    size="sm"
                    total={Math.ceil(totalHits / searchRequest(search, 0).size)}
                    value={search.page ?? 1}
                    onChange={(page) => change({ page })}
                    getControlProps={(control) => ({ 'aria-label': `${control} page` })}
                  />
                </Group>
              </Group>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

interface RowsProps {
  readonly rows: readonly WorkflowSummary[];
  readonly stale: boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
}

/** The table; while the pointer is on it or rows are selected, new rows wait in a bar above it. */
function Rows({ rows, stale, selected, onSelect }: RowsProps) {
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

function NoExecutions({ search, onClear }: { search: ExecutionSearch; onClear: () => void }) {
  if (isFiltered(search))
    return (
      <Empty
        icon={<Activity size={28} />}
        title="Nothing fits this filter"
        action={
          <Button variant="default" onClick={onClear}>
            Clear the filter
          </Button>
        }
      >
        Executions may lie outside of the time, or in another state.
      </Empty>
    );
  return (
    <Empty
      icon={<Activity size={28} />}
      title="Nothing has run yet"
      action={<ButtonLink to="/run">Run Workflow</ButtonLink>}
    >
      Start an execution by hand, or let a webhook start one.
    </Empty>
  );
}
