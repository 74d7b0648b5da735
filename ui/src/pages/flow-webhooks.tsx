// Webhooks of a flow: its webhook tasks, and what they have delivered.
import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { FlowTab } from '../model/delivery-search.ts';
import { Deliveries } from '../parts/flow/deliveries.tsx';
import { WebhookTable } from '../parts/flow/webhook-table.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { useFlowWebhooks } from '../queries-flow.ts';

const route = getRouteApi('/definitions/workflows/$name/webhooks');

export function FlowWebhooksPage() {
  const { name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useFlowWebhooks(name);
  const { tab = 'webhooks' } = search;
  return (
    <Loaded query={query} what="workflow" id={name}>
      {(webhooks) => (
        <Page
          title={`Webhooks of ${name}`}
          heading={
            <span>
              Webhooks of{' '}
              <Link to="/definitions/workflows/$name" params={{ name }} inherit c="inherit" className="hostile">
                {name}
              </Link>
            </span>
          }
          about="Messages to other applications about executions of this workflow. All its versions share them."
          actions={
            <ButtonLink
              to="/definitions/workflows/$name/new-webhook"
              params={{ name }}
              leftSection={<Plus size={14} />}
            >
              Create webhook task
            </ButtonLink>
          }
        >
          <Tabs
            value={tab}
            onChange={(next) => void navigate({ search: { tab: next as FlowTab } })}
            keepMounted={false}
          >
            <Tabs.List mb="md">
              <Tabs.Tab value="webhooks">Webhook tasks</Tabs.Tab>
              <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="webhooks">
              <WebhookTable flow={name} webhooks={webhooks} />
            </Tabs.Panel>
            <Tabs.Panel value="deliveries">
              <Deliveries
                flow={name}
                webhooks={webhooks}
                search={search}
                onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
              />
            </Tabs.Panel>
          </Tabs>
        </Page>
      )}
    </Loaded>
  );
}
