// What can be done with the selected executions at once, with a question first and the refusals listed after.
import { Button, CloseButton, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { actOn, type ExecutionVerb } from '../../api.ts';
import { errorText, useAction } from '../../queries.ts';

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
  const [progress, setProgress] = useState(0);
  const stop = useRef(false);
  const act = useAction({
    run: async ({ verb }: (typeof VERBS)[number]) => {
      stop.current = false;
      const failures: [string, string][] = [];
      let tried = 0;
      for (const id of ids) {
        if (stop.current) break;
        await actOn(verb, id, reason).catch((error: unknown) => failures.push([id, errorText(error)]));
        setProgress(++tried);
      }
      return { failures, done: tried - failures.length };
    },
    refresh: [['executions']],
    done: (result, { done }) => `${executions(result.done)} ${done}`,
    after: ({ failures }) => {
      setAsked(undefined);
      setProgress(0);
      setRefused(failures);
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
          {act.isPending && <Progress value={(100 * progress) / ids.size} aria-label={`${progress} of ${ids.size}`} />}
          <Group justify="flex-end" gap="sm">
            <Button
              variant="default"
              onClick={() => {
                stop.current = true;
                if (!act.isPending) setAsked(undefined);
              }}
            >
              {act.isPending ? `Stop at ${progress} of ${ids.size}` : 'Cancel'}
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
