// What a webhook has received: event id, what came of it, the executions, when; newer ones slip in, older ones by page.
import { Button, Group } from '@mantine/core';
import { Inbox, Send } from 'lucide-react';
import type { ReceivedEvent } from '../../../../src/http/contract/webhook-event.ts';
import { EVENTS_SHOWN } from '../../model/inbox.ts';
import { cameAgain, eventOutcome, eventWorkflowIds } from '../../model/received-event.ts';
import { useEvents } from '../../queries.ts';
import { Moment } from '../clock.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { ButtonLink, Link } from '../links.tsx';
import { Empty, Loaded } from '../page.tsx';

/** Links in one row; all of them are on the page of the event. */
const MAX_LINKS = 3;

const COLUMNS: readonly Column<ReceivedEvent>[] = [
  {
    key: 'id',
    title: 'Event ID',
    cell: ({ eventId }) => (
      <Link to="/events/$eventId" params={{ eventId }} className="mono">
        {eventId}
      </Link>
    ),
  },
  {
    key: 'verdict',
    title: 'Verdict',
    cell: (event) => {
      const { text, tone } = eventOutcome(event);
      const again = cameAgain(event);
      return (
        <span style={{ display: 'block', minWidth: 0 }}>
          <span className="status" data-tone={tone}>
            <i aria-hidden="true" />
            {text}
          </span>
          {again && <span className="dim"> · {again}</span>}
          {event.reason && <span className="reason hostile">{event.reason}</span>}
        </span>
      );
    },
  },
  {
    key: 'matched',
    title: 'Matched',
    width: 90,
    from: 'sm',
    cell: ({ matched }) => (matched ? 'Yes' : <span className="dim">No</span>),
  },
  {
    key: 'workflows',
    title: 'Workflow ids',
    from: 'sm',
    cell: (event) => {
      const ids = eventWorkflowIds(event);
      if (ids.length === 0) return <span className="dim">–</span>;
      return (
        <span className="ids">
          {ids.slice(0, MAX_LINKS).map((id) => (
            <Link key={id} to="/executions/$id" params={{ id }} className="mono">
              {id}
            </Link>
          ))}
          {ids.length > MAX_LINKS && <span className="dim">and {ids.length - MAX_LINKS} more</span>}
        </span>
      );
    },
  },
  { key: 'time', title: 'Time', width: 110, align: 'right', cell: ({ receivedAt }) => <Moment at={receivedAt} /> },
];

/** The same with the webhook of each. */
export const eventColumns = (nameOf: (webhookId: string) => string): readonly Column<ReceivedEvent>[] => {
  const webhook: Column<ReceivedEvent> = {
    key: 'webhook',
    title: 'Webhook',
    from: 'md',
    cell: ({ webhookId }) => (
      <Link to="/definitions/webhooks/$id" params={{ id: webhookId }} className="hostile">
        {nameOf(webhookId)}
      </Link>
    ),
  };
  return [...COLUMNS.slice(0, 1), webhook, ...COLUMNS.slice(1)];
};

interface EventsProps {
  readonly webhookId: string;
  readonly before: number | undefined;
  readonly onPage: (before: number | undefined) => void;
}

export function Events({ webhookId, before, onPage }: EventsProps) {
  const query = useEvents(webhookId, before);
  return (
    <Loaded query={query} what="events">
      {(events) =>
        events.length === 0 ? (
          <Empty
            icon={<Inbox size={28} />}
            title={before ? 'Nothing older' : 'No event yet'}
            action={
              before ? (
                <Button variant="default" onClick={() => onPage(undefined)}>
                  Newest
                </Button>
              ) : (
                <ButtonLink
                  to="/definitions/webhooks/$id"
                  params={{ id: webhookId }}
                  search={{ tab: 'code' }}
                  leftSection={<Send size={14} />}
                >
                  Send a sample
                </ButtonLink>
              )
            }
          >
            {before
              ? 'These were all events of this webhook.'
              : 'Follow the guide, or let this page send what the platform would send.'}
          </Empty>
        ) : (
          <div className="stack">
            <DataTable
              label="Received events"
              columns={COLUMNS}
              rows={events}
              rowId={({ eventId }) => eventId}
              stale={query.isPlaceholderData}
            />
            <Group gap={8}>
              {before !== undefined && (
                <Button variant="default" onClick={() => onPage(undefined)}>
                  Newest
                </Button>
              )}
              <Button
                variant="default"
                disabled={events.length < EVENTS_SHOWN}
                onClick={() => onPage(events.at(-1)?.seq)}
              >
                Older
              </Button>
            </Group>
          </div>
        )
      }
    </Loaded>
  );
}
