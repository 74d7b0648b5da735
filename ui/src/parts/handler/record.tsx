// What came to an event handler and what it did: its executions, and the messages under the name of its event.
import { Button, Group } from '@mantine/core';
import { Inbox, Zap } from 'lucide-react';
import { useState } from 'react';
import type { EventExecutionView, EventMessageView } from '../../../../src/http/contract/event-handler.ts';
import { ACTION_KINDS } from '../../model/handler-form.ts';
import { useHandlerRuns, useMessages } from '../../queries-admin.ts';
import { Moment } from '../clock.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { Link } from '../links.tsx';
import { Empty, Loaded } from '../page.tsx';
import { Payload } from '../payload.tsx';
import { Status } from '../status.tsx';

/** Rows of one answer. */
const PAGE = 100;

const EXECUTION_COLUMNS: readonly Column<EventExecutionView>[] = [
  {
    key: 'status',
    title: 'Outcome',
    width: 130,
    cell: ({ status }) => <Status status={status} />,
  },
  { key: 'action', title: 'Action', cell: ({ action }) => ACTION_KINDS[action].label },
  {
    key: 'execution',
    title: 'Execution',
    cell: ({ output, payload, statusDescription }) => {
      const id = output.workflowId ?? payload?.workflowId;
      return (
        <>
          {typeof id === 'string' && (
            <Link to="/executions/$id" params={{ id }} className="mono">
              {id}
            </Link>
          )}
          {statusDescription && <span className="reason hostile">{statusDescription}</span>}
        </>
      );
    },
  },
  { key: 'time', title: 'Time', width: 110, align: 'right', cell: ({ created }) => <Moment at={created} /> },
];

export function HandlerRuns({ name }: { name: string }) {
  const [from, setFrom] = useState(0);
  const query = useHandlerRuns(name, from);
  return (
    <Loaded query={query} what="executions of the handler">
      {(runs) =>
        runs.length === 0 && from === 0 ? (
          <Empty icon={<Zap size={28} />} title="It has not acted yet">
            It acts when a message comes under the name of its event. “Send an event” makes one come.
          </Empty>
        ) : (
          <div className="stack">
            <DataTable
              label="Executions of the handler"
              columns={EXECUTION_COLUMNS}
              rows={runs}
              rowId={({ id }) => id}
              stale={query.isPlaceholderData}
            />
            <Group gap={8}>
              {from > 0 && (
                <Button variant="default" onClick={() => setFrom(Math.max(0, from - PAGE))}>
                  Newer
                </Button>
              )}
              {runs.length === PAGE && (
                <Button variant="default" onClick={() => setFrom(from + PAGE)}>
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

const MESSAGE_COLUMNS: readonly Column<EventMessageView>[] = [
  {
    key: 'status',
    title: 'Message',
    width: 130,
    cell: ({ status, statusDescription }) => (
      <>
        <span className="status" data-tone={status === 'HANDLED' ? 'good' : status === 'REJECTED' ? 'bad' : 'wait'}>
          <i aria-hidden="true" />
          {status}
        </span>
        {statusDescription && <span className="reason hostile">{statusDescription}</span>}
      </>
    ),
  },
  {
    key: 'payload',
    title: 'Payload',
    cell: ({ fullPayload }) => <Payload label="Payload" value={fullPayload} maxHeight={120} />,
  },
  {
    key: 'actions',
    title: 'Actions',
    width: 90,
    align: 'right',
    from: 'sm',
    cell: ({ eventExecutions }) => <span className="num">{eventExecutions.length}</span>,
  },
  { key: 'time', title: 'Time', width: 110, align: 'right', cell: ({ createdAt }) => <Moment at={createdAt} /> },
];

export function Messages({ event }: { event: string }) {
  return (
    <Loaded query={useMessages(event)} what="messages">
      {(messages) =>
        messages.length === 0 ? (
          <Empty icon={<Inbox size={28} />} title="No message has come">
            Nothing was published under <span className="mono hostile">{event}</span>.
          </Empty>
        ) : (
          <DataTable label="Messages" columns={MESSAGE_COLUMNS} rows={messages} rowId={({ id }) => id} />
        )
      }
    </Loaded>
  );
}
