// Webhooks of a flow: where each sends, when, whether it is on, and how its last deliveries went.
import { Text } from '@mantine/core';
import { Send } from 'lucide-react';
import type { Delivery, FlowWebhookConfig } from '../../../../src/http/contract/flow-webhook.ts';
import { deliveryLook } from '../../model/delivery-view.ts';
import { TRIGGERS } from '../../model/flow-webhook-form.ts';
import { useFlowDeliveries } from '../../queries-flow.ts';
import { Moment } from '../clock.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { ButtonLink, Link } from '../links.tsx';
import { Empty } from '../page.tsx';
import './flow.css';

const triggerText = ({ triggerEvent, triggerObject }: FlowWebhookConfig): string => {
  const label = TRIGGERS.find(({ value }) => value === triggerEvent)?.label ?? triggerEvent;
  return triggerObject === 'any' ? label : `${label} of ${triggerObject.join(', ')}`;
};

/** Squares of a row of recent deliveries, the newest at the right. */
const MAX_SQUARES = 16;

function Recent({ deliveries }: { deliveries: readonly Delivery[] }) {
  if (deliveries.length === 0) return <span className="dim">–</span>;
  const shown = deliveries.slice(0, MAX_SQUARES).reverse();
  const good = shown.filter(({ status }) => status === 'DELIVERED').length;
  return (
    <span className="squares" role="img" aria-label={`${good} of the last ${shown.length} delivered`}>
      {shown.map((delivery) => (
        <i key={delivery.id} data-tone={deliveryLook(delivery).tone} />
      ))}
    </span>
  );
}

export function WebhookTable({ flow, webhooks }: { flow: string; webhooks: readonly FlowWebhookConfig[] }) {
  const recent = useFlowDeliveries(flow, {}).data?.results ?? [];
  if (webhooks.length === 0)
    return (
      <Empty
        icon={<Send size={28} />}
        title="Nobody is told about this workflow yet"
        action={
          <ButtonLink to="/definitions/workflows/$name/new-webhook" params={{ name: flow }}>
            Create webhook task
          </ButtonLink>
        }
      >
        A webhook task sends a request to another application when an execution of this workflow, or one of its tasks,
        succeeds or fails.
      </Empty>
    );
  const columns: readonly Column<FlowWebhookConfig>[] = [
    {
      key: 'name',
      title: 'Name',
      cell: ({ id = '', name, method, url }) => (
        <div style={{ minWidth: 0 }}>
          <Link to="/definitions/workflows/$name/webhooks/$id" params={{ name: flow, id }} fw={600} className="hostile">
            {name}
          </Link>
          <Text size="xs" c="dimmed" className="mono hostile" lineClamp={1}>
            {method} {url}
          </Text>
        </div>
      ),
    },
    {
      key: 'trigger',
      title: 'Trigger',
      from: 'sm',
      cell: (webhook) => <span className="hostile">{triggerText(webhook)}</span>,
    },
    {
      key: 'signed',
      title: 'Signed',
      width: 80,
      from: 'md',
      cell: ({ secretKey, signatures }) =>
        secretKey !== undefined && signatures.length > 0 ? 'Yes' : <span className="dim">No</span>,
    },
    {
      key: 'enabled',
      title: 'State',
      width: 110,
      cell: ({ enabled, disabledReason }) => (
        <>
          <span className="status" data-tone={enabled ? 'good' : disabledReason ? 'bad' : 'gone'}>
            <i aria-hidden="true" />
            {enabled ? 'On' : 'Off'}
          </span>
          {!enabled && disabledReason && <span className="reason hostile">{disabledReason}</span>}
        </>
      ),
    },
    {
      key: 'recent',
      title: 'Recent deliveries',
      width: 190,
      from: 'md',
      cell: ({ id }) => <Recent deliveries={recent.filter(({ webhookId }) => webhookId === id)} />,
    },
    {
      key: 'last',
      title: 'Last',
      width: 100,
      from: 'sm',
      cell: ({ id }) => <Moment at={recent.find(({ webhookId }) => webhookId === id)?.createdAt ?? 0} />,
    },
  ];
  return <DataTable label="Webhooks of the flow" columns={columns} rows={webhooks} rowId={({ id = '' }) => id} />;
}
