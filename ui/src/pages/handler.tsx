// One event handler: what it did, the messages that came, and its form; and a new one.
import { Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { EventHandler } from '../../../src/http/contract/event-handler.ts';
import { adminApi } from '../api-admin.ts';
import type { RecordTab } from '../model/address.ts';
import { EMPTY_HANDLER, handlerValues } from '../model/handler-form.ts';
import { DeleteButton } from '../parts/delete.tsx';
import { HandlerForm } from '../parts/handler/form.tsx';
import { Publish } from '../parts/handler/publish.tsx';
import { HandlerRuns, Messages } from '../parts/handler/record.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { useAction } from '../queries.ts';
import { useHandler } from '../queries-admin.ts';

const route = getRouteApi('/definitions/event-handlers/$name');

export function HandlerPage() {
  const { name } = route.useParams();
  return (
    <Loaded query={useHandler(name)} what="event handler" id={name}>
      {(handler) => <HandlerView handler={handler} />}
    </Loaded>
  );
}

function HandlerView({ handler }: { handler: EventHandler }) {
  const { name, event, active, description } = handler;
  const { tab = 'runs' } = route.useSearch();
  const navigate = route.useNavigate();
  const save = useAction({
    run: (next: EventHandler) => adminApi.replaceHandler(next),
    refresh: [['handlers'], ['handler', name]],
    done: () => `Saved ${name}`,
    toastErrors: false,
  });
  const remove = useAction<void, unknown>({
    run: () => adminApi.removeHandler(name),
    refresh: [['handlers']],
    done: () => `Deleted ${name}`,
    after: () => void navigate({ to: '/definitions/event-handlers' }),
  });
  return (
    <Page
      title={name}
      heading={
        <>
          <span className="hostile">{name}</span>{' '}
          <span className="status" data-tone={active ? 'good' : 'gone'}>
            <i aria-hidden="true" />
            {active ? 'ACTIVE' : 'INACTIVE'}
          </span>
        </>
      }
      about={
        <span className="hostile">
          Listens to <span className="mono">{event}</span>
          {description ? ` · ${description}` : ''}
        </span>
      }
      actions={
        <>
          <Publish event={event} />
          <DeleteButton
            name={name}
            loss="It listens no more. What it did stays on record."
            onDelete={() => remove.mutate()}
          />
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: { tab: value as RecordTab } })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="runs">Executions</Tabs.Tab>
          <Tabs.Tab value="messages">Messages</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="runs">
          <HandlerRuns name={name} />
        </Tabs.Panel>
        <Tabs.Panel value="messages">
          <Messages event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <HandlerForm
            key={JSON.stringify(handlerValues(handler))}
            start={handlerValues(handler)}
            stored={handler}
            saving={save.isPending}
            error={save.error}
            onSave={(next) => save.mutate(next)}
          />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

export function NewHandlerPage() {
  const navigate = useNavigate();
  const add = useAction({
    run: ({ handler }: { handler: EventHandler; allow: () => void }) => adminApi.addHandler(handler),
    refresh: [['handlers']],
    done: (_, { handler }) => `Created ${handler.name}`,
    toastErrors: false,
    after: (_, { handler, allow }) => {
      allow();
      void navigate({ to: '/definitions/event-handlers/$name', params: { name: handler.name } });
    },
  });
  return (
    <Page title="New Event Handler">
      <HandlerForm
        start={EMPTY_HANDLER}
        saving={add.isPending}
        error={add.error}
        onSave={(handler, allow) => add.mutate({ handler, allow })}
      />
    </Page>
  );
}
