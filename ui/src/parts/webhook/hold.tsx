// A paused webhook takes events and holds them; released, they go on, at a rate if one wishes.
import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import type { WebhookConfig } from '../../../../src/http/contract/webhook.ts';
import { inboundApi } from '../../api-inbound.ts';
import { useAction } from '../../queries.ts';
import { useHeld } from '../../queries-inbound.ts';
import { Moment } from '../clock.tsx';
import { Link } from '../links.tsx';

export function HoldButton({ id, webhook }: { id: string; webhook: WebhookConfig }) {
  const [asking, setAsking] = useState(false);
  const [rate, setRate] = useState<number>();
  const refresh = [['webhook', id], ['webhooks'], ['events', id]] as const;
  const pause = useAction<void, unknown>({
    run: () => inboundApi.pauseWebhook(id),
    refresh,
    done: () => 'Paused: events are taken and held',
  });
  const resume = useAction<void, unknown>({
    run: () => inboundApi.resumeWebhook(id, rate),
    refresh,
    done: () => 'Released: held events go on',
    after: () => setAsking(false),
  });
  if (webhook.pausedAt === undefined)
    return (
      <Button
        variant="default"
        leftSection={<Pause size={14} />}
        loading={pause.isPending}
        onClick={() => pause.mutate()}
      >
        Pause
      </Button>
    );
  return (
    <>
      <Button leftSection={<Play size={14} />} onClick={() => setAsking(true)}>
        Release…
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Release the held events?" size="sm">
        <Stack gap="md">
          <NumberInput
            label="At most so many a second"
            description="Empty: as fast as they go. What comes new queues behind them."
            min={0.001}
            value={rate ?? ''}
            onChange={(value) => setRate(value === '' ? undefined : Number(value))}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setAsking(false)}>
              Cancel
            </Button>
            <Button loading={resume.isPending} onClick={() => resume.mutate()}>
              Release
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

/** Says so while events are held: paused, or being released at a rate. */
export function HeldNotice({ id, webhook }: { id: string; webhook: WebhookConfig }) {
  const held = useHeld(id).data ?? 0;
  if (webhook.pausedAt === undefined && held === 0) return null;
  const events = `${held.toLocaleString('en-US')} ${held === 1 ? 'event' : 'events'}`;
  return (
    <div className="notice" data-tone="wait" role="status">
      <Text size="sm">
        {webhook.pausedAt === undefined ? 'Being released: ' : 'Paused '}
        {webhook.pausedAt !== undefined && <Moment at={webhook.pausedAt} />}
        {webhook.pausedAt !== undefined && ': senders hear that all is well, '}
        <Link to="/events" search={{ show: 'held', webhook: id }} inherit>
          {events} held
        </Link>
        {webhook.releasePerSecond !== undefined && webhook.pausedAt === undefined
          ? `, ${webhook.releasePerSecond} a second`
          : ''}
        .
      </Text>
    </div>
  );
}
