// What can be told to an open execution beside its controls: change its variables, or signal the task that it stands at.
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { isRecord } from '../../../../src/core/json.ts';
import { api, type SignalStatus } from '../../api.ts';
import { useAction } from '../../queries.ts';
import { JsonField } from '../fields/json-field.tsx';

export type Injection = 'variables' | 'signal';

interface InjectProps {
  readonly id: string;
  readonly what: Injection;
  readonly onClose: () => void;
}

const STATUSES: readonly { value: SignalStatus; label: string }[] = [
  { value: 'COMPLETED', label: 'Completed: the workflow goes on' },
  { value: 'FAILED', label: 'Failed: it is retried as often as its definition allows' },
  { value: 'FAILED_WITH_TERMINAL_ERROR', label: 'Failed for good: no retry' },
];

export function Inject({ id, what, onClose }: InjectProps) {
  const [data, setData] = useState<unknown>({});
  const [broken, setBroken] = useState(false);
  const [status, setStatus] = useState<SignalStatus>('COMPLETED');
  const signal = what === 'signal';
  const act = useAction<void, unknown>({
    run: () => {
      const json = isRecord(data) ? data : {};
      return signal ? api.signal(id, status, json) : api.setVariables(id, json);
    },
    refresh: [['execution', id], ['executions']],
    done: () => (signal ? 'Signalled' : 'Variables changed'),
    after: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={signal ? 'Signal this execution' : 'Change variables'} size="lg">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {signal
            ? 'Ends the task that waits for somebody: a Wait, Human or Yield task, here or in a sub-workflow.'
            : 'Each name is set to its value; others stay as they are. Tasks that are scheduled later see them.'}
        </Text>
        {signal && (
          <Select
            label="How"
            data={[...STATUSES]}
            value={status}
            onChange={(value) => setStatus((value ?? 'COMPLETED') as SignalStatus)}
          />
        )}
        <JsonField
          label={signal ? 'Output of the task' : 'Variables'}
          value={data}
          minRows={6}
          error={data === undefined || isRecord(data) ? undefined : 'This is a JSON object, { … }.'}
          onChange={setData}
          onBroken={setBroken}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={broken || (data !== undefined && !isRecord(data))}
            loading={act.isPending}
            onClick={() => act.mutate()}
          >
            {signal ? 'Signal' : 'Change'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
