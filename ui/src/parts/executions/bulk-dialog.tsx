// The question before a bulk action: how many it concerns, counted now; and its progress.
import { Button, Group, Modal, Progress, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { actOnMany, api, type ExecutionVerb } from '../../api.ts';
import { type BulkOutcome, collectIds, runBulk } from '../../model/bulk-run.ts';
import { type ExecutionSearch, searchRequest } from '../../model/execution-search.ts';
import { errorText, useAction } from '../../queries.ts';
import { Failure } from '../page.tsx';

/** Executions of one bulk action: their ids are held in this page while it runs. */
const MOST = 10_000;

export const executionsText = (n: number): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? 'execution' : 'executions'}`;

export interface BulkVerb {
  readonly verb: ExecutionVerb;
  readonly label: string;
  readonly done: string;
  readonly danger?: boolean;
}

interface BulkDialogProps {
  readonly asked: BulkVerb;
  /** Ids, or a filter: then all that it finds. */
  readonly of: ReadonlySet<string> | ExecutionSearch;
  readonly onClose: () => void;
  readonly onDone: (refused: BulkOutcome['refused']) => void;
}

/** Oldest first, so that executions that start meanwhile do not push others from page to page. */
const idsOf = (of: BulkDialogProps['of'], signal: AbortSignal): Promise<string[]> => {
  if (of instanceof Set) return Promise.resolve([...(of as ReadonlySet<string>)]);
  const now = Date.now();
  const request = searchRequest({ ...(of as ExecutionSearch), sort: 'startTime:ASC' }, now);
  return collectIds((start, size) => api.executions({ ...request, start, size }, signal), MOST);
};

export function BulkDialog({ asked, of, onClose, onDone }: BulkDialogProps) {
  const { verb, label, done, danger } = asked;
  const [opened] = useState(() => Date.now());
  const found = useQuery({
    queryKey: ['bulk', verb, opened],
    queryFn: ({ signal }) => idsOf(of, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const ids = found.data ?? [];
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(0);
  const stop = useRef(false);
  const act = useAction<void, BulkOutcome>({
    run: () =>
      runBulk({
        ids,
        act: (portion) => actOnMany(verb, portion, reason),
        onProgress: setTried,
        stopped: () => stop.current,
        errorText,
      }),
    refresh: [['executions'], ['execution']],
    done: (outcome) =>
      `${executionsText(outcome.done)} ${done}${outcome.left > 0 ? `, ${outcome.left} not tried` : ''}`,
    after: ({ refused }) => onDone(refused),
  });
  const count = found.data ? executionsText(ids.length) : 'executions';
  return (
    <Modal opened onClose={() => !act.isPending && onClose()} title={`${label} ${count}?`} size="sm">
      <Stack gap="md">
        {found.error && <Failure error={found.error} onRetry={() => void found.refetch()} />}
        {verb === 'terminate' && (
          <TextInput
            label="Reason"
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <Text size="sm" c="dimmed">
          {found.isPending && 'Counting… '}
          {ids.length === MOST && `The filter finds more: these are the oldest ${MOST.toLocaleString('en-US')}. `}
          {verb === 'remove'
            ? 'They are deleted for good, with all that hangs on them.'
            : 'Those for which it makes no sense are left as they are, and listed.'}
        </Text>
        {act.isPending && <Progress value={(100 * tried) / ids.length} aria-label={`${tried} of ${ids.length}`} />}
        <Group justify="flex-end" gap="sm">
          <Button
            variant="default"
            onClick={() => {
              stop.current = true;
              if (!act.isPending) onClose();
            }}
          >
            {act.isPending ? `Stop at ${tried} of ${ids.length}` : 'Cancel'}
          </Button>
          <Button
            color={danger ? 'red' : undefined}
            disabled={ids.length === 0}
            loading={act.isPending}
            onClick={() => act.mutate()}
          >
            {label}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
