// What a schedule has started: each run with its due moment, when it really began, and the execution.
import { Button, Group, Text } from '@mantine/core';
import { CalendarClock } from 'lucide-react';
import { useState } from 'react';
import type { ScheduleExecution } from '../../../../src/http/contract/schedule.ts';
import { RUNS_SHOWN } from '../../api-admin.ts';
import { useScheduleRuns } from '../../queries-admin.ts';
import { FullMoment, Moment } from '../clock.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { Link } from '../links.tsx';
import { Empty, Loaded } from '../page.tsx';

const STATES = {
  POLLED: { text: 'STARTING', tone: 'run' },
  EXECUTED: { text: 'STARTED', tone: 'good' },
  FAILED: { text: 'FAILED', tone: 'bad' },
} as const;

const COLUMNS: readonly Column<ScheduleExecution>[] = [
  {
    key: 'state',
    title: 'Run',
    width: 120,
    cell: ({ state }) => (
      <span className="status" data-tone={STATES[state].tone}>
        <i aria-hidden="true" />
        {STATES[state].text}
      </span>
    ),
  },
  {
    key: 'execution',
    title: 'Execution',
    cell: ({ workflowId, reason }) => (
      <>
        {workflowId && (
          <Link to="/executions/$id" params={{ id: workflowId }} className="mono">
            {workflowId}
          </Link>
        )}
        {reason && <span className="reason hostile">{reason}</span>}
        {!workflowId && !reason && <span className="dim">–</span>}
      </>
    ),
  },
  { key: 'due', title: 'Due', from: 'md', cell: ({ scheduledTime }) => <FullMoment at={scheduledTime} /> },
  {
    key: 'began',
    title: 'Began',
    width: 110,
    align: 'right',
    cell: ({ executionTime }) => <Moment at={executionTime} />,
  },
];

export function ScheduleRuns({ name }: { name: string }) {
  const [start, setStart] = useState(0);
  const query = useScheduleRuns(name, start);
  return (
    <Loaded query={query} what="runs">
      {({ results, totalHits }) =>
        totalHits === 0 ? (
          <Empty icon={<CalendarClock size={28} />} title="It has not run yet">
            It runs when its time comes; the button “Run now” does not wait for it.
          </Empty>
        ) : (
          <div className="stack">
            <DataTable
              label="Runs"
              columns={COLUMNS}
              rows={results}
              rowId={({ executionId }) => executionId}
              stale={query.isPlaceholderData}
            />
            <Group gap={8}>
              <Text size="xs" c="dimmed" className="num">
                {start + 1}–{start + results.length} of {totalHits.toLocaleString('en-US')}
              </Text>
              {start > 0 && (
                <Button variant="default" onClick={() => setStart(Math.max(0, start - RUNS_SHOWN))}>
                  Newer
                </Button>
              )}
              {start + results.length < totalHits && (
                <Button variant="default" onClick={() => setStart(start + RUNS_SHOWN)}>
                  Older
                </Button>
              )}
            </Group>
          </div>
        )
      }
    </Loaded>
  );
}
