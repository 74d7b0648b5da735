// One webhook: its URL and whether it is verified, what it received, its settings, the platform's guide, a signed sample.
import { Tabs, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import { api } from '../api.ts';
import type { WebhookTab } from '../model/address.ts';
import { receiversOf, startsOf } from '../model/webhook-list.ts';
import { CUSTOM, platformOf } from '../model/webhook-platform.ts';
import { DeleteMenu } from '../parts/delete.tsx';
import { Loaded, Page } from '../parts/page.tsx';
import { Events } from '../parts/webhook/events.tsx';
import { WebhookForm } from '../parts/webhook/form.tsx';
import { Guide } from '../parts/webhook/guide.tsx';
import { HeldNotice, HoldButton } from '../parts/webhook/hold.tsx';
import { Rotation } from '../parts/webhook/rotation.tsx';
import { Sender } from '../parts/webhook/sender.tsx';
import { UrlBox, Verified } from '../parts/webhook/url-box.tsx';
import { useAction, usePlatforms, useWebhook } from '../queries.ts';

const route = getRouteApi('/definitions/webhooks/$id');

export function WebhookPage() {
  const { id } = route.useParams();
  const query = useWebhook(id);
  return (
    <Loaded query={query} what="webhook" id={id}>
      {(webhook) => <WebhookView id={id} webhook={webhook} />}
    </Loaded>
  );
}

function WebhookView({ id, webhook }: { id: string; webhook: WebhookConfig }) {
  const { tab = 'events', before } = route.useSearch();
  const navigate = route.useNavigate();
  const platform = platformOf(webhook, usePlatforms()) ?? CUSTOM;
  const verified = webhook.urlVerified ?? false;
  const remove = useAction({
    run: () => api.removeWebhook(id),
    refresh: [['webhooks']],
    done: () => `Deleted ${webhook.name}`,
    after: () => void navigate({ to: '/definitions/webhooks' }),
  });
  return (
    <Page
      title={webhook.name}
      heading={
        <>
          <span className="hostile">{webhook.name}</span> <Verified verified={verified} />
        </>
      }
      about={<About webhook={webhook} />}
      actions={
        <>
          <HoldButton id={id} webhook={webhook} />
          <DeleteMenu
            what="webhook"
            name={webhook.name}
            loss="Its URL stops working at once: senders get 404."
            onDelete={() => remove.mutate()}
          />
        </>
      }
    >
      <UrlBox id={id} />
      <HeldNotice id={id} webhook={webhook} />
      {!verified && (
        <section className="notice" data-tone="wait" aria-live="polite" aria-label="State of the URL">
          <div className="waiting-first">
            <span className="pulse" aria-hidden="true" />
            <div>
              <Text fw={600} size="sm" mb={4}>
                Waiting for the first request…
              </Text>
              <Guide platform={platform} />
            </div>
          </div>
        </section>
      )}
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: { tab: value as WebhookTab } })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="events">Events</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          <Tabs.Tab value="secrets">Secrets</Tabs.Tab>
          {verified && <Tabs.Tab value="guide">Guide</Tabs.Tab>}
          <Tabs.Tab value="code">Code</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="events">
          <Events webhookId={id} before={before} onPage={(next) => void navigate({ search: { tab, before: next } })} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" maw={640}>
          <Settings id={id} webhook={webhook} />
        </Tabs.Panel>

        <Tabs.Panel value="secrets" maw={720}>
          <Rotation id={id} webhook={webhook} />
        </Tabs.Panel>
        <Tabs.Panel value="guide" maw={720}>
          <Guide platform={platform} />
        </Tabs.Panel>
        <Tabs.Panel value="code" maw={860}>
          <Sender id={id} webhook={webhook} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function About({ webhook }: { webhook: WebhookConfig }) {
  const platforms = usePlatforms();
  const receivers = receiversOf(webhook);
  const starts = startsOf(webhook);
  const parts = [
    `From ${platformOf(webhook, platforms)?.name ?? webhook.sourcePlatform ?? 'any sender'}`,
    receivers.length > 0 ? `to ${receivers.join(', ')}` : '',
    starts.length > 0 ? `starts ${starts.join(', ')}` : '',
  ];
  return <span className="hostile">{parts.filter(Boolean).join(' · ')}</span>;
}

function Settings({ id, webhook }: { id: string; webhook: WebhookConfig }) {
  const platforms = usePlatforms();
  const save = useAction({
    run: (config: WebhookConfig) => api.updateWebhook(id, config),
    refresh: [['webhooks'], ['webhook', id]],
    done: ({ name }) => `Saved ${name}`,
    toastErrors: false,
  });
  return (
    <WebhookForm
      // A saved webhook comes back from the server: the form begins anew with what was stored.
      key={JSON.stringify([platforms.length, { ...webhook, webhookExecutionHistory: [], urlVerified: false }])}
      stored={webhook}
      saving={save.isPending}
      error={save.error}
      onSave={(config) => save.mutate(config)}
    />
  );
}
