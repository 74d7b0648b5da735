// Publishes an event by hand, to see what its handlers do.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { Send } from 'lucide-react';
import { useState } from 'react';
import { isRecord } from '../../../../src/core/json.ts';
import { adminApi } from '../../api-admin.ts';
import { errorText, useAction } from '../../queries.ts';
import { JsonField } from '../fields/json-field.tsx';

export function Publish({ event }: { event: string }) {
  const [open, setOpen] = useState(false);
  const [payload, setPayload] = useState<unknown>({});
  const [broken, setBroken] = useState(false);
  const publish = useAction<void, unknown>({
    run: () => adminApi.publish(event, isRecord(payload) ? payload : {}),
    refresh: [['handler'], ['executions']],
    done: () => 'The event was published',
    toastErrors: false,
    after: () => setOpen(false),
  });
  return (
    <>
      <Button variant="default" leftSection={<Send size={14} />} onClick={() => setOpen(true)}>
        Send an event
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="Send an event" size="lg">
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            Published as <span className="mono hostile">{event}</span>: all active handlers that listen to it act.
          </Text>
          <JsonField
            label="Payload"
            minRows={6}
            value={payload}
            error={isRecord(payload) ? undefined : 'The payload is a JSON object, { … }.'}
            onChange={setPayload}
            onBroken={setBroken}
          />
          {publish.error && (
            <div className="notice hostile" data-tone="bad" role="alert">
              {errorText(publish.error)}
            </div>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button
              disabled={broken || !isRecord(payload)}
              loading={publish.isPending}
              onClick={() => publish.mutate()}
            >
              Send
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
