// Deliveries as a table: state, what caused it, attempts, what came of the last one, when the next one comes; and resend.
import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import { RotateCw } from 'lucide-react';
import type { Delivery } from '../../../../src/http/contract/flow-webhook.ts';
import { flowApi } from '../../api-flow.ts';
import { DELIVERIES_SHOWN } from '../../model/delivery-search.ts';
import { deliveryLook } from '../../model/delivery-view.ts';
import { durationText } from '../../model/moment.ts';
import { useAction } from '../../queries.ts';
import { Moment, useNow } from '../clock.tsx';
import { type Column, DataTable } from '../data-table.tsx';
import { Link } from '../links.tsx';

export function DeliveryStatus({ delivery, filled = false }: { delivery: Delivery; filled?: boolean }) {
  const { text, tone } = deliveryLook(delivery);
  return (
    <span className="status" data-tone={tone} data-filled={filled || undefined} data-delivery={delivery.status}>
      <i aria-hidden="true" />
      {text}
    </span>
  );
}

/** How long until the next attempt; it ticks. */
export function NextAttempt({ at }: { at: number }) {
  const left = at - useNow();
  return <span className="num">{left > 0 ? `in ${durationText(left)}` : 'now'}</span>;
}

export function Resend({ delivery, small = false }: { delivery: Delivery; small?: boolean }) {
  const resend = useAction({
    run: () => flowApi.resend(delivery.id),
    refresh: [['deliveries'], ['trace']],
    done: () => 'It is sent again, under the same id',
  });
  const waits = delivery.status === 'PENDING';
  if (!small)
    return (
      <Button
        variant="default"
        leftSection={<RotateCw size={14} />}
        loading={resend.isPending}
        disabled={waits}
        onClick={() => resend.mutate()}
      >
        Resend
      </Button>
    );
  return (
    <Tooltip label={waits ? 'It waits already' : 'Resend'}>
      <ActionIcon
        aria-label={`Resend ${delivery.webhookName ?? 'delivery'}`}
        loading={resend.isPending}
        disabled={waits}
        onClick={() => resend.mutate()}
      >
        <RotateCw size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

const EXECUTION: Column<Delivery> = {
  key: 'execution',
  title: 'Execution',
  from: 'lg',
  cell: ({ workflowId }) => (
    <Link to="/executions/$id" params={{ id: workflowId }} className="mono">
      {workflowId}
    </Link>
  ),
};

const COLUMNS: readonly Column<Delivery>[] = [
  { key: 'status', title: 'Status', width: 110, cell: (delivery) => <DeliveryStatus delivery={delivery} /> },
  {
    key: 'webhook',
    title: 'Webhook',
    cell: ({ id, webhookName, cause }) => (
      <div style={{ minWidth: 0 }}>
        <Link to="/deliveries/$id" params={{ id }} fw={600} className="hostile">
          {webhookName ?? 'removed webhook'}
        </Link>
        <Text size="xs" c="dimmed" className="hostile">
          {cause}
        </Text>
      </div>
    ),
  },
  EXECUTION,
  {
    key: 'attempts',
    title: 'Attempts',
    width: 90,
    from: 'sm',
    cell: ({ attempts }) => <span className="num">{attempts}</span>,
  },
  {
    key: 'outcome',
    title: 'Last answer',
    width: 140,
    cell: ({ outcome, nextAt, status }) => (
      <>
        <span className="mono hostile">{outcome ?? '–'}</span>
        {status === 'PENDING' && nextAt !== undefined && (
          <Text size="xs" c="dimmed" component="div">
            next <NextAttempt at={nextAt} />
          </Text>
        )}
      </>
    ),
  },
  { key: 'made', title: 'Caused', width: 110, from: 'sm', cell: ({ createdAt }) => <Moment at={createdAt} /> },
  {
    key: 'resend',
    title: <span className="visually-hidden">Actions</span>,
    width: 50,
    align: 'right',
    cell: (delivery) => <Resend delivery={delivery} small />,
  },
];
const WITHIN_EXECUTION = COLUMNS.filter((column) => column !== EXECUTION);

interface DeliveryListProps {
  readonly deliveries: readonly Delivery[];
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly onPage: (page: number) => void;
  readonly stale: boolean;
  /** True on the page of the execution itself. */
  readonly within?: boolean;
}

export function DeliveryList({ deliveries, total, page, onPage, stale, within = false }: DeliveryListProps) {
  const last = Math.max(1, Math.ceil(total / DELIVERIES_SHOWN));
  return (
    <>
      <DataTable
        label="Deliveries"
        columns={within ? WITHIN_EXECUTION : COLUMNS}
        rows={deliveries}
        rowId={({ id }) => id}
        stale={stale}
      />
      {last > 1 && (
        <Group gap={8}>
          <Button variant="default" disabled={page <= 1} onClick={() => onPage(page - 1)}>
            Newer
          </Button>
          <Button variant="default" disabled={page >= last} onClick={() => onPage(page + 1)}>
            Older
          </Button>
          <Text size="xs" c="dimmed">
            Page {page} of {last}, {total.toLocaleString('en-US')} deliveries
          </Text>
        </Group>
      )}
    </>
  );
}
