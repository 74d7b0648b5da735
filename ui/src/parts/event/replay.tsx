// Replay: the same event once more, or with another body; afterwards one is on the page of the new one.
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Pencil, RefreshCw, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReceivedEvent } from '../../../../src/http/contract/webhook-event.ts';
import { api } from '../../api.ts';
import { useAction } from '../../queries.ts';

export function Replay({ event }: { event: ReceivedEvent }) {
  const { eventId, webhookId } = event;
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const [body, setBody] = useState(event.body);
  const replay = useAction({
    run: (changed: string | undefined) => api.replayEvent(eventId, changed),
    refresh: [['event', eventId], ['events', webhookId], ['executions']],
    done: () => 'Replayed: this is the new event',
    after: ({ eventIds: [first] }) => {
      setEditing(false);
      if (first) void navigate({ to: '/events/$eventId', params: { eventId: first } });
    },
  });
  const verify = useAction<void, unknown>({
    run: () => api.verifyEvent(eventId, false),
    refresh: [
      ['event', eventId],
      ['events', webhookId],
    ],
    done: () => 'The signature is right now: the event was taken',
  });
  return (
    <>
      {event.verdict === 'refused' && (
        <Button
          variant="default"
          leftSection={<ShieldCheck size={14} />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Verify again
        </Button>
      )}
      {event.verdict !== 'challenge' && event.verdict !== 'refused' && (
        <>
          <Button
            variant="default"
            leftSection={<RefreshCw size={14} />}
            loading={replay.isPending && !editing}
            onClick={() => replay.mutate(undefined)}
          >
            Replay
          </Button>
          {event.bodyEncoding === 'text' && (
            <Button variant="default" leftSection={<Pencil size={14} />} onClick={() => setEditing(true)}>
              Replay edited…
            </Button>
          )}
        </>
      )}
      <Modal opened={editing} onClose={() => setEditing(false)} title="Replay with another body" size="lg">
        <Stack gap="md">
          <Textarea
            label="Body"
            autosize
            minRows={8}
            maxRows={22}
            spellCheck={false}
            value={body}
            data-autofocus
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
            onChange={(change) => setBody(change.currentTarget.value)}
          />
          <Text size="xs" c="dimmed">
            It counts as proven, since you send it. It may complete and start executions.
          </Text>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setEditing(false)}>
              Cancel
            </Button>
            <Button loading={replay.isPending} onClick={() => replay.mutate(body)}>
              Replay
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
