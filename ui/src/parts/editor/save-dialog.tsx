// Saving a definition that exists: what changes, and whether it becomes a new version or takes the place of one.
import { Button, Group, Loader, Modal, Radio, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { WorkflowDef } from '../../../../src/core/model.ts';
import { textOfDef } from '../../model/edit-history.ts';
import { errorText } from '../../queries.ts';

const JsonDiff = lazy(() => import('./json-diff.tsx').then(({ JsonDiff: component }) => ({ default: component })));

interface SaveDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly saved: WorkflowDef;
  readonly edited: WorkflowDef;
  readonly latestVersion: number;
  readonly saving: boolean;
  readonly error: unknown;
  readonly onSave: (def: WorkflowDef, overwrite: boolean) => void;
}

/** Times of saving are the server's: they would be a difference that nobody made. */
function comparable(def: WorkflowDef): string {
  const { createTime: _created, updateTime: _updated, ...rest } = def;
  return textOfDef(rest as WorkflowDef);
}

export function SaveDialog({ opened, onClose, saved, edited, latestVersion, saving, error, onSave }: SaveDialogProps) {
  const [choice, setChoice] = useState<'new' | 'overwrite'>('new');
  const next = latestVersion + 1;
  const version = choice === 'new' ? next : saved.version;
  const def = { ...edited, version };
  const overwrites = choice === 'overwrite';
  return (
    <Modal opened={opened} onClose={onClose} title="Save changes" size="xl">
      <Stack gap="md">
        <Radio.Group
          label="Save as"
          value={choice}
          onChange={(value) => setChoice(value === 'new' ? 'new' : 'overwrite')}
        >
          <Group gap="lg" mt={6}>
            <Radio value="new" label={`New version ${next}`} />
            <Radio value="overwrite" label={`Overwrite version ${saved.version}`} />
          </Group>
        </Radio.Group>
        <Text size="sm" c="dimmed">
          Running executions keep the definition they began with
          {overwrites ? '.' : `; new ones take version ${next} unless they name another.`}
        </Text>
        <Suspense fallback={<Loader size="sm" color="gray" />}>
          <JsonDiff
            before={comparable(saved)}
            after={comparable(def)}
            label={`Changes from version ${saved.version}`}
          />
        </Suspense>
        {error !== null && error !== undefined && (
          <div className="notice hostile" data-tone="bad" role="alert">
            {errorText(error)}
          </div>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={saving} onClick={() => onSave(def, overwrites)}>
            {overwrites ? `Overwrite version ${saved.version}` : `Save version ${next}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
