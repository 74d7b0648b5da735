// Definitions › Event Handlers: what listens to messages, and what it does with them.
import { Switch } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Plus, Radio } from 'lucide-react';
import { startTransition, useOptimistic } from 'react';
import type { EventHandler } from '../../../src/http/contract/event-handler.ts';
import { adminApi } from '../api-admin.ts';
import { ACTION_KINDS, findHandlers } from '../model/handler-form.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { useAction } from '../queries.ts';
import { useHandlers } from '../queries-admin.ts';

const route = getRouteApi('/definitions/event-handlers');

function ActiveSwitch({ handler }: { handler: EventHandler }) {
  const toggle = useAction({
    run: (active: boolean) => adminApi.replaceHandler({ ...handler, active }),
    refresh: [['handlers'], ['handler', handler.name]],
  });
  // As wished from the press on, until the list that the server then gives is there.
  const [active, wish] = useOptimistic(handler.active ?? false);
  return (
    <Switch
      size="xs"
      aria-label={`${handler.name} is active`}
      checked={active}
      onChange={({ currentTarget: { checked } }) =>
        startTransition(async () => {
          wish(checked);
          // Why it did not work is said by the action.
          await toggle.mutateAsync(checked).catch(() => undefined);
        })
      }
    />
  );
}

const COLUMNS: readonly Column<EventHandler>[] = [
  {
    key: 'name',
    title: 'Name',
    cell: ({ name }) => (
      <Link to="/definitions/event-handlers/$name" params={{ name }} fw={600} className="hostile">
        {name}
      </Link>
    ),
  },
  { key: 'event', title: 'Event', cell: ({ event }) => <span className="mono hostile">{event}</span> },
  {
    key: 'condition',
    title: 'Condition',
    from: 'lg',
    cell: ({ condition }) =>
      condition ? <span className="mono clip hostile">{condition}</span> : <span className="dim">always</span>,
  },
  {
    key: 'actions',
    title: 'Actions',
    from: 'sm',
    cell: ({ actions }) => actions.map(({ action }) => ACTION_KINDS[action].label).join(', ') || '–',
  },
  { key: 'active', title: 'Active', width: 80, cell: (handler) => <ActiveSwitch handler={handler} /> },
];

const newHandler = (
  <ButtonLink to="/definitions/new-event-handler" leftSection={<Plus size={14} />}>
    New Event Handler
  </ButtonLink>
);

export function HandlerListPage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title="Event handlers"
      about="They listen to messages of EVENT tasks and programs, and start, complete or end what is meant."
      actions={newHandler}
    >
      <Loaded query={useHandlers()} what="event handlers">
        {(handlers) =>
          handlers.length === 0 ? (
            <Empty icon={<Radio size={28} />} title="Nothing listens yet" action={newHandler}>
              Let the end of one workflow start another, or a message complete a waiting task.
            </Empty>
          ) : (
            <>
              <ListFilter
                label="Filter by name or event"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              <DataTable
                label="Event handlers"
                columns={COLUMNS}
                rows={findHandlers(handlers, find)}
                rowId={({ name }) => name}
              />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
