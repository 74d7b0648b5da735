// What can be done with the selected executions at once, with a question first and the refusals listed after.
import { Button, CloseButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, type ExecutionVerb } from '../../api.ts';
import { useAction } from '../../queries.ts';

interface BulkBarProps {
  readonly ids: ReadonlySet<string>;
  readonly onDone: () => void;
}

const VERBS: readonly { verb: ExecutionVerb; label: string; done: string; danger?: boolean }[] = [
  { verb: 'pause', label: 'Pause', done: 'paused' },
  { verb: 'resume', label: 'Resume', done: 'resumed' },
  { verb: 'retry', label: 'Retry', done: 'retried' },
  { verb: 'restart', label: 'Restart', done: 'restarted' },
  { verb: 'restartLatest', label: 'Restart with latest', done: 'restarted' },
  { verb: 'terminate', label: 'Terminate', done: 'terminated', danger: true },
  { verb: 'remove', label: 'Delete', done: 'deleted', danger: true },
];

const executions = (n: number): string => `${n} ${n === 1 ? 'execution' : 'executions'}`;

export function BulkBar({ ids, onDone }: BulkBarProps) {
  const [asked, setAsked] = useState<(typeof VERBS)[number]>();
  const [reason, setReason] = useState('');
  const [refused, setRefused] = useState<readonly (readonly [string, string])[]>([]);
  const act = useAction({
    run: ({ verb }: (typeof VERBS)[number]) => api.bulk(verb, [...ids], reason),
    refresh: [['executions']],
    done: ({ bulkSuccessfulResults }, { done }) => `${executions(bulkSuccessfulResults.length)} ${done}`,
    after: ({ bulkErrorResults }) => {
      setAsked(undefined);
      setRefused(Object.entries(bulkErrorResults));
      onDone();
    },
  });
  return (
    <>
      {ids.size > 0 && (
        <Group className="bulk-bar" gap={6} role="toolbar" aria-label="Actions on the selected executions">
          <Text size="sm" fw={600} mr={6}>
            {ids.size} selected
          </Text>
          {VERBS.map((verb) => (
            <Button
              key={verb.verb}
              variant="default"
              c={verb.danger ? 'var(--tone-bad)' : undefined}
              onClick={() => setAsked(verb)}
            >
              {verb.label}
            </Button>
          ))}
          <CloseButton ml="auto" aria-label="Clear the selection" onClick={onDone} />
        </Group>
      )}
      <Modal
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={`${asked?.label} ${executions(ids.size)}?`}
        size="sm"
      >
        <Stack gap="md">
          {asked?.verb === 'terminate' && (
            <TextInput
              label="Reason"
              data-autofocus
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          <Text size="sm" c="dimmed">
            {asked?.verb === 'remove'
              ? 'They are deleted for good, with all that hangs on them.'
              : 'Those for which it makes no sense are left as they are, and listed.'}
          </Text>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setAsked(undefined)}>
              Cancel
            </Button>
            <Button
              color={asked?.danger ? 'red' : undefined}
              loading={act.isPending}
              onClick={() => asked && act.mutate(asked)}
            >
              {asked?.label}
            </Button>
          </Group>
        </Stack>
      </Modal>
      <Modal
        opened={refused.length > 0}
        onClose={() => setRefused([])}
        title={`${executions(refused.length)} left as they were`}
        size="lg"
      >
        <dl className="facts">
          {refused.map(([id, why]) => (
            <div key={id} className="fact-row">
              <dt className="mono">{id}</dt>
              <dd className="hostile">{why}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}
