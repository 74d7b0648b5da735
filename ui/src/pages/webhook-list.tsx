// Definitions › Webhooks: every inbound address, where it leads, and whether its URL is verified.
import { Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Plus, Webhook } from 'lucide-react';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import { webhookUrl } from '../api.ts';
import { findWebhooks, receiversOf, startsOf } from '../model/webhook-list.ts';
import { platformOf } from '../model/webhook-platform.ts';
import { CopyIcon } from '../parts/copy.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { ButtonLink, Link } from '../parts/links.tsx';
import { ListFilter } from '../parts/list-filter.tsx';
import { Empty, Loaded, Page } from '../parts/page.tsx';
import { Verified } from '../parts/webhook/url-box.tsx';
import { useWebhooks } from '../queries.ts';

const route = getRouteApi('/definitions/webhooks');

const Workflows = ({ of }: { of: readonly string[] }) =>
  of.length === 0 ? <span className="dim">–</span> : <span className="hostile">{of.join(', ')}</span>;

const COLUMNS: readonly Column<WebhookConfig>[] = [
  {
    key: 'name',
    title: 'Name',
    cell: ({ id = '', name }) => (
      <Link to="/definitions/webhooks/$id" params={{ id }} fw={600} className="hostile">
        {name}
      </Link>
    ),
  },
  {
    key: 'source',
    title: 'Source',
    width: 140,
    cell: (webhook) => platformOf(webhook)?.name ?? webhook.sourcePlatform ?? webhook.verifier,
  },
  {
    key: 'status',
    title: 'URL status',
    width: 120,
    cell: ({ urlVerified = false }) => <Verified verified={urlVerified} />,
  },
  {
    key: 'url',
    title: 'URL',
    from: 'lg',
    cell: ({ id = '' }) => (
      <span className="url-cell">
        <span className="mono clip dim">{new URL(webhookUrl(id)).pathname}</span>
        <CopyIcon value={webhookUrl(id)} label="Copy URL" />
      </span>
    ),
  },
  { key: 'receivers', title: 'Receives', from: 'sm', cell: (webhook) => <Workflows of={receiversOf(webhook)} /> },
  { key: 'starts', title: 'Starts', from: 'md', cell: (webhook) => <Workflows of={startsOf(webhook)} /> },
];

const newWebhook = (
  <ButtonLink to="/definitions/new-webhook" leftSection={<Plus size={14} />}>
    New Webhook
  </ButtonLink>
);

export function WebhookListPage() {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useWebhooks();
  return (
    <Page
      title="Webhooks"
      about="Addresses that other systems call. Verified events complete waiting tasks and start workflows."
      actions={newWebhook}
    >
      <Loaded query={query} what="webhooks">
        {(webhooks) =>
          webhooks.length === 0 ? (
            <Empty icon={<Webhook size={30} />} title="No webhook yet" action={newWebhook}>
              Create one, copy its URL to GitHub, Slack, Stripe or any system that can send HTTP, and watch the first
              event arrive here.
            </Empty>
          ) : (
            <>
              <ListFilter
                label="Filter by name, source or workflow"
                value={find}
                onChange={(value) => void navigate({ search: { find: value }, replace: true })}
              />
              <DataTable
                label="Webhooks"
                columns={COLUMNS}
                rows={findWebhooks(webhooks, find)}
                rowId={({ id = '' }) => id}
                rowName={({ name }) => name}
              />
              <Text size="xs" c="dimmed">
                {webhooks.length} {webhooks.length === 1 ? 'webhook' : 'webhooks'}
              </Text>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
