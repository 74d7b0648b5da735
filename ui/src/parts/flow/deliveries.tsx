// Deliveries of a flow: search and filters in the address, and all that failed sent again after a count.
import { Button, Chip, CloseButton, Group, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Search, Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FlowWebhookConfig } from '../../../../src/http/contract/flow-webhook.ts';
import { DELIVERY_STATUSES, type FlowAddress, isNarrowed, WINDOW_NAMES } from '../../model/delivery-search.ts';
import { deliveryLook } from '../../model/delivery-view.ts';
import { useFlowDeliveries } from '../../queries-flow.ts';
import { Empty, Loaded } from '../page.tsx';
import { DeliveryList } from './delivery-list.tsx';
import { ResendFailed } from './resend-failed.tsx';

const WINDOW_TEXTS = { '1h': 'Last hour', '24h': 'Last 24 h', '7d': 'Last 7 days', '30d': 'Last 30 days' } as const;
/** Typing asks the server when it pauses, not at every letter. */
const TYPING_MS = 250;

interface DeliveriesProps {
  readonly flow: string;
  readonly webhooks: readonly FlowWebhookConfig[];
  readonly search: FlowAddress;
  readonly onSearch: (change: Partial<FlowAddress>) => void;
}

export function Deliveries({ flow, webhooks, search, onSearch }: DeliveriesProps) {
  const query = useFlowDeliveries(flow, search);
  const narrow = (change: Partial<FlowAddress>) => onSearch({ ...change, page: undefined });
  return (
    <Stack gap="md">
      <Group gap={8}>
        <Find value={search.find ?? ''} onChange={(find) => narrow({ find: find || undefined })} />
        <Select
          aria-label="Time"
          placeholder="Any time"
          w={140}
          clearable
          clearButtonProps={{ 'aria-label': 'Any time' }}
          data={WINDOW_NAMES.map((value) => ({ value, label: WINDOW_TEXTS[value] }))}
          value={search.since ?? null}
          onChange={(since) => narrow({ since: since ?? undefined })}
        />
        <Select
          aria-label="Webhook"
          placeholder="Any webhook"
          w={200}
          clearable
          clearButtonProps={{ 'aria-label': 'Any webhook' }}
          data={webhooks.map(({ id = '', name }) => ({ value: id, label: name }))}
          value={search.webhook ?? null}
          onChange={(webhook) => narrow({ webhook: webhook ?? undefined })}
        />
        <Chip.Group
          multiple
          value={[...(search.status ?? [])]}
          onChange={(status) => narrow({ status: DELIVERY_STATUSES.filter((one) => status.includes(one)) })}
        >
          <Group gap={6} role="group" aria-label="States">
            {DELIVERY_STATUSES.map((status) => (
              <Chip key={status} value={status} size="xs" variant="outline">
                {deliveryLook({ status, attempts: 0 }).text}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <ResendFailed flow={flow} webhooks={webhooks} chosen={search.webhook} />
      </Group>
      <Loaded query={query} what="deliveries">
        {({ totalHits, results }) =>
          results.length === 0 ? (
            <Empty
              icon={<Send size={28} />}
              title={isNarrowed(search) ? 'No delivery fits' : 'Nothing was sent yet'}
              action={
                isNarrowed(search) && (
                  <Button
                    variant="default"
                    onClick={() => narrow({ find: undefined, since: undefined, webhook: undefined, status: undefined })}
                  >
                    Clear the filter
                  </Button>
                )
              }
            >
              {!isNarrowed(search) && 'Run the workflow: what its webhooks send shows up here at once.'}
            </Empty>
          ) : (
            <DeliveryList
              deliveries={results}
              total={totalHits}
              page={search.page ?? 1}
              onPage={(page) => onSearch({ page })}
              stale={query.isPlaceholderData}
            />
          )
        }
      </Loaded>
    </Stack>
  );
}

function Find({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, TYPING_MS);
  useEffect(() => setText(value), [value]);
  const set = (next: string) => {
    setText(next);
    tell(next);
  };
  return (
    <TextInput
      data-page-filter
      aria-label="Find in ids, cause, answer and message"
      placeholder="Find in ids, cause, answer and message"
      leftSection={<Search size={14} />}
      rightSection={
        text === '' ? undefined : <CloseButton size="sm" aria-label="Clear the search" onClick={() => set('')} />
      }
      flex="1 1 220px"
      maw={340}
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
