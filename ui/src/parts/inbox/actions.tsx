// What can be done with received events that did nothing: matched again, with a count first, or verified again.
import { Button, CloseButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { RefreshCw, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { inboundApi, type ManyEvents, type RematchCount } from '../../api-inbound.ts';
import { rematchText } from '../../model/inbox.ts';
import { useAction } from '../../queries.ts';
import { Failure, Waiting } from '../page.tsx';

/** Button and dialog: says what a re-match would do, then does it. */
export function RematchButton({ of, label, onDone }: { of: ManyEvents; label: string; onDone?: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<RefreshCw size={14} />} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && <RematchDialog of={of} onClose={() => setOpen(false)} onDone={onDone} />}
    </>
  );
}

interface RematchDialogProps {
  readonly of: ManyEvents;
  readonly onClose: () => void;
  readonly onDone: (() => void) | undefined;
}

function RematchDialog({ of, onClose, onDone }: RematchDialogProps) {
  const [opened] = useState(() => Date.now());
  const dry = useQuery({
    queryKey: ['rematch', opened],
    queryFn: () => inboundApi.rematch(of, true),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const act = useAction<void, RematchCount>({
    run: () => inboundApi.rematch(of, false),
    refresh: [['events'], ['event'], ['executions']],
    done: ({ matching }) => `${matching} ${matching === 1 ? 'event was' : 'events were'} matched again`,
    after: () => {
      onClose();
      onDone?.();
    },
  });
  return (
    <Modal opened onClose={onClose} title="Match again" size="sm">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          With the webhook and the waiting tasks as they are now.
        </Text>
        {dry.isPending && <Waiting what="Counting what would happen" />}
        {dry.error && <Failure error={dry.error} onRetry={() => void dry.refetch()} />}
        {dry.data && (
          <Text size="sm" fw={600} role="status">
            {rematchText(dry.data)}
          </Text>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={!dry.data || dry.data.matching === 0} loading={act.isPending} onClick={() => act.mutate()}>
            Match again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface InboxBarProps {
  readonly ids: ReadonlySet<string>;
  readonly refused: boolean;
  readonly onDone: () => void;
}

export function InboxBar({ ids, refused, onDone }: InboxBarProps) {
  const verify = useAction<void, { verified: number; refused: number }>({
    run: () => inboundApi.verifyMany({ eventIds: [...ids] }),
    refresh: [['events'], ['event']],
    done: (result) => `${result.verified} verified now, ${result.refused} still refused`,
    after: onDone,
  });
  if (ids.size === 0) return null;
  return (
    <Group className="bulk-bar" gap={6} role="toolbar" aria-label="Actions on the selected events">
      <Text size="sm" fw={600} mr={6}>
        {ids.size} selected
      </Text>
      {refused ? (
        <Button
          variant="default"
          leftSection={<ShieldCheck size={14} />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Verify again
        </Button>
      ) : (
        <RematchButton of={{ eventIds: [...ids] }} label="Match again…" onDone={onDone} />
      )}
      <CloseButton ml="auto" aria-label="Clear the selection" onClick={onDone} />
    </Group>
  );
}
