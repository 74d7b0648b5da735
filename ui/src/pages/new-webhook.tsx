// Definitions › Webhooks › New Webhook: the form, and beside it what the chosen platform will need.
import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { WebhookConfig } from '../../../src/http/contract/webhook.ts';
import { api } from '../api.ts';
import { Page } from '../parts/page.tsx';
import { WebhookForm } from '../parts/webhook/form.tsx';
import { Guide } from '../parts/webhook/guide.tsx';
import { useAction, usePlatforms } from '../queries.ts';

export function NewWebhookPage() {
  const navigate = useNavigate();
  const [platformId, setPlatformId] = useState('');
  const platform = usePlatforms().find(({ id }) => id === platformId);
  const allow = useRef<() => void>(undefined);
  const create = useAction({
    run: (config: WebhookConfig) => api.createWebhook(config),
    refresh: [['webhooks']],
    done: ({ name }) => `Created ${name}. Its URL is ready to copy.`,
    toastErrors: false,
    after: ({ id = '' }) => {
      allow.current?.();
      void navigate({ to: '/definitions/webhooks/$id', params: { id } });
    },
  });
  return (
    <Page title="New Webhook" about="After saving, you get the URL to enter on the platform.">
      <div className="two-columns">
        <section className="panel pad" aria-label="Settings of the webhook">
          <WebhookForm
            saving={create.isPending}
            error={create.error}
            onPlatform={setPlatformId}
            onSave={(config, allowLeave) => {
              allow.current = allowLeave;
              create.mutate(config);
            }}
          />
        </section>
        <aside className="panel pad" aria-label="What happens next">
          <Text fw={600} size="sm" mb={8}>
            {platform ? `Setting up ${platform.name}` : 'What happens next'}
          </Text>
          {platform ? (
            <Guide platform={platform} />
          ) : (
            <ol className="steps">
              <li>Name the webhook and choose the workflow that waits for its events.</li>
              <li>Choose the source platform: it decides how senders prove themselves.</li>
              <li>Save. You get a URL, unverified at first.</li>
              <li>Enter the URL on the platform. The first proven request turns it to Verified.</li>
            </ol>
          )}
        </aside>
      </div>
    </Page>
  );
}
