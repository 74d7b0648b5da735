// Received events of all webhooks; first those that nobody waited for, to be looked at, matched again or verified again.
import { Button, Chip, Group, Select } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { EVENTS_SHOWN, INBOX_KINDS, type InboxAddress, type InboxKind } from '../model/inbox.ts';
import { DataTable } from '../parts/data-table.tsx';
import { InboxBar, RematchButton } from '../parts/inbox/actions.tsx';
import { ButtonLink } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { eventColumns } from '../parts/webhook/events.tsx';
import { useWebhooks } from '../queries.ts';
import { useInbox } from '../queries-inbound.ts';

const route = getRouteApi('/events');

const NOTHING: Readonly<Record<InboxKind, readonly [string, string]>> = {
  unmatched: [
    'Every event found somebody',
    'Events that are proven but match no waiting task and start nothing come here.',
  ],
  refused: [
    'Nothing was refused',
    'Requests without a right signature, header or challenge come here, with the reason.',
  ],
  held: ['Nothing is held back', 'Events of paused webhooks wait here until they are released.'],
  all: ['No event yet', 'Create a webhook and send its sample: it arrives here.'],
};

export function InboxPage() {
  const address = route.useSearch();
  const { show = 'unmatched', webhook, find = '' } = address;
  const navigate = route.useNavigate();
  const webhooks = useWebhooks().data ?? [];
  const nameOf = (id: string): string => webhooks.find((one) => one.id === id)?.name ?? id;
  const query = useInbox(address);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const change = (next: InboxAddress) => {
    setSelected(new Set());
    void navigate({ search: (old: InboxAddress) => ({ ...old, before: undefined, ...next }), replace: true });
  };
  return (
    <Page
      title="Received events"
      about="What came to all webhooks."
      actions={
        show === 'unmatched' && webhook ? (
          <RematchButton of={{ webhookId: webhook }} label="Match all again…" />
        ) : undefined
      }
    >
      <Group gap={8}>
        <Chip.Group multiple={false} value={show} onChange={(next) => change({ show: next as InboxKind })}>
          <Group gap={6} role="group" aria-label="Kind of events">
            {Object.entries(INBOX_KINDS).map(([kind, label]) => (
              <Chip key={kind} value={kind} size="xs" variant="outline">
                {label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Select
          aria-label="Webhook"
          placeholder="Any webhook"
          w={220}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Any webhook' }}
          data={webhooks.map(({ id = '', name }) => ({ value: id, label: name }))}
          value={webhook ?? null}
          onChange={(next) => change({ webhook: next ?? undefined })}
        />
        <ListFilter label="Find in headers and body" value={find} onChange={(next) => change({ find: next })} />
      </Group>
      <InboxBar ids={selected} refused={show === 'refused'} onDone={() => setSelected(new Set())} />
      <Loaded query={query} what="events">
        {(events) =>
          events.length === 0 ? (
            <Empty
              icon={<Inbox size={28} />}
              title={find || address.before ? 'Nothing fits' : NOTHING[show][0]}
              action={
                <ButtonLink to="/definitions/webhooks" variant="default">
                  Webhooks
                </ButtonLink>
              }
            >
              {NOTHING[show][1]}
            </Empty>
          ) : (
            <div className="stack">
              <DataTable
                label="Received events"
                columns={eventColumns(nameOf)}
                rows={events}
                rowId={({ eventId }) => eventId}
                rowName={({ eventId }) => `event ${eventId}`}
                stale={query.isPlaceholderData}
                {...(show === 'all' || show === 'held' ? {} : { selection: { ids: selected, onChange: setSelected } })}
              />
              <Group gap={8}>
                {address.before !== undefined && (
                  <Button variant="default" onClick={() => change({})}>
                    Newest
                  </Button>
                )}
                <Button
                  variant="default"
                  disabled={events.length < EVENTS_SHOWN}
                  onClick={() => change({ before: events.at(-1)?.seq })}
                >
                  Older
                </Button>
              </Group>
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
