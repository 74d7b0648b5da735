// What can be done with many executions at once: those selected, or all that the filter finds. A count first, progress during,
// a way to stop, and the refusals listed after.
import { Anchor, Button, CloseButton, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import type { ExecutionSearch } from '../../model/execution-search.ts';
import { BulkDialog, type BulkVerb, executionsText } from './bulk-dialog.tsx';

const VERBS: readonly BulkVerb[] = [
  { verb: 'pause', label: 'Pause', done: 'paused' },
  { verb: 'resume', label: 'Resume', done: 'resumed' },
  { verb: 'retry', label: 'Retry', done: 'retried' },
  { verb: 'restart', label: 'Restart', done: 'restarted' },
  { verb: 'restartLatest', label: 'Restart with latest', done: 'restarted' },
  { verb: 'terminate', label: 'Terminate', done: 'terminated', danger: true },
  { verb: 'remove', label: 'Delete', done: 'deleted', danger: true },
];

interface BulkBarProps {
  readonly ids: ReadonlySet<string>;
  readonly search: ExecutionSearch;
  /** How many the filter finds. */
  readonly total: number;
  readonly onDone: () => void;
}

export function BulkBar({ ids, search, total, onDone }: BulkBarProps) {
  const [asked, setAsked] = useState<BulkVerb>();
  const [whole, setWhole] = useState(false);
  const [refused, setRefused] = useState<readonly (readonly [string, string])[]>([]);
  const close = () => {
    setWhole(false);
    onDone();
  };
  const all = whole && ids.size > 0;
  return (
    <>
      {ids.size > 0 && (
        <Group className="bulk-bar" gap={6} role="toolbar" aria-label="Actions on the selected executions">
          <Text size="sm" fw={600} mr={6}>
            {all ? `All ${total.toLocaleString('en-US')} of this filter` : `${ids.size} selected`}
          </Text>
          {!all && total > ids.size && (
            <Anchor component="button" type="button" size="sm" mr={6} onClick={() => setWhole(true)}>
              Take all {total.toLocaleString('en-US')} of this filter
            </Anchor>
          )}
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
          <CloseButton ml="auto" aria-label="Clear the selection" onClick={close} />
        </Group>
      )}
      {asked && (
        <BulkDialog
          asked={asked}
          of={all ? search : ids}
          onClose={() => setAsked(undefined)}
          onDone={(failures) => {
            setAsked(undefined);
            setRefused(failures);
            close();
          }}
        />
      )}
      <Modal
        opened={refused.length > 0}
        onClose={() => setRefused([])}
        title={`${executionsText(refused.length)} left as they were`}
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
