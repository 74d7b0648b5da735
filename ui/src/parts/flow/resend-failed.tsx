// "Resend failed since …": counts first, then puts them back into the queue, and says how many.
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { FlowWebhookConfig } from '../../../../src/http/contract/flow-webhook.ts';
import { flowApi } from '../../api-flow.ts';
import { type WindowName, windowStart } from '../../model/delivery-search.ts';
import { errorText, useAction } from '../../queries.ts';

interface ResendFailedProps {
  readonly flow: string;
  readonly webhooks: readonly FlowWebhookConfig[];
  /** The webhook that the list is narrowed to. */
  readonly chosen: string | undefined;
}

const WINDOWS: { value: WindowName; label: string }[] = [
  { value: '1h', label: 'the last hour' },
  { value: '24h', label: 'the last 24 hours' },
  { value: '7d', label: 'the last 7 days' },
  { value: '30d', label: 'the last 30 days' },
];
const deliveries = (n: number): string => `${n.toLocaleString('en-US')} ${n === 1 ? 'delivery' : 'deliveries'}`;

export function ResendFailed({ flow, webhooks, chosen }: ResendFailedProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<RotateCw size={14} />}
        disabled={webhooks.length === 0}
        onClick={() => setOpened(true)}
      >
        Resend failed…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Resend failed deliveries" size="md">
        {opened && <Dialog flow={flow} webhooks={webhooks} chosen={chosen} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function Dialog({ flow, webhooks, chosen, onClose }: ResendFailedProps & { readonly onClose: () => void }) {
  const [since, setSince] = useState<WindowName>('24h');
  const [webhook, setWebhook] = useState(chosen ?? null);
  const [now] = useState(() => Date.now());
  const window = { from: windowStart(since, now), to: now, ...(webhook && { webhookId: webhook }) };
  const count = useQuery({
    queryKey: ['deliveries', 'failed', flow, window],
    queryFn: () => flowApi.resendFailed(flow, { ...window, dryRun: true }),
  });
  const resend = useAction<void, { failed: number; resent: number }>({
    run: () => flowApi.resendFailed(flow, { ...window, dryRun: false }),
    refresh: [['deliveries'], ['trace']],
    done: ({ resent }) => `${deliveries(resent)} put back into the queue`,
    after: onClose,
  });
  const failed = count.data?.failed;
  return (
    <Stack gap="md">
      <Select
        label="Failed within"
        data={WINDOWS}
        value={since}
        onChange={(value) => value && setSince(value)}
        data-autofocus
      />
      <Select
        label="Webhook"
        placeholder="All of this workflow"
        clearable
        clearButtonProps={{ 'aria-label': 'All of this workflow' }}
        data={webhooks.map(({ id = '', name }) => ({ value: id, label: name }))}
        value={webhook}
        onChange={setWebhook}
      />
      <Text size="sm" role="status">
        {count.error
          ? errorText(count.error)
          : failed === undefined
            ? 'Counting…'
            : failed === 0
              ? 'None failed within this time.'
              : `${deliveries(failed)} failed and would be sent again, each under its own id.`}
      </Text>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={resend.isPending} disabled={!failed} onClick={() => resend.mutate()}>
          {failed ? `Resend ${deliveries(failed)}` : 'Resend'}
        </Button>
      </Group>
    </Stack>
  );
}
