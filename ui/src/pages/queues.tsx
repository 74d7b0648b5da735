// Queues & workers: how much waits, who fetches it, and where nobody does.
import { Text } from '@mantine/core';
import { Layers } from 'lucide-react';
import { appRoot } from '../api.ts';
import { curlCommand } from '../model/curl.ts';
import { isDeserted, type QueueRow, queueRows } from '../model/queue-list.ts';
import { Moment, useNow } from '../parts/clock.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { Payload } from '../parts/payload.tsx';
import { useQueues } from '../queries.ts';

/** What a worker of a task named hello asks first. */
const POLL = new URL('api/tasks/poll/hello?workerid=me', appRoot).href;

function Deserted({ row }: { row: QueueRow }) {
  const now = useNow();
  if (!isDeserted(row, now)) return null;
  return (
    <Text size="xs" c="var(--tone-bad)">
      {row.depth === 1 ? 'A task waits' : `${row.depth} tasks wait`} and no worker polls
      {row.domain ? ` in domain ${row.domain}` : ''}
    </Text>
  );
}

const COLUMNS: readonly Column<QueueRow>[] = [
  {
    key: 'queue',
    title: 'Queue',
    cell: (row) => (
      <div>
        <b className="hostile">{row.name}</b>
        <Deserted row={row} />
      </div>
    ),
  },
  { key: 'domain', title: 'Domain', from: 'sm', cell: ({ domain }) => domain ?? <span className="dim">–</span> },
  {
    key: 'depth',
    title: 'Waiting',
    width: 100,
    align: 'right',
    cell: ({ depth }) => <span className="num">{depth.toLocaleString('en-US')}</span>,
  },
  {
    key: 'workers',
    title: 'Workers',
    from: 'sm',
    cell: ({ polls }) =>
      polls.length === 0 ? (
        <span className="dim">none seen</span>
      ) : (
        <span className="mono clip hostile">{polls.map(({ workerId }) => workerId ?? 'unnamed').join(', ')}</span>
      ),
  },
  {
    key: 'last',
    title: 'Last poll',
    width: 120,
    align: 'right',
    cell: ({ lastPoll }) => (lastPoll ? <Moment at={lastPoll} /> : <span className="dim">never</span>),
  },
];

export function QueuesPage() {
  const query = useQueues();
  return (
    <Page title="Queues & workers" about="Tasks that wait for a worker, and when one asked last.">
      <Loaded query={query} what="queues">
        {({ sizes, polls }) => {
          const rows = queueRows(sizes, polls);
          return rows.length === 0 ? (
            <Empty icon={<Layers size={28} />} title="No queue yet">
              A queue appears when a worker task is scheduled, or when a worker polls for the first time:
              <Payload label="A first poll" text={curlCommand({ method: 'GET', url: POLL })} />
            </Empty>
          ) : (
            <DataTable label="Queues" columns={COLUMNS} rows={rows} rowId={({ key }) => key} />
          );
        }}
      </Loaded>
    </Page>
  );
}
